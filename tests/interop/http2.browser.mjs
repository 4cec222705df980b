// SPDX-License-Identifier: MIT
// Chromium over HTTP/2: polling, and the WebSocket in a stream of the same connection (RFC 8441). That
// they are is read in the browser's network log, and in the DevTools' events.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startServer } from "./support.mjs";

const script = readFileSync(
  join(dirname(fileURLToPath(import.meta.url)), "node_modules/socket.io-client/dist/socket.io.js"), "utf8");
let folder, server, origin;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "http2-browser-"));
  const [certificate, key] = [join(folder, "server.pem"), join(folder, "server.key")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
    "-keyout", key, "-out", certificate], { stdio: "ignore" });
  server = await startServer(process.env.INTEROP_SERVER, ["--http2", "--io-threads", "2",
    "--deflate", '{"threshold":1024}', "--certificate", certificate, "--key", key]);
  origin = `https://127.0.0.1:${server.port}`;
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

// Lets a page of the server's origin do something; answers what the page says, what the DevTools saw of
// requests and WebSockets, and which headers were sent in which HTTP/2 connection.
async function inBrowser(work, argument) {
  const log = join(folder, "network.json");
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--ignore-certificate-errors", `--log-net-log=${log}`],
  });
  const requests = [];
  const webSockets = [];
  let result;
  try {
    const page = await (await browser.newContext()).newPage();
    const tools = await page.context().newCDPSession(page);
    await tools.send("Network.enable");
    tools.on("Network.responseReceived", ({ type, response }) => type === "XHR" && requests.push(response));
    tools.on("Network.webSocketHandshakeResponseReceived", ({ response }) => webSockets.push(response));
    // The answer to a poll is a page as good as any. A WebSocket uses HTTP/2 where the browser has such
    // a connection already, and otherwise opens one of HTTP/1.1.
    await page.goto(`${origin}/socket.io/?EIO=4&transport=polling`);
    await page.addScriptTag({ content: script });
    result = await page.evaluate(work, argument);
  } finally {
    await browser.close(); // completes the log
  }
  const { constants, events } = JSON.parse(readFileSync(log, "utf8"));
  const type = constants.logEventTypes.HTTP2_SESSION_SEND_HEADERS;
  const headers = events.filter((event) => event.type === type && event.params.headers.some((header) =>
    header === `:authority: 127.0.0.1:${server.port}`));
  return {
    result, webSockets,
    polls: requests.filter(({ url }) => url.includes("transport=polling")),
    connections: new Set(headers.map(({ source }) => source.id)),
    connects: headers.map(({ params }) => params.headers).filter((list) => list.includes(":method: CONNECT")),
  };
}

// Runs in the page: numbered events, texts and binary data, there and back.
async function exchange({ origin, options }) {
  const socket = window.io(origin, { forceNew: true, reconnection: false, ...options });
  try {
    const failed = new Promise((resolve, reject) => {
      socket.on("connect_error", reject);
      socket.io.engine.on("upgradeError", reject);
      setTimeout(() => reject(new Error("not all came back")), 60000);
    });
    const upgraded = options.transports ? Promise.resolve()
      : new Promise((resolve) => socket.io.engine.on("upgrade", resolve));
    const numbers = [];
    const all = new Promise((resolve) => socket.on("back", (number) => {
      numbers.push(number);
      if (numbers.length === 1000) resolve();
    }));
    for (let i = 0; i < 1000; ++i) socket.emit("back", i);
    await Promise.race([Promise.all([all, upgraded]), failed]);
    const text = "ä🎉".repeat(20000);
    const bytes = new Uint8Array(200000).map((_, i) => i * 7);
    const [sameText, sameBytes] = await new Promise((resolve, reject) => {
      socket.timeout(30000).emit("echo", text, bytes.buffer, (error, echo, echoed) => error ? reject(error)
        : resolve([echo === text, new Uint8Array(echoed).every((byte, i) => byte === bytes[i])]));
    });
    return { inOrder: numbers.every((number, i) => number === i), sameText, sameBytes,
      transport: socket.io.engine.transport.name };
  } finally {
    socket.disconnect();
  }
}

const good = { inOrder: true, sameText: true, sameBytes: true };

test("polling, and the change to a WebSocket in a stream of the same connection", async () => {
  const seen = await inBrowser(exchange, { origin, options: {} });
  assert.deepEqual(seen.result, { ...good, transport: "websocket" });
  assert.ok(seen.polls.length >= 2, `${seen.polls.length} polls`);
  assert.deepEqual(new Set(seen.polls.map(({ protocol }) => protocol)), new Set(["h2"]));
  // 101 would be HTTP/1.1.
  assert.deepEqual(seen.webSockets.map(({ status }) => status), [200]);
  assert.match(Object.entries(seen.webSockets[0].headers).find(([name]) =>
    name.toLowerCase() === "sec-websocket-extensions")[1], /^permessage-deflate/);
  assert.equal(seen.connects.length, 1);
  assert.ok(seen.connects[0].includes(":protocol: websocket"), seen.connects[0].join());
  assert.ok(seen.connects[0].some((header) => /^:path: .*transport=websocket&sid=./.test(header)), seen.connects[0].join());
  assert.equal(seen.connections.size, 1);
});

test("polling only, and WebSocket only", async () => {
  const polling = await inBrowser(exchange, { origin, options: { transports: ["polling"] } });
  assert.deepEqual(polling.result, { ...good, transport: "polling" });
  assert.deepEqual(new Set(polling.polls.map(({ protocol }) => protocol)), new Set(["h2"]));
  assert.deepEqual(polling.webSockets, []);
  const webSocket = await inBrowser(exchange, { origin, options: { transports: ["websocket"] } });
  assert.deepEqual(webSocket.result, { ...good, transport: "websocket" });
  assert.deepEqual(webSocket.polls, []);
  assert.deepEqual(webSocket.webSockets.map(({ status }) => status), [200]);
  assert.equal(webSocket.connects.length, 1);
  assert.ok(webSocket.connects[0].includes(":protocol: websocket"), webSocket.connects[0].join());
  assert.equal(webSocket.connections.size, 1);
});
