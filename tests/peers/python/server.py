# SPDX-License-Identifier: MIT
"""The server that peer-client talks to, with python-socketio. Prints "listening PORT"."""

import asyncio

import socketio
from aiohttp import web

io = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins=[], ping_interval=1,
                          ping_timeout=20)


def serve(namespace):
    async def echo(sid, *args):
        return args

    async def back(sid, *args):
        await io.emit("back", args, to=sid, namespace=namespace)

    async def join(sid, room):
        await io.enter_room(sid, room, namespace=namespace)
        return room

    async def tell(sid, room, value):
        await io.emit("told", value, to=room, namespace=namespace)

    async def leave(sid):
        await io.disconnect(sid, namespace=namespace)

    for name, handler in {"echo": echo, "echo binary": echo, "back": back, "join": join, "tell": tell,
                          "leave me": leave}.items():
        io.on(name, handler, namespace=namespace)


@io.event(namespace="/admin")
async def connect(sid, environ, auth):
    if not auth or auth.get("token") != "secret":
        raise socketio.exceptions.ConnectionRefusedError("not authorized")


async def main():
    serve("/")
    serve("/chat")
    app = web.Application()
    io.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print("listening", site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
