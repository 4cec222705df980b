// SPDX-License-Identifier: MIT
// What a test suite for the Engine.IO protocol, version 3, checks of a server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WebSocket, next } from "../interop/support.mjs";
import { startEngine } from "./engine.mjs";

// The packets of a text payload. Strings count UTF-16 code units, as the protocol does.
function packets(payload) {
  const list = [];
  while (payload !== "") {
    const colon = payload.indexOf(":");
    const end = colon + 1 + Number(payload.slice(0, colon));
    assert.ok(colon > 0 && end <= payload.length, `a payload: ${payload}`);
    list.push(payload.slice(colon + 1, end));
    payload = payload.slice(end);
  }
  return list;
}
const payloadOf = (...list) => list.map((packet) => `${packet.length}:${packet}`).join("");

const engine = startEngine("engine-v3", { version: 3, packets, payloadOf });
const { openPolling, poll, push, openWebSocket, text } = engine;

for (const query of ["?EIO=3", "?EIO=3&transport=abc"]) {
  test(`handshake fails: "${query}"`, async () => {
    assert.equal((await fetch(engine.url + query)).status, 400);
    const socket = new WebSocket(engine.wsUrl + query);
    socket.on("error", () => {});
    await next(socket, "close");
  });
}

test("clients of both versions are served", async () => {
  const response = await fetch(`${engine.url}?EIO=4&transport=polling`);
  assert.match(await response.text(), /^0\{/);
});

test("a session keeps its version", async () => {
  const sid = await openPolling();
  const other = await fetch(`${engine.url}?EIO=4&transport=polling&sid=${sid}`);
  assert.equal(other.status, 400);
  assert.equal((await other.json()).code, 3);
  assert.equal(await (await push(sid, "1:2")).text(), "ok");
});

test("polling echoes text", async () => {
  const sid = await openPolling();
  assert.equal(await (await push(sid, "6:4hello")).text(), "ok");
  assert.equal(await (await poll(sid)).text(), "6:4hello");
  await push(sid, "6:4test16:4test26:4test3");
  assert.equal(await (await poll(sid)).text(), "6:4test16:4test26:4test3");
});

test("lengths are in UTF-16 code units", async () => {
  const sid = await openPolling();
  const list = ["4€", "4🎉", "4é🎉x", "4plain text that is longer than a word"];
  assert.equal(await (await push(sid, payloadOf(...list))).text(), "ok");
  const answer = await (await poll(sid)).text();
  assert.equal(answer, "2:4€3:4🎉5:4é🎉x38:4plain text that is longer than a word");
  assert.deepEqual(packets(answer), list);
});

test("polling echoes binary as base64 for clients that want it so", async () => {
  const sid = await openPolling("&b64=1");
  assert.equal(await (await push(sid, "6:4hello10:b4AQIDBA==")).text(), "ok");
  const response = await poll(sid);
  assert.equal(response.headers.get("content-type"), "text/plain; charset=UTF-8");
  assert.equal(await response.text(), "6:4hello10:b4AQIDBA==");
});

test("polling echoes binary in a binary payload", async () => {
  const sid = await openPolling();
  const payload = Buffer.from([0, 6, 255, 52, 104, 101, 108, 108, 111, 1, 5, 255, 4, 1, 2, 3, 4]);
  const headers = { "content-type": "application/octet-stream" };
  assert.equal(await (await push(sid, payload, headers)).text(), "ok");
  const response = await poll(sid);
  assert.equal(response.headers.get("content-type"), "application/octet-stream");
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), payload);
});

test("lengths in a binary payload are in bytes", async () => {
  const sid = await openPolling();
  // "4€" is four bytes long, and "4" with 300 bytes behind it has three digits.
  const payload = Buffer.concat([Buffer.from([0, 4, 255, 52, 0xe2, 0x82, 0xac, 1, 3, 0, 1, 255, 4]),
    Buffer.alloc(300, 0xff)]);
  await push(sid, payload, { "content-type": "application/octet-stream" });
  assert.deepEqual(Buffer.from(await (await poll(sid)).arrayBuffer()), payload);
});

test("JSONP", async () => {
  const jsonp = "&j=7abc";
  const opening = await (await fetch(engine.polling(jsonp))).text();
  const value = /^___eio\[7\]\((".*")\);$/s.exec(opening);
  assert.ok(value, opening);
  const { sid } = JSON.parse(packets(JSON.parse(value[1]))[0].slice(1));
  const message = '4"\\ \n \\n \u2028\u2029 🎉';
  const body = new URLSearchParams({ d: payloadOf(message, "b4AQID").replace(/\\n/g, "\\\n").replace(/\n/g, "\\n") });
  assert.equal(await (await push(sid, body)).text(), "ok");
  const script = await (await poll(sid, jsonp)).text();
  assert.ok(!/[\u2028\u2029\n]/.test(script));
  const answer = JSON.parse(/^___eio\[7\]\((".*")\);$/s.exec(script)[1]);
  assert.deepEqual(packets(answer), [message, "b4AQID"]);
});

