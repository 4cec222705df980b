// SPDX-License-Identifier: MIT
// The server for a Socket.IO client's tests, seen with the real client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { io, next, startSuite } from "../interop/support.mjs";

let server;
before(async () => {
  server = await startSuite("socket-client");
});
after(() => server.stop());

async function withSocket(path, options, body) {
  const socket = io(server.url + path, { forceNew: true, reconnectionDelay: 10, ...server.options, ...options });
  try {
    await body(socket);
  } finally {
    socket.disconnect();
  }
}
const main = (body, options = {}) => withSocket("/", options, body);

for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
  const name = transports.join("+");

  test(`${name}: plain events`, () => main(async (socket) => {
    for (const [event, answer, ...values] of [["hi", "hi"], ["false", "false", false]]) {
      const received = next(socket, answer);
      socket.emit(event);
      assert.deepEqual((await received).slice(0, values.length), values);
    }
    assert.deepEqual(await socket.emitWithAck("echo", { a: [1, "b", null] }), { a: [1, "b", null] });
  }, { transports }));

  test(`${name}: acknowledgements from the client`, () => main(async (socket) => {
    socket.on("ack", (answer) => answer(5, { test: true }));
    const received = next(socket, "got it");
    socket.emit("ack");
    await received;
  }, { transports }));

  test(`${name}: dates`, () => main(async (socket) => {
    assert.match(await socket.emitWithAck("getAckDate", { test: true }), /^\d{4}-.*T.*Z$/);
    let received = next(socket, "takeDate");
    socket.emit("getDate");
    assert.match((await received)[0], /^\d{4}-.*T.*\.\d{3}Z$/);
    received = next(socket, "takeDateObj");
    socket.emit("getDateObj");
    assert.match((await received)[0].date, /Z$/);
  }, { transports }));

  test(`${name}: UTF-8`, () => main(async (socket) => {
    const texts = [];
    socket.on("takeUtf8", (text) => texts.push(text));
    socket.emit("getUtf8");
    while (texts.length < 5) await next(socket, "takeUtf8");
    assert.deepEqual(texts, ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"]);
  }, { transports }));

  test(`${name}: binary`, () => main(async (socket) => {
    for (const [event, answer] of [["doge", "doge"], ["getbin", "takebin"]]) {
      const received = next(socket, answer);
      socket.emit(event);
      assert.equal(Buffer.from((await received)[0]).toString(), "asdfasdf");
    }
    const bytes = Buffer.from("asdfasdf", "utf8");
    let received = next(socket, "buffack");
    socket.emit("buffa", bytes);
    await received;
    received = next(socket, "jsonbuff-ack");
    socket.emit("jsonbuff", { hello: "lol", message: bytes, goodbye: "gotcha" });
    await received;
    received = next(socket, "abuff2-ack");
    socket.emit("abuff1", bytes);
    socket.emit("abuff2", "please arrive second");
    await received;
  }, { transports }));

  test(`${name}: identity and handshake`, () => main(async (socket) => {
    await next(socket, "connect");
    assert.equal(await socket.emitWithAck("getId"), socket.id);
    const handshake = await socket.emitWithAck("getHandshake");
    assert.equal(handshake.query.key1, "&=bob");
    assert.deepEqual(handshake.auth, { token: "t" });
    assert.ok(handshake.headers && handshake.address && handshake.time);
  }, { transports, query: { key1: "&=bob" }, auth: { token: "t" } }));
}

test("namespaces", async () => {
  for (const path of ["/timeout_socket", "/valid", "/asd"])
    await withSocket(path, {}, (socket) => next(socket, "connect"));
  await withSocket("/foo", {}, async (socket) =>
    assert.equal(await socket.emitWithAck("getId"), socket.id));
  await withSocket("/abc", { query: { a: "b" } }, async (socket) =>
    assert.equal((await next(socket, "handshake"))[0].query.a, "b"));
  await withSocket("/unknown", {}, async (socket) =>
    assert.equal((await next(socket, "connect_error"))[0].message, "Invalid namespace"));
});

test("middlewares refuse", async () => {
  await withSocket("/no", {}, async (socket) =>
    assert.equal((await next(socket, "connect_error"))[0].message, "Auth failed (custom namespace)"));
  await withSocket("/?fail=true", {}, async (socket) =>
    assert.equal((await next(socket, "connect_error"))[0].message, "Auth failed (main namespace)"));
});

test("unknown events are ignored", () => main(async (socket) => {
  await assert.rejects(socket.timeout(50).emitWithAck("unknown"));
  assert.equal(await socket.emitWithAck("echo", 1), 1);
}));

test("recovers the connection", () => main(async (socket) => {
  await next(socket, "connect");
  const { id } = socket;
  const received = next(socket, "hi");
  socket.emit("hi"); // so that there is an offset
  await received;
  socket.io.engine.close();
  await next(socket, "connect");
  assert.equal(socket.recovered, true);
  assert.equal(socket.id, id);
}));
