// SPDX-License-Identifier: MIT
// The pages of the documentation on a phone: what is wide scrolls by itself, and the page does not.
// pages.browser.mjs FOLDER PLAYWRIGHT CHROMIUM
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const [folder, playwright, chromium] = process.argv.slice(2);
const browser = await (await import(playwright)).chromium.launch({
  executablePath: chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 400, height: 800 } });
const style = await readFile(join(folder, "style/style.css"), "utf8");
await page.setContent(`<!DOCTYPE html><html><head><style>${style}</style></head><body></body></html>`);

const names = (await readdir(folder)).filter((name) => name.endsWith(".html"));
let wide = 0;
for (const name of names) {
  const html = await readFile(join(folder, name), "utf8");
  // Pages are put into one another's place, which is much faster than loading them.
  const text = await page.evaluate((html) => {
    const { body } = new DOMParser().parseFromString(html, "text/html");
    body.querySelectorAll("img").forEach((image) => image.remove());
    document.body.replaceWith(document.adoptNode(body));
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth)
      return "";
    const scrolls = (element) => element && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
    const widest = [...body.querySelectorAll("*")].find((element) =>
      element.getBoundingClientRect().right > root.clientWidth && !scrolls(element.parentElement));
    return `${root.scrollWidth} pixels: ${widest?.textContent.slice(0, 60) ?? ""}`;
  }, html);
  if (text) {
    ++wide;
    console.log(`${name}: ${text}`);
  }
}
await browser.close();
console.log(`${names.length} pages; ${wide} wider than the window`);
process.exit(wide || names.length < 80 ? 1 : 0);
