// SPDX-License-Identifier: MIT
// What the Node tests share: servers to start and stop, clients, waiting for events.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export { io, Manager } from "socket.io-client";
export { Socket as EngineClient } from "engine.io-client";
export { WebSocket } from "ws";
export { io as io31 } from "socket.io-client-3.1";
export { io as io40 } from "socket.io-client-4.0";
export { default as io2 } from "socket.io-client-2";
export { default as engineClient3 } from "engine.io-client-3";

// Starts a program that prints "listening PORT"; answers { pid, port, url, lines,
// hasEnded(), stop(), kill() }.
export async function startServer(program, args = []) {
  // Some of them end with their standard input, which is this process's end of the pipe.
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = [];
  const exited = once(child, "exit");
  const port = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      const match = /^listening (\d+)$/.exec(line);
      if (match) resolve(Number(match[1]));
    });
    exited.then(([code]) => reject(new Error(`${program} ended with ${code}`)));
  });
  return {
    pid: child.pid,
    port,
    url: `http://127.0.0.1:${port}`,
    lines,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    // TERM must end it, with success.
    async stop() {
      child.kill("SIGTERM");
      const [code, signal] = await exited;
      if (code !== 0) throw new Error(`${program} ended with ${code ?? signal}`);
    },
    kill() {
      child.kill("SIGKILL");
      return exited;
    },
  };
}

// The server of a conformance suite, behind what accepts its connections.
export async function startSuite(name) {
  const front = process.env.CONFORMANCE_FRONT;
  const server = await startServer(process.env.CONFORMANCE_SERVER,
    ["--suite", name, ...(front ? ["--front", front] : [])]);
  const isSecure = Boolean(front?.match(/tls|ssl/));
  if (isSecure) server.url = `https://localhost:${server.port}`;
  // Of clients; what else there is goes by NODE_TLS_REJECT_UNAUTHORIZED.
  server.options = isSecure ? { rejectUnauthorized: false } : {};
  return server;
}

// The arguments of the next such event; an error after five seconds.
export function next(emitter, event, ms = 5000) {
  return new Promise((resolve, reject) => {
    const listener = (...args) => {
      clearTimeout(timer);
      resolve(args);
    };
    const timer = setTimeout(() => {
      emitter.off(event, listener);
      reject(new Error(`no "${event}" within ${ms} ms`));
    }, ms);
    emitter.once(event, listener);
  });
}

// Waits until a condition holds, asked again whenever the event loop has been around.
export async function until(condition, what, ms = 5000) {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

// The contrast of two colors such as #a1b2c3 or #abc, by WCAG 2.
export function contrast(...colors) {
  const [a, b] = colors.map((color) => {
    const digits = color.slice(1).replace(/^(.)(.)(.)$/, "$1$1$2$2$3$3");
    const [x, y, z] = [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16) / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  });
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

// The least contrast of a text to what is behind it, by WCAG 2, and whose it is.
export const leastContrast = (page) => page.evaluate(() => {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = channels(getComputedStyle(e).backgroundColor);
      if (color[3] !== 0) return color;
    }
    return [255, 255, 255];
  };
  let least = [100, ""];
  for (const element of document.querySelectorAll("body *")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!hasText || !element.checkVisibility()) continue;
    const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < least[0]) least = [contrast, element.outerHTML.slice(0, 80)];
  }
  return least;
});

// What is wider than the page, or has something in it that is cut off at its side.
export const cutOff = (page) => page.evaluate(() => [...document.querySelectorAll("body *")]
  .filter((e) => e.checkVisibility() && !["INPUT", "SCRIPT"].includes(e.tagName)
    && (e.getBoundingClientRect().right > innerWidth + 0.5
      || (getComputedStyle(e).display !== "inline" && e.scrollWidth > e.clientWidth + 1)))
  .map((e) => e.outerHTML.slice(0, 80)));
