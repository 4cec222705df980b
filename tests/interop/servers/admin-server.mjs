// SPDX-License-Identifier: MIT
// A Socket.IO server on Node with the npm package @socket.io/admin-ui; does what adminui-server.cpp
// does with the same argument:
//   node admin-server.mjs '{"mode":"development","readonly":false,"auth":true,"redis":"redis://..."}'
// Prints "listening PORT" and ends with SIGTERM.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { instrument } from "@socket.io/admin-ui";
import { Server } from "socket.io";

const require = createRequire(import.meta.url);
const config = JSON.parse(process.argv[2] ?? "{}");
const http = createServer();
const io = new Server(http, { cors: { origin: true, credentials: true } });
if (config.redis) {
  const { createAdapter } = require("@socket.io/redis-adapter");
  const { createClient } = require("redis");
  const address = config.redis.startsWith("unix:")
    ? { socket: { path: config.redis.slice("unix:".length) } }
    : { url: config.redis };
  const clients = [createClient(address), createClient(address)];
  for (const client of clients) client.on("error", () => {});
  await Promise.all(clients.map((client) => client.connect()));
  io.adapter(createAdapter(...clients));
}
instrument(io, {
  auth: config.auth ? { type: "basic", username: "admin", password: config.hash } : false,
  mode: config.mode ?? "development",
  readonly: config.readonly ?? false,
  serverId: config.serverId ?? "one",
});
const serve = (socket) => {
  socket.emit("hello", 1, "2", { three: 3 });
  socket.on("join", (room) => socket.join(room));
  socket.on("leave", (room) => socket.leave(room));
  socket.on("set", (value) => {
    socket.data.value = value;
  });
  socket.on("ask", (value, answer) => answer(value));
};
io.on("connection", serve);
io.of("/chat").on("connection", serve);
http.listen(0, "127.0.0.1", () => console.log(`listening ${http.address().port}`));
process.on("SIGTERM", () => process.exit(0));
