// SPDX-License-Identifier: MIT
// What bench-client.cpp measures, with socket.io-client on Node.js:
//   node node-client.mjs URL [--count 50000] [--clients 1000] [--polling] [--msgpack]
import { parseArgs } from "node:util";
import { io } from "socket.io-client";
import msgpack from "socket.io-msgpack-parser";

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        count: { type: "string", default: "50000" },
        clients: { type: "string", default: "1000" },
        polling: { type: "boolean", default: false },
        msgpack: { type: "boolean", default: false },
    },
});
const url = positionals[0];
const options = {
    transports: [values.polling ? "polling" : "websocket"],
    reconnection: false,
    forceNew: true,
    ...(values.msgpack ? { parser: msgpack } : {}),
};

// Calls run() with a function to call when an event is done, and reports what each of them took.
async function measure(row, count, run, withMemory = false) {
    let done = 0;
    const cpu = process.cpuUsage();
    const bytes = process.memoryUsage.rss();
    const start = performance.now();
    await new Promise((resolve) => run(() => {
        if (++done === count) resolve();
        return count - done;
    }));
    const used = process.cpuUsage(cpu);
    console.log(JSON.stringify({
        row,
        cpu: (used.user + used.system) / count,
        wall: ((performance.now() - start) * 1e3) / count,
        bytes: withMemory ? (process.memoryUsage.rss() - bytes) / count : 0,
    }));
}

async function roundTrips(socket, row, value, count, window) {
    let emitted = 0;
    const emitOne = () => {
        ++emitted;
        socket.emit("bcast", value);
    };
    await measure(row, count, (done) => {
        socket.on("b", () => {
            done();
            if (emitted < count) emitOne();
        });
        for (let i = 0; i < Math.min(window, count); ++i) emitOne();
    });
    socket.off("b");
}

async function acknowledgements(socket, row, value, count, window) {
    let emitted = 0;
    await measure(row, count, (done) => {
        const emitOne = () => {
            ++emitted;
            socket.emit("echo", value, () => {
                done();
                if (emitted < count) emitOne();
            });
        };
        for (let i = 0; i < Math.min(window, count); ++i) emitOne();
    });
}

async function reception(socket, row, value, count, burst) {
    let missing = burst;
    await measure(row, count, (done) => {
        socket.on("b", () => {
            const left = done();
            if (--missing === 0 && left > 0) {
                missing = Math.min(burst, left);
                socket.emit("burst", missing, value);
            }
        });
        socket.emit("burst", burst, value);
    });
    socket.off("b");
}

async function manyClients(count) {
    const sockets = [];
    await measure("clients", count, (done) => {
        for (let i = 0; i < count; ++i) sockets.push(io(url, options).on("connect", done));
    }, true);
    for (const socket of sockets) socket.disconnect();
}

const socket = io(url, options);
socket.on("connect_error", (error) => {
    console.error(error.message);
    process.exit(1);
});
socket.on("connect", async () => {
    const count = Math.max(100, Number(values.count));
    const text = "x".repeat(100);
    const object = { id: 12345, name: "sensor of the first hall", value: 21.5, tags: ["a", "b", true] };
    await manyClients(Number(values.clients));
    await roundTrips(socket, "text", text, count / 5, 1);
    await roundTrips(socket, "texts", text, count, 100);
    await roundTrips(socket, "objects", object, count, 100);
    await acknowledgements(socket, "acknowledgements", text, count, 100);
    await reception(socket, "received", text, count * 2, 10_000);
    await roundTrips(socket, "long-texts", "x".repeat(10_000), count / 5, 10);
    await roundTrips(socket, "binary", Buffer.alloc(100_000, "x"), count / 50, 10);
    process.exit();
});
