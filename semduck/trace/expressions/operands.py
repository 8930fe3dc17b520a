"""What an expression works on: plain values, recorded objects, and texts that were cut when recorded."""

from __future__ import annotations

import ast
from collections import deque
from dataclasses import dataclass
from typing import Any

from semduck.trace.replay import Ref, State, Thing

Operand = Any  # a plain Python value, Held, Clipped, or a list or tuple of operands made by the expression
NODES = 5000  # elements looked at in one container, nested ones included
SCALARS = ("int", "float", "str", "bytes", "complex")
ITERABLES = ("list", "tuple", "deque", "set", "frozenset")
KNOWN = ("OrderedDict", "defaultdict", "Counter", "deque")  # their ==, len and truth are those of the base


class EvaluateError(ValueError):
    """The expression has no value at this step. One line."""


class Missing(EvaluateError):
    """A name, attribute, key or element does not exist (yet) at this step."""


class Unsettled(Missing):
    """Missing, and no write that can be named would bring it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A recorded object."""

    oid: int
    thing: Thing

    @property
    def exact(self) -> bool:
        """Does the builtin type alone say how it behaves?"""
        return self.thing.type == self.thing.kind or self.thing.type in KNOWN

    def __eq__(self, other: object) -> bool:
        """As an element of a container: the same object, or unknown."""
        if isinstance(other, Held) and other.oid == self.oid:
            return True
        raise EvaluateError(f"== of {self.thing.type} may be its own code: compare attributes, or use `is`")

    def __hash__(self) -> int:
        return hash(self.oid)


@dataclass(frozen=True, slots=True)
class Clipped:
    """A long str, bytes or int: its beginning, and its real length."""

    kind: str
    start: Any
    length: int


def operand(state: State, ref: Ref) -> Operand:
    """The operand of a ref."""
    if type(ref) is not list:
        return ref
    if len(ref) == 1:
        return _object(state, ref[0])
    if ref[0] == "b":
        data = ref[1].encode("latin-1")
        return data if len(data) == ref[2] else Clipped("bytes", data, ref[2])
    if ref[0] == "c":
        return complex(ref[1])
    if ref[0] == "k":
        return {"Ellipsis": ..., "NotImplemented": NotImplemented}.get(ref[1])
    return Clipped("str" if ref[0] == "s" else "int", ref[1], ref[2])


def _object(state: State, oid: int) -> Operand:
    thing = state.things.get(oid)
    if thing is None:
        raise EvaluateError("the object was not recorded")
    return Held(oid, thing)


def unwrapped(value: Operand) -> Operand:
    """The plain value inside an instance of a class derived from int, str, ...; others as they are."""
    if type(value) is not Held or value.thing.kind not in SCALARS:
        return value
    try:
        return ast.literal_eval(value.thing.text)
    except (ValueError, SyntaxError, MemoryError):
        raise EvaluateError(f"the {value.thing.type} was not recorded in full") from None


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
        if thing.length != len(thing.items) or self.left < 0:
            raise EvaluateError(f"the {thing.type} of {thing.length:,} elements is too large")


def _made(maker: Any, items: Any) -> Any:
    try:
        return maker(items)
    except TypeError as error:
        raise EvaluateError(str(error)) from None


def named(value: Operand) -> str:
    """A word for it in messages."""
    if type(value) is Held:
        return str(value.thing.type)
    return value.kind if type(value) is Clipped else type(value).__name__
