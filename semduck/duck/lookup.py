"""The value that a name, an attribute, an element or len() has in a recorded state."""

from __future__ import annotations

import ast

from semduck.duck.claim_base import parsed
from semduck.trace.model import Value


def looked_up(name: str, state: dict[str, Value]) -> Value | None:
    """`total`, `self.items[0]` or `len(xs)`, as it is written, in a state."""
    tree = parsed(name) if name not in state else None
    return state.get(name) if tree is None else walked(tree, state)


def walked(tree: ast.expr, state: dict[str, Value]) -> Value | None:
    """The value of a name, attribute, element or len() in a state; None for anything else."""
    if isinstance(tree, ast.Name):
        return state.get(tree.id)
    if isinstance(tree, ast.Attribute):
        return _child(walked(tree.value, state), tree.attr)
    if isinstance(tree, ast.Subscript):
        return _element(walked(tree.value, state), tree.slice, state)
    if isinstance(tree, ast.Call) and ast.unparse(tree.func) == "len" and len(tree.args) == 1:
        value = walked(tree.args[0], state)
        return None if value is None or value.length is None else _int(value.length)
    return None


def _int(n: int) -> Value:
    return Value("int", "int", str(n), literal=n, is_literal=True)


def _child(value: Value | None, label: str) -> Value | None:
    return next((v for k, v in value.children if k == label), None) if value else None


def _element(value: Value | None, index: ast.expr, state: dict[str, Value]) -> Value | None:
    if value is None:
        return None
    try:
        key = ast.literal_eval(index)
    except (ValueError, SyntaxError):
        name = walked(index, state)
        if name is None or not name.is_literal:
            return None
        key = name.literal
    if isinstance(key, int) and value.kind in ("list", "tuple", "deque"):
        key = key + (value.length or 0) if key < 0 else key
        return _nth(value, key)
    return _child(value, repr(key)) if value.kind in ("dict", "frame", "array") else None


def _nth(value: Value, n: int) -> Value | None:
    """Element n of a sequence; those of a named tuple have names."""
    found = _child(value, str(n))
    named = found is None and value.kind == "tuple" and len(value.children) == value.length
    return value.children[n][1] if named and 0 <= n < len(value.children) else found
