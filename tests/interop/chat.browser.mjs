// SPDX-License-Identifier: MIT
// The chat example in a real browser: two pages, one server, its end and its return.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { cutOff, leastContrast, startServer, until } from "./support.mjs";

const screenshots = process.env.SCREENSHOTS;
let server, browser;
before(async () => {
  mkdirSync(screenshots, { recursive: true });
  server = await startServer(process.env.CHAT_SERVER, ["--port", "0"]);
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

// Names differ from test to test: the server may not have noticed yet that the last page is closed,
// and would give the next one of the same name a number.
async function openPage(name, query = "", options = {}) {
  const page = await (await browser.newContext({ viewport: { width: 900, height: 560 }, ...options })).newPage();
  page.errors = [];
  page.on("pageerror", (error) => page.errors.push(error));
  await page.goto(`${server.url}/?name=${name}${query}`);
  await page.locator("#names li", { hasText: name }).waitFor();
  return page;
}
async function say(page, text) {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
}
const message = (page, text) => page.locator("#messages li", { hasText: text });

test("what is typed in one page shows in the other, and in the Qt process", async () => {
  const ann = await openPage("Ann");
  const bob = await openPage("Bob");
  await ann.locator("#names li", { hasText: "Bob" }).waitFor();
  await ann.locator("#state", { hasText: "websocket" }).waitFor();
  await say(ann, "Hello from Ann, grüß dich");
  await message(bob, "Hello from Ann, grüß dich").waitFor();
  await say(bob, "Hi Ann!");
  await message(ann, "Hi Ann!").waitFor();
  await until(() => server.lines.includes("Bob: Hi Ann!"), "the server printed it");
  await bob.type("#text", "I am wri");
  await ann.locator("#typing", { hasText: "Bob is typing" }).waitFor();
  await ann.screenshot({ path: join(screenshots, "chat.png") });
  // Markup is text.
  await say(ann, "<b>not bold</b>");
  await message(bob, "<b>not bold</b>").waitFor();
  // After the picture: the machine may have no font for it.
  await say(ann, "Bye 👋");
  await message(bob, "Bye 👋").waitFor();
  assert.deepEqual([...ann.errors, ...bob.errors], []);
  await ann.context().close();
  await bob.locator("#names li", { hasText: "Ann" }).waitFor({ state: "detached" });
  await bob.context().close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 900]) {
    test(`everything can be read in ${colorScheme} colors and ${width} pixels`, async () => {
      const name = `Mia ${colorScheme} ${width}`;
      const page = await openPage(name, "", { colorScheme, viewport: { width, height: 560 } });
      const other = await openPage(`Nora ${colorScheme} ${width}`);
      await page.evaluate(() => { document.getElementById("text").maxLength = 5000; });
      await say(page, "z".repeat(2001));
      await page.locator("#messages li.failed").waitFor();
      await say(page, `I say this in ${colorScheme} colors`);
      await say(other, `And I see it in ${width} pixels: https://example.org/${"long/".repeat(30)}`);
      await message(page, `in ${width} pixels`).last().waitFor();
      await other.type("#text", "I am wri");
      await page.locator("#typing", { hasText: "is typing" }).waitFor();
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/)[0]);
      assert.ok(colorScheme === "dark" ? paper < 60 : paper > 200, paper);
      const [contrast, element] = await leastContrast(page);
      assert.ok(contrast >= 4.5, `${contrast}: ${element}`);
      assert.deepEqual(await cutOff(page), []);
      // Who is there shows in the narrow page as well.
      assert.ok(await page.locator("#names li", { hasText: "Nora" }).first().isVisible());
      await page.screenshot({ path: join(screenshots, `chat-${colorScheme}-${width}.png`) });
      await page.context().close();
      await other.context().close();
    });
  }
}

test("polling only works as well", async () => {
  const ada = await openPage("Ada", "&transport=polling");
  const ben = await openPage("Ben", "&transport=websocket");
  await ada.locator("#state", { hasText: "polling" }).waitFor();
  await say(ada, "over polling");
  await message(ben, "over polling").waitFor();
  await say(ben, "over websocket");
  await message(ada, "over websocket").waitFor();
  await ada.context().close();
  await ben.context().close();
});

test("a page may use a server of another origin that allows it", async () => {
  const other = await startServer(process.env.INTEROP_SERVER);
  const page = await openPage("Amy");
  for (const transport of ["polling", "websocket"]) {
    const answer = await page.evaluate(([url, name]) => new Promise((resolve, reject) => {
      // The script is the chat page's own; the server is not.
      const socket = window.io(url, { forceNew: true, transports: [name], withCredentials: name === "polling" });
      socket.on("connect_error", reject);
      socket.emit("echo", "from afar", (value) => {
        socket.disconnect();
        resolve(value);
      });
    }), [other.url, transport]);
    assert.equal(answer, "from afar");
  }
  // The chat server itself allows no other origin.
  const refused = await page.evaluate((url) => fetch(`${url}/socket.io/?EIO=4&transport=polling`)
    .then(() => "read", () => "refused"), server.url.replace("127.0.0.1", "localhost"));
  assert.equal(refused, "refused");
  await page.context().close();
  await other.stop();
});

