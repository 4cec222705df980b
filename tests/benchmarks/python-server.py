# SPDX-License-Identifier: MIT
"""The events of bench-server.cpp, served by python-socketio on uvicorn."""
import socket
import sys
import time

import socketio
import uvicorn

io = socketio.AsyncServer(async_mode="asgi",
                          serializer="msgpack" if "--msgpack" in sys.argv else "default")


@io.event
async def echo(sid, value):
    return value


@io.event
async def work(sid, value):
    end = time.perf_counter() + 0.00001
    while time.perf_counter() < end:
        pass
    return value


@io.event
async def join(sid, room):
    await io.enter_room(sid, room)
    return None


@io.event
async def bcast(sid, value):
    await io.emit("b", value)


@io.event
async def burst(sid, count, value):
    for _ in range(count):
        await io.emit("b", value, to=sid)


@io.event
async def room(sid, name, value):
    await io.emit("b", value, room=name)


listener = socket.create_server(("0.0.0.0", 0), backlog=4096)
print(f"listening {listener.getsockname()[1]}", flush=True)
uvicorn.Server(uvicorn.Config(socketio.ASGIApp(io), log_level="error")).run(sockets=[listener])
