// SPDX-License-Identifier: MIT
// The pages of the npm package @socket.io/admin-ui in a real browser, served by AdminUi and
// connected to it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { io, next, startServer, until } from "./support.mjs";

const pages = join(dirname(createRequire(import.meta.url).resolve("@socket.io/admin-ui/package.json")), "ui", "dist");
const hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"; // of "secret"
const patience = 30000;
const screenshots = process.env.SCREENSHOTS;
let browser;
before(async () => {
  mkdirSync(screenshots, { recursive: true });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});
after(() => browser?.close());

async function startAdminServer(t, config = {}) {
  const server = await startServer(process.env.ADMINUI_SERVER,
    [JSON.stringify({ auth: true, hash, pages, serverId: "kitchen", ...config })]);
  t.after(() => server.stop());
  return server;
}

async function openPage(server) {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 720 } })).newPage();
  page.setDefaultTimeout(patience);
  page.errors = [];
  page.on("pageerror", (error) => page.errors.push(error));
  // The page asks for fonts on the Internet.
  await page.route((url) => url.hostname !== "127.0.0.1", (route) => route.abort());
  await page.goto(`${server.url}/admin-ui/`);
  return page;
}
async function logIn(page, server, password = "secret") {
  await page.getByLabel("Server URL").fill(server.url);
  await page.getByLabel("Username").fill("admin");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Connect" }).click();
}
const loggedIn = (page) => page.getByRole("button", { name: "Connect" }).waitFor({ state: "hidden" });
const visit = (page, title) =>
  page.locator(".v-navigation-drawer .v-list-item", { hasText: new RegExp(`^\\s*${title}\\s*$`) }).click();
const row = (page, text) => page.locator("tbody tr", { hasText: text });
const client = async (server, nsp = "") => {
  const socket = io(server.url + nsp, { forceNew: true, reconnection: false, transports: ["websocket"] });
  await next(socket, "connect", patience);
  return socket;
};
const close = (page) => page.context().close();

test("log in, and load the page again", async (t) => {
  const server = await startAdminServer(t);
  const page = await openPage(server);
  await logIn(page, server, "wrong");
  await page.getByText("Invalid credentials").waitFor();
  await logIn(page, server);
  await loggedIn(page);
  await row(page, "kitchen").or(page.getByText("Servers")).first().waitFor();
  await page.reload();
  await visit(page, "Servers");
  await row(page, "kitchen").waitFor();
  await loggedIn(page);
  assert.deepEqual(page.errors, []);
  await close(page);
});

test("sockets, rooms, events, and what is done to them", async (t) => {
  const server = await startAdminServer(t);
  const page = await openPage(server);
  const before = await client(server);
  await logIn(page, server);
  await loggedIn(page);
  await visit(page, "Sockets");
  await row(page, before.id).waitFor(); // of all_sockets
  const after = await client(server);
  await row(page, after.id).waitFor(); // of socket_connected
  const chat = await client(server, "/chat");

  // One socket: join and leave. The page shows a new member of its data when it comes back to it.
  after.emit("set", "from the client");
  after.emit("join", "warm");
  await visit(page, "Rooms");
  await row(page, "warm").waitFor();
  await visit(page, "Sockets");
  await row(page, after.id).click();
  await page.getByText("Initial HTTP request").waitFor();
  await page.getByText('"value": "from the client"').waitFor();
  const rooms = page.locator(".v-card", { hasText: "Join a room" });
  await rooms.getByLabel("Join a room").fill("kettle");
  await rooms.locator("button[type=submit]").click();
  await row(page, "kettle").waitFor();
  await page.screenshot({ path: join(screenshots, "adminui.png") });
  // A click on a button in a row is one on the row as well, which opens it.
  await row(page, "kettle").getByRole("button").click();
  await page.getByText("Deleted").waitFor();

  // Rooms: all leave, all are disconnected.
  before.emit("join", "oven");
  after.emit("join", "oven");
  await visit(page, "Rooms");
  await row(page, "oven").filter({ hasText: "2" }).waitFor();
  await row(page, "oven").getByRole("button").first().click();
  await page.getByText("Deleted").waitFor();
  await visit(page, "Rooms");
  before.emit("join", "fridge");
  await row(page, "fridge").waitFor();
  const ended = next(before, "disconnect", patience);
  await row(page, "fridge").getByRole("button").last().click();
  assert.deepEqual((await ended)[0], "io server disconnect");

  // Events.
  after.emit("ask", "what is told", () => {});
  await visit(page, "Events");
  await row(page, "ask").first().waitFor();
  await row(page, "fridge").first().waitFor();

  // Clients.
  await visit(page, "Clients");
  const clientId = chat.io.engine.id.slice(0, 12);
  const away = next(chat, "disconnect", patience);
  await row(page, clientId).getByRole("button").click();
  await away;
  await visit(page, "Clients");
  await row(page, clientId).waitFor({ state: "detached" });
  assert.ok(after.connected);
  await visit(page, "Dashboard");
  await page.getByText("Namespaces").first().waitFor();
  after.disconnect();
  assert.deepEqual(page.errors, []);
  await close(page);
});

