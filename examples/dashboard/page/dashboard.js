// SPDX-License-Identifier: MIT
// Without the client's script, which the server has from clientFolder, there is no io().
if (typeof io === "undefined") {
  const missing = 'The server has no socket.io.js. Run "npm ci" in the folder examples, then reload this page.';
  document.getElementById("state").textContent = missing;
  throw new Error(missing);
}
const socket = io({ reconnectionDelayMax: 3000 });
const length = 120;
let samples = [];

const byId = (id) => document.getElementById(id);
const percent = (value) => (value >= 0 ? `${value.toFixed(1)} %` : "–");
function rate(value) {
  if (!(value >= 0)) return "–";
  return value < 1e6 ? `${(value / 1e3).toFixed(1)} kB/s` : `${(value / 1e6).toFixed(1)} MB/s`;
}

function drawLine(context, { width, height }, role, color, maximum) {
  context.beginPath();
  samples.forEach((sample, i) => {
    const x = width - ((samples.length - 1 - i) * width) / (length - 1);
    context.lineTo(x, 2 + (height - 4) * (1 - Math.max(0, sample[role]) / maximum));
  });
  context.lineWidth = 2 * devicePixelRatio;
  context.strokeStyle = color;
  context.stroke();
  context.lineTo(width, height);
  context.lineTo(width - ((samples.length - 1) * width) / (length - 1), height);
  context.globalAlpha = 0.1;
  context.fillStyle = color;
  context.fill();
  context.globalAlpha = 1;
}

// A canvas says which values it shows: "role color, role color".
function draw(canvas) {
  const lines = canvas.dataset.lines.split(", ").map((line) => line.split(" "));
  canvas.width = canvas.clientWidth * devicePixelRatio;
  canvas.height = canvas.clientHeight * devicePixelRatio;
  const context = canvas.getContext("2d");
  context.strokeStyle = "#e9ecf0";
  for (let line = 0; line <= 4; ++line) {
    const y = Math.round((line * (canvas.height - 1)) / 4) + 0.5;
    context.moveTo(0, y);
    context.lineTo(canvas.width, y);
  }
  context.stroke();
  const isPercent = ["cpu", "memory"].includes(lines[0][0]);
  const values = samples.flatMap((sample) => lines.map(([role]) => sample[role]));
  const maximum = isPercent ? 100 : Math.max(1000, ...values);
  if (samples.length > 1)
    for (const [role, color] of lines) drawLine(context, canvas, role, color, maximum);
}

function showSamples() {
  const latest = samples.at(-1);
  byId("cpu").textContent = percent(latest?.cpu);
  byId("memory").textContent = percent(latest?.memory);
  const sent = document.createElement("small");
  sent.textContent = `↑ ${rate(latest?.sent)}`;
  byId("network").replaceChildren(`↓ ${rate(latest?.received)} `, sent);
  document.querySelectorAll("canvas").forEach(draw);
}

// Cells are texts or elements.
function showTable(id, rows) {
  byId(id).replaceChildren(...rows.map((cells) => {
    const row = document.createElement("tr");
    for (const cell of cells) row.insertCell().append(cell);
    return row;
  }));
}

function meter(value) {
  return Object.assign(document.createElement("meter"), { max: 100, value });
}

function showState() {
  document.body.classList.toggle("offline", !socket.connected);
  byId("state").textContent =
    socket.connected ? socket.io.engine.transport.name : "The server is away. Reconnecting";
}

socket.on("connect", () => {
  showState();
  socket.io.engine.on("upgrade", showState);
});
socket.on("disconnect", showState);
socket.on("connect_error", showState);
socket.on("history", (history) => {
  samples = history;
  showSamples();
});
socket.on("sample", (sample) => {
  samples = [...samples, sample].slice(-length);
  showSamples();
});
socket.on("cores", (cores) => showTable("cores",
  cores.map(({ name, usage }) => [name, meter(usage), `${usage.toFixed(0)} %`])));
socket.on("processes", (processes) => showTable("processes",
  processes.filter(({ pid }) => pid > 0).map(({ name, pid, cpu, memory }) =>
    [name, pid, `${cpu.toFixed(1)} %`, `${(memory / 1e6).toFixed(1)} MB`])));
addEventListener("resize", showSamples);
