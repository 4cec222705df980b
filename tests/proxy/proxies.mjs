// SPDX-License-Identifier: MIT
// Reverse proxies with the configurations of doc/proxies: only ports and paths are replaced.
import { spawn, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const configurations = new URL("../../doc/proxies/", import.meta.url).pathname;
const modules = new URL("../interop/node_modules/", import.meta.url).pathname;
const isRoot = process.getuid?.() === 0;

const running = new Set();
process.on("exit", () => running.forEach((proxy) => proxy.killGroup()));

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

// A certificate for localhost, made once for all tests.
let certificateFolder;
export function certificate() {
  if (!certificateFolder) {
    certificateFolder = mkdtempSync(join(tmpdir(), "qtsocketio-proxy-tls-"));
    process.on("exit", () => rmSync(certificateFolder, { recursive: true, force: true }));
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt",
      "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
      "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
      "-keyout", join(certificateFolder, "key.pem"),
      "-out", join(certificateFolder, "cert.pem")], { stdio: "ignore" });
    const both = ["cert.pem", "key.pem"].map((name) =>
      readFileSync(join(certificateFolder, name), "utf8"));
    writeFileSync(join(certificateFolder, "both.pem"), both.join(""));
  }
  return certificateFolder;
}

// What makes a whole configuration of the guide's part, and starts it.
const kinds = {
  nginx: {
    suffix: "conf",
    listen: (text, port) => text.replace(/listen (80|443)/, `listen 127.0.0.1:${port}`),
    idle: (text, seconds) => text.replace("proxy_read_timeout 60s", `proxy_read_timeout ${seconds}s`),
    whole(text, folder) {
      const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map((name) => `${name}_temp_path ${folder}/${name};`).join("\n");
      return `daemon off;\nmaster_process off;\npid ${folder}/pid;\nerror_log ${folder}/error.log;\n`
        + `events {}\nhttp {\naccess_log off;\n${paths}\n${text}\n}\n`;
    },
    args: (file, folder) => ["-p", folder, "-e", join(folder, "error.log"), "-c", file],
  },
  apache: {
    suffix: "conf",
    listen: (text, port) => `Listen 127.0.0.1:${port}\n`
      + text.replace(/VirtualHost \*:(80|443)/, `VirtualHost 127.0.0.1:${port}`),
    idle: (text, seconds) => text.replace("ProxyTimeout 60", `ProxyTimeout ${seconds}`),
    whole(text, folder) {
      const available = new Set(readdirSync(process.env.APACHE_MODULES));
      const wanted = ["mpm_event", "authz_core", "dir", "mime", "headers", "http2",
        "lbmethod_byrequests", "proxy", "proxy_balancer", "proxy_http", "proxy_wstunnel", "slotmem_shm", "socache_shmcb",
        "ssl"];
      const loaded = wanted.filter((name) => available.has(`mod_${name}.so`))
        .map((name) => `LoadModule ${name}_module ${process.env.APACHE_MODULES}/mod_${name}.so`);
      return `ServerRoot ${folder}\nServerName localhost\nPidFile ${folder}/pid\n`
        + `DefaultRuntimeDir ${folder}\nErrorLog ${folder}/error.log\nTypesConfig /dev/null\n`
        + (isRoot ? "User www-data\nGroup www-data\n" : "")
        + `${loaded.join("\n")}\nThreadsPerChild 64\nStartServers 1\nMaxRequestWorkers 64\n`
        + `ServerLimit 1\nGracefulShutdownTimeout 1\n${text}`;
    },
    args: (file) => ["-f", file, "-DFOREGROUND"],
  },
  haproxy: {
    suffix: "cfg",
    listen: (text, port) => text.replace(/bind :(80|443)/, `bind 127.0.0.1:${port}`),
    idle: (text, seconds) => text.replace("timeout server  60s", `timeout server  ${seconds}s`),
    whole: (text) => text,
    args: (file) => ["-f", file, "-db"],
  },
  caddy: {
    suffix: "Caddyfile",
    listen: (text, port) => text.replace(/(https?:\/\/)example.org:(80|443)/, `$1localhost:${port}`),
    // Its transport has no limit by itself.
    idle: (text, seconds) => text.replace(/reverse_proxy .*{/,
      `$&\n transport http {\n response_header_timeout ${seconds}s\n}`),
    whole: (text) => `{\n admin off\n auto_https disable_redirects\n}\n${text}`,
    args: (file) => ["run", "--config", file, "--adapter", "caddyfile"],
  },
  "http-proxy": {
    suffix: "mjs",
    listen: (text, port) => text.replace(/listen\((80|443)\)/, `listen(${port}, "127.0.0.1")`),
    idle: (text, seconds) => text.replace("xfwd: true", `xfwd: true, proxyTimeout: ${seconds * 1000}`),
    whole: (text) => text.replace('from "http-proxy"', `from "${modules}http-proxy/index.js"`),
    args: (file) => [file],
  },
};

async function answers(port) {
  const socket = connect(port, "127.0.0.1");
  const open = await Promise.race([once(socket, "connect").then(() => true),
    once(socket, "error").then(() => false)]).catch(() => false);
  socket.destroy();
  return open;
}

// What the guide has a configuration for, of the kind that is tested.
export const uses = new Set(readdirSync(configurations)
  .filter((name) => name.startsWith(`${process.env.PROXY_KIND}-`))
  .map((name) => name.slice(process.env.PROXY_KIND.length + 1, name.lastIndexOf("."))));

// A running proxy. use: "site", "path", "sticky", ...; servers: the ports behind it; idleSeconds: how
// long it lets a request wait; change: what else is to be done to the text.
export class Proxy {
  constructor(use, servers, { idleSeconds, root, change = (text) => text } = {}) {
    this.kind = kinds[process.env.PROXY_KIND];
    this.folder = mkdtempSync(join(tmpdir(), "qtsocketio-proxy-"));
    const name = `${process.env.PROXY_KIND}-${use}.${this.kind.suffix}`;
    this.use = use;
    let text = readFileSync(join(configurations, name), "utf8");
    const replace = (from, to) => {
      text = text.replaceAll(from, to);
    };
    replace("127.0.0.1:3000", `127.0.0.1:${servers[0]}`);
    replace("127.0.0.1:3001", `127.0.0.1:${servers[1]}`);
    replace("127.0.0.1:8080", `127.0.0.1:${servers[1]}`);
    replace("127\\.0\\.0\\.1:3000", `127\\.0\\.0\\.1:${servers[0]}`);
    replace("127\\.0\\.0\\.1:3001", `127\\.0\\.0\\.1:${servers[1]}`);
    if (root) replace("/var/www/html", root);
    if (use === "sticky") {
      replace("/etc/ssl/certs/example.pem", join(certificate(), "cert.pem"));
      replace("/etc/ssl/private/example.key", join(certificate(), "key.pem"));
      replace("/etc/ssl/private/example-with-key.pem", join(certificate(), "both.pem"));
    }
    if (idleSeconds) {
      const changed = this.kind.idle(text, idleSeconds);
      if (changed === text) throw new Error(`${name} has no such time-out`);
      text = changed;
    }
    this.text = change(text);
  }

  async start() {
    for (let attempt = 0; attempt < 10; ++attempt) {
      // After a restart it is the same again, which a connection may hold for a moment.
      this.port ??= await freePort();
      if (await this.tryStart()) return this;
      if (!this.started) this.port = undefined;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`the proxy does not start: ${this.output}\n${this.text}`);
  }

  async tryStart() {
    const file = join(this.folder, `proxy.${this.kind.suffix}`);
    writeFileSync(file, this.kind.whole(this.kind.listen(this.text, this.port), this.folder));
    mkdirSync(join(this.folder, "home"), { recursive: true });
    const environment = { ...process.env, HOME: join(this.folder, "home"),
      XDG_DATA_HOME: join(this.folder, "home"), XDG_CONFIG_HOME: join(this.folder, "home") };
    this.child = spawn(process.env.PROXY_PROGRAM, this.kind.args(file, this.folder),
      { stdio: ["ignore", "pipe", "pipe"], env: environment, detached: true });
    running.add(this);
    this.output = "";
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.on("data", (data) => (this.output += data));
    this.exited = once(this.child, "exit");
    const end = Date.now() + 30000;
    while (this.child.exitCode === null && this.child.signalCode === null && Date.now() < end) {
      if (await answers(this.port)) {
        this.started = true;
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await this.kill();
    return false;
  }

  get url() {
    return `${this.use === "sticky" ? "https" : "http"}://localhost:${this.port}`;
  }

  // As a machine's power failure: no connection is ended in an orderly way by the proxy.
  async kill() {
    this.killGroup();
    await this.exited;
    running.delete(this);
  }

  // It has processes of its own.
  killGroup() {
    try {
      process.kill(-this.child.pid, "SIGKILL");
    } catch {
      // they are gone
    }
  }

  async stop() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
