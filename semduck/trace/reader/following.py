"""The writes of a set of cells, one step after the other; the set may grow on the way."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from semduck.trace.reader.entry import Cell, bound, step_of
from semduck.trace.reader.finding import NEVER, later

if TYPE_CHECKING:
    from semduck.trace.reader.log import Log

WHOLE = -1  # in place of a place: the chunk was not looked into yet


class Following:
    """Steps from `start` (not itself) up to `stop` (not itself). now: the step it has come to."""

    def __init__(self, log: Log, start: int, stop: int) -> None:
        self._log, self._stop = log, stop
        self.now = start
        self.cells: set[Cell] = set()
        self._queue: list[tuple[int, int, int, Cell, int]] = []  # chunk, place, number, cell, which place

    def add(self, cells: Iterable[Cell]) -> None:
        """From now on, follow these, too."""
        chunk = self._log.chunks.of(max(0, self.now + 1))
        for cell in cells:
            if cell not in self.cells:
                self.cells.add(cell)
                heappush(self._queue, (chunk, WHOLE, len(self.cells), cell, 0))

    def _enter(self, chunk: int, number: int, cell: Cell) -> None:
        """Find a cell's next write in a chunk, or else the chunk to look into."""
        held = self._log.chunk(chunk)
        places = held.cells.get(cell)
        if places:
            at = bisect_left(places, bisect_left(held.log, self.now + 1 - held.first, key=step_of))
            if at < len(places):
                self._push(chunk, number, cell, at)
                return
        self._wait(chunk, number, cell)

    def _wait(self, chunk: int, number: int, cell: Cell) -> None:
        """Nothing more in this chunk."""
        after = later(self._log, cell, chunk)
        if after <= self._log.open.number and self._log.chunks.start(after) < self._stop:
            heappush(self._queue, (after, WHOLE, number, cell, 0))

    def _push(self, chunk: int, number: int, cell: Cell, at: int) -> None:
        held = self._log.chunk(chunk)
        places = held.cells.get(cell, ())
        if at >= len(places):
            self._wait(chunk, number, cell)
        elif held.first + held.log[places[at]][0] < self._stop:
            heappush(self._queue, (chunk, places[at], number, cell, at))

    def peek(self, until: int = NEVER) -> int:
        """The step of the next write, NEVER when there is none. Looks no further than step `until`."""
        queue, log = self._queue, self._log
        while queue and queue[0][1] == WHOLE:
            if log.chunks.start(queue[0][0]) > until:
                return NEVER
            chunk, _, number, cell, _ = heappop(queue)
            self._enter(chunk, number, cell)
        if not queue:
            return NEVER
        held = log.chunk(queue[0][0])
        return held.first + held.log[queue[0][1]][0]

    def next(self) -> tuple[int, dict[Cell, list[Any]]] | None:
        """(step, what was written to which: refs or UNBOUND, operations); None when there is no more."""
        step = self.peek()
        if step == NEVER:
            return None
        found: dict[Cell, list[Any]] = {}
        while self.peek(step) == step:
            chunk, place, number, cell, at = heappop(self._queue)
            entry = self._log.chunk(chunk).log[place]
            found.setdefault(cell, []).append(bound(entry) if type(cell) is tuple else entry[3])
            self._push(chunk, number, cell, at + 1)
        self.now = step
        return step, found
