// SPDX-License-Identifier: MIT
// What a test suite for the Engine.IO protocol, version 4, checks of a server.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { WebSocket, next, startSuite } from "../interop/support.mjs";

let server, url, wsUrl;
before(async () => {
  server = await startSuite("engine");
  url = `${server.url}/engine.io/`;
  wsUrl = url.replace("http", "ws");
});
after(() => server.stop());

async function openPolling() {
  const response = await fetch(`${url}?EIO=4&transport=polling`);
  return JSON.parse((await response.text()).slice(1)).sid;
}
const poll = (sid) => fetch(`${url}?EIO=4&transport=polling&sid=${sid}`);
const push = (sid, body) =>
  fetch(`${url}?EIO=4&transport=polling&sid=${sid}`, { method: "POST", body });
async function openWebSocket(query = "") {
  const socket = new WebSocket(`${wsUrl}?EIO=4&transport=websocket${query}`);
  socket.texts = [];
  socket.on("message", (data, binary) => socket.texts.push(binary ? data : data.toString()));
  await next(socket, "open");
  return socket;
}
async function text(socket) {
  if (socket.texts.length === 0) await next(socket, "message");
  return socket.texts.shift();
}

test("polling handshake", async () => {
  const response = await fetch(`${url}?EIO=4&transport=polling`);
  assert.equal(response.status, 200);
  const content = await response.text();
  assert.equal(content[0], "0");
  const value = JSON.parse(content.slice(1));
  assert.deepEqual(Object.keys(value), ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]);
  assert.deepEqual(value.upgrades, ["websocket"]);
  assert.equal(value.pingInterval, 300);
  assert.equal(value.pingTimeout, 200);
  assert.equal(value.maxPayload, 1000000);
});

for (const query of ["", "?transport=polling", "?EIO=abc&transport=polling", "?EIO=4",
  "?EIO=4&transport=abc"]) {
  test(`polling handshake fails: "${query}"`, async () => {
    assert.equal((await fetch(url + query)).status, 400);
  });
}
test("handshake fails with another method", async () => {
  for (const method of ["POST", "PUT"])
    assert.equal((await fetch(`${url}?EIO=4&transport=polling`, { method })).status, 400);
});

test("WebSocket handshake", async () => {
  const socket = await openWebSocket();
  const value = JSON.parse((await text(socket)).slice(1));
  assert.deepEqual(value.upgrades, []);
  assert.equal(value.pingInterval, 300);
  socket.close();
});
for (const query of ["", "?transport=websocket", "?EIO=abc&transport=websocket", "?EIO=4",
  "?EIO=4&transport=abc"]) {
  test(`WebSocket handshake fails: "${query}"`, async () => {
    const socket = new WebSocket(wsUrl + query);
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

test("two polls at a time close the session", async () => {
  const sid = await openPolling();
  const answers = await Promise.all([poll(sid), poll(sid)]);
  const [good, bad] = answers.sort((a, b) => a.status - b.status);
  assert.equal(good.status, 200);
  assert.equal(await good.text(), "1");
  assert.equal(bad.status, 400);
  assert.equal((await poll(sid)).status, 400);
});

test("a cancelled poll closes the session", async () => {
  const sid = await openPolling();
  const controller = new AbortController();
  const request = fetch(`${url}?EIO=4&transport=polling&sid=${sid}`, { signal: controller.signal });
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

test("close packet ends the polling session", async () => {
  const sid = await openPolling();
  const [answer] = await Promise.all([
    poll(sid).then((response) => response.text()),
    push(sid, "6").then(() => push(sid, "1")),
  ]);
  assert.equal(answer, "6");
  assert.equal((await poll(sid)).status, 400);
});

test("close packet ends the WebSocket", async () => {
  const socket = await openWebSocket();
  await text(socket);
  socket.send("1");
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
  const response = await fetch(`${url}?EIO=4&transport=polling`, { headers: { origin: "http://a.example" } });
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
});
