// SPDX-License-Identifier: MIT
// What the pages of the examples say when something is missing, and how that of the cluster looks. Their
// servers are not needed for that.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { Server } from "socket.io";
import { cutOff, leastContrast } from "./support.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const examples = join(here, "../../examples");
const script = join(here, "node_modules/socket.io-client/dist/socket.io.js");
const types = { html: "text/html", js: "text/javascript", css: "text/css" };
let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});
after(() => browser?.close());

// Has the page's files, and the client's script or not, but speaks no Socket.IO.
async function servePage(example, hasScript) {
  const server = createServer(async ({ url }, response) => {
    const path = url.split("?")[0];
    const isScript = /^\/socket\.io\/socket\.io(\.min)?\.js$/.test(path);
    const file = isScript ? script : join(examples, example, "page", path === "/" ? "index.html" : path);
    const content = isScript && !hasScript ? null : await readFile(file).catch(() => null);
    response.writeHead(content ? 200 : 404, { "content-type": types[file.split(".").at(-1)] ?? "text/plain" });
    response.end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

for (const example of ["chat", "cluster", "dashboard"]) {
  for (const [hasScript, sentence] of [
    [false, 'The server has no socket.io.js. Run "npm ci" in the folder examples, then reload this page.'],
    [true, /cannot reach the server, trying again|The server at [\d.:]+ cannot be reached/],
  ]) {
    test(`the page of ${example} says that the ${hasScript ? "server" : "script"} is missing`, async () => {
      const server = await servePage(example, hasScript);
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        const errors = [];
        page.on("pageerror", ({ message }) => errors.push(message));
        await page.goto(`http://127.0.0.1:${server.address().port}/`);
        await page.locator("#state", { hasText: sentence }).waitFor();
        assert.equal(await page.locator("#state").getAttribute("role"), "status");
        assert.deepEqual(errors, hasScript ? [] : [sentence]);
      } finally {
        await context.close();
        server.closeAllConnections();
        server.close();
      }
    });
  }
}

// Three servers, as the page sees them.
async function serveCluster() {
  const server = await servePage("cluster", true);
  const io = new Server(server);
  io.on("connection", (socket) => {
    socket.emit("welcome", "Qt server 1", null, false);
    socket.on("name", (name) => {
      io.emit("who", [{ server: "Qt server 1", name }, { server: "Qt server 2", name: "Ada 42" },
        { server: "Node.js server with quite a long name", name: "Grace 17" },
        { server: "Qt server 2", name: "W".repeat(20) }]);
      io.emit("said", "Ada 42", `look at https://example.org/${"long/".repeat(30)}`, "Qt server 2");
    });
    // What is said is not answered.
  });
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => io.close() };
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 1000]) {
    test(`the page of cluster can be read in ${colorScheme} colors and ${width} pixels`, async () => {
      const cluster = await serveCluster();
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 700 } });
      try {
        const page = await context.newPage();
        await page.goto(cluster.url);
        await page.locator("#log li.said").waitFor();
        await page.fill("#text", "Is anybody there?");
        await page.press("#text", "Enter");
        await page.locator("#log li", { hasText: '"Is anybody there?" may not have arrived' }).waitFor();
        const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/)[0]);
        assert.ok(colorScheme === "dark" ? paper < 60 : paper > 200, paper);
        const [contrast, element] = await leastContrast(page);
        assert.ok(contrast >= 4.5, `${contrast}: ${element}`);
        assert.deepEqual(await cutOff(page), []);
        mkdirSync(process.env.SCREENSHOTS, { recursive: true });
        await page.screenshot({ path: join(process.env.SCREENSHOTS, `cluster-${colorScheme}-${width}.png`), fullPage: true });
        await cluster.close();
        await page.locator("#state.off", { hasText: "cannot reach the server" }).waitFor();
        assert.deepEqual(await cutOff(page), []);
        await page.screenshot({ path: join(process.env.SCREENSHOTS, `cluster-offline-${colorScheme}-${width}.png`), fullPage: true });
      } finally {
        await context.close();
        await cluster.close();
      }
    });
  }
}
