// SPDX-License-Identifier: MIT
// Chromium at a page of another origin: two servers behind a proxy that speaks HTTP/2 to the browser.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "../interop/node_modules/playwright-core/index.mjs";

import { startServer } from "../interop/support.mjs";
import { certificate, Proxy } from "./proxies.mjs";

const kind = process.env.PROXY_KIND;
const script = readFileSync(join(dirname(fileURLToPath(import.meta.url)),
  "../interop/node_modules/socket.io-client/dist/socket.io.js"));

describe(`a browser, another origin, ${kind} with HTTP/2 and two servers`, () => {
  let servers, proxy, site, browser;
  before(async () => {
    const extra = kind === "haproxy" ? ["--proxy-protocol"] : [];
    servers = await Promise.all([0, 1].map(() => startServer(process.env.PROXY_SERVER, ["--cors", ...extra])));
    proxy = await new Proxy("sticky", servers.map((each) => each.port)).start();
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(join(certificate(), name)));
    site = createServer({ key, cert }, (request, answer) => {
      answer.setHeader("content-type", request.url === "/socket.io.js" ? "text/javascript" : "text/html");
      answer.end(request.url === "/socket.io.js" ? script : '<script src="/socket.io.js"></script>');
    }).listen(0, "127.0.0.1");
    await once(site, "listening");
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--ignore-certificate-errors"],
    });
  });
  after(async () => {
    await browser?.close();
    site?.close();
    site?.closeAllConnections();
    await proxy?.stop();
    await Promise.all((servers ?? []).map((each) => each.stop()));
  });

  // Each in a context, with cookies, of its own. Answers the servers' process ids, and what was seen.
  async function visit(transports, withCredentials) {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      const tools = await context.newCDPSession(page);
      const seen = { polls: [], webSockets: [] };
      await tools.send("Network.enable");
      tools.on("Network.responseReceived", ({ response }) =>
        response.url.includes("transport=polling") && seen.polls.push(response));
      tools.on("Network.webSocketHandshakeResponseReceived", ({ response }) => seen.webSockets.push(response));
      await page.goto(`https://localhost:${site.address().port}/`);
      seen.result = await page.evaluate(async ({ url, options }) => {
        const socket = window.io(url, { forceNew: true, reconnection: false, ...options });
        try {
          return await new Promise((resolve, reject) => {
            setTimeout(() => reject(new Error("not all came back")), 30000);
            socket.on("connect_error", () => resolve({ failed: true }));
            socket.on("disconnect", () => resolve({ failed: true }));
            const settled = options.transports.length > 1
              ? new Promise((done) => socket.io.engine.on("upgrade", done)) : Promise.resolve();
            const numbers = [];
            socket.on("back", (number) => {
              numbers.push(number);
              if (numbers.length < 200) return;
              settled.then(() => socket.emit("who", (who) => resolve({ ...who,
                inOrder: numbers.every((n, i) => n === i), transport: socket.io.engine.transport.name })));
            });
            for (let i = 0; i < 200; ++i) socket.emit("back", i);
          });
        } finally {
          socket.disconnect();
        }
      }, { url: proxy.url, options: { transports, withCredentials } });
      seen.cookies = (await context.cookies(proxy.url)).map(({ name }) => name);
      return seen;
    } finally {
      await context.close();
    }
  }

  it("stays at its server: polling, WebSocket and the change between them, with credentials", async () => {
    const pids = new Set();
    for (let i = 0; i < 2 || (pids.size < 2 && i < 40); ++i) {
      const transports = [["polling"], ["polling", "websocket"]][i % 2];
      const { result, polls, webSockets, cookies } = await visit(transports, true);
      assert.equal(result.inOrder, true, JSON.stringify(result));
      assert.equal(result.transport, transports.at(-1));
      assert.equal(result.secure, true);
      assert.deepEqual(new Set(polls.map(({ protocol }) => protocol)), new Set(["h2"]));
      // HAProxy takes the WebSocket in a stream of the same connection, the others by HTTP/1.1.
      const status = kind === "haproxy" ? 200 : 101;
      assert.deepEqual(webSockets.map((each) => each.status), transports.length > 1 ? [status] : []);
      assert.equal(cookies.length, 1);
      pids.add(result.pid);
    }
    assert.equal(pids.size, 2);
    const { result, polls, webSockets } = await visit(["websocket"], false);
    assert.deepEqual([result.inOrder, polls.length, webSockets.length], [true, 0, 1]);
  });

  it("is told when it comes without credentials, and its polls go astray", async () => {
    let failed = false;
    for (let i = 0; i < 40 && !failed; ++i) {
      const { result, polls } = await visit(["polling"], false);
      failed = Boolean(result.failed);
      if (failed) assert.ok(polls.some(({ status }) => status === 400), JSON.stringify(polls.map((poll) => poll.status)));
    }
    assert.ok(failed);
  });
});
