// SPDX-License-Identifier: MIT
// What a page of the Admin UI gets from AdminUi, beside what it gets from the npm package: the same
// is done with both, and compared field by field.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { io, next, startServer, until } from "./support.mjs";

// Of "secret".
const hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
const nodeServer = fileURLToPath(new URL("servers/admin-server.mjs", import.meta.url));
const patience = 30000;

const start = {
  node: (config) => startServer(process.execPath, [nodeServer, JSON.stringify({ hash, ...config })]),
  qt: (config) => startServer(process.env.ADMINUI_SERVER, [JSON.stringify({ hash, ...config })]),
};

// A page, as the UI opens its connection, with all the events that it gets.
function openPage(server, auth = {}, options = {}) {
  const page = io(`${server.url}/admin`, {
    forceNew: true, reconnection: false, withCredentials: true, transports: ["websocket"], auth, ...options,
  });
  page.got = [];
  page.onAny((name, ...args) => page.got.push([name, ...args]));
  page.of = (name) => page.got.filter(([each]) => each === name).map((event) => event.slice(1));
  return page;
}
// "connected", or why not.
const outcome = (page) => new Promise((resolve) => {
  page.once("connect", () => resolve("connected"));
  page.once("connect_error", (error) => resolve([error.message, error.data]));
});
async function connected(page) {
  await next(page, "connect", patience);
  return page;
}
const client = (server, nsp = "", options = {}) =>
  io(server.url + nsp, { forceNew: true, reconnection: false, transports: ["websocket"], ...options });

// What differs from run to run, by what it stands for; each date must be one.
function comparable(value, names) {
  if (Array.isArray(value)) return value.map((each) => comparable(each, names));
  if (typeof value === "string") {
    if (names.has(value)) return names.get(value);
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return "DATE";
    return value.replaceAll(/127\.0\.0\.1:\d+/g, "HOST:PORT").replaceAll(/\bt=[\w.-]+/g, "t=T");
  }
  if (value === null || typeof value !== "object" || Buffer.isBuffer(value)) return value;
  const object = {};
  for (const [key, each] of Object.entries(value)) {
    if (key === "issued") object[key] = typeof each;
    else if (key === "time") object[key] = each.replace(/^\w{3} \w{3} \d\d \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4} \(.+\)$/, "TIME");
    else if (key === "sec-websocket-key") object[key] = typeof each;
    else if (key === "t") object[key] = "T";
    else object[key] = comparable(each, names);
  }
  return object;
}
const namesOf = (sockets) => {
  const names = new Map();
  for (const [name, socket] of Object.entries(sockets)) {
    names.set(socket.knownId, name);
    names.set(socket.io.engineId.slice(0, 12), `${name}'s client`);
  }
  return names;
};
async function remember(socket) {
  await connected(socket);
  socket.knownId = socket.id;
  socket.io.engineId = socket.io.engine.id;
}

// Runs a scenario with both servers; the results must be the same.
async function compare(config, scenario) {
  const run = async (start) => {
    const server = await start(config);
    try {
      return await scenario(server);
    } finally {
      await server.stop();
    }
  };
  const ended = await Promise.allSettled([run(start.qt), run(start.node)]);
  for (const { reason } of ended) if (reason) throw reason;
  const [qt, node] = ended.map(({ value }) => value);
  assert.deepEqual(qt, node);
  return qt;
}

test("who logs in gets a session, and gets in with it again", async () => {
  const results = await compare({ auth: true }, async (server) => {
    const results = [];
    const attempt = async (auth) => {
      const page = openPage(server, auth);
      const result = await outcome(page);
      if (result === "connected") await until(() => page.of("all_sockets").length, "all sockets", patience);
      page.disconnect();
      results.push(result, page.of("session").length);
      return page.of("session")[0]?.[0];
    };
    await attempt({});
    await attempt({ username: "admin" , password: "wrong" });
    await attempt({ username: "nobody", password: "secret" });
    await attempt({ sessionId: "0123456789abcdef" });
    const session = await attempt({ username: "admin", password: "secret" });
    results.push(/^[0-9a-f]{16}$/.test(session));
    await attempt({ sessionId: session });
    return results;
  });
  assert.deepEqual(results.slice(-5), ["connected", 1, true, "connected", 0]);
});

