"""What an expression works on: plain values, recorded objects, texts that were cut, and mere pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from semduck.trace.grids import GRIDS, grid
from semduck.trace.model import Value
from semduck.trace.render import parsed, tagged
from semduck.trace.replay import Ref, State, Thing

# A plain Python value, Held, Clipped, or a list or tuple of operands made by the expression. A Value is the
# picture of a table's column, or of an element of which only a text is known.
Operand = Any
SCALARS = ("int", "bool", "float", "str", "bytes", "complex")
SIZED = ("list", "tuple", "set", "frozenset", "dict", "deque", "bytearray")
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
    if ref[0] == "t":
        return tagged(ref)
    return Clipped("str" if ref[0] == "s" else "int", ref[1], ref[2])


def operand_of(state: State, value: Value) -> Operand:
    """The operand of a picture: what it shows exactly, else the object as it is in this state."""
    if value.is_literal:
        return value.literal
    if value.identity is None or value.identity not in state.things:
        raise Missing(f"{value.text} is not there at this step")
    return _object(state, value.identity)


def _object(state: State, oid: int) -> Operand:
    thing = state.things.get(oid)
    if thing is None:
        raise EvaluateError("the object was not recorded")
    return Held(oid, thing)


def unwrapped(value: Operand) -> Operand:
    """The plain value inside an instance of a class derived from int, str, ...; others as they are."""
    if type(value) is not Held or value.thing.kind not in SCALARS:
        return value
    thing = value.thing
    found = _number(thing) if thing.kind in ("float", "complex") else parsed(thing.text)
    if found is None:
        raise EvaluateError(f"the {thing.type} was not recorded in full")
    if isinstance(found, (str, bytes)) and thing.length > len(found):
        return Clipped(thing.kind, found, thing.length)
    return found


def _number(thing: Thing) -> object:
    """Also nan and inf, which are no literals."""
    try:
        return float(thing.text) if thing.kind == "float" else complex(thing.text)
    except ValueError:
        return parsed(thing.text)


def sized(thing: Thing) -> int | None:
    """len() of it, as far as its builtin base, or numpy, torch or pandas, say; else None."""
    if thing.kind in GRIDS:
        return next(iter(grid(thing.text).shape), None)
    return thing.length if thing.kind in SIZED else None


def named(value: Operand) -> str:
    """A word for it in messages."""
    if type(value) is Held:
        return str(value.thing.type)
    if type(value) is Value:
        return value.type_name
    return value.kind if type(value) is Clipped else type(value).__name__
