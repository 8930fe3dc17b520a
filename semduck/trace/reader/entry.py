"""An entry of a chunk's log: one name that is bound, or one operation."""

from __future__ import annotations

import marshal
from typing import Any

from semduck.trace.store import Event

Cell = Any  # what can be written: (frame, name), (-1 - module, name), or the number of an object
Entry = tuple[int, int, str | None, Any]  # step from the chunk's first, frame, name or None, ref or operation
UNBOUND: Any = object()  # in place of a ref: the name was deleted


def step_of(entry: Entry) -> int:
    """Its step."""
    return entry[0]


def binding(frame: int, op: Event) -> tuple[Cell, Any]:
    """(cell, ref or UNBOUND) of an operation on a name."""
    what = op[0]
    if what == "g":
        return (-1 - op[1], op[2]), op[3]
    if what == "o":
        return (op[1], op[2]), op[3]
    if what == "x":
        return ((frame, op[1]) if len(op) == 2 else (-1 - op[1], op[2])), UNBOUND
    if what == "l":
        return (frame, op[1]), op[2]
    raise ValueError(f"no such operation: {what!r}")


def bound(entry: Entry) -> Any:
    """What an entry on a name binds it to; UNBOUND when to nothing."""
    _, frame, name, value = entry
    return value if name is not None else binding(frame, value)[1]


def same(one: Any, other: Any) -> bool:
    """Are two refs, or lists of them, written alike? 1, 1.0 and True are not, nan and nan are."""
    if type(one) is not type(other):
        return False
    kind = type(one)
    if kind is float:
        return repr(one) == repr(other)
    if kind is list or kind is tuple:
        return len(one) == len(other) and (not one or marshal.dumps(one, 2) == marshal.dumps(other, 2))
    return bool(one == other)
