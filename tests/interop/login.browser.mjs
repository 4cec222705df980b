// SPDX-License-Identifier: MIT
// The log-in page of the guide "Authentication" in a browser: who has logged in is known to the socket.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startServer } from "./support.mjs";

const here = dirname(fileURLToPath(import.meta.url));

test("log in, connect, come back", async (t) => {
  const server = await startServer(process.env.LOGIN_SERVER,
    [join(here, "../../doc/snippets/login.html"), join(here, "node_modules/socket.io-client/dist")]);
  t.after(() => server.stop());
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  t.after(() => browser.close());
  const context = await browser.newContext();
  const page = await context.newPage();
  const status = (text) => page.getByRole("status").filter({ hasText: text }).waitFor();
  const logIn = async (password) => {
    await page.getByLabel("Name").fill("Grace <Hopper>");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button").click();
  };

  await page.goto(server.url);
  await status("Please log in");
  await logIn("wrong");
  await status("The name or the password is wrong");
  assert.deepEqual(await context.cookies(), []);
  await logIn("secret");
  await status("Welcome, Grace <Hopper>");
  const [cookie] = await context.cookies();
  assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite], ["session", true, "Lax"]);

  await page.reload();
  await status("Welcome, Grace <Hopper>");

  // Somebody who changes a letter of the name is nobody.
  const changed = cookie.value[0] === "R" ? "S" : "R";
  await context.addCookies([{ ...cookie, value: changed + cookie.value.slice(1) }]);
  await page.reload();
  await status("Please log in");
});
