#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Opens QML files in the language server qmlls, as an editor does, and fails if it complains of them, or if it
finds nothing in one that is wrong. From Qt 6.8 it also has to complete what a type of the module has.

qmlls.py QMLLS IMPORTS FILE...
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path


class Server:
    def __init__(self, program, imports):
        options = ["--build-dir", imports]
        text = subprocess.run([program, "--help"], capture_output=True, text=True, check=False).stdout
        self.completes = "-I" in text  # not in Qt 6.4, which offers nothing
        if self.completes:
            options += ["-I", imports]
        self.process = subprocess.Popen([program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)
        self.id = 0

    def send(self, message):
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def receive(self):
        size = 0
        while (line := self.process.stdout.readline().strip()):
            if line.lower().startswith(b"content-length:"):
                size = int(line.split(b":")[1])
        if not size:
            sys.exit("qmlls has ended")
        return json.loads(self.process.stdout.read(size))

    def request(self, method, params):
        self.id += 1
        self.send({"id": self.id, "method": method, "params": params})
        while (message := self.receive()).get("id") != self.id or "method" in message:
            pass
        return message

    def completions(self, path, line, column):
        """What an editor offers there, in a file that is open."""
        result = self.request("textDocument/completion", {
            "textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}})["result"]
        return {item["label"] for item in (result["items"] if isinstance(result, dict) else result or [])}

    def diagnostics(self, path):
        uri = path.as_uri()
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": {
            "uri": uri, "languageId": "qml", "version": 1, "text": path.read_text(encoding="utf-8")}}})
        while True:
            message = self.receive()
            if "method" in message and "id" in message:  # a request of the server
                self.send({"id": message["id"], "result": None})
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                return message["params"]["diagnostics"]


def main():
    server = Server(sys.argv[1], sys.argv[2])
    server.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    server.send({"method": "initialized", "params": {}})
    with tempfile.TemporaryDirectory() as folder:
        wrong = Path(folder, "Wrong.qml")
        wrong.write_text('import SocketIo\nSocketIoClient { urll: "x" }\n', encoding="utf-8")
        if not server.diagnostics(wrong):
            sys.exit("qmlls does not know the module")
        unfinished = Path(folder, "Unfinished.qml")
        unfinished.write_text("import SocketIo\nSocketIoClient {\n    ur\n}\n", encoding="utf-8")
        server.diagnostics(unfinished)
        offered = server.completions(unfinished, 2, 6)
        if server.completes and (lacks := {"url", "auth", "onConnected", "SocketIoEvent"} - offered):
            sys.exit(f"qmlls does not complete {lacks}")
    complaints = 0
    for name in sys.argv[3:]:
        path = Path(name).resolve()
        for diagnostic in server.diagnostics(path):
            complaints += 1
            line = diagnostic["range"]["start"]["line"] + 1
            print(f"{path}:{line}: {diagnostic['message']}")
    server.process.kill()
    print(f"{len(sys.argv) - 3} files, {complaints} complaints")
    sys.exit(1 if complaints else 0)


main()
