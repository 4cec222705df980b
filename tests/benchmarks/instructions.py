# SPDX-License-Identifier: MIT
"""Counts what the server executes, which does not depend on what else the machine does."""
import json
import re

from peers import HERE, Server, quiet

# Paths whose instructions are guarded: options of bench-load, fewer and more messages.
GUARDED = {
    "echo": (["--clients", 1], 100, 1100),
    "echo of an object": (["--clients", 1, "--object"], 100, 1100),
    "echo over long-polling": (["--clients", 1, "--polling"], 50, 350),
    "connect and disconnect": (["--workload", "churn", "--clients", 1], 20, 120),
    "broadcast to 100": (["--workload", "broadcast", "--clients", 100], 2000, 12000),
}
REFERENCE = HERE / "instructions.json"
SKIPPED = 77 # as ctest knows it


class Callgrind:
    """Counts a server's instructions for a message: the difference between two runs."""

    FEW, MANY = 500, 10500

    def __init__(self, folder, io_threads):
        self.folder = folder
        self.server = [folder / "bin/bench-server", "--io-threads", io_threads]

    def count(self, messages, arguments, options=("--clients", 1)):
        profile = self.folder / f"callgrind.{messages}"
        command = ["valgrind", "--tool=callgrind", "--quiet", f"--callgrind-out-file={profile}",
                   *self.server]
        # Hashes that are seeded by chance would make two counts differ.
        with Server(command, {"QT_HASH_SEED": "0"}) as process:
            process.load(self.folder / "bin/bench-load",
                         [*options, "--warm-up", 0, "--messages", messages], arguments.timeout)
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
        before, after = (self.count(count, arguments, options) for count in (few, many))
        costs = {name: (cost - before.get(name, 0)) / (many - few) for name, cost in after.items()}
        total = next(name for name in costs if name.startswith("PROGRAM TOTALS"))
        return costs.pop(total), costs

    def guard(self, arguments):
        """Whether the guarded paths cost what instructions.json says, with its margin."""
        known = json.loads(REFERENCE.read_text())
        build = arguments.guard
        reference = known["instructions"].get(build, {})
        measured = {}
        wrong = []
        for name, (options, few, many) in GUARDED.items():
            measured[name] = round(self.difference(few, many, arguments, options)[0])
            expected = reference.get(name)
            change = f"{100 * measured[name] / expected - 100:+.1f} %" if expected else "no reference"
            print(f"{name}: {measured[name]} instructions, {change}")
            if expected and measured[name] > expected * (1 + known["margin"]):
                wrong.append(name)
        if not reference:
            print(f"{REFERENCE.name} does not know the build {build!r}; it would be:")
            print(json.dumps({build: measured}, indent=1))
            return SKIPPED
        if wrong:
            print(f"More than {known['margin']:.0%} above {REFERENCE.name}: {', '.join(wrong)}. "
                  "Find out why with --callgrind; if it has to be, change the file.")
        return 1 if wrong else 0

    def run(self, arguments):
        instructions, costs = self.difference(self.FEW, self.MANY, arguments)
        print(f"instructions per echo: {instructions:.0f}")
        top = sorted(costs.items(), key=lambda item: -item[1])[:arguments.functions]
        for name, cost in top:
            print(f"{cost:9.1f} {100 * cost / instructions:5.1f} %  {name}")
        return {"instructions_per_echo": instructions, "functions": dict(top)}
