"""A decoded piece of the log: its steps, and what was written before each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any

from semduck.trace.reader.entry import UNBOUND, Cell, Entry, binding, bound, same, step_of
from semduck.trace.reader.known import Mark
from semduck.trace.replay import Thing
from semduck.trace.store import Event, Moment

UNWIND = 6


class Told:
    """What a beginning anew tells: names by owner, objects, and the line each frame stands on."""

    def __init__(self) -> None:
        self.names: dict[int, dict[str, Any]] = {}
        self.things: dict[int, Thing] = {}
        self.lines: dict[int, int] = {}


class Chunk:
    """Columns of `number`'s steps, from step `first` on. An open chunk grows while it is taken in.

    log: entries in order; those behind the last step belong to the first step of the next chunk.
    """

    def __init__(self, number: int, first: int) -> None:
        self.number, self.first = number, first
        self.steps: list[Mark] = []
        self.frames: list[int] = []
        self.log: list[Entry] = []
        self.births: list[tuple[int, int, int, int, int, int, int]] = []  # see FrameTable.add; step or -1
        self.begins: list[tuple[int, int]] = []  # (frame, step) of announced frames
        self.ends: list[tuple[int, int]] = []
        self.resumes: list[tuple[int, int]] = []  # (frame, step) at which a generator goes on
        self.raised: list[int] = []  # steps at which an exception is told
        self.notes: list[tuple[int, Event]] = []  # (steps before it, event that is no step)
        self.cells: dict[Cell, list[int]] = {}  # places in the log at which a cell gets something new
        self.idle: set[int] = set()  # places where a name is bound to what it has, or once more by the step
        self.work: dict[Cell, Any] = {}  # contents on their way through the chunk, see State
        self.names: dict[int, dict[str, Any] | None] = {}  # where the chunk begins, as far as asked for
        self.things: dict[int, Thing | None] = {}
        self.told: Told | None = None  # when the log begins anew here: all that is known where it begins
        self.lasting: dict[int, tuple[int, int]] = {}  # first and last step of frames; not of an open chunk
        self._indexed = 0
        self._owned = 0
        self._owners: dict[int, list[tuple[str, list[int]]]] = {}
        self._moments: list[Moment] = []
        self.lines: tuple[int, dict[tuple[int, int], list[int]]] = (0, {})  # see reader/lines.py

    def __len__(self) -> int:
        return len(self.steps)

    # -- writes --------------------------------------------------------------------------------------------

    def index(self, names: Callable[[int], dict[str, Any]]) -> None:
        """Fill `cells` and `idle` for what is new in the log. names: of an owner where the chunk begins."""
        cells, log = self.cells, self.log
        for at in range(self._indexed, len(log)):
            n, frame, name, value = log[at]
            if name is not None:
                cell: Cell = (frame, name)
            else:
                op = value
                what = op[0]
                if what in ("p", "T", "N", "Y"):
                    cells.setdefault(op[1], []).append(at)
                    continue
                cell, value = binding(frame, op)
            written = cells.get(cell)
            if written and log[written[-1]][0] == n:  # of the writes of a step the last counts
                self.idle.add(written.pop())
            if written:
                before = bound(log[written[-1]])
            else:
                before = names(cell[0]).get(cell[1], UNBOUND)
            if value is before or same(value, before):
                self.idle.add(at)
                if written is not None and not written:
                    del cells[cell]
            elif written is None:
                cells[cell] = [at]
            else:
                written.append(at)
        self._indexed = len(log)

    def written(self, owner: int) -> list[tuple[str, list[int]]]:
        """(name, places in the log) of an owner's names that are written."""
        if self._owned != len(self.log):
            self._owners = {}
            for cell, places in self.cells.items():
                if type(cell) is tuple:
                    self._owners.setdefault(cell[0], []).append((cell[1], places))
            self._owned = len(self.log)
        return self._owners.get(owner, [])

    def cut(self) -> list[Entry]:
        """Take away what waits for the first step of the next chunk."""
        log, count = self.log, len(self.steps)
        start = bisect_left(log, count, key=step_of)
        rest = log[start:]
        if rest:
            del log[start:]
            self.idle = {place for place in self.idle if place < start}
            for cell, places in list(self.cells.items()):
                while places and places[-1] >= start:
                    places.pop()
                if not places:
                    del self.cells[cell]
            self._indexed = min(self._indexed, start)
        return rest

    def limit(self, count: int) -> None:
        """Forget what is behind so many steps. Only before anything was asked."""
        del self.steps[count:], self.frames[count:]
        self.log = [e for e in self.log if e[0] < count]
        self.births = [b for b in self.births if b[6] < count]
        self.begins = [b for b in self.begins if b[1] < count]
        self.ends = [b for b in self.ends if b[1] < count]
        self.resumes = [b for b in self.resumes if b[1] < count]
        self.raised = [n for n in self.raised if n < count]
        self.notes = [(min(n, count), event) for n, event in self.notes]

    def last_of(self, cells: AbstractSet[Cell], n: int) -> int | None:
        """The last step, at most the n-th of the chunk, that writes one of the cells."""
        log, best = self.log, -1
        stop = bisect_right(log, min(n, len(self.steps) - 1), key=step_of)
        for cell in cells & self.cells.keys():
            places = self.cells[cell]
            at = bisect_left(places, stop) - 1
            if at >= 0 and places[at] > best:
                best = places[at]
        return self.first + log[best][0] if best >= 0 else None

    def next_of(self, cells: AbstractSet[Cell], n: int) -> int | None:
        """The first step, at least the n-th of the chunk, that writes one of the cells."""
        log = self.log
        start, best = bisect_left(log, n, key=step_of), bisect_left(log, len(self.steps), key=step_of)
        stop = best
        for cell in cells & self.cells.keys():
            places = self.cells[cell]
            at = bisect_left(places, start)
            if at < len(places) and places[at] < best:
                best = places[at]
        return self.first + log[best][0] if best < stop else None

    def steps_of(self, cell: Cell) -> list[int]:
        """Steps at which a cell is written, in order, each once."""
        first, log, count = self.first, self.log, len(self.steps)
        found = dict.fromkeys(log[at][0] for at in self.cells.get(cell, ()))
        return [first + n for n in found if n < count]

    def part(self, start: int, stop: int) -> tuple[list[Mark], list[int], list[Entry]]:
        """(what, frames, entries) of steps start <= k < stop, for comparing."""
        a, b = start - self.first, stop - self.first
        low, high = (bisect_left(self.log, n, key=step_of) for n in (a, b))
        return self.steps[a:b], self.frames[a:b], [(n - a, *rest) for n, *rest in self.log[low:high]]

    # -- steps as events -----------------------------------------------------------------------------------

    def moment(self, at: int) -> Moment:
        """Step `at` as an event, with what was noted before it. Needs `index`."""
        if at < len(self._moments):
            return self._moments[at]
        log = self.log
        start = bisect_left(log, at, key=step_of)
        return self._moment(at, start, bisect_right(log, at, start, key=step_of))

    def moments(self) -> list[Moment]:
        """All of them, made once. Needs `index`."""
        made, log = self._moments, self.log
        place = bisect_left(log, len(made), key=step_of) if made else 0
        for at in range(len(made), len(self.steps)):
            start = place
            while place < len(log) and log[place][0] == at:
                place += 1
            made.append(self._moment(at, start, place))
        return made

    def _moment(self, at: int, start: int, stop: int) -> Moment:
        kind, line, *more = self.steps[at]
        frame = self.frames[at]
        mine: list[Event] = []
        others: dict[int, list[Event]] = {}
        for place in range(start, stop):
            if place not in self.idle:
                _, owner, name, value = self.log[place]
                ops = mine if owner == frame or owner < 0 else others.setdefault(owner, [])
                ops.append(value if name is None else ["l", name, value])
        event: Event = [kind, frame, line]
        if mine or more or kind == UNWIND:
            event.append(mine)
        return Moment(event + more, [["E", owner, ops] for owner, ops in others.items()])
