// SPDX-License-Identifier: MIT
const socket = io();
const length = 120;
let samples = [];

const percent = (value) => (value >= 0 ? `${value.toFixed(1)} %` : "–");
const rate = (value) => (value >= 0 ? `${(value / 1e3).toFixed(1)} kB/s` : "–");

function draw(canvas) {
  const { role, color } = canvas.dataset;
  const width = (canvas.width = canvas.clientWidth * devicePixelRatio);
  const height = (canvas.height = canvas.clientHeight * devicePixelRatio);
  const maximum = role === "received" ? Math.max(1000, ...samples.map((s) => s[role])) : 100;
  const context = canvas.getContext("2d");
  context.strokeStyle = color;
  context.lineWidth = 2 * devicePixelRatio;
  context.beginPath();
  samples.forEach((sample, i) => {
    const x = width - ((samples.length - 1 - i) * width) / (length - 1);
    context.lineTo(x, 2 + (height - 4) * (1 - Math.max(0, sample[role]) / maximum));
  });
  context.stroke();
}

function show() {
  const latest = samples.at(-1);
  if (!latest) return;
  document.getElementById("cpu").textContent = percent(latest.cpu);
  document.getElementById("memory").textContent = percent(latest.memory);
  document.getElementById("network").textContent = `↓ ${rate(latest.received)}  ↑ ${rate(latest.sent)}`;
  document.querySelectorAll("canvas").forEach(draw);
}

function showState() {
  document.body.classList.toggle("offline", !socket.connected);
  document.getElementById("state").textContent =
    socket.connected ? socket.io.engine.transport.name : "reconnecting";
}

socket.on("connect", () => {
  showState();
  socket.io.engine.on("upgrade", showState);
});
socket.on("disconnect", showState);
socket.on("history", (history) => {
  samples = history;
  show();
});
socket.on("sample", (sample) => {
  samples = [...samples, sample].slice(-length);
  show();
});
