// SPDX-License-Identifier: MIT
// Real clients through a real proxy, of the kind that PROXY_KIND names.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { Agent, createServer } from "node:http";
import { Agent as SecureAgent, get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";

import { io, next, startServer, until } from "../interop/support.mjs";
import { certificate, Proxy, uses } from "./proxies.mjs";

const kind = process.env.PROXY_KIND;
const Long = 30000;
// Caddy and HAProxy tell a WebSocket's client nothing by itself, so all go by the same times.
const transports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };
const sockets = [];

function connect(url, options = {}) {
  const socket = io(url, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200,
    rejectUnauthorized: false, ...options });
  sockets.push(socket);
  return socket;
}

async function connected(url, options) {
  const socket = connect(url, options);
  if (!socket.connected) await next(socket, "connect", Long);
  return socket;
}

const server = (...args) => startServer(process.env.PROXY_SERVER, args);

// A proxy in front of servers, one for each list of arguments; they end with the test.
async function inFront(t, use, argumentLists, options) {
  const servers = await Promise.all(argumentLists.map((args) => server(...args)));
  const proxy = new Proxy(use, servers.map((each) => each.port), options);
  t.after(async () => {
    await proxy.stop();
    await Promise.all(servers.map((each) => each.hasEnded() || each.stop()));
  });
  return proxy.start();
}

async function inOrder(socket, count, send) {
  const received = [];
  const listener = (value) => received.push(value);
  socket.on("back", listener);
  send();
  await until(() => received.length >= count, `${count} events, have ${received.length}`, Long);
  socket.off("back", listener);
  assert.deepEqual(received, Array.from({ length: count }, (_, i) => i));
}

function sendNumbers(socket, count) {
  for (let i = 0; i < count; ++i) socket.emit("back", i);
}

async function echoes(socket) {
  const text = "ä".repeat(50000); // 100 kB
  const binary = Buffer.alloc(100000, 7);
  assert.equal((await socket.timeout(Long).emitWithAck("echo", text)), text);
  assert.ok(binary.equals(await socket.timeout(Long).emitWithAck("echo", binary)));
}

// One event and its answer, by qtsocketio-cat.
async function cat(url, ...options) {
  const { stdout } = await promisify(execFile)(process.env.CAT, [url, ...options, "--emit", "echo",
    "--args", '["through"]', "--ack", "--timeout", String(Long)]);
  assert.equal(stdout, '["through"]\n');
}

// What each configuration has to carry, by npm's client and our own.
async function carriesAll(url, options = {}, ...catOptions) {
  for (const [name, list] of Object.entries(transports)) {
    const socket = await connected(url, { transports: list, ...options });
    await inOrder(socket, 1000, () => sendNumbers(socket, 1000));
    await echoes(socket);
    if (name === "upgrade")
      await until(() => socket.io.engine.transport.name === "websocket", "the upgrade", Long);
    assert.equal(socket.io.engine.transport.name, list.at(-1));
    const before = socket.id;
    socket.io.engine.close(); // a forced reconnect
    await next(socket, "connect", Long);
    assert.notEqual(socket.id, before);
    await inOrder(socket, 10, () => sendNumbers(socket, 10));
    socket.disconnect();
  }
  for (const transport of ["polling", "websocket"]) await cat(url, "--transport", transport, ...catOptions);
}

// Who the server takes clients of another address for that claim to come from elsewhere, over TLS.
async function whoIs(url, address) {
  const secure = url.startsWith("https:");
  const found = [];
  for (const list of [transports.polling, transports.websocket]) {
    const agent = new (secure ? SecureAgent : Agent)({ localAddress: address, family: 4,
      rejectUnauthorized: false });
    const socket = await connected(url, { transports: list, agent, withCredentials: true,
      extraHeaders: { "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https",
        "Forwarded": "for=192.0.2.1;proto=https" } });
    found.push(await socket.timeout(Long).emitWithAck("who"));
    socket.disconnect();
  }
  return found;
}

after(() => sockets.forEach((socket) => socket.disconnect()));

