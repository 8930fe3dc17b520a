"""A decoded piece of the log: its steps, and what was written before each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any

from semduck.trace.reader.known import Mark
from semduck.trace.replay import Thing
from semduck.trace.store import Event, Moment

Cell = Any  # what can be written: (frame, name), (-1 - module, name), or the number of an object
Entry = tuple[int, int, str | None, Any]  # step from the chunk's first, frame, name or None, ref or operation
UNWIND = 6
UNBOUND = object()


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
        self.raised: list[int] = []  # steps at which an exception is told
        self.notes: list[tuple[int, Event]] = []  # (steps before it, event that is no step)
        self.cells: dict[Cell, list[int]] = {}  # places in the log at which a cell gets something new
        self.idle: set[int] = set()  # places where a name is bound to what it has
        self.work: dict[Cell, Any] = {}  # contents on their way through the chunk, see State
        self.names: dict[int, dict[str, Any] | None] = {}  # where the chunk begins, as far as asked for
        self.things: dict[int, Thing | None] = {}
        self._indexed = 0
        self._owned = 0
        self._owners: dict[int, list[tuple[str, list[int]]]] = {}
        self._moments: list[Moment] = []

    def __len__(self) -> int:
        return len(self.steps)

    # -- writes --------------------------------------------------------------------------------------------

    def index(self, names: Callable[[int], dict[str, Any]]) -> None:
        """Fill `cells` and `idle` for what is new in the log. names: of an owner where the chunk begins."""
        cells, log = self.cells, self.log
        for at in range(self._indexed, len(log)):
            _, frame, name, value = log[at]
            if name is not None:
                cell: Cell = (frame, name)
            else:
                op = value
                what = op[0]
                if what in ("p", "T", "N", "Y"):
                    cells.setdefault(op[1], []).append(at)
                    continue
                cell, value = _binding(frame, op)
            written = cells.get(cell)
            if written:
                before = bound(log[written[-1]])
            else:
                before = names(cell[0]).get(cell[1], UNBOUND)
            if value is before or same(value, before):
                self.idle.add(at)
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
        start = bisect_left(log, count, key=_step)
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
        self.raised = [n for n in self.raised if n < count]
        self.notes = [(min(n, count), event) for n, event in self.notes]

    def steps_of(self, cell: Cell) -> list[int]:
        """Steps at which a cell is written, in order, each once."""
        first, log, count = self.first, self.log, len(self.steps)
        found = dict.fromkeys(log[at][0] for at in self.cells.get(cell, ()))
        return [first + n for n in found if n < count]

    # -- steps as events -----------------------------------------------------------------------------------

    def moment(self, at: int) -> Moment:
        """Step `at` as an event, with what was noted before it. Needs `index`."""
        if at < len(self._moments):
            return self._moments[at]
        log = self.log
        start = bisect_left(log, at, key=_step)
        return self._moment(at, start, bisect_right(log, at, start, key=_step))

    def moments(self) -> list[Moment]:
        """All of them, made once. Needs `index`."""
        made, log = self._moments, self.log
        place = bisect_left(log, len(made), key=_step) if made else 0
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


def _step(entry: Entry) -> int:
    return entry[0]


def _binding(frame: int, op: Event) -> tuple[Cell, Any]:
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
    return value if name is not None else _binding(frame, value)[1]


def same(one: Any, other: Any) -> bool:
    """Are two refs written alike?"""
    if type(one) is not type(other):
        return False
    if type(one) is float:
        return repr(one) == repr(other)
    return bool(one == other)
