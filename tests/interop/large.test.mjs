// SPDX-License-Identifier: MIT
// What a server's memory does while a message of 100 MB is refused, and while one is taken. The
// server is a process of its own; the system knows the most that it has had.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { WebSocket, io, next, startServer } from "./support.mjs";

const MB = 1e6;
const SIZE = 100 * MB;
const skip = existsSync("/proc/self/clear_refs") ? false : "only Linux tells the most memory that a process has had";

// The servers' malloc gives back what is freed, and does not keep up to 64 MB for the next time.
process.env.MALLOC_MMAP_THRESHOLD_ = process.env.MALLOC_TRIM_THRESHOLD_ = "131072";

// In bytes: the most since the last reset.
const peak = ({ pid }) => Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))[1]) * 1024;
const resetPeak = ({ pid }) => writeFileSync(`/proc/${pid}/clear_refs`, "5");

// How much more memory than before the server has had while that was done.
async function growth(server, action) {
  resetPeak(server);
  const before = peak(server);
  await action();
  return peak(server) - before;
}

const frameHead = (first, length) => {
  const head = Buffer.alloc(14); // the mask is 0
  head[0] = first;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
};

// Writes a part that often, or until the other end does not want more.
async function writeAll(stream, count, part) {
  let isOver = false;
  let goOn = () => {};
  for (const event of ["close", "error"]) stream.once(event, () => { isOver = true; goOn(); });
  for (let i = 0; i < count && !isOver; i++) {
    if (!stream.write(part)) await new Promise((resolve) => { goOn = resolve; stream.once("drain", resolve); });
  }
}

async function session(server) {
  const answer = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`);
  return JSON.parse((await answer.text()).slice(1)).sid;
}

async function works(server) {
  const socket = io(server.url, { forceNew: true });
  assert.deepEqual(await socket.timeout(60000).emitWithAck("echo", "works"), "works");
  socket.disconnect();
}

describe("refused", { skip }, () => {
  let server;
  before(async () => {
    server = await startServer(process.env.INTEROP_SERVER);
    await works(server);
  });
  after(() => server.stop());

  async function open() {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
    socket.on("error", () => {});
    await next(socket, "open", 60000);
    return socket;
  }

  test("a WebSocket frame, by its head", async () => {
    const socket = await open();
    const grown = await growth(server, async () => {
      socket._socket.write(frameHead(0x82, SIZE));
      assert.equal((await next(socket, "close", 60000))[0], 1009);
    });
    assert.ok(grown < 4 * MB, `${grown} bytes`);
  });

  test("a WebSocket frame that is sent nevertheless", async () => {
    const socket = await open();
    const grown = await growth(server, async () => {
      const closed = next(socket, "close", 60000);
      socket._socket.write(frameHead(0x82, SIZE));
      await writeAll(socket._socket, 100, Buffer.alloc(MB));
      await closed;
    });
    assert.ok(grown < 4 * MB, `${grown} bytes`);
  });

  test("a WebSocket message in many frames", async () => {
    const socket = await open();
    const part = Buffer.concat([frameHead(0x00, 50000), Buffer.alloc(50000)]);
    const grown = await growth(server, async () => {
      const closed = next(socket, "close", 60000);
      socket._socket.write(Buffer.concat([frameHead(0x02, 50000), Buffer.alloc(50000)]));
      await writeAll(socket._socket, 2000, part);
      await closed;
    });
    assert.ok(grown < 8 * MB, `${grown} bytes`);
  });

  // Over a bare connection, as a client that sends all in spite of the answer. Another request follows.
  for (const [name, header, part, end] of [
    ["with its length", `Content-Length: ${SIZE}`, Buffer.alloc(MB, "4"), ""],
    ["in chunks", "Transfer-Encoding: chunked", Buffer.from(`f4240\r\n${"4".repeat(MB)}\r\n`), "0\r\n\r\n"],
  ]) {
    test(`a body of polling ${name}`, async () => {
      const path = `/socket.io/?EIO=4&transport=polling&sid=${await session(server)}`;
      const grown = await growth(server, async () => {
        const connection = connect(server.port, "127.0.0.1");
        let answers = "";
        let heard = () => {};
        connection.on("data", (data) => { answers += data; heard(); });
        connection.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`);
        await writeAll(connection, SIZE / MB, part);
        connection.write(`${end}GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n`);
        while (!/^HTTP\/1.1 413 [^]*HTTP\/1.1 200 OK/.test(answers)) {
          assert.ok(!connection.destroyed, answers);
          await new Promise((resolve) => { heard = resolve; connection.once("close", resolve); });
        }
        connection.destroy();
      });
      assert.ok(grown < 8 * MB, `${grown} bytes`);
    });
  }

  test("and others are served as before", () => works(server));
});

describe("taken with a higher limit", { skip }, () => {
  let server;
  before(async () => {
    server = await startServer(process.env.INTEROP_SERVER, ["--max-http-buffer-size", String(160 * MB)]);
    await works(server);
  });
  after(() => server.stop());

  // The most, as a multiple of its size on the wire. Binary data is there once or, over polling, also in
  // base64; text is UTF-8 on the wire, and has two bytes a character in a QString.
  for (const [name, value, times] of [["binary data", () => Buffer.alloc(SIZE, 7), 3], ["text", () => "x".repeat(SIZE), 5]]) {
    for (const transport of ["websocket", "polling"]) {
      test(`${name} over ${transport}`, async (context) => {
        const socket = io(server.url, { forceNew: true, transports: [transport] });
        await next(socket, "connect", 60000);
        resetPeak(server);
        const before = peak(server);
        let size = 0;
        const grown = await growth(server, async () => {
          size = await socket.timeout(120000).emitWithAck("size", value());
        });
        assert.equal(size, SIZE);
        context.diagnostic(`${(grown / SIZE).toFixed(2)} times its size`);
        assert.ok(grown > 0.9 * SIZE && grown < times * SIZE, `${(grown / SIZE).toFixed(2)} times its size`);
        socket.disconnect();
        // Nothing of it is kept.
        const end = Date.now() + 60000;
        do {
          await works(server);
          resetPeak(server);
        } while (peak(server) > before + 10 * MB && Date.now() < end);
        assert.ok(peak(server) <= before + 10 * MB, `${peak(server) - before} bytes are kept`);
      });
    }
  }
});
