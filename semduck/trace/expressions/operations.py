"""What operators and the few known functions do to operands."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from semduck.trace.expressions.operands import (
    SIZED,
    Clipped,
    EvaluateError,
    Held,
    Operand,
    named,
    unwrapped,
)
from semduck.trace.expressions.reader import Reader
from semduck.trace.grids import GRIDS, grid
from semduck.trace.model import Value
from semduck.trace.replay import Thing

NUMBERS = (bool, int, float, complex)
PLAIN = (*NUMBERS, str, bytes, type(None))
LONG = 4096  # bits, characters: results beyond this are not worked out
IDENTITIES = ("function", "module", "type", "class", "generator")  # kinds whose == is `is`


def binary(name: str, left: Operand, right: Operand) -> Operand:
    """Arithmetic on numbers; + and * on short strings."""
    left, right = unwrapped(left), unwrapped(right)
    numbers = isinstance(left, NUMBERS) and isinstance(right, NUMBERS)
    texts = name == "Add" and type(left) is type(right) and isinstance(left, (str, bytes))
    if not (numbers or texts):
        raise EvaluateError(f"cannot work out {named(left)} {name} {named(right)} on recorded values")
    if name in ("Pow", "LShift") and _large(name, left, right):
        raise EvaluateError("the result is too large")
    try:
        return _BINARY[name](left, right)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise EvaluateError(str(error)) from None


def _large(name: str, left: Any, right: Any) -> bool:
    if not (isinstance(left, int) and isinstance(right, int)):
        return False
    return right > LONG if name == "LShift" else abs(right) * max(1, left.bit_length()) > LONG


_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
    "Pow": operator.pow,
    "LShift": operator.lshift,
    "RShift": operator.rshift,
    "BitOr": operator.or_,
    "BitAnd": operator.and_,
    "BitXor": operator.xor,
}
_UNARY: dict[str, Callable[[Any], Any]] = {
    "USub": operator.neg,
    "UAdd": operator.pos,
    "Invert": operator.invert,
}
_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
}
BINARY, UNARY = frozenset(_BINARY), frozenset(_UNARY)


def unary(name: str, value: Operand) -> Operand:
    """- + ~ on numbers."""
    value = unwrapped(value)
    if not isinstance(value, NUMBERS) or (name == "Invert" and not isinstance(value, int)):
        raise EvaluateError(f"cannot work out {name} {named(value)}")
    return _UNARY[name](value)


def true(value: Operand, seen: set[Any]) -> bool:
    """bool(value); `seen` collects the object that was looked at."""
    if type(value) is Held:
        seen.add(value.oid)
        kind = value.thing.kind
        if value.exact and kind in SIZED:
            return bool(value.thing.length)
        if kind in IDENTITIES:
            return True
        value = unwrapped(value)
        if type(value) is Held:
            raise EvaluateError(f"whether {named(value)} is true may be its own code: try `is not None`")
    if type(value) is Value:
        raise EvaluateError(f"of {value.text} only the text is known")
    return bool(value.length) if type(value) is Clipped else bool(value)


def compare(name: str, left: Operand, right: Operand, reader: Reader) -> bool:
    """One link of a comparison."""
    if name in ("Is", "IsNot"):
        return same(left, right) == (name == "Is")
    if name in ("In", "NotIn"):
        return contains(right, left, reader) == (name == "In")
    if name in ("Eq", "NotEq"):
        return equal(left, right, reader) == (name == "Eq")
    one, other = reader.python(left), reader.python(right)
    try:
        found = _ORDER[name](one, other)
    except TypeError:
        raise EvaluateError(f"{named(left)} and {named(right)} have no order") from None
    return bool(found)


def same(left: Operand, right: Operand) -> bool:
    """left is right: for objects and None, True, False."""
    if type(left) is Held and type(right) is Held:
        return left.oid == right.oid
    for one in (left, right):
        if one is None or one is True or one is False or one is ...:
            return left is right
    if type(left) is Held or type(right) is Held:
        return False
    raise EvaluateError("whether plain values are the same object is not recorded: use ==")


def equal(left: Operand, right: Operand, reader: Reader) -> bool:
    """left == right, when no code of the program could have a say in it."""
    left, right = unwrapped(left), unwrapped(right)
    if type(left) is Clipped or type(right) is Clipped:
        return _clipped_equal(left, right)
    one, other = reader.python(left), reader.python(right)
    for value in (one, other):
        if type(value) is Held and value.thing.kind not in IDENTITIES:
            return bool(value.__eq__(None))  # says why not
    if type(one) is Held or type(other) is Held:
        return type(one) is type(other) and one.oid == other.oid
    return bool(one == other)


def _clipped_equal(left: Operand, right: Operand) -> bool:
    short, cut = (left, right) if type(right) is Clipped else (right, left)
    if type(short) is not Clipped:
        if type(short).__name__ != cut.kind or cut.kind == "int" or len(short) != cut.length:
            return False
    elif (short.kind, short.length, short.start) != (cut.kind, cut.length, cut.start):
        return False
    raise EvaluateError(f"the {cut.kind} was not recorded in full")


def contains(whole: Operand, part: Operand, reader: Reader) -> bool:
    """part in whole"""
    whole = unwrapped(whole)
    if type(whole) is Clipped and isinstance(part, str) and whole.kind == "str":
        if part in whole.start:
            return True
        raise EvaluateError("the str was not recorded in full")
    if isinstance(whole, (str, bytes)):
        if type(part) is not type(whole):
            raise EvaluateError(f"{named(part)} cannot be in {named(whole)}")
        return bool(operator.contains(whole, part))
    if type(whole) is Value or (type(whole) is Held and _labelled(whole.thing)):
        raise EvaluateError(f"`in` looks at the labels of {named(whole)}: that is not worked out")
    return any(like(part, element, reader) for element in reader.elements(whole))


def _labelled(thing: Thing) -> bool:
    return thing.kind in GRIDS and "index" in grid(thing.text).about


def like(one: Operand, other: Operand, reader: Reader) -> bool:
    """Are they the same or equal, as a container asks?"""
    if type(one) in PLAIN and type(other) in PLAIN:
        return one is other or bool(one == other)
    if type(one) is Held and type(other) is Held and one.oid == other.oid:
        return True
    return equal(one, other, reader)
