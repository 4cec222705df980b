# SPDX-License-Identifier: MIT
"""What figures depend on: the version that was measured, the machine and its programs."""
import datetime
import os
import pathlib
import platform
import re
import subprocess

from peers import BUN, ROOT


def output(*command):
    """The first line that a command prints; empty if there is no such command."""
    try:
        done = subprocess.run([str(part) for part in command], cwd=ROOT, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    except OSError:
        return ""
    return done.stdout.partition("\n")[0].strip()


def commit():
    changed = output("git", "status", "--porcelain", "--untracked-files=no")
    return output("git", "rev-parse", "--short=10", "HEAD") + (" with changes" if changed else "")


def processor():
    names = re.findall(r"^model name\s*:\s*(.+)$", pathlib.Path("/proc/cpuinfo").read_text(),
                       re.MULTILINE)
    return f"{len(names) or os.cpu_count()} x {names[0] if names else platform.machine()}"


def configured(folder, variable):
    """A variable of the build in this folder; empty if it is not known."""
    cache = folder / "CMakeCache.txt"
    match = cache.exists() and re.search(rf"^{variable}:\w+=(.+)$", cache.read_text(), re.MULTILINE)
    return match[1] if match else ""


def qt_version(folder):
    """Of the Qt that the build in this folder uses."""
    qt = configured(folder, "Qt6_DIR")
    for path in sorted(pathlib.Path(qt).glob("Qt6ConfigVersion*.cmake")) if qt else []:
        version = re.search(r'PACKAGE_VERSION "([\d.]+)"', path.read_text())
        if version:
            return version[1]
    return ""


def compiler(folder):
    program = configured(folder, "CMAKE_CXX_COMPILER")
    return output(program, "--version") if program else ""


def about(folder):
    """Facts by name, in the order in which they are printed; what is unknown is left out."""
    facts = {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit(),
        "processor": processor(),
        "kernel": f"{platform.system()} {platform.release()}",
        "load average before": f"{os.getloadavg()[0]:.2f}",
        "Qt": qt_version(folder),
        "compiler": compiler(folder),
        "Node.js": output("node", "--version").lstrip("v"),
        "Bun": output(BUN, "--version"),
        "Rust": output("rustc", "--version"),
        "Python": output(folder / "python/bin/python", "--version").removeprefix("Python "),
    }
    return {name: fact for name, fact in facts.items() if fact}