for (const mode of ["development", "production"]) {
  for (const readonly of [false, true]) {
    test(`features in ${mode} mode${readonly ? ", read-only" : ""}`, async () => {
      await compare({ mode, readonly }, async (server) => {
        const page = await connected(openPage(server));
        const last = mode === "development" ? "all_sockets" : "config";
        await until(() => page.of(last).length, last, patience);
        page.disconnect();
        // Statistics come by the clock.
        return page.got.filter(([name]) => name !== "server_stats").map(([name, value]) =>
          name === "config" ? [name, value] : [name]);
      });
    });
  }
}

// Waits until a page has got what was done before: commands of one page are carried out in order.
async function settle(page, probe) {
  const mark = `mark ${Math.random()}`;
  page.emit("emit", "/", probe.id, mark);
  await next(probe, mark, patience);
}

test("sockets, rooms and events are told as the npm package tells them", async () => {
  await compare({}, async (server) => {
    const page = openPage(server);
    await remember(page);
    await until(() => page.of("all_sockets").length, "all sockets", patience);
    const probe = client(server);
    await remember(probe);
    const told = (name, count) => until(() => page.of(name).length >= count, `${count} of ${name}`, patience);
    await told("socket_connected", 2);
    await told("event_sent", 1);
    probe.emit("join", "blue");
    await told("event_received", 1);
    await told("room_joined", 3); // its own, the page's own, blue
    probe.emit("set", { deep: [1, "two"] });
    await told("socket_updated", 1);
    assert.equal(await probe.emitWithAck("ask", Buffer.from([1, 2, 3])).then((answer) => answer.length), 3);
    await told("event_received", 3);
    probe.emit("leave", "blue");
    await told("room_left", 1);
    // Another namespace on the same connection, then one of its own.
    const chat = probe.io.socket("/chat");
    await next(chat, "connect", patience);
    chat.knownId = chat.id;
    await told("socket_connected", 3);
    await told("event_sent", 2);
    chat.disconnect();
    await told("socket_disconnected", 1);
    await told("room_left", 2);
    probe.io.engine.close();
    await told("socket_disconnected", 2);
    await told("room_left", 3);
    page.disconnect();
    const names = namesOf({ page, probe });
    names.set(chat.knownId, "chat");
    return page.got.filter(([name]) => name !== "server_stats").map((event) => comparable(event, names));
  });
});

test("a change of the transport is told", async () => {
  await compare({}, async (server) => {
    const page = openPage(server);
    await remember(page);
    await until(() => page.of("all_sockets").length, "all sockets", patience);
    const probe = client(server, "", { transports: ["polling", "websocket"] });
    await remember(probe);
    await until(() => page.of("socket_updated").length, "update", patience);
    page.disconnect();
    const late = await connected(openPage(server));
    await until(() => late.of("all_sockets").length, "all sockets", patience);
    const names = namesOf({ page, probe });
    names.set(late.id, "late").set(late.io.engine.id.slice(0, 12), "late's client");
    const sockets = late.of("all_sockets")[0][0].filter(({ nsp }) => nsp === "/");
    late.disconnect();
    probe.disconnect();
    const strip = (socket) => ({ ...socket, handshake: { ...socket.handshake, headers: Object.keys(socket.handshake.headers).sort() } });
    return [page.of("socket_updated"), sockets.map(strip)].map((each) => comparable(each, names));
  });
});

test("commands act on one socket, on a room, and on all", async () => {
  await compare({}, async (server) => {
    const page = await connected(openPage(server));
    const a = await connected(client(server));
    const b = await connected(client(server));
    const c = await connected(client(server, "/chat"));
    const results = [];
    const inRoom = async (room) => {
      const late = await connected(openPage(server));
      await until(() => late.of("all_sockets").length, "all sockets", patience);
      const ids = late.of("all_sockets")[0][0].filter(({ rooms }) => rooms.includes(room)).map(({ id }) => id);
      late.disconnect();
      return [a, b, c].map(({ id }) => ids.includes(id));
    };
    page.emit("join", "/", "red", a.id);
    page.emit("join", "/", "all");
    page.emit("join", "/chat", "red");
    await settle(page, a);
    results.push(await inRoom("red"), await inRoom("all"));
    page.emit("leave", "/", "all", b.id);
    page.emit("leave", "/chat", "red");
    await settle(page, a);
    results.push(await inRoom("red"), await inRoom("all"));
    const heard = [a, b, c].map((socket) => {
      const list = [];
      socket.onAny((name, ...args) => { if (!name.startsWith("mark")) list.push([name, ...args]); });
      return list;
    });
    page.emit("emit", "/", "red", "to red", 1, { two: 2 });
    page.emit("emit", "/", undefined, "to all", [null]);
    page.emit("emit", "/chat", "", "to chat");
    await settle(page, a);
    await settle(page, b);
    await until(() => heard[2].length, "chat heard it", patience);
    results.push(heard);
    const gone = [next(b, "disconnect", patience), next(c, "disconnect", patience)];
    page.emit("_disconnect", "/", false, b.id);
    page.emit("_disconnect", "/chat", true);
    results.push((await Promise.all(gone)).map(([reason]) => reason), b.io.engine.readyState, a.connected);
    for (const socket of [page, a, b, c]) socket.disconnect();
    return results;
  });
});

