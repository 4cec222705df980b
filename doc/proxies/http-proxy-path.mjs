// SPDX-License-Identifier: MIT
// The npm package http-proxy passes a site to a web server on port 8080. What is below /socket.io/ and
// /chat/socket.io/ goes to a QtSocketIo server on port 3000, which knows only the former path.
import { createServer } from "node:http";
import httpProxy from "http-proxy";

const proxy = httpProxy.createProxyServer({ xfwd: true });
// Without this a client that goes, or a server that is away, ends the proxy.
proxy.on("error", (error, request, answer) => answer?.writeHead?.(502).end());

function choose(request) {
  if (!/^(\/chat)?\/socket\.io\//.test(request.url)) return { target: "http://127.0.0.1:8080" };
  request.url = request.url.replace(/^\/chat/, "");
  return { target: "http://127.0.0.1:3000" };
}

const server = createServer((request, answer) => proxy.web(request, answer, choose(request)));
server.on("upgrade", (request, socket, head) => {
  socket.on("error", () => socket.destroy());
  proxy.ws(request, socket, head, choose(request));
});
server.listen(80);
