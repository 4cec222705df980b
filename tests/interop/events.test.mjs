// SPDX-License-Identifier: MIT
// Namespaces, acknowledgements, middlewares, volatile events, disconnection.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { io, next, startServer } from "./support.mjs";

let server;
before(async () => {
  server = await startServer(process.env.INTEROP_SERVER);
});
after(() => server.stop());
const connect = (path = "/", options = {}) => io(server.url + path, { forceNew: true, ...options });

test("several namespaces share a connection", async () => {
  const main = connect();
  const chat = main.io.socket("/chat");
  await Promise.all([next(main, "connect"), next(chat, "connect")]);
  assert.notEqual(main.id, chat.id);
  assert.equal(await chat.emitWithAck("echo", 1), 1);
  chat.disconnect();
  assert.equal(await main.emitWithAck("echo", 2), 2);
  main.disconnect();
});

test("dynamic namespaces come into being", async () => {
  const socket = connect("/dynamic-101");
  assert.deepEqual(await next(socket, "name"), ["/dynamic-101"]);
  socket.disconnect();
  const other = connect("/dynamic-abc");
  assert.equal((await next(other, "connect_error"))[0].message, "Invalid namespace");
  other.disconnect();
});

test("middlewares refuse with data and admit after a change of auth", async () => {
  const socket = connect("/admin", { auth: { token: "wrong" } });
  const [error] = await next(socket, "connect_error");
  assert.equal(error.message, "not authorized");
  assert.deepEqual(error.data, { content: "Please retry later" });
  assert.equal(socket.active, false);
  socket.auth = { token: "secret" };
  socket.connect();
  await next(socket, "connect");
  assert.equal(await socket.emitWithAck("echo", 1), 1);
  socket.disconnect();
});

test("the server asks and gets an answer", async () => {
  const socket = connect();
  socket.on("question", (value, answer) => answer("answer to " + value, Buffer.from([1])));
  socket.emit("ask", 1000, "life");
  const [reply] = await next(socket, "asked");
  assert.equal(reply[0], "answer to life");
  assert.deepEqual(reply[1], Buffer.from([1]));
  socket.disconnect();
});

test("the server asks in vain and hears of it in time", async () => {
  const socket = connect();
  socket.on("question", () => {});
  socket.emit("ask", 30, "anything");
  assert.match((await next(socket, "asked"))[0], /^operation has timed out: the event/);
  socket.disconnect();
});

for (const transport of ["polling", "websocket"]) {
  test(`${transport}: a volatile event behind another is dropped`, async () => {
    const socket = connect("/", { transports: [transport] });
    await next(socket, "connect");
    const received = [];
    socket.on("v", (value) => received.push(value));
    socket.emit("volatile");
    while (received.at(-1) !== "last") await next(socket, "v");
    assert.deepEqual(received, ["regular", "last"]);
    socket.disconnect();
  });
}

test("disconnect() leaves the connection, disconnectClient() does not", async () => {
  const main = connect();
  const chat = main.io.socket("/chat");
  await Promise.all([next(main, "connect"), next(chat, "connect")]);
  chat.emit("leave me");
  assert.equal((await next(chat, "disconnect"))[0], "io server disconnect");
  assert.equal(await main.emitWithAck("echo", 1), 1);
  chat.connect();
  await next(chat, "connect");
  const gone = Promise.all([next(main, "disconnect"), next(chat, "disconnect")]);
  main.emit("leave me all");
  for (const [reason] of await gone) assert.equal(reason, "io server disconnect");
});

test("reserved names and wild property names do no harm", async () => {
  const socket = connect();
  const value = JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":null}');
  assert.deepEqual(await socket.emitWithAck("echo", value), value);
  socket.emit("__proto__", 1);
  socket.emit("hasOwnProperty", 1);
  assert.equal(await socket.emitWithAck("echo", "fine"), "fine");
  socket.disconnect();
});
