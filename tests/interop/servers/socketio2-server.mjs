// SPDX-License-Identifier: MIT
// The real Socket.IO server of version 2, or with "current" one of version 4 that lets old clients
// in, as the tests of a client that speaks protocol 3 use it:
//   node socketio2-server.mjs '{"port":0,"pingInterval":200,"current":false,"refusesMain":false}'
// Prints "listening PORT"; ends when its standard input does.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const base = process.env.QTSOCKETIO_NODE_PATH ?? new URL("..", import.meta.url).pathname;
const require = createRequire(`${base}/package.json`);

const config = JSON.parse(process.argv[2] ?? "{}");
const options = { pingInterval: config.pingInterval ?? 25000, pingTimeout: config.pingTimeout ?? 5000, allowEIO3: true };
const httpServer = createServer();
const io = config.current ? new (require("socket.io").Server)(httpServer, options) : require("socket.io-2")(httpServer, options);

const tokenOf = (socket) => (config.current ? socket.handshake.auth.token : socket.handshake.query.token);

function serve(socket) {
  socket.on("echo", (...args) => {
    const ack = args[args.length - 1];
    if (typeof ack === "function") ack(...args.slice(0, -1));
    else socket.emit("echo", ...args);
  });
  socket.on("handshake", (ack) => ack({ id: socket.id, token: tokenOf(socket), transport: socket.conn.transport.name }));
  socket.on("ask", (value) => socket.emit("question", value, (...reply) => socket.emit("asked", ...reply)));
  socket.on("err me", (data, ack) => {
    socket.error(data); // of Socket.IO 2 only
    if (ack) ack();
  });
  socket.on("leave me", () => socket.disconnect());
  socket.on("close me", () => socket.disconnect(true));
}
// Without a middleware, Socket.IO 2 lets clients in without asking itself.
if (config.refusesMain) io.use((socket, next) => next(new Error("not the main one")));
io.on("connection", (socket) => {
  serve(socket);
  socket.emit("hello", "main");
});
io.of("/chat").on("connection", serve);
const admin = io.of("/admin");
admin.use((socket, next) => {
  if (tokenOf(socket) === "se,cret?") return next();
  const error = new Error("not authorized");
  if (tokenOf(socket) === "data") error.data = { content: "Please retry later" };
  next(error);
});
admin.on("connection", serve);

httpServer.listen(config.port ?? 0, "127.0.0.1", () => console.log(`listening ${httpServer.address().port}`));
process.stdin.on("end", () => process.exit(0)).resume();
