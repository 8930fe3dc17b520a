"""Recorded containers as Python ones, within a budget."""

from __future__ import annotations

from collections import deque
from typing import Any

from semduck.trace.expressions.arrays import along
from semduck.trace.expressions.operands import (
    Clipped,
    EvaluateError,
    Held,
    Operand,
    named,
    operand,
    unwrapped,
)
from semduck.trace.grids import GRIDS, complete
from semduck.trace.model import Value
from semduck.trace.replay import State

NODES = 5000  # elements looked at in one container, nested ones included
ITERABLES = ("list", "tuple", "deque", "set", "frozenset")


class Reader:
    """Turns recorded containers into Python ones; `seen` collects the objects that were looked at."""

    def __init__(self, state: State, seen: set[Any]) -> None:
        self.state, self.seen, self.left = state, seen, NODES
        self._open: set[int] = set()

    def python(self, value: Operand) -> Any:
        """Containers of builtin types in full, other objects as Held. Raises when cut, cyclic or large."""
        value = unwrapped(value)
        if type(value) is Clipped:
            raise EvaluateError(f"the {value.kind} was not recorded in full")
        if type(value) is Value:
            raise EvaluateError(f"of {value.text} only the text is known")
        if isinstance(value, (list, tuple)):
            return type(value)(self.python(v) for v in value)
        if type(value) is not Held or not value.exact or value.thing.kind in ("object", "exception", "class"):
            return value
        if value.oid in self._open:
            raise EvaluateError("the value contains itself")
        self._open.add(value.oid)
        try:
            return self._container(value)
        finally:
            self._open.discard(value.oid)

    def _container(self, value: Held) -> Any:
        thing = value.thing
        if thing.kind == "dict":
            pairs = self.pairs(value)
            return _made(dict, ((self.python(k), self.python(v)) for k, v in pairs))
        makers: dict[str, Any] = {
            "list": list,
            "tuple": tuple,
            "set": set,
            "frozenset": frozenset,
            "deque": deque,
        }
        maker = makers.get(thing.kind)
        return value if maker is None else _made(maker, (self.python(v) for v in self.elements(value)))

    def elements(self, value: Operand) -> list[Operand]:
        """What a loop over it would give. Raises when that is not all recorded."""
        value = unwrapped(value)
        if isinstance(value, (list, tuple, set, dict, str, bytes)):
            return list(value)
        if type(value) is Held and value.exact and value.thing.kind == "dict":
            return [key for key, _ in self.pairs(value)]
        if type(value) is Held and value.thing.kind in GRIDS:
            self._whole(value)
        if type(value) is Value or (type(value) is Held and value.thing.kind in GRIDS):
            return along(value, self.state)
        if type(value) is not Held or not value.exact or value.thing.kind not in ITERABLES:
            raise EvaluateError(f"{named(value)} has no recorded elements")
        self._whole(value)
        return [operand(self.state, ref) for ref in value.thing.items]

    def pairs(self, value: Held) -> list[tuple[Operand, Operand]]:
        """Keys and values of a dict."""
        self._whole(value)
        return [(operand(self.state, k), operand(self.state, v)) for k, v in value.thing.items]

    def _whole(self, value: Held) -> None:
        self.seen.add(value.oid)
        thing = value.thing
        self.left -= len(thing.items)
        if not complete(thing) or self.left < 0:
            raise EvaluateError(f"the {thing.type} of {thing.length:,} elements is too large")


def _made(maker: Any, items: Any) -> Any:
    try:
        return maker(items)
    except TypeError as error:
        raise EvaluateError(str(error)) from None
