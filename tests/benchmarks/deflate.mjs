// SPDX-License-Identifier: MIT
// What WebSocket compression costs a server: node deflate.mjs NAME COMMAND [ARG...]
// The command starts bench-server or node-server.mjs; this adds the option --deflate to it. Clients
// send texts of 4 KiB, one at a time each, and get them back. Prints the server's processor time for
// an echo, and the memory that a connection takes.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const { io } = createRequire(require.resolve("../interop/package.json"))("socket.io-client");
const [name, command, ...args] = process.argv.slice(2);
const CLIENTS = 50;
const ECHOES = Number(process.env.ECHOES ?? 200);
const text = JSON.stringify(Array.from({ length: 60 }, (_, i) =>
  ({ id: i, name: `sensor ${i * 7919 % 1000}`, value: Math.sin(i) * 100, unit: "degrees", time: 1700000000 + i * 17 }))).slice(0, 4096);

const cpu = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 1e4; // us
};
const memory = (pid) => Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4; // KiB

for (const deflate of [false, true]) {
  const child = spawn(command, deflate ? [...args, "--deflate"] : args, { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise((resolve) => createInterface({ input: child.stdout }).on("line", (line) => {
    const match = /^listening (\d+)\b/.exec(line);
    if (match) resolve(match[1]);
  }));
  const sockets = [];
  const open = () => Promise.all(Array.from({ length: CLIENTS }, () => new Promise((resolve) => {
    const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"], forceNew: true });
    sockets.push(socket);
    socket.on("connect", resolve);
  })));
  const run = (echoes) => Promise.all(sockets.map(async (socket) => {
    for (let i = 0; i < echoes; ++i) await socket.emitWithAck("echo", text);
  }));
  const empty = memory(child.pid);
  await open();
  await run(20);
  const perConnection = (memory(child.pid) - empty) / CLIENTS;
  const before = cpu(child.pid);
  await run(ECHOES);
  const cost = (cpu(child.pid) - before) / (ECHOES * CLIENTS);
  console.log(`${name}${deflate ? ", compressed" : ""}: ${cost.toFixed(1)} us of processor time for an echo, ${perConnection.toFixed(0)} KiB for a connection`);
  sockets.forEach((socket) => socket.disconnect());
  child.kill();
}
process.exit(0);
