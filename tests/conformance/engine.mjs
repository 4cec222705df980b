// SPDX-License-Identifier: MIT
// What the suites for both versions of the Engine.IO protocol share: a client, and the tests that differ in
// nothing but the version and how it writes payloads.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { WebSocket, next, startSuite } from "../interop/support.mjs";

// suite: the server's. packets: takes the packets out of a text payload; payloadOf: makes one of packets.
export function startEngine(suite, { version, packets, payloadOf }) {
  const engine = { url: "", wsUrl: "" };
  let server;
  before(async () => {
    server = await startSuite(suite);
    engine.url = `${server.url}/engine.io/`;
    engine.wsUrl = engine.url.replace("http", "ws");
  });
  after(() => server.stop());

  engine.polling = (query = "") => `${engine.url}?EIO=${version}&transport=polling${query}`;
  engine.openPolling = async (query) => {
    const response = await fetch(engine.polling(query));
    const [open] = packets(await response.text());
    return JSON.parse(open.slice(1)).sid;
  };
  engine.poll = (sid, query = "") => fetch(engine.polling(`&sid=${sid}${query}`));
  engine.push = (sid, body, headers = {}) =>
    fetch(engine.polling(`&sid=${sid}`), { method: "POST", body, headers });
  engine.openWebSocket = async (query = "") => {
    const socket = new WebSocket(`${engine.wsUrl}?EIO=${version}&transport=websocket${query}`);
    socket.texts = [];
    socket.on("message", (data, binary) => socket.texts.push(binary ? data : data.toString()));
    await next(socket, "open");
    return socket;
  };
  engine.text = async (socket) => {
    if (socket.texts.length === 0) await next(socket, "message");
    return socket.texts.shift();
  };
  testWhatBothHave(engine, packets, payloadOf);
  return engine;
}

function testWhatBothHave(engine, packets, payloadOf) {
  const { openPolling, poll, push, openWebSocket, text } = engine;

  test("polling handshake", async () => {
    const response = await fetch(engine.polling());
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "text/plain; charset=UTF-8");
    const list = packets(await response.text());
    assert.equal(list.length, 1);
    assert.equal(list[0][0], "0");
    const value = JSON.parse(list[0].slice(1));
    assert.deepEqual(Object.keys(value), ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]);
    assert.deepEqual(value.upgrades, ["websocket"]);
    assert.equal(value.pingInterval, 300);
    assert.equal(value.pingTimeout, 200);
    assert.equal(value.maxPayload, 1000000);
  });

  test("handshake fails with another method", async () => {
    for (const method of ["POST", "PUT"])
      assert.equal((await fetch(engine.polling(), { method })).status, 400);
  });

  test("WebSocket handshake", async () => {
    const socket = await openWebSocket();
    const value = JSON.parse((await text(socket)).slice(1));
    assert.deepEqual(value.upgrades, []);
    assert.equal(value.pingInterval, 300);
    socket.close();
  });

  test("two polls at a time close the session", async () => {
    const sid = await openPolling();
    const answers = await Promise.all([poll(sid), poll(sid)]);
    const [good, bad] = answers.sort((a, b) => a.status - b.status);
    assert.equal(good.status, 200);
    assert.equal(await good.text(), payloadOf("1"));
    assert.equal(bad.status, 400);
    assert.equal((await poll(sid)).status, 400);
  });

  test("close packet ends the polling session", async () => {
    const sid = await openPolling();
    const [answer] = await Promise.all([
      poll(sid).then((response) => response.text()),
      push(sid, payloadOf("6")).then(() => push(sid, payloadOf("1"))),
    ]);
    assert.equal(answer, payloadOf("6"));
    assert.equal((await poll(sid)).status, 400);
  });

  test("close packet ends the WebSocket", async () => {
    const socket = await openWebSocket();
    await text(socket);
    socket.send("1");
    await next(socket, "close");
  });
}
