"""The few functions expressions may call."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from semduck.trace.expressions.operands import (
    Clipped,
    EvaluateError,
    Held,
    Operand,
    named,
    sized,
    unwrapped,
)
from semduck.trace.expressions.operations import NUMBERS, true
from semduck.trace.expressions.reader import Reader
from semduck.trace.model import Value


def length(value: Operand, reader: Reader) -> int:
    """len(value)"""
    value = unwrapped(value)
    if type(value) is Clipped and value.kind != "int":
        return value.length
    if type(value) is Held:
        reader.seen.add(value.oid)
        size = sized(value.thing)
        if size is not None:
            return size  # of a subclass: how many elements it really holds
    if type(value) is Value and value.length is not None:
        return value.length
    if isinstance(value, (str, bytes, list, tuple)):
        return len(value)
    raise EvaluateError(f"{named(value)} has no recorded length")


def is_instance(value: Operand, names: tuple[str, ...]) -> bool:
    """isinstance, by the recorded names of types."""
    if type(value) is Clipped:
        return value.kind in names
    if type(value) is Value:
        raise EvaluateError(f"of {value.text} only the text is known")
    if type(value) is not Held:
        return any(base.__name__ in names for base in type(value).__mro__)
    thing = value.thing
    mine = {thing.type, thing.type.rpartition(".")[2], thing.kind if thing.kind != "opaque" else "", "object"}
    known = getattr(builtins, thing.type, None)
    if thing.kind == "exception" and isinstance(known, type):
        mine |= {base.__name__ for base in known.__mro__}
    return not mine.isdisjoint(names)


def _numbers(values: list[Any]) -> Any:
    if not all(isinstance(v, NUMBERS) for v in values):
        raise EvaluateError("sum needs numbers")
    return sum(values)


_FOLDS: dict[str, Callable[[list[Any]], Any]] = {"min": min, "max": max, "sorted": sorted, "sum": _numbers}
FUNCTIONS = ("len", "abs", "any", "all", "bool", *_FOLDS)


def call(name: str, values: list[Operand], reader: Reader) -> Operand:
    """One of FUNCTIONS."""
    if name in ("min", "max") and len(values) > 1:
        values = [values]
    if len(values) != 1:
        raise EvaluateError(f"{name}() takes one argument here")
    (value,) = values
    if name == "len":
        return length(value, reader)
    if name == "bool":
        return true(value, reader.seen)
    if name == "abs":
        return abs(_number(value))
    elements = reader.elements(value)
    if name in ("any", "all"):
        truths = (true(e, reader.seen) for e in elements)
        return any(truths) if name == "any" else all(truths)
    try:
        return _FOLDS[name]([reader.python(e) for e in elements])
    except (TypeError, ValueError) as error:
        raise EvaluateError(str(error)) from None


def _number(value: Operand) -> Any:
    value = unwrapped(value)
    if not isinstance(value, NUMBERS):
        raise EvaluateError(f"abs() of {named(value)}")
    return value
