// SPDX-License-Identifier: MIT
// Servers of a cluster on Qt and on Node.js, and their Redis, for the benchmarks of clusters.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const interop = join(here, "../interop");
// The packages of tests/interop.
export const require = createRequire(join(interop, "package.json"));
export const defaultBuild = join(here, "../../build/release");

const children = new Set();

// Starts a program. Gives the child and what isReady(output) returns, once that is something.
function start(program, args, isReady) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  children.add(child);
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (data) => {
      output += data;
      const result = isReady(output);
      if (result) resolve({ child, result });
    });
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`${program} ended`)));
  });
}

export function stop(child) {
  children.delete(child);
  child.removeAllListeners("exit");
  child.kill("SIGKILL");
}
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));

// A server that listens to the port in its result. kind: qt or node; config: as for cluster-server.mjs.
export function startServer(kind, build, config) {
  const [program, args] =
    kind === "qt"
      ? [join(build, "bin/cluster-node"), [JSON.stringify(config)]]
      : [process.execPath, [join(interop, "servers/cluster-server.mjs"), JSON.stringify(config)]];
  return start(program, args, (output) => /listening (\d+)/.exec(output)?.[1]);
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

// Gives the child and its URL.
export async function startRedis() {
  const port = await freePort();
  const { child } = await start(
    "redis-server",
    ["--port", port, "--bind", "127.0.0.1", "--save", ""].map(String),
    (output) => output.includes("Ready to accept connections"),
  );
  return { child, url: `redis://127.0.0.1:${port}` };
}

export const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
