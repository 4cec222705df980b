// SPDX-License-Identifier: MIT
// Clients of a cluster of workers, on Node.js:
//   node worker-clients.mjs http://127.0.0.1:3000 10 '["polling","websocket"]'
// Prints "connected" when all are. For each line of standard input, prints what they have got as
// JSON: [{events: [[name, ...args], ...], id, recovered, transport}, ...]. Ends with its input.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [url, count, transports] = [process.argv[2], +process.argv[3], JSON.parse(process.argv[4])];
const clients = Array.from({ length: count }, () => {
  const socket = io(url, { transports, forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 100 });
  const client = { socket, events: [], recovered: [] };
  socket.onAny((...args) => client.events.push(args));
  socket.on("question", (ack) => ack("node"));
  socket.on("connect", () => client.recovered.push(socket.recovered));
  return client;
});
await Promise.all(clients.map(({ socket }) => new Promise((resolve) => socket.once("connect", resolve))));
console.log("connected");
for await (const line of createInterface({ input: process.stdin })) {
  void line;
  console.log(
    JSON.stringify(
      clients.map(({ socket, events, recovered }) => ({
        events, recovered, id: socket.id ?? null, transport: socket.io.engine?.transport?.name ?? null,
      })),
    ),
  );
}
for (const { socket } of clients) socket.disconnect();
