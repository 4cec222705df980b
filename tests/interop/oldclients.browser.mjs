// SPDX-License-Identifier: MIT
// Socket.IO's client of version 2 in Chromium, which has what Node.js lacks: polling with JSONP, also
// from a page of another origin, and binary payloads. And the newest one with MessagePack, of the file
// that servers provide.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startServer } from "./support.mjs";

const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules");
const script = (path) => readFileSync(join(modules, path), "utf8");
const oldClient = script("socket.io-client-2/dist/socket.io.js");
let server, pages, browser;
before(async () => {
  server = await startServer(process.env.INTEROP_SERVER, ["--allow-eio3"]);
  // With another origin than the server's.
  pages = createServer((request, response) => response.end("a page")).listen(0, "127.0.0.1");
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});
after(async () => {
  await browser?.close();
  pages?.close();
  await server?.stop();
});

// Runs in the page: values there and back, and the id that the client knows.
async function exchange({ url, options }) {
  const socket = window.io(url, { forceNew: true, reconnection: false, ...options });
  const bytes = new Uint8Array(70000).map((_, i) => i * 7);
  const values = ["", "ä🎉 \\n \\\\n \n \u2028\u2029 \"'</script>&+%", "x".repeat(100000), [1, { a: null }], -1.5];
  try {
    return await new Promise((resolve, reject) => {
      for (const event of ["error", "connect_error", "connect_timeout"])
        socket.on(event, (error) => reject(new Error(`${event}: ${error.message ?? error}`)));
      setTimeout(() => reject(new Error("not all came back")), 60000);
      socket.on("connect", () => socket.emit("echo", ...values, bytes.buffer, (...back) => {
        const binary = new Uint8Array(back.pop());
        // Events in a row are several packets of one payload.
        const numbers = [];
        socket.on("back", (number) => {
          if (numbers.push(number) === 100) resolve({
            same: JSON.stringify(back) === JSON.stringify(values),
            sameBytes: binary.length === bytes.length && binary.every((byte, i) => byte === bytes[i]),
            inOrder: numbers.every((number, i) => number === i),
            transport: socket.io.engine.transport.name,
          });
        });
        for (let i = 0; i < 100; ++i) socket.emit("back", i);
      }));
    });
  } finally {
    socket.close();
  }
}

// What the page says, and the types of the answers to polls and POSTs, and of the POSTs.
async function inPage(address, options, client = oldClient) {
  const page = await (await browser.newContext()).newPage();
  const seen = { polls: new Set(), posts: new Set(), kinds: new Set() };
  page.on("response", async (response) => {
    const request = response.request();
    if (!request.url().includes("transport=polling") || request.isNavigationRequest() && request.method() === "GET") return;
    seen.kinds.add(request.resourceType());
    if (request.method() === "GET") seen.polls.add(response.headers()["content-type"]);
    else seen.posts.add(request.headers()["content-type"]);
  });
  await page.goto(address);
  await page.addScriptTag({ content: client });
  seen.result = await page.evaluate(exchange, { url: server.url, options });
  await page.context().close();
  return seen;
}
const good = (transport) => ({ same: true, sameBytes: true, inOrder: true, transport });
const ownPage = () => `${server.url}/socket.io/?EIO=4&transport=polling`;

test("JSONP from a page of another origin", async () => {
  const seen = await inPage(`http://localhost:${pages.address().port}/`, { transports: ["polling"], forceJSONP: true });
  assert.deepEqual(seen.result, good("polling"));
  assert.deepEqual(seen.kinds, new Set(["script", "document"]));
});

test("polling with binary payloads", async () => {
  const seen = await inPage(ownPage(), { transports: ["polling"] });
  assert.deepEqual(seen.result, good("polling"));
  assert.deepEqual(seen.kinds, new Set(["xhr"]));
  assert.ok(seen.polls.has("application/octet-stream"), [...seen.polls].join());
  assert.ok(seen.posts.has("application/octet-stream"), [...seen.posts].join());
});

test("polling with base64", async () => {
  const seen = await inPage(ownPage(), { transports: ["polling"], forceBase64: true });
  assert.deepEqual(seen.result, good("polling"));
  assert.deepEqual(seen.polls, new Set(["text/plain; charset=UTF-8"]));
});

test("WebSocket", async () => {
  assert.deepEqual((await inPage(ownPage(), { transports: ["websocket"] })).result, good("websocket"));
});

const msgPackServer = process.env.MSGPACK_SERVER;
test("MessagePack, with the client's file for it", { skip: !msgPackServer && "this build has no MessagePack" }, async () => {
  const other = await startServer(msgPackServer, ['{"parser":"msgpack"}']);
  try {
    for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
      const page = await (await browser.newContext()).newPage();
      await page.goto(`${other.url}/socket.io/?EIO=4&transport=polling`);
      await page.addScriptTag({ content: script("socket.io-client/dist/socket.io.msgpack.min.js") });
      assert.deepEqual(await page.evaluate(async ({ url, transports }) => {
        const socket = window.io(url, { transports, reconnection: false });
        // Binary data is an ArrayBuffer for that package: typed arrays are objects.
        const [date, text, bytes, notANumber] = await new Promise((resolve, reject) => {
          socket.timeout(60000).emit("echo", new Date(1700000000123), "ä🎉", new Uint8Array([0, 255]).buffer, NaN,
            (error, ...values) => error ? reject(error) : resolve(values));
        });
        return [date.getTime(), text, [...new Uint8Array(bytes)], Number.isNaN(notANumber)];
      }, { url: other.url, transports }), [1700000000123, "ä🎉", [0, 255], true]);
      await page.context().close();
    }
  } finally {
    await other.kill();
  }
});
