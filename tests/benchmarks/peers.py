# SPDX-License-Identifier: MIT
"""Builds and starts what the benchmarks compare: this module, and peers by their lock files."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUN = HERE / "node_modules/@oven/bun-linux-x64/bin/bun"


class Failure(Exception):
    pass


def quiet(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}")
    return done.stdout


def build(folder, targets):
    configure = ["cmake", "-S", ROOT, "-B", folder, "-DCMAKE_BUILD_TYPE=Release",
                 "-DQTSOCKETIO_BUILD_TESTS=OFF", "-DQTSOCKETIO_BUILD_EXAMPLES=OFF",
                 "-DQTSOCKETIO_BUILD_BENCHMARKS=ON"]
    if not (folder / "CMakeCache.txt").exists():
        if shutil.which("ninja"):
            configure += ["-G", "Ninja"]
        if shutil.which("ccache"):
            configure.append("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")
    quiet(configure)
    quiet(["cmake", "--build", folder, "-j", str(os.cpu_count()), "--target", *targets])


def add_build_options(parser):
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/benchmarks",
                        metavar="FOLDER", help="the release build (build/benchmarks)")
    parser.add_argument("--no-build", action="store_true", help="measure what the folder has")


def end_servers_on_sigterm():
    """A program that is ended from outside still ends its servers."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def npm_install():
    """Installs the packages, again only when the lock file has changed."""
    lock, stamp = HERE / "package-lock.json", HERE / "node_modules/.qtsocketio-lock"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        quiet(["npm", "ci", "--no-progress", "--loglevel=error"], cwd=HERE)
        shutil.copyfile(lock, stamp)


def make_certificate(folder):
    """A key and a certificate for the servers over TLS, which no client verifies."""
    if (folder / "certificate.pem").exists():
        return
    folder.mkdir(exist_ok=True)
    quiet(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
           "-noenc", "-days", "3650", "-subj", "/CN=localhost",
           "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"])


def build_oxide(folder):
    if not shutil.which("cargo"):
        raise Failure("socketioxide is left out: cargo is not installed")
    quiet(["cargo", "build", "--release", "--locked", "--bin", "socketioxide-server",
           "--target-dir", folder / "socketioxide"],
          cwd=HERE / "socketioxide")


def install_python(folder):
    """A virtual environment, made again only when the list of packages has changed."""
    wanted, stamp = HERE / "requirements.txt", folder / "python/.requirements"
    if not stamp.exists() or stamp.read_bytes() != wanted.read_bytes():
        quiet([sys.executable, "-m", "venv", "--clear", folder / "python"])
        quiet([folder / "python/bin/pip", "install", "--quiet", "--no-deps", "-r", wanted])
        shutil.copyfile(wanted, stamp)


class Server:
    """A server's process; a context manager that ends it."""

    def __init__(self, command, environment=None):
        self.command = [str(part) for part in command]
        self.environment = {**os.environ, **(environment or {})}

    def __enter__(self):
        self.errors = tempfile.TemporaryFile(mode="w+")
        try:
            self.process = subprocess.Popen(self.command, cwd=HERE, env=self.environment,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=self.errors, text=True)
        except OSError as error:
            raise Failure(error) from error
        watchdog = threading.Timer(60, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        match = re.fullmatch(r"listening (\d+)(?: with (\S+))?\n", line)
        if not match:
            self.__exit__()
            raise Failure(f"{' '.join(self.command)} did not start: {line!r}\n{self.log}")
        self.port = int(match[1])
        self.dispatcher = match[2] # only this module's server has an event dispatcher of Qt
        return self

    def __exit__(self, *exception):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.seek(0)
        self.log = self.errors.read()[-2000:]
        self.errors.close()

    def load(self, program, options, timeout):
        command = [str(part) for part in [program, "--port", self.port, "--pid", self.process.pid,
                                          "--timeout", timeout, *options]]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=timeout + 30)
        if done.returncode != 0:
            raise Failure(done.stderr.strip() or f"bench-load ended with {done.returncode}")
        known = {"dispatcher": self.dispatcher} if self.dispatcher else {}
        return {**json.loads(done.stdout), **known}
