// SPDX-License-Identifier: MIT
// The server for an Engine.IO client's tests, seen with the real client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { EngineClient, next, startSuite } from "../interop/support.mjs";

let server;
before(async () => {
  server = await startSuite("engine-client");
});
after(() => server.stop());

for (const transport of ["polling", "websocket"]) {
  const open = (options = {}) =>
    new EngineClient(server.url, { transports: [transport], ...server.options, ...options });

  test(`${transport}: greets and echoes`, async () => {
    const socket = open();
    assert.deepEqual(await next(socket, "message"), ["hi"]);
    socket.send("hello");
    assert.deepEqual(await next(socket, "message"), ["hello"]);
    socket.close();
  });

  test(`${transport}: binary and UTF-8`, async () => {
    const socket = open();
    await next(socket, "message");
    socket.send("give binary");
    const [data] = await next(socket, "message");
    assert.deepEqual(Buffer.from(data), Buffer.from([0, 1, 2, 3, 4]));
    socket.send("give utf8");
    assert.deepEqual(await next(socket, "message"), ["пойду спать всем спокойной ночи"]);
    socket.close();
  });

  test(`${transport}: denies`, async () => {
    const [error] = await next(open({ query: { deny: 1 } }), "error");
    // QWebSocketServer and QHttpServer have opened the WebSocket before anybody is asked.
    if (transport === "websocket" && /^(websocket|http)server/.test(process.env.CONFORMANCE_FRONT))
      assert.equal(error.message, "server error");
    else
      assert.equal(error.type, "TransportError");
  });

  test(`${transport}: too big a payload closes`, async () => {
    const socket = open();
    await next(socket, "open");
    const closed = next(socket, "close");
    socket.send("a".repeat(101));
    const [reason, details] = await closed;
    if (transport === "polling") {
      assert.equal(reason, "transport error");
      assert.equal(details.description, 413);
    } else {
      assert.equal(reason, "transport close");
      assert.equal(details.description, "websocket connection closed");
      assert.equal(details.context.code, 1009);
    }
  });
}

test("says what headers a POST had", async () => {
  const socket = new EngineClient(server.url, {
    transports: ["polling"],
    ...server.options,
    extraHeaders: { "X-Custom-Header-For-My-Project": "my-secret-access-token" },
  });
  await next(socket, "message");
  socket.send("sendHeaders");
  const [text] = await next(socket, "message");
  assert.equal(JSON.parse(text)["x-custom-header-for-my-project"], "my-secret-access-token");
  socket.close();
});

test("sets its cookies once, in order", async () => {
  const url = `${server.url}/engine.io/?EIO=4&transport=polling`;
  const response = await fetch(url);
  const cookies = response.headers.getSetCookie();
  assert.equal(cookies.length, 4);
  assert.equal(cookies[0], "1=1; Max-Age=86400");
  assert.equal(cookies[1], "2=2; Path=/; HttpOnly; Secure; SameSite=Strict");
  assert.equal(cookies[2], "3=3; Max-Age=0");
  const match = /^4=4; Expires=(.* GMT)$/.exec(cookies[3]);
  assert.ok(Math.abs(Date.parse(match[1]) - Date.now()) < 5000);
  const { sid } = JSON.parse((await response.text()).split("\x1e")[0].slice(1));
  const second = await fetch(`${url}&sid=${sid}`, { method: "POST", body: "4x" });
  assert.deepEqual(second.headers.getSetCookie(), []);
});

test("stores and returns cookies with withCredentials", async () => {
  const socket = new EngineClient(server.url, { transports: ["polling"], withCredentials: true,
    ...server.options });
  await next(socket, "message");
  socket.send("sendHeaders");
  const [text] = await next(socket, "message");
  assert.equal(JSON.parse(text).cookie, "1=1; 2=2");
  socket.close();
});

test("upgrades", async () => {
  const socket = new EngineClient(server.url, server.options);
  const [transport] = await next(socket, "upgrade");
  assert.equal(transport.name, "websocket");
  socket.send("hello");
  assert.deepEqual(await next(socket, "message"), ["hello"]);
  socket.close();
});
