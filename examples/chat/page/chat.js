// SPDX-License-Identifier: MIT
const page = new URLSearchParams(location.search);
const $ = (id) => document.getElementById(id);
const transports = page.has("transport") ? [page.get("transport")] : ["polling", "websocket"];
// Without the client's script, which the server has from clientFolder, there is no io().
if (typeof io === "undefined") {
  const missing = 'The server has no socket.io.js. Run "npm ci" in the folder examples, then reload this page.';
  document.getElementById("state").textContent = missing;
  throw new Error(missing);
}
const socket = io({ transports });
let name = page.get("name") ?? `guest ${Math.floor(Math.random() * 900 + 100)}`;
const typing = new Set();
// The server knows this page after "join" alone, on each connection anew. What is said before waits
// here: the client's own buffer would send it ahead of "join".
let joined = false;
const unsent = [];
const patience = 5000; // ms that the server has for its answers

function show(message) {
  const item = document.createElement("li");
  item.classList.toggle("own", message.name === name);
  const head = document.createElement("b");
  const time = document.createElement("time");
  time.textContent = new Date(message.time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  head.append(message.name, time);
  item.append(head, message.text);
  $("messages").append(item);
  item.scrollIntoView();
}

// What nobody else has seen, with the reason above it.
function showOwn(text, kind, reason) {
  const item = document.createElement("li");
  item.className = `own ${kind}`;
  const head = document.createElement("b");
  head.textContent = reason;
  item.append(head, text);
  $("messages").append(item);
  item.scrollIntoView();
  return item;
}

// A message that was refused or not answered stays on the page, with a way to send it again.
function showFailed(text, reason) {
  const item = showOwn(text, "failed", reason);
  const again = document.createElement("button");
  again.textContent = "Send again";
  again.addEventListener("click", () => {
    item.remove();
    say(text);
  });
  item.append(again);
  item.scrollIntoView();
}

function showState() {
  $("state").textContent = socket.connected ? socket.io.engine.transport.name : "reconnecting";
  $("state").className = socket.connected ? "on" : "off";
}

function showProblem(text) {
  $("state").textContent = text;
  $("state").className = "off";
}

function showTyping() {
  $("typing").textContent = typing.size ? `${[...typing].join(", ")} is typing` : "";
}

function say(text) {
  if (!joined) {
    unsent.push(text);
    showOwn(text, "waiting", "Waiting for the connection");
    return;
  }
  socket.timeout(patience).emit("chat message", text, (error, answer) => {
    if (error) showFailed(text, "The server has not answered: this may not have arrived");
    else if (answer.error) showFailed(text, answer.error);
    else show(answer);
  });
}

socket.on("connect", () => {
  showState();
  socket.io.engine.on("upgrade", showState);
  socket.timeout(patience).emit("join", name, (error, given, history) => {
    if (error) {
      // Without a connection the page joins again when it has one.
      if (socket.connected) showProblem("the server does not let you in: it does not answer");
      return;
    }
    name = given;
    document.title = `${name} - QtSocketIo chat`;
    const failed = document.querySelectorAll("#messages .failed");
    $("messages").replaceChildren();
    history.forEach(show);
    $("messages").append(...failed);
    joined = true;
    unsent.splice(0).forEach(say);
  });
});
socket.on("connect_error", () => showProblem("cannot reach the server, trying again"));
socket.on("disconnect", () => {
  joined = false;
  clearTimeout(typingTimer);
  typingTimer = 0;
  typing.clear();
  showTyping();
  $("names").replaceChildren();
  showState();
});
socket.on("chat message", show);
socket.on("names", (names) => {
  $("names").replaceChildren(...names.map((each) => {
    const item = document.createElement("li");
    item.textContent = each;
    return item;
  }));
});
socket.on("typing", (who, isTyping) => {
  isTyping ? typing.add(who) : typing.delete(who);
  showTyping();
});

let typingTimer = 0;
function stopTyping() {
  clearTimeout(typingTimer);
  typingTimer = 0;
  if (joined) socket.emit("typing", false);
}
$("text").addEventListener("input", () => {
  if (!joined) return;
  if (typingTimer) clearTimeout(typingTimer);
  else socket.emit("typing", true);
  typingTimer = setTimeout(stopTyping, 2000);
});
$("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  stopTyping();
  say(text);
});
