"""What a step writes, as cells: a name of a frame, a name of a module, an object."""

from __future__ import annotations

from collections.abc import Iterator

from semduck.trace.expressions.scope import Cell
from semduck.trace.replay import Ref
from semduck.trace.store import Event, Moment


def operations(moment: Moment) -> Iterator[tuple[int, Event]]:
    """(frame, operation) of a step and of what was noted before it, in their order. Frame -1: nobody's."""
    for before in moment.before:
        if before[0] == "E":
            for op in before[2]:
                yield before[1], op
        elif before[0] == "U":
            for op in before[2]:
                yield -1, op
    event = moment.event
    if len(event) > 3 and event[3]:
        for op in event[3]:
            yield event[1], op


def cell(owner: int, op: Event) -> Cell:
    """The cell an operation of a frame writes."""
    what = op[0]
    if what in ("p", "T", "N"):
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
    found: list[Ref] = []
    for _, op in operations(moment):
        if op[0] == "p" and op[1] in objects:
            for item in op[4]:
                found.append(item)
                if type(item) is list and len(item) == 2:  # a pair, or a tagged value: both do no harm
                    found += item
    return found
