// SPDX-License-Identifier: MIT
// The events of bench-server.cpp, served by socket.io on Bun's own HTTP and WebSocket server.
import { Server as Engine } from "@socket.io/bun-engine";
import { Server } from "socket.io";
import { serve } from "./events.mjs";

const port = Number(process.argv[2] ?? 0);
const io = new Server();
const engine = new Engine({ path: "/socket.io/" });
io.bind(engine);
serve(io);
const server = Bun.serve({ port, ...engine.handler() });
console.log(`listening ${server.port}`);
