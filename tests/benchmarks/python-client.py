# SPDX-License-Identifier: MIT
"""What bench-client.cpp measures, with python-socketio's asyncio client."""
import argparse
import asyncio
import json
import os
import time

import socketio
import uvloop


class Measurement:
    """Reports what each of the events took for which done() was called."""

    def __init__(self, row, count, with_memory=False):
        self.row, self.count, self.with_memory = row, count, with_memory
        self.left = count
        self.finished = asyncio.Event()
        self.cpu, self.start, self.bytes = time.process_time(), time.perf_counter(), resident_bytes()

    def done(self):
        self.left -= 1
        if self.left == 0:
            self.finished.set()
        return self.left

    async def wait(self):
        await self.finished.wait()
        used = resident_bytes() - self.bytes if self.with_memory else 0
        print(json.dumps({"row": self.row, "cpu": (time.process_time() - self.cpu) * 1e6 / self.count,
                          "wall": (time.perf_counter() - self.start) * 1e6 / self.count,
                          "bytes": used / self.count}), flush=True)


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


async def round_trips(client, row, value, count, window):
    measurement, emitted = Measurement(row, count), 0

    async def emit_one():
        nonlocal emitted
        emitted += 1
        await client.emit("bcast", value)

    async def received(_):
        measurement.done()
        if emitted < count:
            await emit_one()

    client.on("b", received)
    for _ in range(min(window, count)):
        await emit_one()
    await measurement.wait()


async def acknowledgements(client, row, value, count, window):
    measurement, emitted = Measurement(row, count), 0

    async def emit_one():
        nonlocal emitted
        emitted += 1
        await client.emit("echo", value, callback=acknowledged)

    async def acknowledged(_):
        measurement.done()
        if emitted < count:
            await emit_one()

    for _ in range(min(window, count)):
        await emit_one()
    await measurement.wait()


async def reception(client, row, value, count, burst):
    measurement, missing = Measurement(row, count), burst

    async def received(_):
        nonlocal missing
        left = measurement.done()
        missing -= 1
        if missing == 0 and left > 0:
            missing = min(burst, left)
            await client.emit("burst", (missing, value))

    client.on("b", received)
    await client.emit("burst", (burst, value))
    await measurement.wait()


async def many_clients(arguments, count):
    clients = [new_client(arguments) for _ in range(count)]
    measurement = Measurement("clients", count, with_memory=True)

    async def connect(client):
        client.on("connect", measurement.done)
        await client.connect(arguments.url, transports=transports(arguments))

    await asyncio.gather(*map(connect, clients))
    await measurement.wait()
    await asyncio.gather(*(client.disconnect() for client in clients))


def new_client(arguments):
    return socketio.AsyncClient(reconnection=False,
                                serializer="msgpack" if arguments.msgpack else "default")


def transports(arguments):
    return ["polling" if arguments.polling else "websocket"]


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50000)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--polling", action="store_true")
    parser.add_argument("--msgpack", action="store_true")
    parser.add_argument("url")
    arguments = parser.parse_args()
    client = new_client(arguments)
    await client.connect(arguments.url, transports=transports(arguments))
    count, text = max(100, arguments.count), "x" * 100
    value = {"id": 12345, "name": "sensor of the first hall", "value": 21.5, "tags": ["a", "b", True]}
    await many_clients(arguments, arguments.clients)
    await round_trips(client, "text", text, count // 5, 1)
    await round_trips(client, "texts", text, count, 100)
    await round_trips(client, "objects", value, count, 100)
    await acknowledgements(client, "acknowledgements", text, count, 100)
    await reception(client, "received", text, count * 2, 10_000)
    await round_trips(client, "long-texts", "x" * 10_000, count // 5, 10)
    await round_trips(client, "binary", b"x" * 100_000, count // 50, 10)
    await client.disconnect()


uvloop.install()
asyncio.run(main())
