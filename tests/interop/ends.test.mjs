// SPDX-License-Identifier: MIT
// An end does not overtake what was sent before it: over either transport and at whatever moment
// of the change from one to the other it comes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { io, next, startServer } from "./support.mjs";

const RUNS = 30;

for (const threads of [0, 1]) {
  test(`with ${threads} I/O threads`, async (t) => {
    const server = await startServer(process.env.INTEROP_SERVER, ["--io-threads", String(threads)]);

    // Connects, asks to be sent away after so many milliseconds; what the client heard, in order.
    async function part(transports, delay) {
      const socket = io(server.url, { forceNew: true, transports, reconnection: false });
      const heard = [];
      socket.on("bye", () => heard.push("bye"));
      const end = next(socket, "disconnect");
      socket.on("disconnect", (reason) => heard.push(reason));
      await next(socket, "connect");
      socket.emit("part", delay);
      await end;
      const engine = socket.io.engine;
      if (engine && engine.readyState !== "closed") await next(engine, "close");
      return heard;
    }

    for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
      await t.test(transports.join(" to "), async () => {
        // The change of transports takes a few milliseconds, so each run meets another moment.
        const runs = Array.from({ length: RUNS }, (_, i) => part(transports, i % 15));
        for (const heard of await Promise.all(runs))
          assert.deepEqual(heard, ["bye", "io server disconnect"]);
      });
    }
    await server.stop();
  });
}
