// SPDX-License-Identifier: MIT
// The dashboard's page in a browser: what it shows, in light and dark, narrow and wide, to the eye and to
// a screen reader, and what it says when its server is away.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { contrast, leastContrast, startServer, until } from "./support.mjs";

const screenshots = process.env.SCREENSHOTS;
let server, browser;
before(async () => {
  mkdirSync(screenshots, { recursive: true });
  server = await startServer(process.env.DASHBOARD, ["--serve", "--port", "0"]);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});
after(async () => {
  await browser?.close();
  await server?.kill();
});

async function openPage(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 760 }, ...options });
  const page = await context.newPage();
  page.errors = [];
  page.on("pageerror", (error) => page.errors.push(error));
  await page.goto(`${server.url}/`);
  await page.locator("#processes tr").first().waitFor();
  await page.locator("#cpu", { hasText: "%" }).waitFor();
  return page;
}

for (const colorScheme of ["light", "dark"]) {
  test(`everything can be read in ${colorScheme} colors`, async () => {
    const page = await openPage({ colorScheme });
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/)[0]);
    assert.ok(colorScheme === "dark" ? paper < 60 : paper > 200, paper);
    const [contrast, element] = await leastContrast(page);
    assert.ok(contrast >= 4.5, `${contrast}: ${element}`);
    await page.screenshot({ path: join(screenshots, `dashboard-page-${colorScheme}.png`) });
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
}

// What a canvas or a bar is painted with, by the names of the style sheet: all but surfaces and texts.
for (const colorScheme of ["light", "dark"]) {
  test(`its graphics can be seen in ${colorScheme} colors`, async () => {
    const page = await openPage({ colorScheme });
    const colors = await page.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      const names = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
        .filter((rule) => rule.selectorText === ":root").flatMap((rule) => [...rule.style]);
      return Object.fromEntries(names.map((name) => [name.slice(2), style.getPropertyValue(name).trim()]));
    });
    const { window, card, border, grid, text, faint, warning, "warning-border": line, "warning-text": warningText,
      ...graphics } = colors;
    assert.ok([window, card, border, grid, text, faint, warning, line, warningText].every(Boolean));
    assert.ok(Object.keys(graphics).length >= 5, JSON.stringify(graphics));
    for (const [name, color] of Object.entries(graphics)) {
      for (const behind of [window, card, grid])
        assert.ok(contrast(color, behind) >= 3, `${name} on ${behind}: ${contrast(color, behind)}`);
    }
    await page.context().close();
  });
}

for (const [width, height] of [[360, 640], [760, 800], [1920, 1080]]) {
  test(`it fits into ${width} by ${height} pixels`, async () => {
    const page = await openPage({ viewport: { width, height } });
    const cut = await page.evaluate(() => [...document.querySelectorAll("section, th, h2, canvas, header, #network")]
      .filter((e) => e.getBoundingClientRect().right > innerWidth || e.scrollWidth > e.clientWidth + 1)
      .map((e) => e.outerHTML.slice(0, 80)));
    assert.deepEqual(cut, []);
    // It fills the window, and what is painted has the size that it is shown in.
    const { bottom, painted, shown } = await page.evaluate(() => {
      const canvas = document.querySelector("canvas");
      return { bottom: document.querySelector("main").getBoundingClientRect().bottom,
        painted: canvas.height, shown: canvas.clientHeight };
    });
    assert.ok(bottom > height - 24, `${bottom} of ${height}`);
    assert.equal(painted, shown);
    await page.screenshot({ path: join(screenshots, `dashboard-page-${width}.png`), fullPage: true });
    await page.context().close();
  });
}

test("a screen reader is told what the figures mean", async () => {
  const page = await openPage();
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const seen = nodes.filter(({ ignored }) => !ignored).map(({ role, name }) => `${role?.value}: ${name?.value ?? ""}`);
  for (const expected of ["heading: Dashboard", "region: Processor", "region: Processes", "columnheader: PID",
    "columnheader: Memory"])
    assert.ok(seen.includes(expected), `${expected} is not among ${seen.join("; ")}`);
  assert.ok(seen.some((text) => /^(image|img): The last minute: received .*B\/s, sent .*B\/s$/.test(text)), seen.join("; "));
  assert.ok(seen.some((text) => /^meter: \d+ %$/.test(text)), seen.join("; "));
  await page.context().close();
});

test("it says why it is offline and when it tries again", async () => {
  const page = await openPage();
  assert.equal(await page.locator("#banner").isVisible(), false);
  const { port } = server;
  const { host } = new URL(server.url);
  await server.kill();
  await page.locator("#state", { hasText: host }).waitFor();
  await page.locator("#state", { hasText: `The server at ${host} cannot be reached.` }).waitFor();
  await page.locator("#countdown", { hasText: /^Next attempt in [1-3] s$/ }).waitFor();
  assert.equal(await page.locator("#transport").textContent(), "offline");
  const [contrast, element] = await leastContrast(page);
  assert.ok(contrast >= 4.5, `${contrast}: ${element}`);
  await page.screenshot({ path: join(screenshots, "dashboard-page-offline.png") });
  server = await startServer(process.env.DASHBOARD, ["--serve", "--port", String(port)]);
  await page.locator("#banner").waitFor({ state: "hidden" });
  await until(async () => (await page.locator("#transport").textContent()) === "websocket", "it is back");
  assert.deepEqual(page.errors, []);
  await page.context().close();
});
