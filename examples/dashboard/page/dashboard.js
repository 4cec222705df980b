// SPDX-License-Identifier: MIT
// Without the client's script, which the server has from clientFolder, there is no io().
if (typeof io === "undefined") {
  const missing = 'The server has no socket.io.js. Run "npm ci" in the folder examples, then reload this page.';
  document.getElementById("state").textContent = missing;
  throw new Error(missing);
}
// Each page has delays of its own, so that not all come back at once. Without a factor of chance the
// page knows when the next attempt is.
const reconnectionDelay = 800 + 400 * Math.random();
const reconnectionDelayMax = 2500 + 1000 * Math.random();
const socket = io({ reconnectionDelay, reconnectionDelayMax, randomizationFactor: 0 });
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
  context.lineWidth = 2;
  context.strokeStyle = color;
  context.stroke();
  context.lineTo(width, height);
  context.lineTo(width - ((samples.length - 1) * width) / (length - 1), height);
  context.globalAlpha = 0.1;
  context.fillStyle = color;
  context.fill();
  context.globalAlpha = 1;
}

const colorOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// What the axes mean: the highest value above the chart, and the time below.
function drawAxes(context, { width }, top, height, maximum) {
  context.strokeStyle = colorOf("grid");
  for (let line = 0; line <= 4; ++line) {
    const y = Math.round(top + (line * (height - 1)) / 4) + 0.5;
    context.moveTo(0, y);
    context.lineTo(width, y);
  }
  context.stroke();
  context.fillStyle = colorOf("faint");
  context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  context.textAlign = "right";
  context.fillText(maximum, width, top - 5);
  context.fillText("now", width, top + height + 13);
  context.textAlign = "left";
  context.fillText("1 minute ago", 0, top + height + 13);
}

// A canvas says which values it shows, and the names of their colors: "role color, role color".
function draw(canvas) {
  const lines = canvas.dataset.lines.split(", ").map((line) => line.split(" "));
  const size = { width: canvas.clientWidth, height: canvas.clientHeight - 34 };
  canvas.width = canvas.clientWidth * devicePixelRatio;
  canvas.height = canvas.clientHeight * devicePixelRatio;
  const context = canvas.getContext("2d");
  context.scale(devicePixelRatio, devicePixelRatio);
  const isPercent = ["cpu", "memory"].includes(lines[0][0]);
  const show = isPercent ? percent : rate;
  const values = samples.flatMap((sample) => lines.map(([role]) => sample[role]));
  const maximum = isPercent ? 100 : Math.max(1000, ...values);
  drawAxes(context, size, 17, size.height, isPercent ? "100 %" : rate(maximum));
  context.translate(0, 17);
  if (samples.length > 1)
    for (const [role, color] of lines) drawLine(context, size, role, colorOf(color), maximum);
  canvas.ariaLabel = `The last minute: ${lines.map(([role]) => `${role} ${show(samples.at(-1)?.[role])}`).join(", ")}`;
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
  return Object.assign(document.createElement("meter"), { max: 100, value, ariaLabel: `${value.toFixed(0)} %` });
}

// A browser tells a page little about why it has no connection.
const reasons = {
  "transport close": `The server at ${location.host} has closed the connection.`,
  "transport error": `The connection to ${location.host} has failed.`,
  "ping timeout": `The server at ${location.host} is silent.`,
};
let nextAttempt = 0;
function goOffline(reason, attempts) {
  document.body.classList.add("offline");
  byId("transport").textContent = "offline";
  byId("state").textContent = reason;
  nextAttempt = Date.now() + Math.min(reconnectionDelay * 2 ** attempts, reconnectionDelayMax);
  showCountdown();
}

function showCountdown() {
  const seconds = Math.ceil((nextAttempt - Date.now()) / 1000);
  byId("countdown").textContent = seconds > 0 ? `Next attempt in ${seconds} s` : "Connecting";
}
setInterval(showCountdown, 200);

let attempts = 0;
function showTransport() {
  byId("transport").textContent = socket.io.engine.transport.name;
}
socket.on("connect", () => {
  attempts = 0;
  document.body.classList.remove("offline");
  showTransport();
  socket.io.engine.on("upgrade", showTransport);
});
socket.io.on("reconnect_attempt", (attempt) => {
  attempts = attempt;
});
socket.on("disconnect", (reason) => {
  goOffline(reasons[reason] ?? `Disconnected: ${reason}.`, 0);
  if (!socket.active) socket.connect(); // after the server has put the page out
});
socket.on("connect_error", () => goOffline(`The server at ${location.host} cannot be reached.`, attempts));
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
const sizes = new ResizeObserver(showSamples);
document.querySelectorAll("canvas").forEach((canvas) => sizes.observe(canvas));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showSamples);
showSamples();
