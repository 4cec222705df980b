// SPDX-License-Identifier: MIT
// The events of bench-server.cpp, served by socket.io on Node with its default WebSocket library.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { serve } from "./events.mjs";

const port = Number(process.argv[2] ?? 0);
const http = createServer();
serve(new Server(http));
http.listen(port, () => console.log(`listening ${http.address().port}`));
