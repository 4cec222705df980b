#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// What a broadcast costs that one server emits and the clients of another get, on Qt and on Node.js
// with the same adapter, in turns:
//   tests/benchmarks/cluster.mjs [--build build/release] [--messages 10000] [--rounds 3] [--under-way 100]
//                                [--postgres postgresql://user@host:port/database]
// With --postgres, over that database as well. Needs redis-server, the packages of tests/interop (npm ci), and the target cluster-node.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { defaultBuild, median, require, startRedis, startServer, stop } from "./clusterservers.mjs";

const WebSocket = require("ws");
const { values: options } = parseArgs({
  options: {
    build: { type: "string", default: defaultBuild },
    messages: { type: "string", default: "10000" },
    rounds: { type: "string", default: "3" },
    clients: { type: "string", default: "50" },
    "under-way": { type: "string", default: "100" }, // broadcasts that are on their way at any time
    postgres: { type: "string" },
  },
});
const Messages = Number(options.messages);
const Clients = Number(options.clients);
const UnderWay = Number(options["under-way"]);
const Ticks = 100; // of the kernel's clock in a second

// Seconds of processor time.
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / Ticks;
}

function connect(port, onEvent) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
    socket.on("error", reject);
    socket.on("message", (data) => {
      const text = data.toString();
      if (text === "2") socket.send("3");
      else if (text.startsWith("0")) socket.send("40");
      else if (text.startsWith("40")) resolve(socket);
      else if (text.startsWith("42")) onEvent?.(text);
    });
  });
}

async function measure(kind, adapter, redis) {
  const config = {
    adapter: adapter.adapter,
    recovers: adapter.recovers ?? false,
    mode: "dynamic",
    prefix: `bench-${kind}-${adapter.name}`,
    ...(adapter.adapter === "postgres" ? { postgres: options.postgres } : { redis }),
  };
  const [from, to] = await Promise.all([1, 2].map(() => startServer(kind, options.build, config)));
  let received = 0;
  let settled = 0; // clients that have got the last event of the beginning
  let done;
  let next;
  const latencies = [];
  const sentAt = [];
  const sockets = [];
  for (let i = 0; i < Clients; ++i) {
    sockets.push(
      await connect(to.result, (text) => {
        ++received;
        const number = Number(/"n",(-?\d+)/.exec(text)[1]);
        if (number === -2 && ++settled === Clients) done?.();
        if (i === 0) {
          if (number >= 0) latencies.push(performance.now() - sentAt[number]);
          next?.();
        }
        if (received === Messages * Clients) done?.();
      }),
    );
  }
  const emitter = await connect(from.result);
  const payload = "x".repeat(32);
  const emit = (number) =>
    emitter.send(`42["run","emit",{"to":["all"]},"n",${number},"${payload}"]`);
  // Until both servers hear each other.
  while (received < Clients) {
    emit(-1);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // Nothing of that is under way any more when all clients have what was emitted last.
  await new Promise((resolve) => {
    done = resolve;
    emit(-2);
  });
  done = undefined;
  received = 0;
  latencies.length = 0;
  const before = [cpu(from.child.pid), cpu(to.child.pid)];
  const begin = performance.now();
  let sent = 0;
  await new Promise((resolve) => {
    done = resolve;
    next = () => {
      while (sent < Messages && sent - latencies.length < UnderWay) {
        sentAt[sent] = performance.now();
        emit(sent++);
      }
    };
    next();
  });
  const seconds = (performance.now() - begin) / 1000;
  const used = [cpu(from.child.pid) - before[0], cpu(to.child.pid) - before[1]];
  [...sockets, emitter].forEach((socket) => socket.terminate());
  [from, to].forEach(({ child }) => stop(child));
  latencies.sort((a, b) => a - b);
  return {
    from: (used[0] / Messages) * 1e6,
    to: (used[1] / Messages) * 1e6,
    rate: Messages / seconds,
    p50: latencies[latencies.length >> 1],
    p99: latencies[Math.floor(latencies.length * 0.99)],
  };
}

const adapters = [
  { name: "redis", adapter: "redis" },
  { name: "sharded", adapter: "sharded" },
  { name: "streams", adapter: "streams" },
  { name: "streams, recovery", adapter: "streams", recovers: true },
];
if (options.postgres) adapters.push({ name: "postgres", adapter: "postgres" });
const redis = await startRedis();
console.log(`A broadcast to ${Clients} clients of the other server, ${Messages} of them:\n`);
console.log("| adapter | server | us CPU, emitting | us CPU, sending on | in a second | p50 ms | p99 ms |");
console.log("|---|---|--:|--:|--:|--:|--:|");
for (const adapter of adapters) {
  const results = { qt: [], node: [] };
  for (let round = 0; round < Number(options.rounds); ++round)
    for (const kind of ["qt", "node"])
      results[kind].push(await measure(kind, adapter, redis.url));
  for (const kind of ["qt", "node"]) {
    const of = (field, digits) => median(results[kind].map((one) => one[field])).toFixed(digits);
    console.log(
      `| ${adapter.name} | ${kind} | ${of("from", 0)} | ${of("to", 0)} | ${of("rate", 0)} | ` +
        `${of("p50", 1)} | ${of("p99", 1)} |`,
    );
  }
  const total = (kind) => median(results[kind].map((one) => one.from + one.to));
  console.log(`| | qt / node | ${(total("qt") / total("node")).toFixed(2)} | | | | |`);
}
stop(redis.child);
process.exit(0);
