// SPDX-License-Identifier: MIT
// The same bytes to socket.io from npm and to this server: what the one understands of a sloppy
// client, the other has to understand as well.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { Server } from "socket.io";
import { startServer } from "./support.mjs";

// What both are asked for: an event comes back with its arguments.
function startReference() {
  const server = createServer((request, response) => response.writeHead(404).end());
  const io = new Server(server, { pingInterval: 1000, cors: { origin: true, credentials: true } });
  io.on("connection", (socket) => socket.on("back", (...args) => socket.emit("back", ...args)));
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve({ port: server.address().port, stop: () => io.close() }));
  });
}

// Sends bytes on a new connection; answers { status, body }, with status 0 if there is no answer.
function exchange(port, bytes) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const isHead = bytes.toString("latin1").startsWith("HEAD");
    let received = Buffer.alloc(0);
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      const text = received.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      const body = end < 0 ? "" : text.slice(end + 4);
      const chunked = /transfer-encoding: chunked/i.test(text.slice(0, end));
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), body: chunked ? body.split("\r\n")[1] : body });
    };
    const timer = setTimeout(finish, 3000);
    socket.on("data", (data) => {
      received = Buffer.concat([received, data]);
      const text = received.toString("latin1").replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "");
      const end = text.indexOf("\r\n\r\n");
      const length = isHead ? 0 : /content-length: (\d+)/i.exec(text.slice(0, end))?.[1];
      if (end >= 0 && length !== undefined && text.length >= end + 4 + Number(length)) finish();
      if (end >= 0 && /transfer-encoding: chunked/i.test(text.slice(0, end)) && text.endsWith("0\r\n\r\n")) finish();
    });
    socket.on("error", () => {});
    socket.on("close", finish);
    socket.write(bytes);
  });
}

