"""Recorded attributes of an object or its class."""

from __future__ import annotations

from typing import Any

from semduck.trace.expressions.operands import Held, Missing, Operand, Unsettled, named, operand
from semduck.trace.grids import GRIDS, grid
from semduck.trace.grids import named as fields
from semduck.trace.replay import Ref, State, Thing, paired

_NONE = object()


def attribute(state: State, value: Operand, name: str, seen: set[Any], classes: dict[str, int]) -> Operand:
    """A recorded attribute, of the instance or of its class."""
    if type(value) is Held:
        if value.thing.kind in GRIDS and name == "shape":
            seen.add(value.oid)
            return grid(value.thing.text).shape
        found = _attribute(state, value.oid, name, seen)
        if found is _NONE and value.thing.kind in ("object", "exception"):
            cls = class_of(state, value.thing, classes)
            if cls is None:
                raise Unsettled(f"{named(value)} has no recorded attribute {name}")
            found = _attribute(state, cls, name, seen)
        if found is not _NONE:
            return operand(state, found)
    raise Missing(f"{named(value)} has no recorded attribute {name}")


def _attribute(state: State, oid: int | None, name: str, seen: set[Any]) -> Ref:
    while oid is not None:
        seen.add(oid)
        thing = state.things.get(oid)
        if thing is None:
            break
        if name in fields(thing):
            return thing.items[fields(thing).index(name)]
        if paired(thing) and thing.kind != "dict":
            for key, item in thing.items:
                if key == name:
                    return item
        oid = thing.attrs if thing.kind != "function" else None  # a closure is no attribute
    return _NONE


def class_of(state: State, thing: Thing, classes: dict[str, int]) -> int | None:
    """Number of the recorded class of an instance. `classes` remembers."""
    found = classes.get(thing.type)
    if found is None or found not in state.things:
        found = state.class_named(thing.type)
        if found is not None:
            classes[thing.type] = found
    return found