// They mostly wait.
describe(`through ${kind}`, { concurrency: true }, () => {
describe(`the whole site through ${kind}`, { concurrency: 1 }, () => {
  let behind;
  let proxy;
  before(async () => {
    behind = await server();
    proxy = await new Proxy("site", [behind.port]).start();
  });
  after(async () => {
    await proxy?.stop();
    await behind?.stop();
  });

  it("1,000 events in order, 100 kB both ways, binary, a forced reconnect", () => carriesAll(proxy.url));

  it("clients come back after the proxy has been restarted, and miss nothing", async () => {
    const clients = await Promise.all(Object.values(transports).map((list) =>
      connected(proxy.url, { transports: list, ackTimeout: 2000, retries: 1000 })));
    const answers = clients.map((socket) => {
      const got = [];
      for (let i = 0; i < 100; ++i) socket.emit("echo", i, (error, value) => got.push(value));
      return got;
    });
    await until(() => answers.some((got) => got.length > 0), "the first answer", Long);
    await proxy.kill();
    await proxy.start();
    await until(() => answers.every((got) => got.length === 100), "all answers", Long);
    for (const got of answers) assert.deepEqual(got, Array.from({ length: 100 }, (_, i) => i));
  });
});

describe(`the server knows the client behind ${kind}`, () => {
  // Only the proxy's address is trusted, which is not the clients'.
  it("from X-Forwarded-For and X-Forwarded-Proto", async (t) => {
    const proxy = await inFront(t, "site", [["--trust", "127.0.0.1"]]);
    for (const who of await whoIs(proxy.url, "127.0.0.2")) {
      assert.match(who.forwarded, /(^|[, ])127\.0\.0\.2$/);
      assert.deepEqual([who.address, who.secure], ["127.0.0.2", false]);
    }
  });

  it("from Forwarded", { skip: kind === "http-proxy" }, async (t) => {
    const change = (text) => text.replace(/# (.*Forwarded .*for=)/, "$1");
    const proxy = await inFront(t, "site", [["--trust", "127.0.0.1", "--forwarded"]], { change });
    for (const who of await whoIs(proxy.url, "127.0.0.2"))
      assert.deepEqual([who.address, who.secure], ["127.0.0.2", false]);
  });

  it("not at all, if it does not trust the proxy", async (t) => {
    const proxy = await inFront(t, "site", [["--trust", "192.0.2.7"]]);
    for (const who of await whoIs(proxy.url, "127.0.0.2"))
      assert.deepEqual([who.address, who.secure], ["127.0.0.1", false]);
  });

  for (const version of kind === "haproxy" ? ["send-proxy-v2-ssl", "send-proxy"] : []) {
    it(`from the PROXY protocol (${version})`, async (t) => {
      const args = ["--trust", "127.0.0.1", "--proxy-protocol"];
      const change = (text) => text.replace(/send-proxy-v2-ssl/, version);
      const proxy = await inFront(t, "sticky", [args, args], { change });
      for (const who of await whoIs(proxy.url, "127.0.0.2"))
        assert.deepEqual([who.address, who.secure], ["127.0.0.2", version === "send-proxy-v2-ssl"]);
    });
  }
});

describe(`idle connections through ${kind}`, { concurrency: true }, () => {
  it("stay open with heartbeats that are quicker than the proxy's patience", async () => {
    const behind = await server("--ping-interval", "400");
    const proxy = await new Proxy("site", [behind.port], { idleSeconds: 2 }).start();
    const ends = [];
    const clients = await Promise.all(Object.values(transports).map((list) =>
      connected(proxy.url, { transports: list })));
    for (const socket of clients) socket.on("disconnect", (...args) => ends.push(args));
    let pings = 0; // of the quietest: more than twice the proxy's patience
    const counts = clients.map(() => 0);
    clients.forEach((socket, i) => socket.io.on("ping", () => {
      ++counts[i];
      pings = Math.min(...counts);
    }));
    await until(() => pings >= 11, "pings", Long);
    assert.deepEqual(ends, []);
    clients.forEach((socket) => socket.disconnect());
    await proxy.stop();
    await behind.stop();
  });

  it("a poll that the proxy gives up is a transport error, and the client comes back", async () => {
    const behind = await server();
    const proxy = await new Proxy("site", [behind.port], { idleSeconds: 1 }).start();
    const socket = await connected(proxy.url, { transports: ["polling"] });
    const [reason] = await next(socket, "disconnect", Long);
    assert.equal(reason, "transport error");
    if (!socket.connected) await next(socket, "connect", Long);
    socket.disconnect();
    await proxy.stop();
    await behind.stop();
  });
});

it(`a custom path through ${kind}`, async () => {
  const behind = await server("--path", "/live/events");
  const proxy = await new Proxy("site", [behind.port]).start();
  for (const list of Object.values(transports)) {
    const socket = await connected(proxy.url, { transports: list, path: "/live/events" });
    assert.equal(await socket.timeout(Long).emitWithAck("echo", "custom"), "custom");
    socket.disconnect();
  }
  await proxy.stop();
  await behind.stop();
});

it(`beside a site, and rewritten, through ${kind}`, async () => {
  const root = mkdtempSync(join(tmpdir(), "qtsocketio-site-"));
  chmodSync(root, 0o755);
  writeFileSync(join(root, "index.html"), "the site");
  const site = createServer((request, answer) => answer.end("the site")).listen(0, "127.0.0.1");
  const behind = await server();
  const proxy = await new Proxy("path", [behind.port, site.address().port], { root }).start();
  assert.equal(await (await fetch(`${proxy.url}/`)).text(), "the site");
  for (const path of ["/socket.io", "/chat/socket.io"])
    await carriesAll(proxy.url, { path }, "--path", path);
  await proxy.stop();
  await behind.stop();
  site.close();
  site.closeAllConnections();
  rmSync(root, { recursive: true });
});

describe(`several servers behind ${kind}`, { concurrency: 1 }, () => {
  const extra = kind === "haproxy" ? ["--proxy-protocol"] : [];
  let servers;
  before(async () => {
    servers = await Promise.all([0, 1].map(() => server(...extra)));
  });
  after(() => Promise.all(servers.map((each) => each.stop())));

  it("a server that drains is left by its clients, without a loss", async (t) => {
    const pair = await Promise.all([0, 1].map(() => server(...extra)));
    const [leaving, staying] = pair.map((each) => each.pid);
    // It finds out at once, so that the sessions that are left stay there although the server is "down".
    const proxy = new Proxy("sticky", pair.map((each) => each.port),
      { change: (text) => text.replace("inter 1s", "inter 100ms fall 1").replace("health_interval 1s", "health_interval 100ms")
        .replace("timeout connect", "timeout check 10s\n    timeout connect") });
    const errors = [];
    const opened = [];
    let over = false;
    t.after(async () => {
      over = true;
      opened.forEach((socket) => socket.disconnect());
      await proxy.stop();
      await Promise.all(pair.map((each) => each.stop()));
    });
    const open = async (options) => {
      const socket = connect(proxy.url, { withCredentials: true, ...options });
      opened.push(socket);
      socket.on("connect_error", (error) => errors.push(error.message));
      if (!socket.connected) await next(socket, "connect", Long);
      return socket;
    };
    await proxy.start();
    const pidOf = async (socket) => (await socket.timeout(Long).emitWithAck("who")).pid;
    const clients = await Promise.all(Array.from({ length: 12 }, (_, i) =>
      open({ transports: Object.values(transports)[i % 3], ackTimeout: 5000, retries: 1000 })));
    assert.equal(new Set(await Promise.all(clients.map(pidOf))).size, 2);
    // One after the other, all the time until it is over.
    const answers = await Promise.all(clients.map(async (socket) => {
      const got = [];
      const ask = (i) => socket.emit("echo", i, (error, value) => {
        got.push(error ?? value);
        if (!over) setTimeout(ask, 5, i + 1);
      });
      ask(0);
      return got;
    }));
    let control = await open({});
    while (await pidOf(control) !== leaving) control = await open({});
    await control.timeout(Long).emitWithAck("drain", 3000);
    // While it drains, those that come are given to the other one.
    for (let i = 0; i < 6; ++i) {
      const newcomer = await open({ transports: Object.values(transports)[i % 3] });
      assert.equal(await pidOf(newcomer), staying);
      newcomer.disconnect();
    }
    await until(() => pair[0].hasEnded(), "the end of the server", Long);
    assert.deepEqual(await Promise.all(clients.map(pidOf)), clients.map(() => staying));
    const counts = answers.map((got) => got.length);
    await until(() => answers.every((got, i) => got.length > counts[i] + 10), "more answers", Long);
    over = true;
    for (const got of answers) assert.deepEqual(got, Array.from({ length: got.length }, (_, i) => i));
    // The others hand nothing on. Until they find out, clients are refused, and come again by themselves.
    if (["nginx", "haproxy"].includes(kind)) assert.deepEqual(errors, []);
  });

  it("over TLS each client stays at its server, by a cookie", async () => {
    const proxy = await new Proxy("sticky", servers.map((each) => each.port)).start();
    const clients = await Promise.all(Array.from({ length: 24 }, (_, i) => connected(proxy.url,
      { transports: i % 2 ? transports.polling : transports.upgrade, withCredentials: true })));
    const pids = new Set();
    await Promise.all(clients.map(async (socket) => {
      await inOrder(socket, 20, () => sendNumbers(socket, 20));
      const who = await socket.timeout(Long).emitWithAck("who");
      assert.equal(who.secure, true);
      assert.ok(["127.0.0.1", "::1"].includes(who.address), who.address);
      pids.add(who.pid);
    }));
    assert.equal(pids.size, 2);
    clients.forEach((socket) => socket.disconnect());
    // What the servers say of themselves is for the proxy.
    for (const path of ["/health", "/metrics"]) {
      const answer = await new Promise((resolve, reject) =>
        get(proxy.url + path, { rejectUnauthorized: false }, resolve).on("error", reject));
      answer.resume();
      assert.equal(answer.statusCode, 404, path);
    }
    // Our own keeps the cookie as well.
    const ca = join(certificate(), "cert.pem");
    await Promise.all(Array.from({ length: 6 }, (_, i) =>
      cat(proxy.url, "--ca", ca, ...(i % 2 ? ["--transport", "polling"] : []))));
    await carriesAll(proxy.url, { withCredentials: true }, "--ca", ca);
    await proxy.stop();
  });
});

// Without TLS. How clients reach the same server again and again, who comes from where and with what.
const otherWays = {
  sid: { what: "by what their sessions' ids end with", named: true },
  address: { what: "by their address", options: (i) =>
    ({ agent: new Agent({ localAddress: `127.0.0.${i + 2}`, family: 4 }) }) },
  cookie: { what: "by the engine's own cookie", args: ["--cookie"], options: () =>
    ({ withCredentials: true }) },
};
for (const [use, { what, args = [], named, options = () => ({}) }] of Object.entries(otherWays)) {
  it(`each client stays at its server behind ${kind}, ${what}`, { skip: !uses.has(use) }, async (t) => {
    const proxy = await inFront(t, use, ["a", "b"].map((name) =>
      [...args, ...(named ? ["--name", name] : [])]));
    const pids = new Set();
    await Promise.all(Array.from({ length: 24 }, async (_, i) => {
      const socket = await connected(proxy.url,
        { transports: i % 2 ? transports.polling : transports.upgrade, ...options(i) });
      await inOrder(socket, 20, () => sendNumbers(socket, 20));
      pids.add((await socket.timeout(Long).emitWithAck("who")).pid);
      socket.disconnect();
    }));
    assert.equal(pids.size, 2);
    await carriesAll(proxy.url, options(0));
  });
}

it("without stickiness both ends are told", { skip: kind !== "http-proxy" }, async () => {
  const servers = await Promise.all([0, 1].map(() => server()));
  const httpProxy = createRequire(new URL("../interop/package.json", import.meta.url))("http-proxy");
  const shared = httpProxy.createProxyServer({ xfwd: true });
  shared.on("error", (error, request, answer) => answer?.writeHead?.(502).end());
  let turn = 0;
  const front = createServer((request, answer) =>
    shared.web(request, answer, { target: servers[turn++ % 2].url })).listen(0, "127.0.0.1");
  await once(front, "listening");
  const socket = connect(`http://127.0.0.1:${front.address().port}`, { transports: ["polling"] });
  const [reason, details] = await new Promise((resolve) => {
    socket.on("disconnect", (...args) => resolve(args));
    socket.io.on("close", (...args) => resolve(args));
  });
  assert.equal(reason, "transport error");
  assert.equal(details.context.status, 400);
  const url = `http://127.0.0.1:${front.address().port}/socket.io/?EIO=4&transport=polling`;
  const answer = await (await fetch(`${url}&sid=of-another-server`)).json();
  assert.deepEqual([answer.code, answer.message], [1, "Session ID unknown"]);
  assert.match(answer.hint, /sticky/);
  socket.disconnect();
  await until(() => servers.some((each) => each.lines.includes("refused 1 Session ID unknown")),
    "the server's word", Long);
  front.close();
  front.closeAllConnections();
  await Promise.all(servers.map((each) => each.stop()));
});
});
