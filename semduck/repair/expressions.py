"""Compare what was recorded with what the user typed, by structure and without running anything of theirs."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from semduck.trace.model import Value

RELATIONS = ("==", "!=", "<=", ">=", "<", ">", "in", "type", "len")
ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
NAMED = {"nan": math.nan, "inf": math.inf}


class NotPlain(ValueError):
    """The typed text is not plain data; str() is one sentence."""


def literal(text: str) -> object:
    """The plain value a text stands for: literals, set(), float("inf"), 1/3. NotPlain otherwise."""
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except NotPlain:
        raise
    except (SyntaxError, ValueError):
        raise NotPlain(f"`{text}` is not a Python value") from None
    except (ArithmeticError, TypeError, RecursionError, MemoryError):
        raise NotPlain(f"`{text}` has no value") from None


def _value(node: ast.expr) -> object:
    match node:
        case ast.Constant():
            return node.value
        case ast.List():
            return [_value(item) for item in node.elts]
        case ast.Tuple():
            return tuple(_value(item) for item in node.elts)
        case ast.Set():
            return {_value(item) for item in node.elts}
        case ast.Dict():
            return _dict(node)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            number: Any = _value(operand)
            return -number if isinstance(sign, ast.USub) else +number
        case ast.BinOp(op=op) if type(op) in ARITHMETIC:
            return _sum(node)
        case ast.Call(func=ast.Name(id=name), keywords=[]):
            return _call(node, name)
    raise NotPlain(f"`{ast.unparse(node)}` is not plain data: type a number, a text, a list, ...")


def _dict(node: ast.Dict) -> object:
    if any(key is None for key in node.keys):
        raise NotPlain("`**` has no place in an expected value")
    return {_value(key): _value(item) for key, item in zip(node.keys, node.values, strict=True) if key}


def _sum(node: ast.BinOp) -> object:
    left, right = _value(node.left), _value(node.right)
    if not all(isinstance(side, int | float | complex) for side in (left, right)):
        raise NotPlain(f"`{ast.unparse(node)}` is not plain data")
    return ARITHMETIC[type(node.op)](left, right)


def _call(node: ast.Call, name: str) -> object:
    if not node.args and name in ("set", "frozenset", "list", "dict", "tuple"):
        return {"set": set(), "frozenset": frozenset(), "list": [], "dict": {}, "tuple": ()}[name]
    if name in ("set", "frozenset") and len(node.args) == 1:
        items: Any = _value(node.args[0])
        return set(items) if name == "set" else frozenset(items)
    if name == "float" and len(node.args) == 1 and isinstance(node.args[0], ast.Constant):
        word = str(node.args[0].value).lower().lstrip("+")
        if word.lstrip("-") in NAMED:
            return -NAMED[word[1:]] if word.startswith("-") else NAMED[word]
    raise NotPlain(f"`{ast.unparse(node)}` is not plain data")


def same(actual: object, expected: object, typed: str = "") -> bool:
    """Equal by structure. A float agrees when it rounds to the digits that were typed."""
    if isinstance(expected, float) and isinstance(actual, int | float) and not isinstance(actual, bool):
        return _same_float(float(actual), expected, typed)
    if type(actual) is not type(expected):
        numbers = (int, float, complex, bool)
        sets = (set, frozenset)
        both = all(isinstance(v, numbers) for v in (actual, expected))
        both = both or all(isinstance(v, sets) for v in (actual, expected))
        return both and actual == expected
    if isinstance(actual, list | tuple) and isinstance(expected, list | tuple):
        pairs = zip(actual, expected, strict=False)
        return len(actual) == len(expected) and all(same(a, e, typed) for a, e in pairs)
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(same(actual[k], expected[k], typed) for k in actual)
    return actual == expected


def _same_float(actual: float, expected: float, typed: str) -> bool:
    if math.isnan(expected) or math.isinf(expected):
        return actual == expected or (math.isnan(actual) and math.isnan(expected))
    digits = max((len(part) - part.index(".") - 1 for part in _numbers(typed) if "." in part), default=12)
    close = math.isclose(actual, expected, rel_tol=1e-9, abs_tol=1e-12)
    return close or (digits >= 2 and abs(actual - expected) <= 0.5000001 * 10.0**-digits)


def _numbers(typed: str) -> list[str]:
    kept = "".join(c if c.isdigit() or c == "." else " " for c in typed)
    return [part for part in kept.split() if part.strip(".")]


def compare(value: Value, relation: str, expected: str) -> bool | None:
    """Whether a recorded value stands in the relation to the typed text; None if that cannot be said."""
    if relation == "type":
        return value.type_name in (expected, expected.rpartition(".")[2]) or (
            None is value.literal and (expected in ("None", "NoneType") and value.kind == "none")
        )
    try:
        wanted = literal(expected)
    except NotPlain:
        return _by_text(value, relation, expected)
    if relation == "len":
        return None if value.length is None else value.length == wanted
    if not value.is_literal:
        return _unlike(value, relation, wanted)
    return _related(value.literal, relation, wanted, expected)


def _related(actual: object, relation: str, wanted: object, typed: str) -> bool | None:
    if relation in ("==", "!="):
        return same(actual, wanted, typed) == (relation == "==")
    if relation == "in":
        items: Any = wanted
        return (
            any(same(actual, item, typed) for item in items)
            if isinstance(wanted, list | tuple | set | dict | frozenset)
            else None
        )
    try:
        return bool(ORDER[relation](actual, wanted))
    except TypeError:
        return False


def _by_text(value: Value, relation: str, expected: str) -> bool | None:
    """For what is not plain data only the written form can be compared ("Point(x=1, y=2)")."""
    if relation not in ("==", "!="):
        return None
    equal = "".join(value.text.split()) == "".join(expected.split())
    return equal == (relation == "==")


def _unlike(value: Value, relation: str, wanted: object) -> bool | None:
    """An object, or a container not shown in full, against plain data."""
    if relation not in ("==", "!="):
        return None
    plain = type(wanted).__name__
    if value.type_name != plain or (hasattr(wanted, "__len__") and value.length != len(wanted)):
        return relation == "!="
    return None
