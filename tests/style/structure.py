# SPDX-License-Identifier: MIT
"""The order of the folders, and which file of the libraries includes which: what `includes` and `links`
check and `figures` counts."""
import os
import re

# From the bottom to the top. Folders in one line know nothing of each other.
LAYERS = """
src/engineio
src/base
src/eventloop
src/net/stream
src/net/http
src/net/websocket
src/engineio/protocol
src/engineio/transport
src/engineio/session
src/engineio/server src/engineio/client
src/http2
src/socketio
src/socketio/events
src/socketio/parser
src/socketio/adapter
src/socketio/server src/socketio/client
src/socketio/cluster
src/msgpack
src/redis src/postgres src/cluster src/adminui
src/websockets
src/httpserver
qml
qml/redis
qml/adminui
qml/http2
"""


def layer_of_folders():
    """Returns the number of each folder's layer, from the bottom to the top."""
    lines = LAYERS.strip().splitlines()
    return {folder: layer for layer, line in enumerate(lines) for folder in line.split()}


def public_headers(files):
    """Returns the path of each installed header by the names under which it is included, and those names that
    stand for a type, by target. files: the texts of the libraries' files, CMakeLists.txt too, by their paths."""
    paths, types = {}, {}
    for file, text in sorted(files.items()):
        if os.path.basename(file) != "CMakeLists.txt":
            continue
        for words in map(str.split, re.findall(r"qtsocketio_public_headers\(([^)]*)\)", text)):
            target, words = words[0], words[1:]
            module = target
            if words[:1] == ["NAMESPACE"]:
                module, words = words[1], words[2:]
            for header, name in zip(words[::2], words[1::2]):
                path = os.path.normpath(os.path.join(os.path.dirname(file), header))
                paths[f"{module}/{header}"] = path
                if name != "-":
                    paths[f"{module}/{name}"] = path
                    types.setdefault(target, []).append(name)
    return paths, types


def included(file, files, public, roots=("src", "")):
    """Yields each name that the file includes, with the path of that header, or None if it is none of these."""
    for name in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', files[file], re.M):
        paths = [public.get(name), *(os.path.join(folder, name) for folder in (os.path.dirname(file), *roots))]
        yield name, next((path for path in (os.path.normpath(path) for path in paths if path) if path in files), None)