for (const form of ["", "e=6:4hello", "d=6:4hello&d=6:4hello", "6:4hello"]) {
  test(`a form of JSONP without a payload is ignored: "${form}"`, async () => {
    const jsonp = "&j=0";
    const opening = await (await fetch(engine.polling(jsonp))).text();
    const { sid } = JSON.parse(packets(JSON.parse(/\((".*")\);$/s.exec(opening)[1]))[0].slice(1));
    assert.equal(await (await push(sid, form)).text(), "ok");
    assert.equal(await (await push(sid, new URLSearchParams({ d: payloadOf("4still") }))).text(), "ok");
    const script = await (await poll(sid, jsonp)).text();
    assert.deepEqual(packets(JSON.parse(/\((".*")\);$/s.exec(script)[1])), ["4still"]);
  });
}

for (const payload of ["abc", "", "4hello", "6:4hell", "x:4hello", "-1:4", "6:7hello", "1:9", "3:4🎉x1:2",
  "2:4🎉", "99999999999999999999:4a", "5:b5AQ=", "1:b", "6:4hello3"]) {
  test(`malformed payload closes the session: "${payload}"`, async () => {
    const sid = await openPolling();
    const status = (await push(sid, payload)).status;
    // The first packet of a payload may well be fine.
    assert.equal(status, 400);
    assert.equal((await poll(sid)).status, 400);
  });
}
for (const payload of [[2, 1, 255, 52], [0, 255], [0, 1], [0, 1, 10, 255, 52], [0, 9, 255, 52], [1, 1, 255, 5],
  [1, 0, 255], [0, ...Array(400).fill(9), 255, 52], [1, 1, 255, 52]]) {
  test(`malformed binary payload closes the session: ${payload.slice(0, 6)}`, async () => {
    const sid = await openPolling();
    const headers = { "content-type": "application/octet-stream" };
    assert.equal((await push(sid, Buffer.from(payload), headers)).status, 400);
    assert.equal((await poll(sid)).status, 400);
  });
}

test("WebSocket echoes text and binary", async () => {
  const socket = await openWebSocket();
  await text(socket);
  socket.send("4hello");
  assert.equal(await text(socket), "4hello");
  socket.send(Uint8Array.from([4, 1, 2, 3, 4]));
  assert.deepEqual(await text(socket), Buffer.from([4, 1, 2, 3, 4]));
  socket.send("b4AQID");
  assert.deepEqual(await text(socket), Buffer.from([4, 1, 2, 3]));
  socket.send(Uint8Array.from([4]));
  assert.deepEqual(await text(socket), Buffer.from([4]));
  socket.close();
});
test("WebSocket echoes binary as base64 for clients that want it so", async () => {
  const socket = await openWebSocket("&b64=1");
  await text(socket);
  socket.send(Uint8Array.from([4, 1, 2, 3]));
  assert.equal(await text(socket), "b4AQID");
  socket.close();
});

for (const packet of ["abc", "", "b5AQ==", Uint8Array.from([]), Uint8Array.from([5, 1]), Uint8Array.from([52])]) {
  test(`malformed packet closes the WebSocket: ${packet}`, async () => {
    const socket = await openWebSocket();
    await text(socket);
    socket.send(packet);
    await next(socket, "close");
  });
}

test("polling heartbeat: pings are answered and keep it, silence ends it", async () => {
  const sid = await openPolling();
  for (let i = 0; i < 3; i++) {
    assert.equal((await push(sid, "1:2")).status, 200);
    assert.equal(await (await poll(sid)).text(), "1:3");
  }
  const start = Date.now();
  assert.equal(await (await poll(sid)).text(), "1:1");
  assert.ok(Date.now() - start >= 450);
  assert.equal((await push(sid, "1:2")).status, 400);
});

test("WebSocket heartbeat: pings are answered and keep it, silence ends it", async () => {
  const socket = await openWebSocket();
  await text(socket);
  for (let i = 0; i < 3; i++) {
    socket.send("2");
    assert.equal(await text(socket), "3");
  }
  const start = Date.now();
  await next(socket, "close");
  assert.ok(Date.now() - start >= 450);
  assert.deepEqual(socket.texts, []); // the server does not ping
});

test("a pong from the client ends the session", async () => {
  const socket = await openWebSocket();
  await text(socket);
  socket.send("3");
  await next(socket, "close");
});

test("upgrade from polling to WebSocket, and use after it", async () => {
  const sid = await openPolling();
  const socket = await openWebSocket(`&sid=${sid}`);
  const waiting = poll(sid);
  socket.send("2probe");
  assert.equal(await text(socket), "3probe");
  assert.equal(await (await waiting).text(), "1:6");
  socket.send("5");
  socket.send("4hello");
  assert.equal(await text(socket), "4hello");
  assert.equal((await poll(sid)).status, 400);
  const second = await openWebSocket(`&sid=${sid}`);
  await next(second, "close");
  socket.send("4again");
  assert.equal(await text(socket), "4again");
  socket.close();
});
