// SPDX-License-Identifier: MIT
// Every transport carries every kind of message, in order, also while it changes.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { io, next, startServer, until } from "./support.mjs";

for (const threads of ["0", "2"]) {
  describe(`with ${threads} I/O threads`, () => {
    let server;
    before(async () => {
      server = await startServer(process.env.INTEROP_SERVER, ["--io-threads", threads]);
    });
    after(() => server.stop());
    const connect = (options) => io(server.url, { forceNew: true, ...options });

    for (const transports of [["polling"], ["websocket"], ["polling", "websocket"], ["websocket", "polling"]]) {
      test(`${transports.join("+")} carries text and binary`, async () => {
        const socket = connect({ transports });
        await next(socket, "connect");
        const big = "x".repeat(300000);
        for (const args of [[], [null], [false, 0, ""], [1.5, -7, "🎉 ü"], [[1, [2, { a: null }]]], [big],
          [Buffer.from([0, 255, 128])], [{ deep: [Buffer.alloc(70000, 7)], text: "t" }, Buffer.alloc(0)]]) {
          const answer = await new Promise((resolve) => socket.emit("echo", ...args, (...values) => resolve(values)));
          assert.deepEqual(answer, args);
        }
        socket.disconnect();
      });
    }

    test("an upgrade under load loses, doubles and reorders nothing", async () => {
      for (let round = 0; round < 5; round++) {
        const socket = connect({ transports: ["polling", "websocket"] });
        const received = [];
        const flood = [];
        socket.on("back", (n) => received.push(n));
        socket.on("flood", (n) => flood.push(n));
        await next(socket, "connect");
        socket.emit("flood", 500);
        let sent = 0;
        const upgraded = () => socket.io.engine.transport.name === "websocket";
        const end = Date.now() + 10000;
        // In each turn of the event loop some, until well after the upgrade.
        for (let more = 200; more > 0 && Date.now() < end; more -= upgraded() ? 1 : 0) {
          for (let i = 0; i < 3; i++) socket.emit("back", sent++);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await until(() => received.length >= sent && flood.length >= 500, "all came back", 20000);
        assert.deepEqual(received, Array.from({ length: sent }, (_, i) => i));
        assert.deepEqual(flood, Array.from({ length: 500 }, (_, i) => i));
        assert.equal(socket.io.engine.transport.name, "websocket");
        socket.disconnect();
      }
    });

    test("compressed polls are understood", async () => {
      const response = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`);
      const { sid } = JSON.parse((await response.text()).slice(1));
      const session = `${server.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`;
      const text = "x".repeat(5000);
      await fetch(session, { method: "POST", body: "40" });
      await (await fetch(session)).text();
      await fetch(session, { method: "POST", body: `42["back","${text}"]` });
      const poll = await fetch(session, { headers: { "accept-encoding": "gzip" } });
      assert.equal(poll.headers.get("content-encoding"), "gzip");
      assert.equal(await poll.text(), `42["back","${text}"]`);
    });

    test("CORS lets pages of other origins in", async () => {
      const preflight = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, {
        method: "OPTIONS",
        headers: { origin: "http://page.example", "access-control-request-method": "POST" },
      });
      assert.equal(preflight.status, 204);
      assert.equal(preflight.headers.get("access-control-allow-origin"), "http://page.example");
    });
  });
}
