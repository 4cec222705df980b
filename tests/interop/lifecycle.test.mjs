// SPDX-License-Identifier: MIT
// The server goes and comes, clients go without a word.
import assert from "node:assert/strict";
import { connect as connectTcp } from "node:net";
import { test } from "node:test";
import { io, next, startServer, until } from "./support.mjs";

test("clients come back to a server that was restarted on its port", async () => {
  let server = await startServer(process.env.INTEROP_SERVER);
  const sockets = [["polling"], ["websocket"], ["polling", "websocket"]].map((transports) =>
    io(server.url, { forceNew: true, transports, reconnectionDelay: 20, reconnectionDelayMax: 100 }));
  await Promise.all(sockets.map((socket) => next(socket, "connect")));
  const gone = Promise.all(sockets.map((socket) => next(socket, "disconnect")));
  await server.stop();
  for (const [reason] of await gone) assert.match(reason, /^transport (close|error)$/);
  const back = Promise.all(sockets.map((socket) => next(socket, "connect", 15000)));
  server = await startServer(process.env.INTEROP_SERVER, ["--port", String(server.port)]);
  await back;
  assert.equal(await sockets[0].emitWithAck("echo", 1), 1);
  sockets.forEach((socket) => socket.disconnect());
  await server.stop();
});

test("a client that vanishes is noticed", async () => {
  const server = await startServer(process.env.INTEROP_SERVER);
  const socket = io(server.url, { forceNew: true, transports: ["websocket"], reconnection: false });
  await next(socket, "connect");
  socket.io.engine.transport.ws.terminate();
  await until(() => server.lines.includes("disconnected transport close"), "the server noticed");
  await server.stop();
});

test("connections that say nothing do not keep the server from ending", async () => {
  const server = await startServer(process.env.INTEROP_SERVER);
  const silent = connectTcp(server.port, "127.0.0.1");
  await next(silent, "connect");
  silent.on("error", () => {});
  await server.stop();
  silent.destroy();
});
