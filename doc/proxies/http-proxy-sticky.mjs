// SPDX-License-Identifier: MIT
// The npm package http-proxy ends TLS and shares the clients out to two QtSocketIo servers. A cookie
// keeps each client at the server that it was given first. Once that refuses what begins anew, as it
// drains (Server::drain()), or is gone, the cookie names the other one.
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import httpProxy from "http-proxy";

const servers = { a: "http://127.0.0.1:3000", b: "http://127.0.0.1:3001" };
const cookie = (route) => `route=${route}; Path=/; Secure; HttpOnly; SameSite=Lax`;
const other = (route) => (route === "a" ? "b" : "a");

const proxy = httpProxy.createProxyServer({ xfwd: true });
proxy.on("proxyRes", (answer, request) => {
  const route = answer.statusCode === 503 ? other(request.route) : request.route;
  answer.headers["set-cookie"] = [...(answer.headers["set-cookie"] ?? []), cookie(route)];
});
// Without this a client that goes, or a server that is away, ends the proxy.
proxy.on("error", (error, request, answer) =>
  answer?.writeHead?.(502, { "Set-Cookie": cookie(other(request.route)) }).end());

function choose(request) {
  const [, route] = /(?:^|; *)route=([ab])(?:;|$)/.exec(request.headers.cookie) ?? [];
  request.route = route ?? (Math.random() < 0.5 ? "a" : "b");
  return { target: servers[request.route] };
}

const server = createServer({
  cert: readFileSync("/etc/ssl/certs/example.pem"),
  key: readFileSync("/etc/ssl/private/example.key"),
}, (request, answer) => {
  if (request.url.startsWith("/socket.io/")) proxy.web(request, answer, choose(request));
  else answer.writeHead(404).end();
});
server.on("upgrade", (request, socket, head) => {
  socket.on("error", () => socket.destroy());
  proxy.ws(request, socket, head, choose(request));
});
server.listen(443);