test("what is said while the server is away is sent after the page has joined again", async () => {
  const eva = await openPage("Eva");
  const { port } = server;
  await server.kill();
  await eva.locator("#state", { hasText: /reconnecting|cannot reach/ }).waitFor();
  await say(eva, "said to nobody");
  await eva.locator("#messages li.waiting", { hasText: "said to nobody" }).waitFor();
  assert.equal(await eva.locator("#names li").count(), 0);
  await eva.screenshot({ path: join(screenshots, "chat-offline.png") });
  server = await startServer(process.env.CHAT_SERVER, ["--port", String(port)]);
  const max = await openPage("Max");
  await until(() => server.lines.includes("Eva: said to nobody"), "the new server got it");
  await eva.locator("#messages li.own:not(.waiting)", { hasText: "said to nobody" }).waitFor();
  assert.equal(await eva.locator("#messages li.waiting").count(), 0);
  await say(max, "hello");
  await message(eva, "hello").waitFor();
  assert.equal(await max.locator("#typing").textContent(), "");
  assert.deepEqual([...eva.errors, ...max.errors], []);
  await eva.context().close();
  await max.context().close();
});

test("a message that is refused or not answered stays, and can be sent again", async () => {
  const kim = await openPage("Kim");
  const lea = await openPage("Lea");
  await kim.evaluate(() => { document.getElementById("text").maxLength = 5000; });
  await say(kim, "y".repeat(2001));
  const refused = kim.locator("#messages li.failed", { hasText: "A message has at most 2000 characters" });
  await refused.waitFor();
  // A server that stands still keeps the connection and gives no answer.
  process.kill(server.pid, "SIGSTOP");
  try {
    await say(kim, "anybody there?");
    await kim.locator("#messages li.failed", { hasText: "anybody there?" }).waitFor();
  } finally {
    process.kill(server.pid, "SIGCONT");
  }
  await message(lea, "anybody there?").waitFor();
  await kim.screenshot({ path: join(screenshots, "chat-failed.png") });
  await kim.locator("#messages li.failed", { hasText: "anybody there?" }).getByRole("button").click();
  await kim.locator("#messages li.own:not(.failed)", { hasText: "anybody there?" }).waitFor();
  await lea.waitForFunction(() => [...document.querySelectorAll("#messages li")]
    .filter((item) => item.textContent.includes("anybody there?")).length === 2);
  // What nobody else has seen outlives the connection.
  const { port } = server;
  await server.kill();
  server = await startServer(process.env.CHAT_SERVER, ["--port", String(port)]);
  await kim.waitForFunction(() => !document.querySelector("#messages li:not(.failed)"));
  assert.equal(await refused.count(), 1);
  assert.deepEqual([...kim.errors, ...lea.errors], []);
  await kim.context().close();
  await lea.context().close();
});

test("a page says so when the script is missing or the server is away", async () => {
  const page = await (await browser.newContext()).newPage();
  await page.route("**/socket.io.js", (route) => route.fulfill({ status: 404 }));
  await page.goto(server.url);
  await page.locator("#state", { hasText: "no socket.io.js" }).waitFor();
  await page.unroute("**/socket.io.js");
  await page.route("**/socket.io/?**", (route) => route.abort());
  await page.goto(`${server.url}/?transport=polling`);
  await page.locator("#state", { hasText: "cannot reach the server" }).waitFor();
  await page.context().close();
});

test("pages come back when the server does", async () => {
  const zoe = await openPage("Zoe");
  const { port } = server;
  await server.kill();
  await zoe.locator("#state", { hasText: /reconnecting|cannot reach/ }).waitFor();
  server = await startServer(process.env.CHAT_SERVER, ["--port", String(port)]);
  await zoe.locator("#state.on").waitFor();
  await say(zoe, "back again");
  await until(() => server.lines.includes("Zoe: back again"), "the new server got it");
  assert.deepEqual(zoe.errors, []);
  await zoe.context().close();
});

// A blank page opens the WebSocket itself, so that it can say what was agreed on.
for (const options of [{ threshold: 100 }, { threshold: 100, serverNoContextTakeover: true, clientNoContextTakeover: true },
  { threshold: 100, serverMaxWindowBits: 10, clientMaxWindowBits: 10 }]) {
  test(`the browser compresses: ${JSON.stringify(options)}`, async () => {
    const interop = await startServer(process.env.INTEROP_SERVER, ["--port", "0", "--deflate", JSON.stringify(options)]);
    try {
      const page = await (await browser.newContext()).newPage();
      const texts = ["short", "🎉".repeat(3000), "x".repeat(200000), Array.from({ length: 5000 }, (_, i) => i).join()];
      const seen = await page.evaluate(async ({ url, sent }) => {
        const socket = new WebSocket(url);
        const received = [];
        await new Promise((resolve, reject) => {
          socket.onerror = reject;
          socket.onclose = () => reject(new Error("closed"));
          socket.onmessage = ({ data }) => {
            if (data.startsWith("0")) socket.send("40");
            else if (data === "2") socket.send("3");
            else if (data.startsWith("40")) sent.forEach((text, i) => socket.send(`42${i}${JSON.stringify(["echo", text])}`));
            else if (data.startsWith("43")) received.push(JSON.parse(data.slice(3))[0]);
            if (received.length === sent.length) resolve();
          };
        });
        return { received, extensions: socket.extensions };
      }, { url: `${interop.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`, sent: texts });
      assert.match(seen.extensions, /^permessage-deflate/);
      await page.context().close();
      assert.deepEqual(seen.received, texts);
    } finally {
      await interop.kill();
    }
  });
}
