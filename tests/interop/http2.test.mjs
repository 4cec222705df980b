// SPDX-License-Identifier: MIT
// HTTP/2: Node's client with WebSockets by extended CONNECT, curl, nghttp and h2load.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { startServer } from "./support.mjs";

const run = promisify(execFile);
const path = "/socket.io/?EIO=4&transport=";
let folder, server, plain, ca;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "http2-"));
  const [certificate, key] = [join(folder, "server.pem"), join(folder, "server.key")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
    "-keyout", key, "-out", certificate], { stdio: "ignore" });
  ca = readFileSync(certificate);
  const args = ["--http2", "--io-threads", "2"];
  server = await startServer(process.env.INTEROP_SERVER, [...args, "--certificate", certificate, "--key", key]);
  plain = await startServer(process.env.INTEROP_SERVER, args);
});
after(async () => {
  await server?.stop();
  await plain?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function connected() {
  const session = connect(`https://127.0.0.1:${server.port}`, { ca });
  await once(session, "remoteSettings");
  return session;
}
async function exchange(session, headers, body) {
  const stream = session.request(headers);
  stream.setEncoding("utf8");
  const response = once(stream, "response");
  stream.end(body);
  let text = "";
  for await (const part of stream) text += part;
  return { headers: (await response)[0], text };
}
// A text frame of a client, with a mask of zeros.
const frame = (text) => Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
async function untilContains(socket, text) {
  while (!socket.text.includes(text)) await once(socket, "data");
}
function webSocket(session, query) {
  const socket = session.request({ ":method": "CONNECT", ":protocol": "websocket", ":path": path + query,
    "sec-websocket-version": "13" }, { endStream: false });
  socket.text = "";
  socket.on("data", (part) => (socket.text += part.toString("latin1")));
  return socket;
}

test("Node's client polls over one connection", async () => {
  const session = await connected();
  assert.equal(session.alpnProtocol, "h2");
  const open = await exchange(session, { ":path": `${path}polling` });
  assert.equal(open.headers[":status"], 200);
  const { sid } = JSON.parse(open.text.slice(1));
  const query = `${path}polling&sid=${sid}`;
  assert.equal((await exchange(session, { ":method": "POST", ":path": query }, "40")).text, "ok");
  assert.match((await exchange(session, { ":path": query })).text, /^40\{"sid":/);
  const post = exchange(session, { ":method": "POST", ":path": query }, '420["echo",1,"two"]');
  let text = "";
  while (!text.includes('430[1,"two"]')) {
    const poll = await exchange(session, { ":path": query });
    assert.equal(poll.headers[":status"], 200);
    text += poll.text;
  }
  await post;
  session.close();
});

test("Node's client has WebSockets in streams, also of a session that another connection has opened", async () => {
  const session = await connected();
  assert.equal(session.remoteSettings.enableConnectProtocol, true);
  const first = webSocket(session, "websocket");
  assert.equal((await once(first, "response"))[0][":status"], 200);
  first.write(frame("40"));
  await untilContains(first, '40{"sid":');
  first.write(frame('420["echo",1]'));
  await untilContains(first, "430[1]");
  const other = await connected();
  const { sid } = JSON.parse((await exchange(other, { ":path": `${path}polling` })).text.slice(1));
  const upgrade = webSocket(session, `websocket&sid=${sid}`);
  upgrade.write(frame("2probe"));
  await untilContains(upgrade, "3probe");
  upgrade.write(frame("5"));
  upgrade.write(frame("40"));
  await untilContains(upgrade, '40{"sid":');
  for (const end of [first, upgrade]) end.close();
  session.close();
  other.close();
});

test("curl", async () => {
  const { stdout } = await run("curl", ["-sS", "--http2", "--cacert", join(folder, "server.pem"),
    "-w", "\n%{http_version}", `https://localhost:${server.port}${path}polling`, "--resolve", `localhost:${server.port}:127.0.0.1`]);
  assert.match(stdout, /^0\{"sid":.*\n2$/);
  const old = await run("curl", ["-sS", "--http1.1", "--cacert", join(folder, "server.pem"),
    "-w", "\n%{http_version}", `https://localhost:${server.port}${path}polling`, "--resolve", `localhost:${server.port}:127.0.0.1`]);
  assert.match(old.stdout, /^0\{"sid":.*\n1\.1$/);
  const prior = await run("curl", ["-sS", "--http2-prior-knowledge", "-w", "\n%{http_version}", `${plain.url}${path}polling`]);
  assert.match(prior.stdout, /^0\{"sid":.*\n2$/);
});

const missing = ["nghttp", "h2load"].find((tool) => {
  try {
    execFileSync(tool, ["--version"], { stdio: "ignore" });
    return false;
  } catch {
    return true;
  }
});
test("nghttp and h2load", { skip: missing && `needs ${missing}, of the package nghttp2-client` }, async () => {
  const { stdout } = await run("nghttp", ["-nv", `${plain.url}${path}polling`]);
  assert.match(stdout, /SETTINGS_ENABLE_CONNECT_PROTOCOL\(0x08\):1/);
  assert.match(stdout, /:status: 200/);
  const load = await run("h2load", ["-n", "2000", "-c", "4", "-m", "20", `${plain.url}${path}polling`]);
  assert.match(load.stdout, /2000 succeeded, 0 failed, 0 errored, 0 timeout/);
  assert.match(load.stdout, /2000 2xx/);
});
