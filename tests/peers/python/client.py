# SPDX-License-Identifier: MIT
"""What a python-socketio client asks of a QtSocketIo server: client.py URL TRANSPORT"""

import asyncio
import sys

import socketio

WAIT = 30
TEXT = "text \u00e4\u20ac\U0001f600 \u0000 \" \\"
BYTES = bytes(range(256)) * 40


class Waiter:
    """Keeps what an event has brought."""

    def __init__(self):
        self.queue = asyncio.Queue()

    async def put(self, *args):
        await self.queue.put(args)

    async def next(self):
        return await asyncio.wait_for(self.queue.get(), WAIT)


def check(name, actual, expected):
    if actual != expected:
        raise AssertionError(f"{name}: {actual!r} instead of {expected!r}")
    print("ok", name, flush=True)


async def run(url, transport):
    client = socketio.AsyncClient(reconnection=False)
    back, told, gone = Waiter(), Waiter(), Waiter()
    client.on("back", back.put)
    client.on("back", back.put, namespace="/chat")
    client.on("told", told.put)
    client.on("disconnect", gone.put)

    async def connect(namespaces=("/",), auth=None):
        await client.connect(url, transports=[transport], namespaces=list(namespaces), auth=auth,
                             wait_timeout=WAIT)

    await connect(["/", "/chat"])
    check("transport", client.transport(), transport)
    first_id = client.get_sid()
    check("text in an acknowledgement",
          await client.call("echo", (TEXT, 42, {"a": [None, True, 1.5]}), timeout=WAIT),
          (TEXT, 42, {"a": [None, True, 1.5]}))
    check("binary in an acknowledgement",
          await client.call("echo", ({"data": BYTES}, b""), timeout=WAIT), ({"data": BYTES}, b""))
    await client.emit("back", (TEXT, BYTES))
    check("event", await back.next(), (TEXT, BYTES))
    await client.emit("back", "in a namespace", namespace="/chat")
    check("namespace", await back.next(), ("in a namespace",))
    check("join", "room 1" in await client.call("join", ["room 1"], timeout=WAIT), True)
    await client.emit("tell", (["room 1"], "all", [], {"said": BYTES}))
    check("room", await told.next(), ({"said": BYTES},))
    await client.emit("tell", (["room 2"], "all", [], "nobody hears this"))
    await client.emit("tell", (["room 1"], "all", [], "last"))
    check("another room", await told.next(), ("last",))
    await client.emit("leave me all")
    check("disconnected by the server", len(await gone.next()) > 0, True)

    client = socketio.AsyncClient(reconnection=False)
    await connect()
    check("a new id", client.get_sid() not in (None, first_id), True)
    check("echo after a reconnection", await client.call("echo", "again", timeout=WAIT), "again")
    await client.disconnect()

    client = socketio.AsyncClient(reconnection=False)
    try:
        await connect(["/admin"])
        raise AssertionError("connected to /admin without a token")
    except socketio.exceptions.ConnectionError:
        print("ok refused", flush=True)
    client = socketio.AsyncClient(reconnection=False)
    await connect(["/admin"], {"token": "secret"})
    print("ok auth", flush=True)
    await client.disconnect()


asyncio.run(asyncio.wait_for(run(sys.argv[1], sys.argv[2]), 4 * WAIT))
