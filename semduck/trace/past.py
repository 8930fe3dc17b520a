"""When a name got the value it has: through rebinding, or through a change of the object it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from semduck.trace.model import Value
from semduck.trace.reader.chunk import Cell
from semduck.trace.render import Renderer
from semduck.trace.replay import State

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

NEAR = 64  # objects looked at to tell whether there are many changes


def history(recording: Recording, name: str, frame: int, limit: int) -> Iterator[tuple[int, Value]]:
    """(step, value) whenever a name of this call was bound or its object changed, oldest first.

    More than `limit` bindings: about so many of them, spread evenly.
    """
    cell, start, stop = _place(recording, name, frame, recording.is_module(frame))
    writes = recording.writes(cell, start, stop)
    if len(writes) > limit:
        for k, ref in writes.some(limit):
            if ref:
                plain = type(ref[0]) is not list or len(ref[0]) != 1
                yield k, Renderer(State() if plain else recording.state(k)).value(ref[0])
        return
    yield from _every(recording, cell, start, stop, limit)


def _every(
    recording: Recording, cell: Cell, start: int, stop: int, limit: int
) -> Iterator[tuple[int, Value]]:
    """Every change while they are few, else one after each piece of the run."""
    told: Value | None = None
    many = (
        sum(len(recording.writes(c, start, stop)) for c in _cells(recording.state(stop - 1), cell, NEAR))
        > limit
    )
    gap, count = (stop - start) // limit if many else 0, 0
    k = recording.next_write({cell}, start, stop)
    while k is not None:
        state = recording.state(k)
        names = _names(state, cell)
        if cell[1] in names:
            value = Renderer(state).value(names[cell[1]])
            if value != told:
                told, count = value, count + 1
                yield k, value
        if count > limit:
            gap, count = max(gap, (stop - k) // limit), 0
        k = recording.next_write(_cells(state, cell), k + 1 + gap, stop)


def _cells(state: State, cell: Cell, most: int | None = None) -> set[Cell]:
    """A name's cell, and the objects it reaches."""
    names = _names(state, cell)
    reached = state.reached([names[cell[1]]], most) if cell[1] in names else set()
    return {cell, *reached}


def change(recording: Recording, k: int, name: str, frame: int, direction: int) -> int | None:
    """The nearest step at which a name was bound or its object changed: <= k for -1, > k for 1."""
    module = recording.is_module(frame) or recording.is_global(name, frame)
    cell, start, stop = _place(recording, name, frame, module)
    cells = _cells(recording.state(k), cell)
    if direction < 0:
        return recording.last_write(cells, start, k)
    return recording.next_write(cells, k + 1, stop)


def times_bound(recording: Recording, name: str, frame: int) -> int:
    """At how many steps a name was bound to something new, or unbound."""
    module = recording.is_module(frame) or recording.is_global(name, frame)
    return len(recording.writes(*_place(recording, name, frame, module)))


def _place(recording: Recording, name: str, frame: int, module: bool) -> tuple[Cell, int, int]:
    """The cell of a name, and the steps at which it can be written."""
    if module:
        return (-1 - recording.space(frame), name), 0, len(recording)
    first, last = recording.span(frame)
    return (frame, name), first, last + 1


def _names(state: State, cell: Cell) -> dict[str, object]:
    owner = cell[0]
    return state.frames.get(owner, {}) if owner >= 0 else state.spaces.get(-1 - owner, {})