test("a read-only server obeys nobody", async () => {
  await compare({ readonly: true }, async (server) => {
    const page = await connected(openPage(server));
    const probe = await connected(client(server));
    const heard = [];
    probe.onAny((name) => heard.push(name));
    page.emit("emit", "/", undefined, "no");
    page.emit("_disconnect", "/", true);
    // A later answer to the page: what it asked before has been looked at.
    page.disconnect();
    const after = await connected(openPage(server));
    await until(() => after.of("all_sockets").length, "all sockets", patience);
    await probe.emitWithAck("ask", 1);
    const result = [probe.connected, heard.filter((name) => name !== "hello")];
    after.disconnect();
    probe.disconnect();
    return result;
  });
});

test("statistics count clients, packets, bytes and the reasons of ends", async () => {
  await compare({ mode: "production" }, async (server) => {
    const page = await connected(openPage(server));
    // Its own coming may have been told before it was there.
    await until(() => page.of("server_stats").length, "statistics", patience);
    page.got = [];
    const polling = await connected(client(server, "", { transports: ["polling"] }));
    const probe = await connected(client(server, "/chat"));
    await probe.emitWithAck("ask", "ä".repeat(1000));
    await probe.emitWithAck("ask", Buffer.alloc(500));
    const other = await connected(client(server));
    other.io.engine.close();
    // All of it since the page has been there.
    const sums = () => {
      const all = {};
      for (const { type, subType, count, timestamp } of page.of("server_stats").flatMap(([stats]) => stats.aggregatedEvents)) {
        assert.equal(timestamp % 1000, 0);
        assert.ok(Math.abs(Date.now() - timestamp) < 600_000);
        all[subType ? `${type}: ${subType}` : type] = (all[subType ? `${type}: ${subType}` : type] ?? 0) + count;
      }
      return all;
    };
    await until(() => sums()["rawDisconnection: transport close"] && page.of("server_stats").at(-1)[0].clientsCount === 3,
      "the end of a client", patience);
    const stats = page.of("server_stats").at(-1)[0];
    const result = sums();
    // The page's own packets come by the clock.
    assert.ok(result.packetsOut > 8);
    assert.ok(result.bytesOut > 2500 && result.bytesOut < 20_000);
    delete result.packetsOut;
    delete result.bytesOut;
    assert.equal(page.of("all_sockets").length + page.of("socket_connected").length, 0);
    for (const socket of [page, polling, probe]) socket.disconnect();
    return {
      result,
      keys: Object.keys(stats).sort(),
      serverId: stats.serverId, hostname: stats.hostname, pid: typeof stats.pid, uptime: stats.uptime > 0,
      clients: [stats.clientsCount, stats.pollingClientsCount],
      namespaces: stats.namespaces.sort((x, y) => (x.name < y.name ? -1 : 1)),
    };
  });
});

test("a polling page, and one with a session from another I/O thread", async () => {
  const server = await start.qt({ auth: true, ioThreads: 2 });
  const first = openPage(server, { username: "admin", password: "secret" }, { transports: ["polling"] });
  await connected(first);
  await until(() => first.of("all_sockets").length, "all sockets", patience);
  const [[sessionId]] = first.of("session");
  const second = await connected(openPage(server, { sessionId }, { transports: ["polling", "websocket"] }));
  await until(() => second.of("all_sockets").length, "all sockets", patience);
  first.disconnect();
  second.disconnect();
  await server.stop();
});

test("passwords cannot be guessed one after the other", async () => {
  const server = await start.qt({ auth: true, maxFailedLogins: 3 });
  const attempt = async (auth) => {
    const page = openPage(server, auth);
    const result = await outcome(page);
    page.disconnect();
    return result[0];
  };
  for (let i = 0; i < 3; ++i)
    assert.equal(await attempt({ username: "admin", password: `guess ${i}` }), "invalid credentials");
  assert.match(await attempt({ username: "admin", password: "guess" }), /too many attempts/);
  // Not even the right one: it would tell that it is.
  assert.match(await attempt({ username: "admin", password: "secret" }), /too many attempts/);
  await server.stop();
});
