"""Grammar: recorded facts -> English clauses. Every value shown stands as a balanced literal."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from semduck.duck import literals, shape
from semduck.duck.changes import Delta, alike
from semduck.trace.model import Value

LONGEST = 260  # characters of one sentence
_CONDITION = 60


def show(value: Value, room: int = 60) -> str:
    """A value as a literal that a reader (and the judge) can find the end of; what is left out is an …"""
    text = value.text.strip().replace("<locals>.", "") or f"<{value.type_name}>"
    if literals.end_of(text, 0) == len(text) and (len(text) <= room or not value.children):
        return literals.shorten(text, room)
    if value.kind in ("array", "frame"):
        return literals.shorten(text, room)
    if value.is_literal and isinstance(value.literal, str | bytes):
        return literals.shorten(repr(value.literal), room)
    if value.kind == "str":
        return literals.shorten(text.rstrip("…'\"") + "…" + text[0], room)
    return _structure(value, room) or f"<{text.strip('<>').replace('<', '').replace('>', '')}>"


def _structure(value: Value, room: int) -> str:
    """A container or object, as many of its parts as there is room for."""
    opening = literals.opening(value.text)
    if not opening or not value.children:
        return ""
    closing = "".join(literals.PAIRS[c] for c in reversed(opening) if c in literals.PAIRS)
    left = room - len(opening) - len(closing) - 3
    parts: list[str] = []
    for label, child in value.children:
        key = f"{label}: " if value.kind == "dict" else f"{label}=" if label.isidentifier() else ""
        part = key + show(child, max(8, left - len(key)))
        if len(part) > left and parts:
            break
        parts.append(part)
        left -= len(part) + 2
    if value.more or len(parts) < len(value.children):
        parts.append("…")
    return f"{opening}{', '.join(parts)}{',' * (value.kind == 'tuple' and len(parts) == 1)}{closing}"


def listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""


def sentence(clauses: Sequence[str]) -> str:
    """Clauses joined into one sentence with a capital and a full stop."""
    text = "; ".join(c for c in clauses if c)
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".") if text else ""


def times(n: int) -> str:
    """once, 5 times, 1,000 times."""
    return "once" if n == 1 else f"{n:,} times"


def room_for(n: int) -> int:
    """Characters each of n values may take in one sentence."""
    return {0: 70, 1: 70, 2: 45}.get(n, 30)


def _aliases(names: Sequence[str]) -> str:
    """The other names that show the same object; long ones only counted."""
    if not names:
        return ""
    short = [f"`{n}`" for n in sorted(names, key=len)[:2] if len(n) <= 30]
    rest = len(names) - len(short)
    more = [f"{rest} other name{'s' * (rest > 1)}" if not short else f"{rest} more"] if rest else []
    return f" (also {listed([*short, *more])})"


def change(delta: Delta, room: int) -> str:
    """What happened to one name."""
    name = f"`{delta.name}`" + _aliases(delta.also)
    before, after = delta.before, delta.after
    twin = f"the same object as `{delta.same_as}`" if delta.same_as else ""
    if after is None or before is None:
        return (
            f"{name} is deleted"
            if after is None
            else f"{name} becomes {show(after, room)}" + (f" ({twin})" if twin else "")
        )
    if delta.item is not None and delta.how in ("gain", "lose"):
        return f"{name} {delta.how}s {show(delta.item, room // 2)} → {show(after, room)}"
    if delta.how == "set":
        was = "an equal object" if alike(before, after) else f"it was {show(before, room // 2 + 5)}"
        return f"{name} becomes {show(after, room)} ({was}{twin and '; ' + twin})"
    old, new = show(before, room // 2 + 5), show(after, room)
    if old == new:
        return f"{name} changes inside"
    return f"{name} changes to {new} (it was {old})"


def changes(found: Sequence[Delta], most: int = 3) -> str:
    """What happened to several names, the rest counted."""
    room = room_for(min(len(found), most))
    return _bounded([change(d, room) for d in found[:most]], len(found))


def courses(found: Sequence[Delta], most: int = 3) -> str:
    """What a loop did to several names, the rest counted."""
    room = room_for(min(len(found), most))
    return _bounded([course(d, room) for d in found[:most]], len(found))


def _bounded(told: list[str], n: int) -> str:
    """As many of the clauses as a sentence can take, at least one, and how many of n are left."""
    kept = [c for i, c in enumerate(told) if i == 0 or sum(map(len, told[: i + 1])) <= LONGEST - 60]
    rest = n - len(kept)
    return listed(kept + ([f"{rest} more name{'s' * (rest > 1)} change{'s' * (rest == 1)}"] if rest else []))


def course(delta: Delta, room: int) -> str:
    """What a whole loop did to one name."""
    if delta.after is None:
        return f"`{delta.name}` is deleted"
    if delta.before is None:
        return f"`{delta.name}` ends as {show(delta.after, room)}"
    old, new = show(delta.before, room), show(delta.after, room)
    if old == new:
        return (
            f"`{delta.name}` changes inside"
            if not alike(delta.before, delta.after)
            else (f"`{delta.name}` ends as {new}")
        )
    return f"`{delta.name}` goes {old} → {new}"


def bindings(values: Mapping[str, Value], link: str = "=", quote: str = "") -> str:
    """values = [3, 5] and size = 2."""
    shown = list(values.items())[:6]
    room = room_for(len(shown))
    parts = [f"{quote}{name}{quote} {link} {show(value, room)}" for name, value in shown]
    rest = len(values) - len(shown)
    return listed([*parts, *([f"{rest} more"] if rest else [])])


def condition(source: shape.Source, node: ast.AST) -> str:
    """A test as written, in backticks."""
    text = source.segment(node).replace("`", "'")
    return f"`{text if len(text) <= _CONDITION else text[: _CONDITION - 1].rstrip() + '…'}`"


def opening(function: str, owner: shape.Owner | None, arguments: Mapping[str, Value]) -> str:
    """The first sentence of a call."""
    name = function.rpartition(".")[2] if function.endswith(">") else function.rpartition("<locals>.")[2]
    if isinstance(owner, ast.ClassDef):
        return f"The body of class `{owner.name}` runs."
    if name.startswith("<"):
        kind = {"<lambda>": "A lambda", "<genexpr>": "A generator expression"}.get(name, "A comprehension")
        given = {k: v for k, v in arguments.items() if k.isidentifier()}
        return f"{kind} runs with {bindings(given)}." if given else f"{kind} runs."
    what = "The generator " if shape.is_generator(owner) else ""
    verb = "begins" if what else "is called"
    return f"{what}`{name}` {verb} with {bindings(arguments)}." if arguments else f"{what}`{name}` {verb}."


def invocation(function: str, owner: shape.Owner | None, arguments: Mapping[str, Value]) -> str:
    """A call as one would write it: mean([1, 2])."""
    values = shape.in_call_order(owner, arguments)
    name, parts = function.rpartition("<locals>.")[2], []
    is_method = "." in name and next(iter(values), "") in ("self", "cls")
    if is_method:
        values.pop(next(iter(values)))
        name = name.removesuffix(".__init__")
    args = owner.args if isinstance(owner, ast.FunctionDef | ast.AsyncFunctionDef) else None
    by_name = {a.arg for a in args.kwonlyargs} if args else set()
    stars = {a.arg: s for a, s in ((args.vararg, "*"), (args.kwarg, "**")) if a} if args else {}
    room = room_for(len(values)) // 2 + 8
    for label, value in list(values.items())[:4]:
        text = show(value, room)
        if label in stars:
            parts += [f"{stars[label]}{text}"] if value.length else []
        else:
            parts.append(f"{label}={text}" if label in by_name else text)
    return f"`{name}({', '.join([*parts, *(['…'] if len(values) > 4 else [])])})`".replace("``", "`")


def problem(value: Value | None) -> str:
    """An exception as Python's last traceback line has it."""
    if value is None:
        return "an exception"
    text, name = value.text.strip(), value.type_name
    if text.startswith(f"{name}("):
        text = _message(text, name)
    text = text.removeprefix(name).lstrip(": ") if text.startswith(name) else text
    text = " ".join(text.split())
    return f"{name}: {literals.shorten(text, 100)}" if text else name


def _message(text: str, name: str) -> str:
    """`ValueError('no')` -> no."""
    inner = text[len(name) + 1 : -1]
    try:
        read = ast.literal_eval(inner)
    except (ValueError, SyntaxError):
        return inner
    return read if isinstance(read, str) and name != "KeyError" else inner


def printed(text: str) -> str:
    """Output of one statement: its only line in backticks, else its first line and how many there are."""
    lines = text.removesuffix("\n").split("\n")
    first = lines[0] if len(lines[0]) <= 70 else lines[0][:69] + "…"
    shown = f"`{first}`" if "`" not in first and first.isprintable() and first.strip() else repr(first)
    return shown if len(lines) == 1 else f"{len(lines)} lines, the first {shown}"
