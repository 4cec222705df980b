// SPDX-License-Identifier: MIT
// The events of bench-server.cpp, served by socket.io on Node with its default WebSocket library.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { Server } from "socket.io";
import msgpack from "socket.io-msgpack-parser";
import { serve } from "./events.mjs";

const options = process.argv.slice(2);
const deflate = options.includes("--deflate");
const port = Number(options.find((argument) => /^\d+$/.test(argument)) ?? 0);
// --tls FOLDER, with key.pem and certificate.pem.
const tls = options.includes("--tls") ? options[options.indexOf("--tls") + 1] : undefined;
const http = tls
    ? createTlsServer({ key: readFileSync(`${tls}/key.pem`), cert: readFileSync(`${tls}/certificate.pem`) })
    : createServer();
serve(new Server(http, {
    perMessageDeflate: deflate,
    ...(options.includes("--msgpack") ? { parser: msgpack } : {}),
    ...(options.includes("--recovery") ? { connectionStateRecovery: {} } : {}),
}));
http.listen(port, () => console.log(`listening ${http.address().port}`));
