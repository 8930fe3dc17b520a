"""What a step writes, as cells: a name of a frame, a name of a module, an object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from semduck.trace.expressions.scope import Cell
from semduck.trace.replay import Ref, State
from semduck.trace.store import Event, Moment

if TYPE_CHECKING:
    from semduck.trace.recording import Recording


def operations(moment: Moment) -> Iterator[tuple[int, Event]]:
    """(frame, operation) of a step and of what was noted before it, in their order."""
    for before in moment.before:
        for op in before[2]:
            yield before[1], op
    event = moment.event
    if len(event) > 3 and event[3]:
        for op in event[3]:
            yield event[1], op


def cell(owner: int, op: Event) -> Cell:
    """The cell an operation of a frame writes."""
    what = op[0]
    if what in ("p", "T", "N", "Y"):
        return op[1]
    if what == "l" or (what == "x" and len(op) == 2):
        return (owner, op[1])
    if what == "o":
        return (op[1], op[2])
    return (-1 - op[1], op[2])


def written(moment: Moment) -> list[Cell]:
    """All cells a step writes."""
    if not moment.before and (len(moment.event) < 4 or not moment.event[3]):
        return []
    return [cell(owner, op) for owner, op in operations(moment)]


def put_in(moment: Moment, objects: set[int]) -> list[Ref]:
    """What a step puts into one of these objects: refs, [key, ref] pairs taken apart."""
    return [ref for _, op in operations(moment) if op[1] in objects for ref in _put(op)]


def put(writes: dict[Cell, list[Any]], objects: set[int]) -> list[Ref]:
    """The same, of writes that were followed."""
    return [ref for oid in objects for op in writes.get(oid, ()) for ref in _put(op)]


def touched(recording: Recording, k: int, objects: set[int], writes: dict[Cell, list[Any]]) -> set[int]:
    """Those of the objects that a step writes and that are not at once what they were again."""
    found = {oid for oid in objects if len(writes.get(oid, ())) == 1}
    for oid in objects.difference(found).intersection(writes):
        if _content(recording.state(k - 1), oid) != _content(recording.state(k), oid):
            found.add(oid)
    return found


def _content(state: State, oid: int) -> str:
    held = state.things.get(oid)
    return "" if held is None else repr((held.text, held.items, held.length, held.attrs, held.frame))


def _put(op: Event) -> list[Ref]:
    found: list[Ref] = []
    for item in op[4] if op[0] == "p" else ():
        found.append(item)
        if type(item) is list and len(item) == 2:  # a pair, or a tagged value: both do no harm
            found += item
    return found


__all__ = ["cell", "operations", "put", "put_in", "touched", "written"]
