// SPDX-License-Identifier: MIT
// Rooms, broadcasts and broadcasts with acknowledgements.
import assert from "node:assert/strict";
import { after, before, beforeEach, afterEach, test } from "node:test";
import { io, next, startServer, until } from "./support.mjs";

let server;
let sockets = [];
let told;
before(async () => {
  server = await startServer(process.env.INTEROP_SERVER, ["--io-threads", "1"]);
});
after(() => server.stop());
beforeEach(async () => {
  // One of each kind of connection, so that a broadcast has to reach all kinds.
  sockets = [["polling"], ["websocket"], ["polling", "websocket"]].map((transports) =>
    io(server.url, { forceNew: true, transports }));
  told = sockets.map(() => []);
  sockets.forEach((socket, i) => socket.on("told", (value) => told[i].push(value)));
  await Promise.all(sockets.map((socket) => next(socket, "connect")));
});
afterEach(() => sockets.forEach((socket) => socket.disconnect()));

// Messages of one socket keep their order, so what was told is there when a later echo is.
async function tell(sender, ...args) {
  sockets[sender].emit("tell", ...args);
  await sockets[sender].emitWithAck("echo");
  await Promise.all(sockets.map((socket) => socket.emitWithAck("echo")));
}

test("rooms have members, each is told once, the sender may be left out", async () => {
  const [a, b, c] = sockets;
  assert.deepEqual(await a.emitWithAck("join", ["r1", "r2"]), [a.id, "r1", "r2"]);
  await b.emitWithAck("join", ["r1", "r2"]);
  await c.emitWithAck("join", ["r2"]);
  await tell(0, ["r1", "r2"], "all", [], "union");
  assert.deepEqual(told, [["union"], ["union"], ["union"]]);
  await tell(0, ["r1"], "others", [], "others");
  assert.deepEqual(told, [["union"], ["union", "others"], ["union"]]);
  await tell(1, ["r2"], "all", ["r1"], "excepted");
  assert.deepEqual(told[2], ["union", "excepted"]);
  assert.deepEqual(told[0], ["union"]);
  assert.deepEqual(await b.emitWithAck("leave", "r2"), [b.id, "r1"]);
  await tell(0, [c.id], "all", [], "private");
  assert.equal(told[2].at(-1), "private");
});

test("binary broadcast reaches every transport", async () => {
  await tell(0, [], "others", [], { bytes: Buffer.from([1, 2, 3]) });
  await until(() => told[1].length && told[2].length, "both were told");
  assert.deepEqual(told[1], [{ bytes: Buffer.from([1, 2, 3]) }]);
  assert.deepEqual(told[2], [{ bytes: Buffer.from([1, 2, 3]) }]);
  assert.deepEqual(told[0], []);
});

test("a survey gathers all answers", async () => {
  sockets.forEach((socket, i) => socket.on("survey", (answer) => answer(i)));
  const [error, answers] = await new Promise((resolve) =>
    sockets[0].emit("survey", 2000, (...args) => resolve(args)));
  assert.equal(error, null);
  assert.deepEqual([...answers].sort(), [0, 1, 2]);
});

test("a survey that somebody does not answer fails in time", async () => {
  sockets.slice(1).forEach((socket) => socket.on("survey", (answer) => answer("here")));
  const [error] = await new Promise((resolve) =>
    sockets[0].emit("survey", 100, (...args) => resolve(args)));
  assert.match(error, /^operation has timed out: the event/);
});

test("sockets are disconnected in a crowd", async () => {
  const gone = Promise.all(sockets.slice(1).map((socket) => next(socket, "disconnect")));
  sockets[0].emit("kick others");
  for (const [reason] of await gone) assert.equal(reason, "io server disconnect");
  assert.equal(sockets[0].connected, true);
});
