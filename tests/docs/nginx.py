#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sends clients through nginx with the configuration of the guide: nginx.py NGINX CONF SERVER CAT.

Only its ports are replaced, by such as the system has chosen.
"""
import json
import pathlib
import socket
import subprocess
import sys
import tempfile

nginx, conf, server_program, cat = sys.argv[1:]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.1).close()
            return
        except OSError:
            if proxy.poll() is not None:
                raise


with tempfile.TemporaryDirectory() as folder:
    server = subprocess.Popen([server_program, json.dumps({"port": 0})], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    port = int(server.stdout.readline().split()[1])
    public = free_port()
    guide = pathlib.Path(conf).read_text()
    assert "127.0.0.1:3000" in guide and "listen 80;" in guide
    guide = guide.replace("127.0.0.1:3000", f"127.0.0.1:{port}")
    guide = guide.replace("listen 80;", f"listen 127.0.0.1:{public};")
    paths = "".join(f"{name}_temp_path {folder}/{name};\n"
                    for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    main = pathlib.Path(folder, "nginx.conf")
    main.write_text(f"daemon off;\nmaster_process off;\npid {folder}/pid;\n"
                    f"error_log {folder}/error.log;\nevents {{}}\n"
                    f"http {{\naccess_log off;\n{paths}{guide}\n}}\n")
    proxy = subprocess.Popen([nginx, "-p", folder, "-c", str(main)], stdin=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    try:
        wait_for(public)
        for transport in ("polling", "websocket"):
            done = subprocess.run(
                [cat, f"http://127.0.0.1:{public}", "--transport", transport, "--emit", "echo",
                 "--args", '["through nginx"]', "--ack", "--timeout", "20000"],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
            print(transport, done.returncode, done.stdout.strip())
            assert (done.returncode, done.stdout) == (0, '["through nginx"]\n'), done.stdout
    finally:
        proxy.terminate()
        proxy.wait(30)
        server.stdin.close()
        server.terminate()
        server.wait(30)
