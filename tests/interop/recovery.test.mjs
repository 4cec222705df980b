// SPDX-License-Identifier: MIT
// Connection state recovery with the real client, after the connection has been killed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { io, next, startServer } from "./support.mjs";

let server;
before(async () => {
  server = await startServer(process.env.INTEROP_SERVER, ["--recovery"]);
});
after(() => server.stop());
const connect = (transports) =>
  io(server.url, { forceNew: true, transports, reconnectionDelay: 50, randomizationFactor: 0 });

for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
  test(`${transports.join("+")}: same id and rooms, and what was missed, in order`, async () => {
    const socket = connect(transports);
    const other = connect(["websocket"]);
    await Promise.all([next(socket, "connect"), next(other, "connect")]);
    assert.equal(socket.recovered, false);
    await socket.emitWithAck("join", ["room"]);
    const told = [];
    socket.on("told", (value) => told.push(value));
    other.emit("tell", ["room"], "others", [], 0);
    await next(socket, "told");
    const { id } = socket;
    const back = next(socket, "connect");
    const gone = next(socket, "disconnect");
    socket.io.engine.transport.close();
    socket.io.engine.onClose?.("transport close");
    await gone;
    for (const value of [1, 2, 3]) other.emit("tell", ["room"], "others", [], value);
    other.emit("tell", ["elsewhere"], "others", [], "not for us");
    await other.emitWithAck("echo");
    await back;
    assert.equal(socket.recovered, true);
    assert.equal(socket.id, id);
    other.emit("tell", ["room"], "others", [], 4);
    while (told.at(-1) !== 4) await next(socket, "told");
    assert.deepEqual(told, [0, 1, 2, 3, 4]);
    socket.disconnect();
    other.disconnect();
  });
}

test("an explicit disconnection is not recovered", async () => {
  const socket = connect(["websocket"]);
  await next(socket, "connect");
  const { id } = socket;
  socket.emit("back", 1);
  await next(socket, "back");
  socket.disconnect().connect();
  await next(socket, "connect");
  assert.equal(socket.recovered, false);
  assert.notEqual(socket.id, id);
  socket.disconnect();
});
