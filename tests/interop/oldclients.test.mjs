// SPDX-License-Identifier: MIT
// Clients of Socket.IO 2, which speak Engine.IO 3, beside new ones.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { engineClient3, io, io2, next, startServer, until } from "./support.mjs";

const call = (socket, ...args) => new Promise((resolve) => socket.emit(...args, (...values) => resolve(values)));
const values = [[], [null], [false, 0, ""], [1.5, -7, "🎉 ü €\n\\n\u2028"], [[1, [2, { a: null }]]], ["x".repeat(300000)],
  [Buffer.from([0, 255, 128])], [{ deep: [Buffer.alloc(70000, 7)], text: "🎉" }, Buffer.from("4")]];

for (const threads of ["0", "2"]) {
  describe(`with ${threads} I/O threads`, () => {
    let server;
    before(async () => {
      server = await startServer(process.env.INTEROP_SERVER, ["--allow-eio3", "--io-threads", threads]);
    });
    const managers = [];
    after(() => {
      for (const manager of managers) manager.close(); // those of refused sockets would try for ever
      return server.stop();
    });
    const connect = (options, nsp = "") => {
      const socket = io2(server.url + nsp, { forceNew: true, ...options });
      managers.push(socket.io);
      return socket;
    };
    const transports = [{ transports: ["polling"] }, { transports: ["polling"], forceBase64: true },
      { transports: ["websocket"] }, { transports: ["websocket"], forceBase64: true }, {}];

    for (const options of transports) {
      test(`${JSON.stringify(options)} carries text and binary, both ways`, async () => {
        const socket = connect(options);
        await next(socket, "connect");
        for (const args of values) assert.deepEqual(await call(socket, "echo", ...args), args);
        socket.on("question", (value, done) => done(value, "and more"));
        for (const value of [1, "🎉", Buffer.from([1, 2, 3])]) {
          socket.emit("ask", 5000, value);
          assert.deepEqual(await next(socket, "asked"), [[value, "and more"]]);
        }
        if (!options.transports) assert.equal(socket.io.engine.transport.name, "websocket");
        socket.close();
      });
    }

    test("an upgrade under load loses, doubles and reorders nothing", async () => {
      const socket = connect();
      const received = [];
      socket.on("back", (n) => received.push(n));
      await next(socket, "connect");
      let sent = 0;
      for (let more = 50; more > 0; more -= socket.io.engine.transport.name === "websocket" ? 1 : 0) {
        for (let i = 0; i < 3; i++) socket.emit("back", sent++);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await until(() => received.length >= sent, "all came back");
      assert.deepEqual(received, Array.from({ length: sent }, (_, i) => i));
      socket.close();
    });

    test("old and new clients share rooms and broadcasts", async () => {
      const clients = [connect({ transports: ["polling"] }), connect({ transports: ["websocket"] }),
        ...[["polling"], ["websocket"]].map((list) => io(server.url, { forceNew: true, transports: list }))];
      await Promise.all(clients.map((client) => next(client, "connect")));
      for (const client of clients) await call(client, "join", ["room"]);
      for (const value of ["🎉", { a: [1, 2] }, { bytes: Buffer.from([4, 0, 255]) }]) {
        const told = clients.map((client) => next(client, "told"));
        clients[0].emit("tell", ["room"], "all", [], value);
        for (const [what] of await Promise.all(told)) assert.deepEqual(what, value);
      }
      // A broadcast that wants answers gets them of all.
      for (const [i, client] of clients.entries()) client.on("survey", (done) => done(i));
      const [error, answers] = await call(clients[1], "survey", 5000);
      assert.equal(error, null);
      assert.deepEqual(answers.toSorted(), [0, 1, 2, 3]);
      for (const client of clients) client.close();
    });

    test("ids are the ones that clients expect", async () => {
      const socket = connect();
      const chat = socket.io.socket("/chat");
      await Promise.all([next(socket, "connect"), next(chat, "connect")]);
      assert.equal(socket.id, socket.io.engine.id);
      assert.deepEqual(await call(socket, "join", []), [[socket.id]]);
      assert.equal(chat.id, `/chat#${socket.io.engine.id}`);
      socket.close();
      chat.close();
    });

    test("namespaces, credentials in their query, refusals", async () => {
      const root = connect();
      await next(root, "connect");
      const admin = root.io.socket("/admin", { query: { token: "secret" } });
      await next(admin, "connect");
      assert.deepEqual(await call(admin, "echo", 1), [1]);
      const dynamic = root.io.socket("/dynamic-12");
      assert.deepEqual(await next(dynamic, "name"), ["/dynamic-12"]);
      const unknown = root.io.socket("/unknown");
      assert.deepEqual(await next(unknown, "error"), [{ message: "Invalid namespace" }]);
      root.close();

      const refused = connect({ query: { token: "wrong" } }, "/admin");
      assert.deepEqual(await next(refused, "error"), [{ content: "Please retry later" }]);
      refused.close();
    });

    test("the server and the client leave namespaces and connections", async () => {
      const root = connect();
      const chat = root.io.socket("/chat");
      await Promise.all([next(root, "connect"), next(chat, "connect")]);
      chat.emit("leave me");
      assert.deepEqual(await next(chat, "disconnect"), ["io server disconnect"]);
      assert.deepEqual(await call(root, "echo", 1), [1]);
      chat.open();
      await next(chat, "connect");
      chat.close();
      assert.deepEqual(await call(root, "echo", 2), [2]);
      root.emit("leave me all");
      await next(root, "disconnect");
      const seen = server.lines.length;
      const other = connect();
      await next(other, "connect");
      other.close();
      await until(() => server.lines.slice(seen).some((line) => /client namespace disconnect|transport close/.test(line)),
        "the server heard of it");
    });

    test("a client comes back when its connection breaks", async () => {
      const socket = connect({ reconnectionDelay: 10 });
      await next(socket, "connect");
      const id = socket.id;
      const back = next(socket, "connect");
      socket.io.engine.close();
      await back;
      assert.notEqual(socket.id, id);
      assert.deepEqual(await call(socket, "echo", 1), [1]);
      socket.close();
    });
  });
}

describe("heartbeats", () => {
  let server;
  before(async () => {
    server = await startServer(process.env.INTEROP_SERVER, ["--allow-eio3", "--ping-timeout", "200", "--recovery"]);
  });
  after(() => server.stop());

  for (const transports of [["polling"], ["websocket"]]) {
    test(`${transports}: a client that pings stays, one that does not goes`, async () => {
      const socket = io2(server.url, { forceNew: true, transports, reconnection: false });
      const silent = io2(server.url, { forceNew: true, transports, reconnection: false });
      let pongs = 0;
      socket.on("pong", () => pongs++);
      await Promise.all([next(socket, "connect"), next(silent, "connect")]);
      silent.io.engine.ping = () => {};
      silent.io.engine.onHeartbeat = () => {}; // nor does it notice by itself
      clearTimeout(silent.io.engine.pingTimeoutTimer);
      assert.deepEqual(await next(silent, "disconnect"), ["transport close"]);
      await until(() => server.lines.includes("disconnected ping timeout"), "the server has noticed");
      await until(() => pongs >= 1, "a pong");
      assert.ok(socket.connected);
      socket.close();
    });
  }

  test("recovery of new clients adds nothing to what old ones get", async () => {
    const old = io2(server.url, { forceNew: true });
    const current = io(server.url, { forceNew: true });
    await Promise.all([next(old, "connect"), next(current, "connect")]);
    const told = [next(old, "told"), next(current, "told")];
    current.emit("tell", [], "all", [], "x");
    assert.deepEqual(await told[0], ["x"]);
    assert.equal((await told[1]).length, 2); // the offset
    const back = next(old, "back");
    old.emit("back", 1);
    assert.deepEqual(await back, [1]);
    old.close();
    current.close();
  });
});

describe("engine.io-client 3", () => {
  let server;
  before(async () => {
    server = await startServer(process.env.INTEROP_SERVER, ["--allow-eio3"]);
  });
  after(() => server.stop());

  for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
    test(`${transports.join("+")} is welcomed with CONNECT`, async () => {
      const socket = engineClient3(server.url, { path: "/socket.io", transports });
      const texts = [];
      socket.on("message", (data) => texts.push(data));
      await next(socket, "open");
      await until(() => texts.length > 0, "a message");
      assert.deepEqual(texts, ["0"]);
      socket.send('2["back","🎉"]');
      await until(() => texts.length > 1, "the echo");
      assert.equal(texts[1], '2["back","🎉"]');
      const closed = next(socket, "close");
      socket.close();
      await closed;
    });
  }
});

test("without allowEIO3 an old client is told why it is refused", async () => {
  const server = await startServer(process.env.INTEROP_SERVER);
  const socket = io2(server.url, { forceNew: true, transports: ["polling"], reconnection: false });
  await next(socket, "connect_error");
  const answer = await (await fetch(`${server.url}/socket.io/?EIO=3&transport=polling`)).json();
  assert.equal(answer.code, 5);
  assert.match(answer.hint, /Engine.IO 3.*Update/);
  socket.close();
  await server.stop();
});
