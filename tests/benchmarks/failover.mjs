#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// What clients notice when one of three servers is killed (SIGKILL) while another one emits, on Qt
// and on Node.js with the same adapter, in turns:
//   tests/benchmarks/failover.mjs [--build build/release] [--clients 300] [--rate 50] [--rounds 3]
// The clients are those of socket.io-client; those of the killed server go on at the two others.
// Needs redis-server, the packages of tests/interop (npm ci), and the target cluster-node.
import { parseArgs } from "node:util";
import { defaultBuild, median, require, startRedis, startServer, stop } from "./clusterservers.mjs";

const { io } = require("socket.io-client");
const { values: options } = parseArgs({
  options: {
    build: { type: "string", default: defaultBuild },
    clients: { type: "string", default: "300" },
    rate: { type: "string", default: "50" }, // broadcasts in a second
    rounds: { type: "string", default: "3" },
  },
});
const Clients = Number(options.clients);
const Rate = Number(options.rate);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(condition, what, timeout = 60000) {
  const end = performance.now() + timeout;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not so in time: ${what}`);
    await sleep(10);
  }
}

// Goes on at another server when it loses its own.
class Client {
  constructor(port, otherPort) {
    this.numbers = [];
    this.recovered = false;
    this.socket = io(`http://127.0.0.1:${port}`, {
      forceNew: true,
      transports: ["websocket"],
      reconnectionDelay: 50,
      reconnectionDelayMax: 200,
    });
    this.socket.on("n", (number) => {
      this.numbers.push(number);
      if (this.lostAt !== undefined && this.servedAt === undefined && this.socket.connected)
        this.servedAt = performance.now();
    });
    this.socket.on("connect", () => (this.recovered ||= this.socket.recovered));
    this.socket.on("disconnect", () => {
      this.lostAt = performance.now();
      this.socket.io.uri = `http://127.0.0.1:${otherPort}`;
    });
  }
}

async function measure(kind, adapter, redis) {
  const config = { ...adapter, redis, prefix: `failover-${kind}-${Date.now()}` };
  const servers = [];
  for (let i = 0; i < 3; ++i) servers.push(await startServer(kind, options.build, config));
  const ports = servers.map((server) => server.result);
  const clients = [];
  for (let i = 0; i < Clients; ++i) clients.push(new Client(ports[i % 3], ports[1 + (i % 2)]));
  await until(() => clients.every(({ socket }) => socket.connected), "all clients are connected");
  const emitter = io(`http://127.0.0.1:${ports[2]}`, { forceNew: true, transports: ["websocket"] });
  let next = -1000; // below 0: until all servers hear each other
  const emit = () => emitter.emit("run", "emit", { to: ["all"] }, "n", next++);
  while (!clients.every(({ numbers }) => numbers.length > 0)) {
    emit();
    await sleep(50);
  }
  next = 0;
  const timer = setInterval(emit, 1000 / Rate);
  await until(() => next >= Rate, "a second of events");
  const moved = clients.filter((_, i) => i % 3 === 0);
  const killedAt = performance.now();
  stop(servers[0].child);
  await until(() => moved.every(({ servedAt }) => servedAt !== undefined), "all clients are back");
  const end = next + Rate;
  await until(() => next >= end, "another second of events");
  clearInterval(timer);
  const last = next - 1;
  await until(() => clients.every(({ numbers }) => numbers.at(-1) === last), "all have the last event");
  clients.forEach(({ socket }) => socket.close());
  emitter.close();
  servers.slice(1).forEach(({ child }) => stop(child));

  const of = ({ numbers }) => {
    const events = numbers.filter((number) => number >= 0);
    const different = new Set(events).size;
    return {
      lost: next - different,
      twice: events.length - different,
      late: events.filter((number, i) => i > 0 && number < events[i - 1]).length,
    };
  };
  const sum = (list, field) => list.map(of).reduce((total, one) => total + one[field], 0);
  const times = moved.map(({ servedAt }) => servedAt - killedAt);
  const others = clients.filter((_, i) => i % 3 !== 0);
  return {
    half: median(times),
    all: Math.max(...times),
    recovered: moved.filter(({ recovered }) => recovered).length / moved.length,
    lost: sum(moved, "lost") / moved.length,
    lostByOthers: sum(others, "lost"),
    wrong: sum(clients, "twice") + sum(clients, "late"),
  };
}

const adapters = [
  { name: "redis", adapter: "redis" },
  { name: "sharded", adapter: "sharded", mode: "dynamic" },
  { name: "streams, recovery", adapter: "streams", recovers: true },
];
const redis = await startRedis();
console.log(
  `A server with a third of ${Clients} clients is killed, ${Rate} broadcasts in a second:\n\n` +
    "| adapter | server | half are served again after, ms | all, ms | recovered | events lost for each | " +
    "lost by others | twice or out of order |\n|---|---|--:|--:|--:|--:|--:|--:|",
);
for (const { name, ...adapter } of adapters) {
  const results = { qt: [], node: [] };
  for (let round = 0; round < Number(options.rounds); ++round)
    for (const kind of ["qt", "node"]) results[kind].push(await measure(kind, adapter, redis.url));
  for (const kind of ["qt", "node"]) {
    const of = (field, digits = 0) => median(results[kind].map((one) => one[field])).toFixed(digits);
    const total = (field) => results[kind].reduce((sum, one) => sum + one[field], 0);
    console.log(
      `| ${name} | ${kind} | ${of("half")} | ${of("all")} | ` +
        `${Math.round(100 * median(results[kind].map((one) => one.recovered)))} % | ${of("lost", 1)} | ` +
        `${total("lostByOthers")} | ${total("wrong")} |`,
    );
  }
}
stop(redis.child);
process.exit(0);
