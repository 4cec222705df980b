// SPDX-License-Identifier: MIT
// Clients in JavaScript with other parsers: socket.io-msgpack-parser at a server with MsgPackParser,
// and the guide's CBOR parser, which doc/snippets/cborparser.cpp is in C++. The other way round is
// tests/integration/client/parsertest.h.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { io, next, startServer } from "./support.mjs";

const WAIT = 30000;
const require = createRequire(import.meta.url);
const parsers = { cbor: "./parsers/cborparser.cjs", msgpack: "socket.io-msgpack-parser" };

for (const name of process.env.PARSERS.split(",")) {
  describe(name, () => {
    const parser = require(parsers[name]);
    let server;
    before(async () => {
      server = await startServer(process.env.CLIENT_TEST_SERVER, [JSON.stringify({ parser: name })]);
    });
    after(() => server?.kill());

    for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
      const open = (nsp, options = {}) => io(`${server.url}${nsp}`, { parser, transports, forceNew: true, ...options });
      const call = (socket, ...args) => new Promise((resolve) => socket.emit(...args, (...values) => resolve(values)));

      test(`values over ${transports}`, async () => {
        const socket = open("/");
        for (const sample of [
          [],
          ["hö 🎉", 1, -1, 2 ** 31, Number.MAX_SAFE_INTEGER, 0.1, true, null, { deep: [{}] }],
          [Buffer.from([0, 1, 255]), { data: Buffer.alloc(100000, "b") }],
          [new Date(1700000000123)],
        ]) {
          assert.deepEqual(await call(socket, "echo", ...sample), sample);
        }
        socket.on("question", (bytes, ack) => ack("answer", Buffer.concat([bytes, bytes])));
        socket.emit("ask", Buffer.from("ab"));
        assert.deepEqual(await next(socket, "asked", WAIT), ["answer", Buffer.from("abab")]);
        socket.disconnect();
      });

      test(`namespaces, rooms and refusals over ${transports}`, async () => {
        const chat = open("/chat");
        await call(chat, "join", `room ${transports}`);
        chat.emit("tell", `room ${transports}`, 7, Buffer.from("said"));
        assert.deepEqual(await next(chat, "told", WAIT), [7, Buffer.from("said")]);
        const admin = open("/admin");
        const [error] = await next(admin, "connect_error", WAIT);
        assert.deepEqual([error.message, error.data], ["not authorized", { content: "Please retry later" }]);
        admin.auth = { token: "secret" };
        admin.connect();
        await next(admin, "connect", WAIT);
        for (const socket of [chat, admin]) socket.disconnect();
      });
    }

    test("a client with another parser is not served, and others are", async () => {
      const other = io(server.url, { transports: ["websocket"], forceNew: true, reconnection: false });
      await next(other.io, "close", WAIT);
      const socket = io(server.url, { parser, forceNew: true });
      await next(socket, "connect", WAIT);
      socket.disconnect();
    });
  });
}