const Target = "/socket.io/?EIO=4&transport=polling";
const get = (target, headers = "") => `GET ${target} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
const post = (target, body, headers = "") => {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  return Buffer.concat([
    Buffer.from(`POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes.length}\r\n${headers}\r\n`), bytes]);
};

// A session that has joined the main namespace.
async function open(port) {
  const handshake = await exchange(port, get(Target));
  const { sid } = JSON.parse(handshake.body.slice(1));
  const target = `${Target}&sid=${sid}`;
  await exchange(port, post(target, "40"));
  await exchange(port, get(target)); // 40{"sid":...}
  return { target, poll: async () => (await exchange(port, get(target))).body };
}

// What came of a POST: its status, and what the next poll brings: the events, or nothing if the
// session has ended. A later event keeps the poll from waiting.
async function outcome(port, makeRequest) {
  const session = await open(port);
  const { status } = await exchange(port, makeRequest(session.target));
  const probe = await exchange(port, post(session.target, '42["back","end"]'));
  if (probe.status !== 200) return { status, events: "session ended" };
  let events = "";
  for (let polls = 0; polls < 5 && !events.includes('"end"'); polls++)
    events += (await session.poll()).replaceAll(/(^|\x1e)2(?=\x1e|$)/g, "") + "\n";
  if (!events.includes('"end"')) return { status, events: "session ended" };
  return { status, events: events.replaceAll("\x1e", "\n").replaceAll(/\n+/g, "\n") };
}

const binary = (base64) => `451-["back",{"_placeholder":true,"num":0}]\x1eb${base64}`;
const event = '42["back","x"]';
const payloads = {
  "an event": event,
  "two events": `${event}\x1e${event}`,
  "base64": binary("AAECAwQ="),
  "base64 with line feeds (Java)": binary("bAA==\n"),
  "base64 in lines of 76 characters": binary(`${"A".repeat(76)}\r\n${"A".repeat(76)}\r\nAAE=`),
  "base64 without padding": binary("AAECAwQ"),
  "base64 with too little padding": binary("AAECA==="),
  "URL-safe base64": binary("_-8"),
  "base64 with characters of neither alphabet": binary("AA*EC"),
  "bytes behind the padding": binary("AA==AAEC"),
  "empty binary": binary(""),
  "no base64 at all": binary("****"),
  "separator at the end": `${event}\x1e`,
  "separator at the beginning": `\x1e${event}`,
  "two separators": `${event}\x1e\x1e${event}`,
  "empty body": "",
  "line feed behind the packet": `${event}\n`,
  "line feed as the body": "\n",
  "unknown type": "7",
  "letter": "hello",
  "noop": "6",
  "pong": "3",
  "pong with data": "3x",
  "ping": "2",
  "empty message": "4",
  "byte order mark": `\ufeff${event}`,
  "text that is no UTF-8": Buffer.from([...Buffer.from('42["back","'), 0xff, 0xe9, ...Buffer.from('"]')]),
  "half of a surrogate pair": Buffer.from([...Buffer.from('42["back","'), 0xed, 0xa0, 0x80, ...Buffer.from('"]')]),
  "NUL in a string": '42["back","\u0000"]',
  "length of protocol 3 in front": `${event.length}:${event}`,
};

const contentTypes = ["text/plain;charset=UTF-8", "text/plain; charset=utf-16", "text/plain;charset=ISO-8859-1",
  "TEXT/PLAIN", "application/octet-stream", "Application/Octet-Stream", "application/octet-stream; charset=x",
  "application/x-www-form-urlencoded", "application/json", "", "nonsense"];

const headersOfPosts = {
  "names in capitals": "CONTENT-TYPE: text/plain\r\nACCEPT: */*\r\n",
  "no space behind the colon": "Accept:*/*\r\n",
  "spaces around the value": "Accept:    */*   \t\r\n",
  "empty value": "Accept:\r\n",
  "cookies": "Cookie: a=b; c=\"d\"; e\r\nCookie: f=g\r\n",
  "value above 127": "X-Name: \xc3\xa9\r\n",
  "keep-alive": "Connection: Keep-Alive\r\nKeep-Alive: 300\r\n",
  "TE": "TE: trailers\r\nConnection: TE, keep-alive\r\n",
  "offers HTTP/2": "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n",
  "expects to be told": "Expect: 100-continue\r\n",
  "expects to be told, in capitals": "Expect: 100-Continue\r\n",
};

const handshakes = {
  "as usual": get(Target),
  "HTTP/1.0": `GET ${Target} HTTP/1.0\r\n\r\n`,
  "absolute target": get(`http://a${Target}`),
  "without the slash at the end": get("/socket.io?EIO=4&transport=polling"),
  "with more behind the path": get("/socket.io/more?EIO=4&transport=polling"),
  "two slashes in front": get(`/${Target}`),
  "encoded dot": get("/socket%2Eio/?EIO=4&transport=polling"),
  "encoded slash": get("/socket.io%2F?EIO=4&transport=polling"),
  "path in capitals": get("/SOCKET.IO/?EIO=4&transport=polling"),
  "encoded values": get("/socket.io/?EIO=%34&transport=%70olling"),
  "encoded keys": get("/socket.io/?%45IO=4&transport=polling"),
  "keys in lower case": get("/socket.io/?eio=4&transport=polling"),
  "ampersands": get("/socket.io/?&&EIO=4&&transport=polling&"),
  "duplicate key, the last one right": get("/socket.io/?EIO=3&EIO=4&transport=polling"),
  "duplicate key, the first one right": get("/socket.io/?EIO=4&EIO=3&transport=polling"),
  "duplicate transport": get("/socket.io/?EIO=4&transport=polling&transport=polling"),
  "key without a value": get(`${Target}&sid&t`),
  "empty sid": get(`${Target}&sid=`),
  "time stamp": get(`${Target}&t=P3v1Qyz.0`),
  "semicolons": get("/socket.io/?EIO=4;transport=polling"),
  "plus in a value": get(`${Target}&token=a+b%20c`),
  "bad percent sign": get(`${Target}&token=100%`),
  "question marks": get(`${Target}&next=/a?b=c`),
  "transport in capitals": get("/socket.io/?EIO=4&transport=POLLING"),
  "EIO 3": get("/socket.io/?EIO=3&transport=polling"),
  "EIO 5": get("/socket.io/?EIO=5&transport=polling"),
  "EIO 4.0": get("/socket.io/?EIO=4.0&transport=polling"),
  "EIO with a space": get("/socket.io/?EIO=%204&transport=polling"),
  "no EIO": get("/socket.io/?transport=polling"),
  "unknown sid": get(`${Target}&sid=nobody`),
  "HEAD": `HEAD ${Target} HTTP/1.1\r\nHost: a\r\n\r\n`,
  "POST": post(Target, "4x"),
  "PUT": `PUT ${Target} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`,
  "OPTIONS": `OPTIONS ${Target} HTTP/1.1\r\nHost: a\r\n\r\n`,
  "GET with a body": `GET ${Target} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab`,
  "empty line in front": `\r\n${get(Target)}`,
  "line feeds alone": get(Target).replaceAll("\r\n", "\n"),
  "no host": `GET ${Target} HTTP/1.1\r\n\r\n`,
  "two hosts": `GET ${Target} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
  "space before the colon": get(Target, "Accept : */*\r\n"),
  "folded header": get(Target, "X-A: b\r\n c\r\n"),
  "header without a colon": get(Target, "Accept\r\n"),
  "space in the target": get(`${Target}&a=b c`),
  "target above 127": Buffer.from(get(`${Target}&a=\xe9`), "latin1"),
  "two content lengths": get(Target, "Content-Length: 0\r\nContent-Length: 0\r\n"),
};

// Where the two differ, and shall: what this server answers.
const refused = { status: 400, events: "session ended" };
const ours = {
  // A payload that cannot be read ends the session on both; socket.io still answers "ok".
  "payload: separator at the end": refused,
  "payload: separator at the beginning": refused,
  "payload: two separators": refused,
  "payload: empty body": refused,
  "payload: line feed as the body": refused,
  "payload: unknown type": refused,
  "payload: letter": refused,
  "payload: byte order mark": refused,
  // Node.js takes any request with an Upgrade header for one that can only be upgraded.
  "headers: offers HTTP/2": { status: 200, events: '42["back","x"]\n42["back","end"]\n' },
  // What proxies send.
  "handshake: absolute target": { status: 200, opens: true, code: undefined },
  // RFC 9112, 3.2: a server must refuse it.
  "handshake: two hosts": { status: 400, opens: false, code: undefined },
};

for (const threads of ["0", "1"]) {
  describe(`with ${threads} I/O threads`, () => {
    let reference;
    let server;
    before(async () => {
      reference = await startReference();
      server = await startServer(process.env.INTEROP_SERVER, ["--io-threads", threads]);
    });
    after(async () => {
      await server.stop();
      await reference.stop();
    });

    const compare = (name, ask) =>
      test(name, async () => {
        const [theirs, mine] = await Promise.all([ask(reference.port), ask(server.port)]);
        assert.deepEqual(mine, ours[name] ?? theirs);
        if (ours[name]) assert.notDeepEqual(theirs, ours[name], "no difference any more");
      });

    for (const [name, payload] of Object.entries(payloads))
      compare(`payload: ${name}`, (port) => outcome(port, (target) => post(target, payload)));
    for (const type of contentTypes)
      compare(`Content-Type: ${type || "empty"}`, (port) =>
        outcome(port, (target) => post(target, event, `Content-Type: ${type}\r\n`)));
    compare("no Content-Type", (port) => outcome(port, (target) => post(target, event)));
    for (const [name, headers] of Object.entries(headersOfPosts))
      compare(`headers: ${name}`, (port) =>
        outcome(port, (target) => Buffer.from(post(target, event, headers).toString("latin1"), "latin1")));
    compare("chunked body", (port) => outcome(port, (target) =>
      `POST ${target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\n42["\r\n` +
      `a\r\nback","x"]\r\n0\r\nTrailer: x\r\n\r\n`));
    for (const [name, request] of Object.entries(handshakes))
      compare(`handshake: ${name}`, async (port) => {
        const { status, body } = await exchange(port, request);
        return { status, opens: /^0\{/.test(body), code: /"code":(\d)/.exec(body)?.[1] };
      });
  });
}
