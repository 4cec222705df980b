// SPDX-License-Identifier: MIT
// What a test suite for the Socket.IO protocol, version 5, checks of a server.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { WebSocket, next, startSuite } from "../interop/support.mjs";

let server, wsUrl;
before(async () => {
  server = await startSuite("socket");
  wsUrl = `${server.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`;
});
after(() => server.stop());

class Client {
  constructor() {
    this.socket = new WebSocket(wsUrl);
    this.inbox = [];
    this.closed = next(this.socket, "close");
    this.closed.catch(() => {});
    this.socket.on("message", (data, binary) => {
      if (!binary && data.toString() === "2") this.socket.send("3");
      else this.inbox.push(binary ? data : data.toString());
    });
  }
  async open() {
    await next(this.socket, "open");
    assert.match(await this.text(), /^0\{/);
    return this;
  }
  async connect(nsp = "", auth = "") {
    this.socket.send(`40${nsp}${nsp ? "," : ""}${auth}`);
    return [await this.text(), await this.text()];
  }
  async text() {
    while (this.inbox.length === 0) await next(this.socket, "message");
    return this.inbox.shift();
  }
}
const open = () => new Client().open();
async function connected() {
  const client = await open();
  await client.connect();
  return client;
}

test("connects to the main namespace, with and without payload", async () => {
  for (const [auth, expected] of [["", "{}"], [`{"token":"123"}`, `{"token":"123"}`]]) {
    const client = await open();
    const [connect, event] = await client.connect("", auth);
    const value = JSON.parse(connect.slice(2));
    assert.ok(connect.startsWith("40"));
    assert.deepEqual(Object.keys(value), ["sid"]);
    assert.equal(event, `42["auth",${expected}]`);
    client.socket.close();
  }
});

test("connects to a custom namespace, with and without payload", async () => {
  for (const [auth, expected] of [["", "{}"], [`{"token":"abc"}`, `{"token":"abc"}`]]) {
    const client = await open();
    const [connect, event] = await client.connect("/custom", auth);
    assert.ok(connect.startsWith("40/custom,{"));
    assert.equal(event, `42/custom,["auth",${expected}]`);
    client.socket.close();
  }
});

test("refuses an unknown namespace", async () => {
  const client = await open();
  client.socket.send("40/random");
  assert.equal(await client.text(), `44/random,{"message":"Invalid namespace"}`);
  client.socket.close();
});

test("a handshake without a namespace is closed after connectTimeout", async () => {
  const client = await open();
  await client.closed;
});

test("disconnects from one namespace and keeps the other", async () => {
  const client = await open();
  await client.connect();
  await client.connect("/custom");
  client.socket.send("41/custom");
  client.socket.send(`42["message","message to main namespace"]`);
  assert.equal(await client.text(), `42["message-back","message to main namespace"]`);
  client.socket.close();
});

test("echoes plain text and JSON", async () => {
  const client = await connected();
  client.socket.send(`42["message",1,"2",{"3":[true]}]`);
  assert.equal(await client.text(), `42["message-back",1,"2",{"3":[true]}]`);
  client.socket.close();
});

test("echoes binary", async () => {
  const client = await connected();
  client.socket.send(`452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`);
  client.socket.send(Uint8Array.from([1, 2, 3]));
  client.socket.send(Uint8Array.from([4, 5, 6]));
  assert.equal(await client.text(),
    `452-["message-back",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`);
  assert.deepEqual(await client.text(), Buffer.from([1, 2, 3]));
  assert.deepEqual(await client.text(), Buffer.from([4, 5, 6]));
  client.socket.close();
});

test("acknowledges plain text and binary", async () => {
  const client = await connected();
  client.socket.send(`42456["message-with-ack",1,"2",{"3":[false]}]`);
  assert.equal(await client.text(), `43456[1,"2",{"3":[false]}]`);
  client.socket.send(`452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`);
  client.socket.send(Uint8Array.from([1, 2, 3]));
  client.socket.send(Uint8Array.from([4, 5, 6]));
  assert.equal(await client.text(),
    `462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`);
  assert.deepEqual(await client.text(), Buffer.from([1, 2, 3]));
  assert.deepEqual(await client.text(), Buffer.from([4, 5, 6]));
  client.socket.close();
});

for (const [what, packet] of [
  ["packet of no type", "4abc"],
  ["event that is an object", "42{}"],
  ["malformed ack id", `42abc["message",1]`],
  ["event without a name", "42[]"],
  ["broken JSON", `42["message"`],
  ["reserved name", `42["connect"]`],
  ["attachments that are no number", `45a-["message"]`],
  ["too many attachments", `4511-["message"]`],
  ["text while attachments are due", `451-["message",{"_placeholder":true,"num":0}]`],
]) {
  test(`closes on: ${what}`, async () => {
    const client = await connected();
    client.socket.send(packet);
    if (packet.startsWith("451-")) client.socket.send(`42["message"]`);
    await client.closed;
  });
}
for (const [what, packet] of [["event before CONNECT", `42["message"]`], ["binary before CONNECT", Buffer.from([1])],
  ["ack before CONNECT", "431[]"], ["CONNECT_ERROR from a client", `44{"message":"x"}`]]) {
  test(`closes on: ${what}`, async () => {
    const client = await open();
    client.socket.send(packet);
    await client.closed;
  });
}
test("closes on: second CONNECT", async () => {
  const client = await connected();
  client.socket.send("40");
  await client.closed;
});
