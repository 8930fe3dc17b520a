"""The values that a question about a step gives: which parts of them, and whether that is enough."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from semduck.trace.model import Value

_MUTABLE = ("list", "dict", "set", "deque", "object")


def used(value: Value, name: str, asked: ast.AST) -> Value:
    """An object with the fields only that the line names; all of it where it is used as a whole."""
    if value.kind != "object":
        return value
    fields = [n for n in ast.walk(asked) if isinstance(n, ast.Attribute) and _is(n.value, name)]
    named = {n.attr for n in fields}
    if len(fields) < sum(_is(n, name) for n in ast.walk(asked)) or more(value, name, asked):
        return value
    kept = tuple(c for c in value.children if c[0] in named)
    return replace(value, children=kept, more=0, text=f"{value.type_name}({{}})")


def more(value: Value, name: str, asked: ast.AST) -> bool:
    """Does the line read attributes of an object that are none of its fields?"""
    known = {label for label, _ in value.children}
    read = [n for n in ast.walk(asked) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)]
    return any(_is(n.value, name) and n.attr not in known for n in read)


def shared(values: Iterable[Value]) -> bool:
    """Is one object in two places? As literals it is two, and a change of one is none of the other."""
    found: set[int] = set()
    work = [v for v in values if v.children or v.kind in _MUTABLE]
    while work:
        value = work.pop()
        if value.identity is not None and value.kind not in ("str", "bytes", "tuple"):
            if value.identity in found:
                return True
            found.add(value.identity)
        work += [child for _, child in value.children]
    return False


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def whole(call: str) -> bool:
    """Can it be read, and is nothing left out of it?"""
    try:
        return not any(isinstance(n, ast.Constant) and n.value is ... for n in ast.walk(ast.parse(call)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
