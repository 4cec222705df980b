# SPDX-License-Identifier: MIT
"""Counts what the server executes, which does not depend on what else the machine does."""
import json
import os
import pathlib
import re

from peers import HERE, Server, quiet
from workloads import WORKLOADS

# Paths whose instructions are guarded: options of bench-load, fewer and more messages.
GUARDED = {
    "echo": (["--clients", 1], 100, 1100),
    "echo of an object": (["--clients", 1, "--object"], 100, 1100),
    "echo over long-polling": (["--clients", 1, "--polling"], 50, 350),
    "connect and disconnect": (["--workload", "churn", "--clients", 1], 20, 120),
    "broadcast to 100": (["--workload", "broadcast", "--clients", 100], 2000, 12000),
    "echo, 16 under way": (["--clients", 1, "--depth", 16], 160, 1760),
    "join or leave a room": (["--workload", "rooms", "--clients", 1], 100, 1100),
}
# The decoding of one packet, by the micro-benchmark: its data, fewer and more iterations.
DECODED = ("chat message", 100, 2100)
REFERENCE = HERE / "instructions.json"
SKIPPED = 77 # as ctest knows it
ALLOCATES = re.compile(r"(\b_int_(free|malloc|realloc)|\b(malloc|free|calloc|realloc|malloc_consolidate)"
                       r"|unlink_chunk|operator (new|delete))\b")


class Callgrind:
    """Counts a server's instructions for a message: the difference between two runs."""

    FEW, MANY = 500, 10500

    def __init__(self, folder, io_threads):
        self.folder = folder
        self.server = [folder / "bin/bench-server", "--io-threads", io_threads, "--more-events"]

    def count(self, messages, arguments, options=("--clients", 1)):
        profile = self.folder / f"callgrind.{messages}"
        command = ["valgrind", "--tool=callgrind", "--quiet", f"--callgrind-out-file={profile}",
                   *self.server]
        # Hashes that are seeded by chance would make two counts differ.
        with Server(command, {"QT_HASH_SEED": "0"}) as process:
            process.load(self.folder / "bin/bench-load",
                         [*options, "--warm-up", 0, "--messages", messages], arguments.timeout)
        return self.costs(profile)

    def count_decoding(self, data, iterations):
        profile = self.folder / f"callgrind.{iterations}"
        quiet(["valgrind", "--tool=callgrind", "--quiet", f"--callgrind-out-file={profile}",
               self.folder / "bin/benchmarks_micro", "bench_parser", f"decode:{data}",
               "-iterations", str(iterations)], env={**os.environ, "QT_HASH_SEED": "0"})
        return self.costs(profile)

    @staticmethod
    def costs(profile):
        """The instructions of each function, and of all."""
        lines = quiet(["callgrind_annotate", "--threshold=100", "--show-percs=no", profile])
        costs = {}
        for line in lines.splitlines():
            match = re.match(r"\s*([\d,]+)\s+(.*)", line)
            if match:
                function = re.sub(r"^[^\s:]*:(?=\S)", "", match[2], count=1)
                costs[function] = costs.get(function, 0) + int(match[1].replace(",", ""))
        return costs

    def difference(self, few, many, arguments, options=("--clients", 1)):
        """The instructions of each function for a message, and of all."""
        return self.for_each(few, many, lambda count: self.count(count, arguments, options))

    @staticmethod
    def for_each(few, many, count):
        before, after = count(few), count(many)
        costs = {name: (cost - before.get(name, 0)) / (many - few) for name, cost in after.items()}
        total = next(name for name in costs if name.startswith("PROGRAM TOTALS"))
        return costs.pop(total), costs

    def measured(self, arguments):
        """The instructions of the guarded paths by name."""
        data, few, many = DECODED
        yield "decode", self.for_each(few, many, lambda count: self.count_decoding(data, count))[0]
        for name, (options, few, many) in GUARDED.items():
            yield name, self.difference(few, many, arguments, options)[0]

    def guard(self, arguments):
        """Whether the guarded paths cost what instructions.json says, with its margin.

        A path may cost a little more than its reference, which follows what has to be; but never
        more than its ceiling, however many small steps lead there.
        """
        known = json.loads(REFERENCE.read_text())
        build = arguments.guard
        reference = known["instructions"].get(build, {})
        ceilings = known["ceilings"].get(build, {})
        measured = {}
        wrong = []
        for name, instructions in self.measured(arguments):
            measured[name] = round(instructions)
            expected, ceiling = reference.get(name), ceilings.get(name)
            change = f"{100 * measured[name] / expected - 100:+.1f} %" if expected else "no reference"
            print(f"{name}: {measured[name]} instructions, {change}", flush=True)
            if expected and measured[name] > expected * (1 + known["margin"]):
                wrong.append(f"{name} is more than {known['margin']:.0%} above its reference of "
                             f"{expected}. Find out why with --callgrind; if it has to be, change "
                             "the reference.")
            if ceiling and measured[name] > ceiling:
                wrong.append(f"{name} is above its ceiling of {ceiling}: many small steps have led "
                             "there. Make it cheaper; a ceiling is raised for what users get for it.")
        if not reference:
            print(f"{REFERENCE.name} does not know the build {build!r}; it would be:")
            print(json.dumps({build: measured}, indent=1))
            return SKIPPED
        for line in wrong:
            print(f"{REFERENCE.name}: {line}")
        return 1 if wrong else 0

    @staticmethod
    def parts(costs):
        """The instructions of each library, and of what allocates and releases memory."""
        sums = {}
        for name, cost in costs.items():
            library = re.search(r"\[([^\]]*)\]$", name)
            part = pathlib.PurePath(library[1]).name.split(".so")[0] if library else "others"
            if ALLOCATES.search(name):
                part = "allocations"
            sums[part] = sums.get(part, 0) + cost
        return {part: cost for part, cost in sorted(sums.items(), key=lambda item: -item[1])
                if cost >= 1}

    def run(self, arguments):
        workload = (arguments.workload or ["echo"])[0]
        instructions, costs = self.difference(self.FEW, self.MANY, arguments,
                                              [*WORKLOADS[workload][1], "--clients", 1])
        print(f"instructions for a message of {workload}: {instructions:.0f}")
        top = sorted(costs.items(), key=lambda item: -item[1])[:arguments.functions]
        for name, cost in top:
            print(f"{cost:9.1f} {100 * cost / instructions:5.1f} %  {name}")
        parts = self.parts(costs)
        for part, cost in parts.items():
            print(f"{cost:9.1f} {100 * cost / instructions:5.1f} %  all of {part}")
        return {"workload": workload, "instructions": instructions, "parts": parts,
                "functions": dict(top)}
