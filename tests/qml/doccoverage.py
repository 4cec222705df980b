#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the types that the QML module exports with the index that qdoc has written.

doccoverage.py QMLTYPES INDEX
Prints what is not documented and fails if there is any. Signals that only tell a property's change
need no words.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree


def exported(text):
    """The members of each exported type, as pairs of the type and the member."""
    for component in re.split(r"^    Component \{$", text, flags=re.MULTILINE)[1:]:
        exports = re.search(r'exports: \["SocketIo/(\w+) ', component)
        if not exports:
            continue
        name_of_type = exports.group(1)
        yield name_of_type, ""
        # The page of socketIoError has no room for its members: qdoc writes none for value types.
        name_of_type = name_of_type[0].upper() + name_of_type[1:]
        for kind, name in re.findall(
                r'^        (Property|Signal|Method) \{\s*name: "(\w+)"', component, re.MULTILINE):
            if kind != "Signal" or not name.endswith("Changed"):
                yield name_of_type, name


def documented(path):
    for element in ElementTree.parse(path).iter():
        if element.tag not in ("qmlclass", "qmlvaluetype"):
            continue
        is_value = element.tag == "qmlvaluetype"  # whose brief the index leaves out
        if element.get("documented") == "true" and (is_value or element.get("brief")):
            yield element.get("name"), ""
        for member in element:
            if member.get("documented") == "true":
                yield element.get("name"), member.get("name")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        wanted = set(exported(file.read()))
    lacks = sorted(wanted - set(documented(sys.argv[2])))
    for type_name, member in lacks:
        print(f"{type_name}.{member}" if member else type_name)
    print(f"{len(wanted)} types and members; {len(lacks)} lacks")
    sys.exit(1 if lacks or not wanted else 0)


main()
