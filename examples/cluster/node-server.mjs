// SPDX-License-Identifier: MIT
// What gathering.cpp does, on Node.js: node node-server.mjs redis://127.0.0.1:6379 3003
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

const [url, port] = process.argv.slice(2);
const redis = createClient({ url });
redis.on("error", () => {}); // it connects again by itself
await redis.connect();
const httpServer = createServer();
const io = new Server(httpServer, {
  adapter: createAdapter(redis),
  connectionStateRecovery: {},
  pingInterval: 5000,
  pingTimeout: 5000,
});
const name = "Node.js";

async function tellWhoIsThere() {
  if (io.of("/").sockets.size === 0) return;
  try {
    const sockets = await io.fetchSockets();
    io.local.volatile.emit("who", sockets.map(({ data }) => data));
  } catch {
    // A server has just died; the next time it is not asked.
  }
}

io.on("connection", (socket) => {
  socket.data.server = name;
  socket.emit("welcome", name, socket.data.name ?? null, socket.recovered);
  socket.on("name", (wanted) => {
    socket.data.name = String(wanted).trim().slice(0, 20);
    tellWhoIsThere();
  });
  socket.on("say", (text, acknowledge) => {
    io.emit("said", socket.data.name, String(text).slice(0, 500), name);
    if (typeof acknowledge === "function") acknowledge();
  });
  socket.on("kill", () => process.kill(process.pid, "SIGKILL"));
  socket.on("disconnect", tellWhoIsThere);
  tellWhoIsThere();
});
setInterval(tellWhoIsThere, 1000);
httpServer.listen(Number(port), "127.0.0.1", () => console.log(`listening ${httpServer.address().port}`));
