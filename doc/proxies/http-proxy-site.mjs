// SPDX-License-Identifier: MIT
// The npm package http-proxy passes everything to a QtSocketIo server on port 3000.
import { createServer } from "node:http";
import httpProxy from "http-proxy";

const proxy = httpProxy.createProxyServer({ target: "http://127.0.0.1:3000", xfwd: true });
// Without this a client that goes, or a server that is away, ends the proxy.
proxy.on("error", (error, request, answer) => answer?.writeHead?.(502).end());

const server = createServer((request, answer) => proxy.web(request, answer));
server.on("upgrade", (request, socket, head) => {
  socket.on("error", () => socket.destroy());
  proxy.ws(request, socket, head);
});
server.listen(80);
