// SPDX-License-Identifier: MIT
// Chromium at a page of another origin, through each configuration of a proxy.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "../interop/node_modules/playwright-core/index.mjs";

import { startServer } from "../interop/support.mjs";
import { certificate, Proxy, uses } from "./proxies.mjs";

const kind = process.env.PROXY_KIND;
const script = readFileSync(join(dirname(fileURLToPath(import.meta.url)),
  "../interop/node_modules/socket.io-client/dist/socket.io.js"));
const all = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };

// In the page: 1,000 events, 100 kB both ways, and a forced reconnect. failed: it was cut off before.
async function exercise({ url, options }) {
  const socket = window.io(url, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200, ...options });
  const heard = async (event) => new Promise((resolve) => socket.once(event, resolve));
  const inOrder = (count) => new Promise((resolve) => {
    const numbers = [];
    const listener = (number) => {
      if (numbers.push(number) < count) return;
      socket.off("back", listener);
      resolve(numbers.every((n, i) => n === i));
    };
    socket.on("back", listener);
    for (let i = 0; i < count; ++i) socket.emit("back", i);
  });
  let stage = "connect";
  const work = async () => {
    await heard("connect");
    stage = "events";
    const result = { inOrder: await inOrder(1000) };
    stage = "upgrade";
    while (socket.io.engine.transport.name !== options.transports.at(-1))
      await new Promise((resolve) => setTimeout(resolve, 10));
    stage = "messages";
    result.transport = socket.io.engine.transport.name;
    const text = "ä".repeat(50000);
    const bytes = new Uint8Array(100000).fill(7);
    result.text = await socket.emitWithAck("echo", text) === text;
    const back = new Uint8Array(await socket.emitWithAck("echo", bytes));
    result.binary = back.length === bytes.length && back.every((byte) => byte === 7);
    result.before = await socket.emitWithAck("who");
    stage = "reconnect";
    const { id } = socket;
    socket.off("disconnect");
    const again = heard("connect");
    if (options.reconnection !== false) {
      socket.io.engine.close();
      await again;
      result.again = socket.id !== id && await inOrder(10);
    }
    return { ...result, ...await socket.emitWithAck("who") };
  };
  try {
    return await Promise.race([work(), new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`${JSON.stringify(options)} is still at: ${stage}`)), 30000);
      for (const event of ["connect_error", "disconnect"]) socket.once(event, () => resolve({ failed: true }));
    })]);
  } finally {
    socket.disconnect();
  }
}

