"""What operators and the few known functions do to operands."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from semduck.trace.expressions.operands import (
    Clipped,
    EvaluateError,
    Held,
    Missing,
    Operand,
    Reader,
    named,
    operand,
    unwrapped,
)

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
    "Add": operator.add, "Sub": operator.sub, "Mult": operator.mul, "Div": operator.truediv,
    "FloorDiv": operator.floordiv, "Mod": operator.mod, "Pow": operator.pow, "LShift": operator.lshift,
    "RShift": operator.rshift, "BitOr": operator.or_, "BitAnd": operator.and_, "BitXor": operator.xor,
}
_UNARY: dict[str, Callable[[Any], Any]] = {
    "USub": operator.neg, "UAdd": operator.pos, "Invert": operator.invert}
_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt, "GtE": operator.ge}
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
        if value.exact and kind in ("list", "tuple", "set", "frozenset", "dict", "deque"):
            return bool(value.thing.length)
        if kind in IDENTITIES:
            return True
        value = unwrapped(value)
        if type(value) is Held:
            raise EvaluateError(f"whether {named(value)} is true may be its own code: try `is not None`")
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
    return any(_like(part, element, reader) for element in reader.elements(whole))


def _like(one: Operand, other: Operand, reader: Reader) -> bool:
    if type(one) in PLAIN and type(other) in PLAIN:
        return one is other or bool(one == other)
    if type(one) is Held and type(other) is Held and one.oid == other.oid:
        return True
    return equal(one, other, reader)


def item(value: Operand, index: Operand, reader: Reader) -> Operand:
    """value[index]"""
    value = unwrapped(value)
    if type(value) is not Held:
        return _plain_item(value, index)
    thing = value.thing
    reader.seen.add(value.oid)
    if thing.kind == "dict":
        return _entry(value, reader.python(index), reader)
    if thing.kind not in ("list", "tuple", "deque"):
        raise EvaluateError(f"{named(value)} has no recorded elements")
    if isinstance(index, slice):
        return _cut(reader.elements(value), index)
    if not isinstance(index, int):
        raise EvaluateError(f"an index of {named(value)} must be a number")
    number = index + (thing.length if index < 0 else 0)
    if 0 <= number < len(thing.items):
        return operand(reader.state, thing.items[number])
    raise Missing(f"there is no element {index}")


def _plain_item(value: Operand, index: Operand) -> Operand:
    if type(value) is Clipped and value.kind != "int" and isinstance(index, int):
        if 0 <= index < len(value.start):
            return value.start[index]
    if not isinstance(value, (str, bytes, list, tuple)):
        raise EvaluateError(f"{named(value)} has no elements")
    if isinstance(index, slice):
        return _cut(value, index)
    if not isinstance(index, int):
        raise EvaluateError(f"an index of {named(value)} must be a number")
    if -len(value) <= index < len(value):
        return value[index]
    raise Missing(f"there is no element {index}")


def _cut(values: Any, index: slice) -> Any:
    try:
        return values[index]
    except (TypeError, ValueError) as error:
        raise EvaluateError(str(error)) from None


def _entry(value: Held, key: Any, reader: Reader) -> Operand:
    for held, ref in value.thing.items:
        if type(held) is not list:
            if type(key) in PLAIN and held == key:
                return operand(reader.state, ref)
        elif type(key) not in PLAIN or len(held) != 1:
            if _like(key, operand(reader.state, held), reader):
                return operand(reader.state, ref)
    raise Missing(f"there is no key {key!r}" if type(key) in PLAIN else "there is no such key")
