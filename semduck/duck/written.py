"""Values and calls written as Python source, the way the model was trained to read them."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping

from semduck.duck import shape
from semduck.trace.model import Value

ROOM = 400  # characters of one value in a prompt
_PLAIN = ("int", "float", "complex", "bool", "none", "str", "bytes")


def call(name: str, owner: shape.Owner, arguments: Mapping[str, Value]) -> str:
    """f([1, 3], "a", key=2) with the recorded arguments."""
    args = owner.args if isinstance(owner, ast.FunctionDef | ast.AsyncFunctionDef) else None
    if args is None:
        return f"{name}()"
    keyword_only = {a.arg for a in args.kwonlyargs}
    parts: list[str] = []
    for label, value in shape.in_call_order(owner, arguments).items():
        if args.vararg and label == args.vararg.arg:
            parts += [written(v) for _, v in value.children]
        elif args.kwarg and label == args.kwarg.arg:
            parts += [f"{k.strip(chr(39))}={written(v)}" for k, v in value.children]
        else:
            parts.append(f"{label}={written(value)}" if label in keyword_only else written(value))
    return f"{name}({', '.join(parts)})"


def written(value: Value, room: int = ROOM) -> str:
    """A value as Python source of about `room` characters at most, what is left out marked with `...`.

    Strings stand in double quotes. An object of the program is its class and its fields as a dict:
    Account({"owner": "ann", "balance": 3}).
    """
    if value.is_literal and len(text := literal(value.literal)) <= room:
        return text
    if value.kind in _PLAIN:
        return _cut(value, room)
    if value.kind in ("object", "dict") and value.children:
        inner = "{" + _pairs(value, room) + "}"
        return inner if value.type_name == "dict" else f"{value.type_name}({inner})"
    brackets = {"list": "[]", "tuple": "()", "set": "{}", "frozenset": "{}", "deque": "[]"}.get(value.kind)
    if brackets is None or not value.children:
        return value.text.replace("…", "...")
    inner = brackets[0] + _items(value, room) + brackets[1]
    return inner if value.type_name in ("list", "tuple", "set") else f"{value.type_name}({inner})"


def _cut(value: Value, room: int) -> str:
    if isinstance(value.literal, str):
        return requoted(repr(value.literal[: max(8, room - 5)])) [:-1] + '..."'
    return value.text[:room].replace("…", "...")


def _pairs(value: Value, room: int) -> str:
    parts = []
    for label, child in value.children:
        key = requoted(label) if value.kind == "dict" else f'"{label}"'
        parts.append(f"{key}: {written(child, max(20, room // 3))}")
    return _joined(parts, value, room)


def _items(value: Value, room: int) -> str:
    parts = [written(child, max(20, room // 3)) for _, child in value.children]
    single = "," if value.kind == "tuple" and len(parts) == 1 and not value.more else ""
    return _joined(parts, value, room) + single


def _joined(parts: list[str], value: Value, room: int) -> str:
    """As many as there is room for, at least one."""
    kept: list[str] = []
    for part in parts:
        if kept and room < len(part):
            break
        kept.append(part)
        room -= len(part) + 2
    return ", ".join([*kept, *(["..."] if value.more or len(kept) < len(parts) else [])])


def literal(value: object) -> str:
    """repr() with double quotes."""
    if isinstance(value, str):
        return requoted(repr(value))
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, set) and value:
        return "{" + ", ".join(map(literal, value)) + "}"
    return repr(value)


def requoted(code: str) -> str:
    """'text' -> "text" where that needs no escaping; the model was trained on double quotes only."""
    lines = code.split("\n")
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return code
    for token in tokens:
        text = token.string
        plain = token.type == tokenize.STRING and text[:1] == "'" and text[:3] != "'''"
        if plain and '"' not in text and "\\'" not in text and token.start[0] == token.end[0]:
            row, begin, end = token.start[0] - 1, token.start[1], token.end[1]
            lines[row] = f'{lines[row][:begin]}"{text[1:-1]}"{lines[row][end:]}'
    return "\n".join(lines)
