"""Values of classes against what prose makes of them: Counter({'a': 1}), Point(x=1).

As Python's == would have it, but of recorded pictures, so that nothing of the program runs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from semduck.trace.model import Value

Compare = Callable[[str, Value], "bool | None"]
Same = Callable[[object, object], bool]
UNKNOWN = object()
_BUILT = {"list": list, "tuple": tuple, "set": set, "frozenset": set, "deque": list}
_EQUAL = {"tuple": "tuple", "set": "set", "frozenset": "set", "dict": "dict", "list": "list"}


@dataclass(frozen=True, slots=True)
class Made:
    """A call in prose: Point(1, y=2)."""

    name: str
    args: tuple[ast.expr, ...]
    fields: dict[str, str]


def made(said: str) -> Made | None:
    """`said` as a call; None when it is none."""
    try:
        call = ast.parse(said, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(call, ast.Call) or any(k.arg is None for k in call.keywords):
        return None
    fields = {k.arg or "": ast.unparse(k.value) for k in call.keywords}
    return Made(ast.unparse(call.func).rpartition(".")[2], tuple(call.args), fields)


def plain(value: Value) -> object:
    """The plain object with the same content: a dict for a Counter; UNKNOWN when it is not all there."""
    if value.is_literal:
        return set(value.literal) if isinstance(value.literal, frozenset) else value.literal
    if value.more or (value.length or 0) > len(value.children):
        return UNKNOWN
    inner = [plain(child) for _, child in value.children]
    if any(x is UNKNOWN for x in inner):
        return UNKNOWN
    with suppress(ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        if value.kind == "dict":
            return {ast.literal_eval(k): x for (k, _), x in zip(value.children, inner, strict=True)}
        if value.kind in _BUILT:
            return _BUILT[value.kind](inner)
    return UNKNOWN


def as_plain(parsed: object, value: Value, same: Same) -> bool | None:
    """{'a': 1} against a defaultdict, (1, 2) against a namedtuple. None: the content is the same and the kind
    another one (a list for a deque, a dict for an object), or that cannot be told."""
    if value.kind == "object":
        known = {label: plain(child) for label, child in value.children}
        return None if isinstance(parsed, dict) and same(parsed, known) else False
    content = plain(value)
    if content is UNKNOWN:
        return None
    equal = same(parsed, content)
    if _EQUAL.get(value.kind) == type(parsed).__name__:
        return equal
    return None if equal else False


def as_made(call: Made, value: Value, compare: Compare, same: Same) -> bool | None:
    """Counter({'a': 1}), OrderedDict([('a', 1)]), Point(1, y=2), Account({"balance": 3}) by their content."""
    if value.kind == "object" or not call.args:
        return _fields(call, value, compare)
    content, given = plain(value), _literal(call.args[-1])
    if value.kind == "tuple" and content is not UNKNOWN and not call.fields:
        return same(tuple(map(_literal, call.args)), content)
    if content is UNKNOWN or given is UNKNOWN:
        return None
    if isinstance(content, dict) and isinstance(given, list | tuple):
        with suppress(ValueError, TypeError):
            given = dict(given)
    if isinstance(content, list) and isinstance(given, tuple | list):
        given = list(given)
    if isinstance(content, set) and isinstance(given, list | tuple | set):
        with suppress(TypeError):
            given = set(given)
    return same(given, content)


def _fields(call: Made, value: Value, compare: Compare) -> bool | None:
    told = dict(call.fields)
    if len(call.args) == 1 and not told and isinstance(call.args[0], ast.Dict):
        for key, given in zip(call.args[0].keys, call.args[0].values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                return None
            told[key.value] = ast.unparse(given)
    elif call.args:
        return None
    known = dict(value.children)
    if told.keys() - known.keys():
        return None if value.more else False
    seen = [compare(text, known[name]) for name, text in told.items()]
    if False in seen:
        return False
    return True if None not in seen and told.keys() == known.keys() and not value.more else None


def _literal(node: ast.expr) -> object:
    with suppress(ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return ast.literal_eval(node)
    return UNKNOWN
