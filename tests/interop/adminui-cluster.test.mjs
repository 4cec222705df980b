// SPDX-License-Identifier: MIT
// A server on Qt and one on Node.js with the npm package @socket.io/admin-ui in one cluster over
// Redis: a page of either sees both, and acts on the clients of both.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { io, next, startServer, until } from "./support.mjs";

const nodeServer = fileURLToPath(new URL("servers/admin-server.mjs", import.meta.url));
const patience = 30000;
let folder, redis;
const servers = {};
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "qtsocketio-"));
  const path = join(folder, "redis");
  redis = spawn(process.env.REDIS_SERVER, ["--port", "0", "--unixsocket", path, "--save", "", "--dir", folder],
    { stdio: "ignore" });
  await until(() => existsSync(path), "Redis listens", patience);
  const config = (serverId) => JSON.stringify({ serverId, redis: `unix:${path}` });
  servers.node = await startServer(process.execPath, [nodeServer, config("node")]);
  servers.qt = await startServer(process.env.ADMINUI_SERVER, [config("qt")]);
});
after(async () => {
  await Promise.all(Object.values(servers).map((server) => server.kill()));
  if (redis?.kill()) await once(redis, "exit");
  rmSync(folder, { recursive: true, force: true });
});

async function connect(server, nsp = "") {
  const socket = io(server.url + nsp, { forceNew: true, reconnection: false, transports: ["websocket"] });
  socket.got = [];
  socket.onAny((...event) => socket.got.push(event));
  await next(socket, "connect", patience);
  return socket;
}

for (const [here, there] of [["qt", "node"], ["node", "qt"]]) {
  test(`a page of the server on ${here} sees and reaches the clients of the one on ${there}`, async (t) => {
    const earlier = await connect(servers[there]);
    // Servers of a cluster hear of each other little by little, and who asks too early waits for long.
    let page, since;
    await until(() => {
      if (page && !page.got.some(([name]) => name === "all_sockets") && Date.now() < since + 3000) return false;
      const all = page?.got.find(([name]) => name === "all_sockets")?.[1];
      if (all?.some(({ id }) => id === earlier.id)) return true;
      page?.disconnect();
      since = Date.now();
      page = io(`${servers[here].url}/admin`, { forceNew: true, transports: ["websocket"] });
      page.got = [];
      page.onAny((...event) => page.got.push(event));
      return false;
    }, "the other server's socket", patience);
    t.after(() => page.disconnect());
    const told = (what, condition) => until(() => page.got.some(condition), what, patience);

    const [, all] = page.got.find(([name]) => name === "all_sockets");
    const shown = all.find(({ id }) => id === earlier.id);
    assert.equal(shown.transport, "websocket");
    assert.equal(shown.clientId, earlier.io.engine.id.slice(0, 12));
    assert.equal(shown.nsp, "/");
    assert.equal(shown.handshake.address, "127.0.0.1");
    assert.deepEqual(shown.data, {});
    for (const id of ["qt", "node"])
      await told(`statistics of ${id}`, ([name, stats]) => name === "server_stats" && stats.serverId === id);

    const client = await connect(servers[there]);
    const clientId = client.id; // which it loses at the end
    await told("the client", ([name, socket]) => name === "socket_connected" && socket.id === clientId);
    client.emit("join", "far");
    await told("its room", ([name, , room, id]) => name === "room_joined" && room === "far" && id === clientId);
    await told("its event", ([name, , id, event]) => name === "event_received" && id === clientId && event[0] === "join");
    page.emit("join", "/", "near", clientId);
    await told("the room of the page", ([name, , room, id]) => name === "room_joined" && room === "near" && id === clientId);
    page.emit("emit", "/", "near", "hello", 1);
    await until(() => client.got.some((event) => event[0] === "hello" && event[1] === 1 && event.length === 2), "hello", patience);
    page.emit("leave", "/", "near", clientId);
    await told("the end of the room", ([name, , room, id]) => name === "room_left" && room === "near" && id === clientId);
    const gone = next(client, "disconnect", patience);
    page.emit("_disconnect", "/", false, clientId);
    assert.equal((await gone)[0], "io server disconnect");
    await told("the end", ([name, , id, reason]) =>
      name === "socket_disconnected" && id === clientId && reason === "server namespace disconnect");
    client.disconnect();
    earlier.disconnect();
  });
}
