// SPDX-License-Identifier: MIT
// A Socket.IO server on Node in a cluster over Redis or PostgreSQL, as the tests of the adapters use it:
//   node cluster-server.mjs '{"adapter":"redis","redis":"redis://127.0.0.1:6379"}'
//   node cluster-server.mjs '{"adapter":"sharded","cluster":["redis://127.0.0.1:7000"],"client":"ioredis"}'
//   node cluster-server.mjs '{"adapter":"postgres","postgres":"postgresql://127.0.0.1:5432"}'
// adapter: redis, sharded, streams, or postgres; cluster: some nodes of a Redis Cluster, in place of
// a single Redis; client: redis or ioredis. Prints "listening PORT"; ends when
// its standard input does. A client tells it with "run" what to do, and gets the result.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { Server } from "socket.io";

// A broadcast of the adapter's that Redis does not take is a promise that nobody waits for.
process.on("unhandledRejection", (error) => console.error(`not sent: ${error.message}`));

const require = createRequire(import.meta.url);
const config = JSON.parse(process.argv[2]);

// Connections to a Redis or a Redis Cluster: to publish and to subscribe.
async function connectToRedis() {
  const nodes = config.cluster;
  let publisher;
  if (config.client === "ioredis") {
    const Redis = require("ioredis");
    publisher = nodes ? new Redis.Cluster(nodes, { shardedSubscribers: true }) : new Redis(config.redis);
  } else {
    const { createClient, createCluster } = require("redis");
    publisher = nodes
      ? createCluster({ rootNodes: nodes.map((url) => ({ url })) })
      : createClient({ url: config.redis });
  }
  const clients = [publisher, publisher.duplicate()];
  for (const client of clients) client.on("error", () => {});
  await Promise.all(
    clients.map((client) =>
      config.client === "ioredis"
        ? client.status === "ready" || new Promise((resolve) => client.once("ready", resolve))
        : client.connect(),
    ),
  );
  return clients;
}

async function overRedis() {
  const { createAdapter, createShardedAdapter } = require("@socket.io/redis-adapter");
  const { createAdapter: createStreamsAdapter } = require("@socket.io/redis-streams-adapter");
  const { Emitter } = require("@socket.io/redis-emitter");
  const [publisher, subscriber] = await connectToRedis();
  const adapters = {
    redis: () => createAdapter(publisher, subscriber, { key: config.key ?? "socket.io" }),
    sharded: () =>
      createShardedAdapter(publisher, subscriber, {
        channelPrefix: config.prefix,
        subscriptionMode: config.mode,
      }),
    streams: () =>
      createStreamsAdapter(publisher, {
        streamName: config.prefix,
        channelPrefix: config.prefix,
        streamCount: config.streams ?? 1,
        useShardedPubSub: config.mode === "sharded",
        blockTimeInMs: 1000,
      }),
  };
  return { adapter: adapters[config.adapter](), emitter: new Emitter(publisher) };
}

async function overPostgres() {
  const { createAdapter } = require("@socket.io/postgres-adapter");
  const { Emitter } = require("@socket.io/postgres-emitter");
  const pool = new (require("pg").Pool)({ connectionString: config.postgres });
  // The adapter listens to the errors of none of its connections.
  pool.on("error", () => {}).on("connect", (client) => client.on("error", () => {}));
  await pool.query("SELECT 1");
  return { adapter: createAdapter(pool, config.options), emitter: new Emitter(pool) };
}

const { adapter, emitter } = await (config.postgres ? overPostgres() : overRedis());
const httpServer = createServer();
const io = new Server(httpServer, {
  adapter,
  ...(config.recovers && { connectionStateRecovery: { maxDisconnectionDuration: 30000 } }),
});
const heard = [];

// An operator of the target that the options describe.
function target(nsp, { to = [], except = [], local = false, timeout } = {}) {
  let result = nsp.to(to).except(except);
  if (local) result = result.local;
  return timeout ? result.timeout(timeout) : result;
}

// The same for the emitter, which is no server.
function outside(nsp, { to = [], except = [] }) {
  return emitter.of(nsp.name).to(to).except(except);
}

const operations = {
  emit: (nsp, options, name, ...args) => void target(nsp, options).emit(name, ...args),
  ask: (nsp, options, name, ...args) => target(nsp, options).emitWithAck(name, ...args),
  fetch: async (nsp, options) =>
    (await target(nsp, options).fetchSockets()).map(({ id, rooms, data, handshake }) => ({
      id, rooms: [...rooms], data, address: handshake.address,
    })),
  join: (nsp, options, room) => void target(nsp, options).socketsJoin(room),
  leave: (nsp, options, room) => void target(nsp, options).socketsLeave(room),
  disconnect: (nsp, options, close) => void target(nsp, options).disconnectSockets(close),
  serverSideEmit: (nsp, options, name, ...args) => void nsp.serverSideEmit(name, ...args),
  serverSideAsk: (nsp, options, name, ...args) => nsp.serverSideEmitWithAck(name, ...args),
  serverCount: (nsp) => nsp.adapter.serverCount(),
  heard: () => heard,
  emitter: (nsp, options, name, ...args) => void outside(nsp, options).emit(name, ...args),
  emitterJoin: (nsp, options, room) => outside(nsp, options).socketsJoin(room),
  emitterLeave: (nsp, options, room) => outside(nsp, options).socketsLeave(room),
  emitterDisconnect: (nsp, options) => outside(nsp, options).disconnectSockets(true),
  emitterServers: (nsp, options, name, ...args) =>
    void emitter.of(nsp.name).serverSideEmit(name, ...args),
};

for (const name of ["/", "/other"]) {
  const nsp = io.of(name);
  nsp.on("connection", (socket) => {
    if (!socket.recovered) {
      socket.join("all");
      socket.data.kind = "node";
    }
    socket.on("run", async (operation, options, ...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : () => {};
      if (operation === "me") return ack(null, [socket.id, [...socket.rooms], socket.data]);
      try {
        ack(null, (await operations[operation](nsp, options, ...args)) ?? null);
      } catch (error) {
        ack(error.message, null);
      }
    });
  });
  nsp.on("news", (...args) => heard.push(args));
  nsp.on("load", (number, ack) => ack(number * 2));
}

httpServer.listen(0, "127.0.0.1", () => console.log(`listening ${httpServer.address().port}`));
process.stdin.on("end", () => process.exit(0)).resume();
