// SPDX-License-Identifier: MIT
"use strict";
const byId = (id) => document.getElementById(id);
const names = ["Ada", "Ben", "Carla", "David", "Emma", "Finn", "Greta", "Hugo", "Ida", "Jan", "Klara", "Leo"];
const name = `${names[Math.floor(Math.random() * names.length)]} ${Math.floor(Math.random() * 90 + 10)}`;
let mine = "";

// Without the client's script, which the server has from clientFolder, there is no io().
if (typeof io === "undefined") {
  const missing = 'The server has no socket.io.js. Run "npm ci" in the folder examples, then reload this page.';
  document.getElementById("state").textContent = missing;
  throw new Error(missing);
}

// WebSocket alone needs no proxy that keeps a client at its server.
const socket = io({ transports: ["websocket"], reconnectionDelay: 100, reconnectionDelayMax: 1000 });

function add(text, kind) {
  const item = document.createElement("li");
  item.textContent = text;
  item.className = kind;
  byId("log").append(item);
  item.scrollIntoView({ block: "nearest" });
}

function show(on, text) {
  byId("state").className = on ? "on" : "off";
  byId("state").textContent = text;
}

function showServers(everybody) {
  const servers = new Map();
  for (const { server, name: theirs } of everybody) {
    if (!servers.has(server)) servers.set(server, []);
    servers.get(server).push(theirs || "somebody");
  }
  byId("servers").replaceChildren(
    ...[...servers].sort(([a], [b]) => a.localeCompare(b)).map(([server, clients]) => {
      const box = document.createElement("div");
      box.className = server === mine ? "server mine" : "server";
      const title = document.createElement("b");
      title.textContent = server;
      box.append(title);
      for (const client of clients.sort()) {
        const chip = document.createElement("span");
        chip.textContent = client;
        if (server === mine && client === name) chip.className = "me";
        box.append(chip);
      }
      return box;
    }),
  );
}

socket.on("welcome", (server, known, recovered) => {
  mine = server;
  if (known !== name) socket.emit("name", name);
  show(true, `${name} at ${server}`);
  add(`connected to ${server}${recovered ? ", as before: nothing was missed" : ""}`, "event");
});
socket.on("who", showServers);
socket.on("said", (who, text, server) => add(`${who} (${server}): ${text}`, "said"));
socket.on("connect_error", () => show(false, "cannot reach the server, trying again"));
socket.on("disconnect", (reason) => {
  show(false, "connecting");
  add(`lost ${mine}: ${reason}`, "event");
});
byId("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value.trim();
  if (text) {
    socket.timeout(5000).emit("say", text, (error) => {
      if (error) add(`no server has answered: "${text}" may not have arrived`, "event problem");
    });
  }
  byId("text").value = "";
});
byId("kill").addEventListener("click", () => socket.emit("kill"));
