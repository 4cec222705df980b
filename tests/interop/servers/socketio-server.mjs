// SPDX-License-Identifier: MIT
// The real Socket.IO server, as the tests of the client use it:
//   node socketio-server.mjs '{"port":0,"recovery":true,"pingInterval":1000}'
// Prints "listening PORT"; ends when its standard input does. tests/integration/client/
// testserver.cpp behaves the same with a QtSocketIo server.
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// QTSOCKETIO_NODE_PATH may name another folder that has the packages.
const base = process.env.QTSOCKETIO_NODE_PATH ?? new URL("..", import.meta.url).pathname;
const require = createRequire(`${base}/package.json`);

const config = JSON.parse(process.argv[2] ?? "{}");
const { Server } = require(config.package ?? "socket.io"); // package.json has older ones, too
const options = {
  pingInterval: config.pingInterval ?? 25000,
  pingTimeout: config.pingTimeout ?? 20000,
  maxHttpBufferSize: config.maxHttpBufferSize ?? 1e6,
  transports: config.transports ?? ["polling", "websocket"],
  allowUpgrades: config.allowUpgrades ?? true,
  path: config.path ?? "/socket.io",
  cookie: config.cookie ?? false,
};
if (config.parser === "msgpack") options.parser = require("socket.io-msgpack-parser");
if (config.parser === "cbor") options.parser = require("./parsers/cborparser.cjs");
if ("perMessageDeflate" in config) options.perMessageDeflate = config.perMessageDeflate;
if (config.recovery) options.connectionStateRecovery = {};

const httpServer = config.tls
  ? createTlsServer({
      key: readFileSync(config.tls.key),
      cert: readFileSync(config.tls.cert),
      ca: config.tls.ca && readFileSync(config.tls.ca),
      requestCert: Boolean(config.tls.ca),
      rejectUnauthorized: Boolean(config.tls.ca),
    })
  : createServer();
const io = new Server(httpServer, options);

// What clients have asked to be remembered, in the order of arrival.
const records = [];
const attempts = new Map();

function serve(socket) {
  socket.on("echo", (...args) => {
    const ack = args.at(-1);
    if (typeof ack === "function") ack(...args.slice(0, -1));
    else socket.emit("echo", ...args);
  });
  socket.on("handshake", (ack) => {
    const { query, auth, headers } = socket.handshake;
    ack({ query, auth, headers, id: socket.id, nsp: socket.nsp.name,
      transport: socket.conn.transport.name, recovered: socket.recovered });
  });
  // What has gone over a WebSocket, and how.
  socket.on("wire", (ack) => {
    const webSocket = socket.conn.transport.socket;
    ack({ extensions: webSocket.extensions, read: webSocket._socket.bytesRead, written: webSocket._socket.bytesWritten });
  });
  socket.on("record", (value, ack) => {
    records.push(value);
    ack?.(records.length);
  });
  socket.on("records", (ack) => ack(records));
  socket.on("", (...args) => socket.emit("", ...args)); // a name like others
  socket.on("ask", (...args) => {
    socket.emit("question", ...args, (...reply) => socket.emit("asked", ...reply));
  });
  // Acknowledged when it comes for the given time; earlier ones get no answer.
  socket.on("flaky", (key, needed, ack) => {
    const count = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, count);
    records.push(key);
    if (count >= needed) ack(count);
  });
  socket.on("silent", () => {});
  socket.on("late", (delay, ack) => setTimeout(() => ack("late"), delay));
  socket.on("flood", (count) => {
    for (let i = 0; i < count; i++) socket.emit("flood", i);
  });
  socket.on("mixed", () => {
    socket.emit("mixed", 1, Buffer.from([1, 2, 3]));
    socket.emit("mixed", 2);
  });
  socket.on("leave me", () => socket.disconnect());
  socket.on("close me", () => socket.disconnect(true));
  socket.on("drop me", () => socket.conn.close());
  socket.on("garbage", () => socket.conn.write("9garbage"));
  socket.on("join", (room, ack) => {
    socket.join(room);
    ack();
  });
  socket.on("members", async (room, ack) => {
    ack((await io.of(socket.nsp.name).in(room).fetchSockets()).length);
  });
  socket.on("tell", (room, ...args) => io.of(socket.nsp.name).to(room).emit("told", ...args));
  socket.on("all", (name, ...args) => io.of(socket.nsp.name).emit(name, ...args));
}

io.on("connection", (socket) => {
  serve(socket);
  socket.emit("hello", "main");
});
io.of("/chat").on("connection", serve);
io.of(/^\/dynamic-\d+$/).on("connection", serve);
const admin = io.of("/admin");
admin.use((socket, next) => {
  if (socket.handshake.auth.token === "secret") return next();
  const error = new Error("not authorized");
  error.data = { content: "Please retry later" };
  next(error);
});
admin.on("connection", serve);

httpServer.listen(config.port ?? 0, "127.0.0.1", () => {
  console.log(`listening ${httpServer.address().port}`);
});
process.stdin.on("end", () => process.exit(0)).resume();