describe(`a browser and another origin, through ${kind}`, () => {
  let browser;
  const sites = {};
  before(async () => {
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(join(certificate(), name)));
    const serve = (request, answer) => {
      answer.setHeader("content-type", request.url === "/socket.io.js" ? "text/javascript" : "text/html");
      answer.end(request.url === "/socket.io.js" ? script : '<script src="/socket.io.js"></script>');
    };
    sites.http = createServer(serve).listen(0, "127.0.0.1");
    sites.https = createSecureServer({ key, cert }, serve).listen(0, "127.0.0.1");
    await Promise.all(Object.values(sites).map((site) => once(site, "listening")));
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--ignore-certificate-errors"],
    });
  });
  after(async () => {
    await browser?.close();
    for (const site of Object.values(sites)) {
      site.close();
      site.closeAllConnections();
    }
  });

  // Ends with the test.
  async function start(t, use, ...args) {
    const servers = await Promise.all(["a", "b"].map((name) => startServer(process.env.PROXY_SERVER,
      ["--cors", ...args, ...(use === "sid" ? ["--name", name] : [])])));
    const proxy = new Proxy(use, servers.map((each) => each.port), { root: "/nonexistent" });
    t.after(async () => {
      await proxy.stop();
      await Promise.all(servers.map((each) => each.stop()));
    });
    return proxy.start();
  }

  // Each in a context, with cookies, of its own. Returns what the page has found, and what was seen of it.
  async function visit(url, options) {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      const tools = await context.newCDPSession(page);
      const seen = { polls: [], webSockets: [] };
      await tools.send("Network.enable");
      tools.on("Network.responseReceived", ({ response }) =>
        response.url.includes("transport=polling") && seen.polls.push(response));
      tools.on("Network.webSocketHandshakeResponseReceived", ({ response }) => seen.webSockets.push(response));
      const scheme = url.slice(0, url.indexOf(":"));
      await page.goto(`${scheme}://localhost:${sites[scheme].address().port}/`);
      seen.result = await page.evaluate(exercise, { url, options });
      seen.cookies = (await context.cookies(url)).map(({ name }) => name);
      return seen;
    } finally {
      await context.close();
    }
  }

  function check({ result }, transports) {
    const { inOrder, transport, text, binary, again } = result;
    assert.deepEqual({ inOrder, transport, text, binary, again },
      { inOrder: true, transport: transports.at(-1), text: true, binary: true, again: true },
      JSON.stringify(result));
  }

  for (const [use, paths] of [["site", ["/socket.io"]], ["path", ["/socket.io", "/chat/socket.io"]]]) {
    it(use === "site" ? "a whole site" : "beside a site, and rewritten", async (t) => {
      const behind = await start(t, use);
      for (const path of paths)
        for (const transports of Object.values(all)) check(await visit(behind.url, { path, transports }), transports);
    });
  }

  for (const [use, what] of [["sid", "by what their ids end with"], ["address", "by the address"]]) {
    it(`sessions stay at their server, ${what}, without credentials`, { skip: !uses.has(use) }, async (t) => {
      const behind = await start(t, use);
      const pids = new Set();
      for (let i = 0; i < 6; ++i) {
        const transports = Object.values(all)[i % 3];
        const seen = await visit(behind.url, { transports });
        check(seen, transports);
        assert.deepEqual(seen.cookies, []);
        pids.add(seen.result.before.pid).add(seen.result.pid); // they take turns
      }
      assert.equal(pids.size, use === "sid" ? 2 : 1);
    });
  }

  describe("TLS and two servers", () => {
    const startBoth = (t) => start(t, "sticky", ...(kind === "haproxy" ? ["--proxy-protocol"] : []));

    it("stays at its server: polling, WebSocket and the change between them, with credentials", async (t) => {
      const behind = await startBoth(t);
      const pids = new Set();
      for (let i = 0; i < 2 || (pids.size < 2 && i < 40); ++i) {
        const transports = [all.polling, all.upgrade][i % 2];
        const seen = await visit(behind.url, { transports, withCredentials: true });
        check(seen, transports);
        assert.equal(seen.result.secure, true);
        assert.deepEqual(new Set(seen.polls.map(({ protocol }) => protocol)),
          new Set([kind === "http-proxy" ? "http/1.1" : "h2"]));
        // HAProxy takes the WebSocket in a stream of the same connection, the others by HTTP/1.1. It comes
        // again with the forced reconnect.
        const status = kind === "haproxy" ? 200 : 101;
        assert.deepEqual(new Set(seen.webSockets.map((each) => each.status)),
          new Set(transports.length > 1 ? [status] : []));
        assert.equal(seen.cookies.length, 1);
        pids.add(seen.result.pid);
      }
      assert.equal(pids.size, 2);
      const seen = await visit(behind.url, { transports: all.websocket });
      check(seen, all.websocket);
      assert.deepEqual([seen.polls.length, seen.webSockets.length], [0, 2]);
    });

    it("is told when it comes without credentials, and its polls go astray", async (t) => {
      const behind = await startBoth(t);
      let failed = false;
      for (let i = 0; i < 40 && !failed; ++i) {
        const { result, polls } = await visit(behind.url, { transports: all.polling, reconnection: false });
        failed = Boolean(result.failed);
        if (failed) assert.ok(polls.some(({ status }) => status === 400), JSON.stringify(polls.map((poll) => poll.status)));
      }
      assert.ok(failed);
    });
  });

  it("the engine's own cookie", { skip: !uses.has("cookie") }, async (t) => {
    const behind = await start(t, "cookie", "--cookie");
    const pids = new Set();
    for (let i = 0; i < 2 || (pids.size < 2 && i < 40); ++i) {
      const transports = [all.polling, all.upgrade][i % 2];
      const seen = await visit(behind.url, { transports, withCredentials: true });
      check(seen, transports);
      assert.deepEqual(seen.cookies, ["io"]);
      pids.add(seen.result.pid);
    }
    assert.equal(pids.size, 2);
  });
});
