#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the public headers, as Clang reads them, with the index that qdoc has written.

coverage.py INDEX CLANG OPTIONS
INDEX: qtsocketio.index. CLANG: clang++. OPTIONS: the file with the options of qdoc, which has the
include paths, among them that of the header QtSocketIo, which includes all public ones.
Prints each public class without a page and a brief and each public member without documentation,
and fails if there is any.
"""
import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter

CLASSES = {"CXXRecordDecl", "ClassTemplateDecl"}
FUNCTIONS = {"FunctionDecl", "CXXMethodDecl", "CXXConstructorDecl", "FunctionTemplateDecl"}
TYPES = {"EnumDecl", "TypedefDecl", "TypeAliasDecl", "TypeAliasTemplateDecl"}
VARIABLES = {"FieldDecl", "VarDecl"}

# What Qt's macros add to a class or a namespace.
MACRO_MEMBERS = {
    "metaObject", "qt_metacast", "qt_metacall", "tr", "staticMetaObject", "QPrivateSignal",
    "QtGadgetHelper", "qt_static_metacall", "qt_check_for_QGADGET_macro", "qt_getEnumMetaObject",
    "qt_getEnumName", "operator&", "operator|", "operator^", "operator+", "operator-",
}


def namespaces(clang, includes, name):
    """The declarations of a namespace as nodes of Clang's syntax tree."""
    command = [
        clang, "-std=c++17", "-fPIC", "-w", "-fsyntax-only", "-DQTSOCKETIO_QDOC", *includes, "-xc++", "-",
        "-Xclang", "-ast-dump=json", "-Xclang", f"-ast-dump-filter={name}",
    ]
    text = subprocess.run(command, input="#include <QtSocketIo>\n", check=True,
                          stdout=subprocess.PIPE, encoding="utf-8").stdout
    decoder = json.JSONDecoder()
    position = 0  # the dump is a sequence of JSON objects
    while (position := text.find("{", position)) >= 0:
        node, position = decoder.raw_decode(text, position)
        if node.get("kind") == "NamespaceDecl":
            yield node


def is_copy(node, class_name):
    """Whether a constructor or an assignment takes another object of the class."""
    parameters = [n for n in node.get("inner", []) if n.get("kind") == "ParmVarDecl"]
    return len(parameters) == 1 and parameters[0]["type"]["qualType"].removeprefix(
        "const ").rstrip(" &") in (class_name, class_name.split("::")[-1])


def overrides(node):
    return any(n.get("kind") in ("OverrideAttr", "FinalAttr") for n in node.get("inner", []))


class Declared:
    """The names that the headers declare for users."""

    def __init__(self):
        self.classes = set()
        self.functions = Counter()  # by qualified name: how many overloads
        self.others = set()  # types and variables

    def add_scope(self, node, scope, public):
        for child in node.get("inner", []):
            kind, name = child.get("kind"), child.get("name", "")
            if kind == "AccessSpecDecl":
                public = child.get("access") == "public"
            if not public or child.get("isImplicit") or not name or name in MACRO_MEMBERS:
                continue
            self.add(child, kind, name, scope)

    def add(self, node, kind, name, scope):
        if kind == "CXXConstructorDecl":
            name = name.split("<")[0]  # that of a template has its parameters
        qualified = f"{scope}::{name}"
        if kind == "NamespaceDecl":
            if name != "detail":
                self.add_scope(node, qualified, True)
        elif kind in CLASSES:
            record = node
            if kind == "ClassTemplateDecl":
                record = next(n for n in node["inner"] if n["kind"] == "CXXRecordDecl")
            if record.get("completeDefinition"):
                self.classes.add(qualified)
                self.add_scope(record, qualified, record.get("tagUsed") == "struct")
        elif kind in FUNCTIONS:
            function = node
            if kind == "FunctionTemplateDecl":
                function = next(n for n in node["inner"] if n["kind"] in FUNCTIONS)
            special = kind == "CXXConstructorDecl" or name == "operator="
            if not overrides(function) and not (special and is_copy(function, scope)):
                self.functions[qualified] += not node.get("previousDecl")
        elif kind in TYPES or kind in VARIABLES:
            self.others.add(qualified)


class Documented:
    """The names that qdoc's index gives as documented."""

    def __init__(self, path):
        self.classes = {}  # brief by qualified name
        self.functions = Counter()
        self.others = set()
        self._add(ElementTree.parse(path).getroot(), "")

    def _add(self, element, scope):
        for child in element:
            name = child.get("name", "")
            qualified = child.get("fullname") or (f"{scope}::{name}" if scope else name)
            if child.tag == "namespace" and not name:
                self._add(child, "")
                continue
            if child.tag in ("header", "group", "module", "page"):
                self._add(child, scope)
                continue
            documented = child.get("documented") == "true"
            if child.tag in ("class", "struct"):
                if documented and child.get("href"):
                    self.classes[qualified] = child.get("brief", "")
            elif child.tag == "function":
                if documented or child.get("associated-property"):
                    self.functions[qualified] += 1
            elif documented:
                self.others.add(qualified)
                if child.get("typedef"):  # the flags of an enumeration
                    self.others.add(child.get("typedef"))
            self._add(child, qualified)


def main():
    documented = Documented(sys.argv[1])
    with open(sys.argv[3], encoding="utf-8") as file:
        includes = [line.strip() for line in file if line.startswith("-I")]
    declared = Declared()
    for name in ("EngineIo", "SocketIo"):
        found = list(namespaces(sys.argv[2], includes, name))
        if not found:
            sys.exit(f"the headers declare no namespace {name}")
        for node in found:
            declared.add_scope(node, node["name"], True)

    lacks = []
    for name in sorted(declared.classes):
        if name not in documented.classes:
            lacks.append(f"{name}: no page")
        elif not documented.classes[name]:
            lacks.append(f"{name}: no brief")
    for name, count in sorted(declared.functions.items()):
        # Functions without a class may be documented on the page of their header.
        found = documented.functions[name] + documented.functions[name.split("::")[-1]]
        if found < count:
            lacks.append(f"{name}(): {found} of {count} overloads documented")
    for name in sorted(declared.others - documented.others):
        lacks.append(f"{name}: not documented")
    print("\n".join(lacks))
    print(f"{len(declared.classes)} classes, {sum(declared.functions.values())} functions, "
          f"{len(declared.others)} types and variables; {len(lacks)} lacks")
    sys.exit(1 if lacks else 0)


main()
