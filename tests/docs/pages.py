#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Looks at the pages that qdoc has written, as a reader does.

pages.py FOLDER INCLUDES
FOLDER: the HTML pages. INCLUDES: the folder with the public headers.
Each class and each QML type has code, names a header that exists or an import, this project's version and
all that it inherits. Each page has a path to the first one. No page mentions a class of Qt that no page
links to, and what pages link to exists.
"""
import html
import re
import sys
from pathlib import Path

folder, includes = Path(sys.argv[1]), Path(sys.argv[2])
lacks = []
mentioned, linked = set(), set()
references = 0

targets = {page.name: set(re.findall(r'\b(?:id|name)="([^"]*)"', page.read_text(encoding="utf-8")))
           for page in folder.glob("*.html")}

for page in sorted(folder.glob("*.html")):
    text = page.read_text(encoding="utf-8")
    head = text[text.index("<body>"):text.index("<h1")]

    def lack(what):
        lacks.append(f"{page.name}: {what}")

    crumbs = re.findall(r'<li>(.*?)</li>', head[:head.find("</ul>")])
    if '<ul class="breadcrumb">' not in head or len(crumbs) != len(set(crumbs)):
        lack(f"the path is {crumbs}")
    if re.search(r'<a href="socketio-qmlmodule\.html"[^>]*>SocketIo</a>::', text):
        lack("the namespace SocketIo links to the QML module")
    for link in sorted(set(re.findall(r'\b(?:href|src)="(?!\w+:)([^"]*)"', text))):
        file, _, target = link.partition("#")
        file = file or page.name
        if not (folder / file).is_file() or target and target not in targets[file]:
            lack(f"a link to {link}, which does not exist")
    linked.update(re.findall(r'<a href="https://doc\.qt\.io/qt-6/[^"]*"[^>]*>(Q\w+)', text))
    for declaration in re.findall(r'<h3 class="fn"[^>]*>(.*?)</h3>', text):
        mentioned.update(re.findall(r"\b(Q[A-Z][a-z]\w+)\b(?!::|\()", html.unescape(re.sub("<[^>]+>", "", declaration))))

    is_type = re.match(r"(socketio|engineio|qml)-", page.name) and not re.search(
        r"-(members|qmlmodule)\.html$|^qml-socketioerror", page.name)
    if not is_type:
        continue
    references += 1
    if not re.search(r'<pre class="(cpp|qml|badcode|js)', text):
        lack("no code")
    # qdoc writes no table for classes in classes.
    since = re.search(r" Since:</td>.*?> ([^<]*)</td>|was introduced in ([^<]*)\.</p>", text)
    if not since or not (since[1] or since[2]).startswith("QtSocketIo "):
        lack(f"since {since and since[0]}")
    if (bases := re.search(r" Inherits:</td>(.*?)</td>", text, re.DOTALL)) and not re.search(r"</a>(</p>)?\s*$", bases[1]):
        lack("a base class without a name")
    headers = re.findall(r"> Header:</td>.*?#include &lt;(.*?)&gt;|Declared in <code[^>]*>&lt;(.*?)&gt;", text)
    if not headers and not re.search(r"> Import Statement:</td>.*?import SocketIo", text):
        lack("no header and no import")
    for header in map("".join, headers):
        if not (includes / header).is_file():
            lack(f"there is no header <{header}>")

for name in sorted(mentioned - linked - {"QObject"}):
    lacks.append(f"{name} is not linked: doc/qtclasses.txt")
print("\n".join(lacks))
print(f"{references} types, {len(linked)} classes of Qt; {len(lacks)} lacks")
sys.exit(1 if lacks or references < 80 or len(linked) < 30 else 0)
