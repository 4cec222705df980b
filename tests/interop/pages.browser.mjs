// SPDX-License-Identifier: MIT
// What the pages of the examples say when something is missing. Their servers are not needed for that.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

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
