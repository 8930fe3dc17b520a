"""Elements of recorded containers, by index, slice or key."""

from __future__ import annotations

from typing import Any

from semduck.trace.expressions import arrays
from semduck.trace.expressions.operands import (
    Clipped,
    EvaluateError,
    Held,
    Missing,
    Operand,
    named,
    operand,
    unwrapped,
)
from semduck.trace.expressions.operations import PLAIN, like
from semduck.trace.expressions.reader import Reader
from semduck.trace.grids import GRIDS
from semduck.trace.model import Value


def item(value: Operand, index: Operand, reader: Reader) -> Operand:
    """value[index]"""
    value = unwrapped(value)
    if type(value) is not Held:
        return _plain_item(value, index, reader)
    thing = value.thing
    reader.seen.add(value.oid)
    if thing.kind in GRIDS:
        return arrays.item(value, reader.python(index), reader.state)
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


def _plain_item(value: Operand, index: Operand, reader: Reader) -> Operand:
    if type(value) is Clipped and value.kind != "int" and isinstance(index, int):
        if 0 <= index < len(value.start):
            return value.start[index]
    if type(value) is Clipped and value.kind != "int":
        raise EvaluateError(f"the {value.kind} was not recorded in full")
    if type(value) is Value:
        return arrays.cell(value, index, reader.state)
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
            if like(key, operand(reader.state, held), reader):
                return operand(reader.state, ref)
    raise Missing(f"there is no key {key!r}" if type(key) in PLAIN else "there is no such key")