test("production mode shows servers and totals only", async (t) => {
  const server = await startAdminServer(t, { mode: "production", readonly: true });
  const page = await openPage(server);
  await logIn(page, server);
  await loggedIn(page);
  await visit(page, "Servers");
  await row(page, "kitchen").waitFor();
  assert.equal(await page.locator(".v-navigation-drawer .v-list-item", { hasText: "Sockets" }).count(), 0);
  assert.deepEqual(page.errors, []);
  await close(page);
});

test("one page shows all servers of a cluster, and acts on the clients of each", { skip: !process.env.REDIS_SERVER }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "qtsocketio-"));
  const path = join(folder, "redis");
  const redis = spawn(process.env.REDIS_SERVER, ["--port", "0", "--unixsocket", path, "--save", "", "--dir", folder],
    { stdio: "ignore" });
  t.after(async () => {
    if (redis.kill()) await once(redis, "exit");
    rmSync(folder, { recursive: true, force: true });
  });
  await until(() => existsSync(path), "Redis listens", patience);
  const [here, there] = await Promise.all(["kitchen", "cellar"].map((serverId) =>
    startServer(process.env.ADMINUI_SERVER,
      [JSON.stringify({ auth: true, hash, pages, serverId, redis: `unix:${path}` })])));
  t.after(() => there.hasEnded() || there.stop());
  t.after(() => here.stop());

  const near = await client(here); // a page begins with the namespace of the first socket
  const page = await openPage(here);
  await logIn(page, here);
  await loggedIn(page);
  await visit(page, "Servers");
  await row(page, "kitchen").waitFor();
  await row(page, "cellar").waitFor();

  const far = await client(there);
  await visit(page, "Sockets");
  await row(page, near.id).waitFor();
  await row(page, far.id).waitFor();
  far.emit("join", "wine");
  await visit(page, "Rooms");
  await row(page, "wine").waitFor();
  const ended = next(far, "disconnect", patience);
  await row(page, "wine").getByRole("button").last().click();
  assert.equal((await ended)[0], "io server disconnect");
  assert.ok(near.connected);
  near.disconnect();

  // A server that ends is shown as such, after 10 seconds.
  await visit(page, "Servers");
  await row(page, "cellar").getByText("Healthy", { exact: true }).waitFor();
  await page.screenshot({ path: join(screenshots, "adminui-servers.png"), animations: "disabled" });
  await there.stop();
  await row(page, "cellar").getByText("Unhealthy", { exact: true }).waitFor();
  await row(page, "kitchen").getByText("Healthy", { exact: true }).waitFor();
  assert.deepEqual(page.errors, []);
  await close(page);
});
