// SPDX-License-Identifier: MIT
// The events of bench-server.cpp, served by socket.io on Node with its default WebSocket library.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { serve } from "./events.mjs";

const deflate = process.argv.includes("--deflate");
const port = Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? 0);
const http = createServer();
serve(new Server(http, { perMessageDeflate: deflate }));
http.listen(port, () => console.log(`listening ${http.address().port}`));
