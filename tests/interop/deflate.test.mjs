// SPDX-License-Identifier: MIT
// permessage-deflate with npm's ws, in every option of both sides, and the origins that are allowed.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { WebSocket, io, next, startServer } from "./support.mjs";

const call = (socket, ...args) => new Promise((resolve) => socket.emit(...args, (...values) => resolve(values)));
const texts = ["", "short", "🎉".repeat(2000), "x".repeat(300000), JSON.stringify(Array.from({ length: 3000 }, (_, i) => i))];

// A bare WebSocket that has joined the main namespace; it answers pings.
async function open(server, perMessageDeflate, query = "") {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket${query}`,
    { perMessageDeflate });
  socket.received = [];
  socket.on("message", (data, binary) => {
    if (!binary && data.toString() === "2") socket.send("3");
    else socket.received.push(binary ? data : data.toString());
  });
  await next(socket, "open");
  await text(socket);
  socket.send("40");
  await text(socket);
  return socket;
}
async function text(socket) {
  while (socket.received.length === 0) await next(socket, "message");
  return socket.received.shift();
}

const serverSides = [{}, { threshold: 0 }, { serverNoContextTakeover: true, threshold: 10 }, { clientNoContextTakeover: true },
  { serverNoContextTakeover: true, clientNoContextTakeover: true }, { serverMaxWindowBits: 9, memLevel: 1 },
  { clientMaxWindowBits: 9 }, { level: 1 }, { level: 9, memLevel: 9 }];
const clientSides = [true, { serverNoContextTakeover: true }, { clientNoContextTakeover: true }, { serverMaxWindowBits: 10 },
  { clientMaxWindowBits: 10 }, { threshold: 0 }];

for (const [i, options] of serverSides.entries()) {
  describe(`server ${JSON.stringify(options)}`, () => {
    let server;
    before(async () => {
      server = await startServer(process.env.INTEROP_SERVER,
        ["--deflate", JSON.stringify(options), "--io-threads", String(i % 2)]);
    });
    after(() => server.stop());

    for (const clientSide of clientSides) {
      test(`client ${JSON.stringify(clientSide)}`, async () => {
        const socket = await open(server, clientSide);
        assert.match(socket.extensions, /permessage-deflate/);
        for (let round = 0; round < 2; round++) {
          for (const value of texts) {
            const packet = `42${JSON.stringify(["back", value])}`;
            socket.send(packet);
            assert.equal(await text(socket), packet);
          }
          const bytes = Buffer.alloc(50000, "binary");
          socket.send('451-["back",{"_placeholder":true,"num":0}]');
          socket.send(bytes);
          assert.equal(await text(socket), '451-["back",{"_placeholder":true,"num":0}]');
          assert.deepEqual(await text(socket), bytes);
        }
        socket.close();
      });
    }

    test("it is the client's choice", async () => {
      const socket = await open(server, false);
      assert.equal(socket.extensions, "");
      socket.send(`42${JSON.stringify(["back", texts[3]])}`);
      assert.equal(await text(socket), `42${JSON.stringify(["back", texts[3]])}`);
      socket.close();
    });

    test("broadcasts reach clients with and without compression", async () => {
      const sockets = [await open(server, true), await open(server, false), await open(server, true)];
      for (const value of [texts[3], texts[2], texts[3]]) {
        sockets[0].send(`42${JSON.stringify(["tell", [], "all", [], value])}`);
        for (const socket of sockets)
          assert.equal(await text(socket), `42${JSON.stringify(["told", value])}`);
      }
      for (const socket of sockets) socket.close();
    });
  });
}

describe("limits", () => {
  let server;
  before(async () => {
    server = await startServer(process.env.INTEROP_SERVER, ["--deflate", "{}"]);
  });
  after(() => server.stop());

  // A compressed frame as a client sends it.
  function frame(payload) {
    const head = Buffer.alloc(14);
    head[0] = 0xc1;
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(payload.length), 2);
    return Buffer.concat([head, payload]);
  }
  test("what inflates to too much is refused while it is inflated", async () => {
    const socket = await open(server, true);
    socket._socket.write(frame(deflateRawSync(Buffer.alloc(20_000_000, "4"), { finishFlush: constants.Z_SYNC_FLUSH })));
    const [code] = await next(socket, "close");
    assert.equal(code, 1009);
  });
  for (const [name, payload, code] of [
    ["no deflate stream", Buffer.from([0xff, 0xff, 0xff, 0xff]), 1007],
    ["no UTF-8", deflateRawSync(Buffer.from([0x34, 0xff]), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4), 1007],
  ]) {
    test(`${name} is refused`, async () => {
      const socket = await open(server, true);
      socket._socket.write(frame(payload));
      assert.deepEqual((await next(socket, "close"))[0], code);
    });
  }
  test("a compressed message without an agreement is refused", async () => {
    const socket = await open(server, false);
    socket._socket.write(frame(Buffer.from([0])));
    assert.deepEqual((await next(socket, "close"))[0], 1002);
  });
  test("Socket.IO clients of Node compress too", async () => {
    const socket = io(server.url, { forceNew: true, transports: ["websocket"], perMessageDeflate: { threshold: 1024 } });
    await next(socket, "connect");
    for (const value of texts) assert.deepEqual(await call(socket, "echo", value), [value]);
    socket.close();
  });
});

test("without the option nothing is compressed", async () => {
  const server = await startServer(process.env.INTEROP_SERVER);
  const socket = await open(server, true);
  assert.equal(socket.extensions, "");
  socket.close();
  await server.stop();
});

test("only pages of the allowed origins are let in", async () => {
  const server = await startServer(process.env.INTEROP_SERVER, ["--origins", "https://a.example,http://b.example:8080"]);
  const url = `${server.url}/socket.io/?EIO=4&transport=polling`;
  for (const [origin, status] of [["https://a.example", 200], ["HTTP://B.example:8080", 200], ["http://a.example", 403],
    ["null", 403], ["https://a.example.evil", 403]]) {
    const answer = await fetch(url, { headers: { origin } });
    assert.equal(answer.status, status, origin);
    if (status === 403) assert.deepEqual(await answer.json(), { code: 4, message: "Origin not allowed" });
    const socket = new WebSocket(url.replace("http", "ws").replace("polling", "websocket"), { origin });
    const [event] = await Promise.race([next(socket, "open").then(() => ["open"]), next(socket, "error").then(() => ["error"])]);
    assert.equal(event, status === 200 ? "open" : "error", origin);
    socket.on("error", () => {});
    socket.close();
  }
  assert.equal((await fetch(url)).status, 200); // no page at all
  await server.stop();
});
