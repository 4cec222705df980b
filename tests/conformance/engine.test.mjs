// SPDX-License-Identifier: MIT
// What a test suite for the Engine.IO protocol, version 4, checks of a server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WebSocket, next } from "../interop/support.mjs";
import { startEngine } from "./engine.mjs";

// Control characters divide the packets of a payload.
const packets = (payload) => payload.split("\x1e");
const payloadOf = (...list) => list.join("\x1e");

const engine = startEngine("engine", { version: 4, packets, payloadOf });
const { openPolling, poll, push, openWebSocket, text } = engine;

for (const query of ["", "?transport=polling", "?EIO=abc&transport=polling", "?EIO=4",
  "?EIO=4&transport=abc"]) {
  test(`polling handshake fails: "${query}"`, async () => {
    assert.equal((await fetch(engine.url + query)).status, 400);
  });
}
for (const query of ["", "?transport=websocket", "?EIO=abc&transport=websocket", "?EIO=4",
  "?EIO=4&transport=abc"]) {
  test(`WebSocket handshake fails: "${query}"`, async () => {
    const socket = new WebSocket(engine.wsUrl + query);
    socket.on("error", () => {});
    await next(socket, "close");
  });
}

test("polling echoes text and binary", async () => {
  const sid = await openPolling();
  assert.equal(await (await push(sid, "4hello")).text(), "ok");
  assert.equal(await (await poll(sid)).text(), "4hello");
  await push(sid, "4test1\x1e4test2\x1e4test3");
  assert.equal(await (await poll(sid)).text(), "4test1\x1e4test2\x1e4test3");
  await push(sid, "bAQIDBA==");
  assert.equal(await (await poll(sid)).text(), "bAQIDBA==");
});

test("malformed payload closes the polling session", async () => {
  const sid = await openPolling();
  assert.equal((await push(sid, "abc")).status, 400);
  assert.equal((await poll(sid)).status, 400);
});

test("a cancelled poll closes the session", async () => {
  const sid = await openPolling();
  const controller = new AbortController();
  const request = fetch(engine.polling(`&sid=${sid}`), { signal: controller.signal });
  assert.equal((await push(sid, "6")).status, 200); // the poll is there before this
  controller.abort();
  await assert.rejects(request);
  let status = 200;
  for (const end = Date.now() + 5000; status === 200 && Date.now() < end;)
    status = (await push(sid, "6")).status;
  assert.equal(status, 400);
});

test("WebSocket echoes text and binary", async () => {
  const socket = await openWebSocket();
  await text(socket);
  socket.send("4hello");
  assert.equal(await text(socket), "4hello");
  socket.send(Uint8Array.from([1, 2, 3, 4]));
  assert.deepEqual(await text(socket), Buffer.from([1, 2, 3, 4]));
  socket.close();
});

test("malformed packet closes the WebSocket", async () => {
  const socket = await openWebSocket();
  await text(socket);
  socket.send("abc");
  await next(socket, "close");
});

test("polling heartbeat: pongs keep it, silence ends it", async () => {
  const sid = await openPolling();
  for (let i = 0; i < 3; i++) {
    assert.equal(await (await poll(sid)).text(), "2");
    assert.equal((await push(sid, "3")).status, 200);
  }
  assert.equal(await (await poll(sid)).text(), "2");
  assert.equal(await (await poll(sid)).text(), "1");
  assert.equal((await poll(sid)).status, 400);
});

test("WebSocket heartbeat: pongs keep it, silence ends it", async () => {
  const socket = await openWebSocket();
  await text(socket);
  for (let i = 0; i < 3; i++) {
    assert.equal(await text(socket), "2");
    socket.send("3");
  }
  await next(socket, "close");
});

test("upgrade from polling to WebSocket, and use after it", async () => {
  const sid = await openPolling();
  const socket = await openWebSocket(`&sid=${sid}`);
  socket.send("2probe");
  assert.equal(await text(socket), "3probe");
  socket.send("5");
  socket.send("4hello");
  assert.equal(await text(socket), "4hello");
  assert.equal((await poll(sid)).status, 400);
  socket.close();
});

test("a second WebSocket for an upgraded session is closed", async () => {
  const sid = await openPolling();
  const socket = await openWebSocket(`&sid=${sid}`);
  socket.send("2probe");
  await text(socket);
  socket.send("5");
  const second = await openWebSocket(`&sid=${sid}`);
  await next(second, "close");
  socket.send("4hello");
  assert.equal(await text(socket), "4hello");
  socket.close();
});

test("CORS is open to any origin", async () => {
  const response = await fetch(engine.polling(), { headers: { origin: "http://a.example" } });
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
});
