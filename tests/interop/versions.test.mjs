// SPDX-License-Identifier: MIT
// Clients of socket.io from 3.1, the first of this protocol, to the newest. Those of version 2 are in
// oldclients.test.mjs.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { io, io31, io40, next, startServer } from "./support.mjs";

const WAIT = 30000;
const call = (socket, ...args) => new Promise((resolve) => socket.emit(...args, (...values) => resolve(values)));
const values = ["\u{1f600} \u00fc \u20ac", 42, -1.5, Buffer.from([4, 0, 255]), { deep: [Buffer.alloc(70000, 7)] }, null];

for (const [version, connect] of [["3.1", io31], ["4.0", io40], ["4.8", io]]) {
  describe(`socket.io-client ${version}`, () => {
    let server;
    before(async () => { server = await startServer(process.env.INTEROP_SERVER); });
    after(() => server.stop());

    for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
      const open = (nsp, options = {}) =>
        connect(`${server.url}${nsp}`, { transports, forceNew: true, reconnectionDelay: 20, randomizationFactor: 0, ...options });

      test(`values over ${transports}`, async () => {
        const socket = open("/");
        await next(socket, "connect", WAIT);
        if (transports.length === 2 && socket.io.engine.transport.name !== "websocket")
          await next(socket.io.engine, "upgrade", WAIT);
        assert.deepEqual(await call(socket, "echo", ...values), values);
        socket.emit("back", ...values);
        assert.deepEqual(await next(socket, "back", WAIT), values);
        socket.on("question", (value, ack) => ack(value, "answer"));
        socket.emit("ask", WAIT, Buffer.from("ab"));
        assert.deepEqual(await next(socket, "asked", WAIT), [[Buffer.from("ab"), "answer"]]);
        socket.disconnect();
      });

      test(`namespaces, rooms and refusals over ${transports}`, async () => {
        const socket = open("/");
        await call(socket, "join", ["a room"]);
        socket.emit("tell", ["another"], "all", [], "nobody hears this");
        socket.emit("tell", ["a room"], "all", [], { said: Buffer.from("it") });
        assert.deepEqual(await next(socket, "told", WAIT), [{ said: Buffer.from("it") }]);
        const admin = open("/admin");
        const [error] = await next(admin, "connect_error", WAIT);
        assert.deepEqual([error.message, error.data], ["not authorized", { content: "Please retry later" }]);
        admin.auth = { token: "secret" };
        admin.connect();
        await next(admin, "connect", WAIT);
        for (const one of [socket, admin]) one.disconnect();
      });

      test(`leaves and comes back over ${transports}`, async () => {
        const socket = open("/");
        await next(socket, "connect", WAIT);
        const { id } = socket;
        socket.io.engine.close(); // as if the connection was lost
        await next(socket, "connect", WAIT);
        assert.notEqual(socket.id, id);
        socket.emit("leave me");
        assert.deepEqual((await next(socket, "disconnect", WAIT))[0], "io server disconnect");
        socket.connect();
        assert.deepEqual(await call(socket, "echo", 1), [1]);
        socket.disconnect();
      });
    }
  });
}
