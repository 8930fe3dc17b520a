"""The writes of a set of cells, one step after the other; the set may grow on the way."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from semduck.trace.reader.entry import Cell, bound, step_of
from semduck.trace.reader.finding import NEVER, later, ordered

if TYPE_CHECKING:
    from semduck.trace.reader.log import Log


class Following:
    """Steps from `start` (not itself) up to `stop` (not itself). now: the step it has come to.

    A cell stands in one of three places: its next write is known (`_queue`), a chunk is to be looked into for
    it (`_waiting`), or a chunk does not write it any more, and the next one was not looked for yet (`_left`).
    """

    def __init__(self, log: Log, start: int, stop: int) -> None:
        self._log, self._stop = log, stop
        self.now = start
        self.cells: set[Cell] = set()
        self._queue: list[
            tuple[int, int, Cell, int]
        ] = []  # chunk, place in its log, cell, number of the place
        self._waiting: dict[int, set[Cell]] = {}  # by chunk
        self._chunks: list[int] = []  # of `_waiting`, a heap
        self._left: dict[int, set[Cell]] = {}

    def add(self, cells: Iterable[Cell]) -> None:
        """From now on, follow these, too."""
        new = set(cells).difference(self.cells)
        if new:
            self.cells |= new
            self._wait(self._log.chunks.of(max(0, self.now + 1)), new)

    def _wait(self, chunk: int, cells: set[Cell]) -> None:
        if chunk not in self._waiting:
            heappush(self._chunks, chunk)
            self._waiting[chunk] = set()
        self._waiting[chunk] |= cells

    def _enter(self, chunk: int) -> None:
        """Find the next writes of cells in a chunk."""
        heappop(self._chunks)
        cells, held = self._waiting.pop(chunk), self._log.chunk(chunk)
        here = cells & held.cells.keys()
        self._left.setdefault(chunk, set()).update(cells - here)
        start = bisect_left(held.log, self.now + 1 - held.first, key=step_of)
        for cell in here:
            self._push(chunk, cell, bisect_left(held.cells[cell], start))

    def _push(self, chunk: int, cell: Cell, at: int) -> None:
        held = self._log.chunk(chunk)
        places = held.cells.get(cell, ())
        if at >= len(places):
            self._left.setdefault(chunk, set()).add(cell)
        elif held.first + held.log[places[at]][0] < self._stop:
            heappush(self._queue, (chunk, places[at], cell, at))

    def _leave(self, chunk: int) -> None:
        """Find the next chunks that write what a chunk does not write any more."""
        log, cells = self._log, self._left.pop(chunk)
        if chunk >= log.open.number or log.chunks.start(chunk + 1) >= self._stop:
            return
        for cell in ordered(cells):
            after = later(log, cell, chunk)
            if log.chunks.start(after) < self._stop:
                self._wait(after, {cell})

    def peek(self, until: int = NEVER) -> int:
        """The step of the next write, NEVER when there is none. Looks no further than step `until`."""
        log, queue = self._log, self._queue
        while queue or self._chunks or self._left:
            chunk = min(queue[0][0] if queue else NEVER, self._chunks[0] if self._chunks else NEVER)
            left = min(self._left, default=NEVER)
            if left < chunk:
                if left < log.open.number and log.chunks.start(left + 1) > until:
                    return NEVER
                self._leave(left)
            elif self._chunks and self._chunks[0] == chunk:
                if log.chunks.start(chunk) > until:
                    return NEVER
                self._enter(chunk)
            else:
                held = log.chunk(chunk)
                return held.first + held.log[queue[0][1]][0]
        return NEVER

    def next(self) -> tuple[int, dict[Cell, list[Any]]] | None:
        """(step, what was written to which: refs or UNBOUND, operations); None when there is no more."""
        step = self.peek()
        if step == NEVER:
            return None
        found: dict[Cell, list[Any]] = {}
        while self.peek(step) == step:
            chunk, place, cell, at = heappop(self._queue)
            entry = self._log.chunk(chunk).log[place]
            found.setdefault(cell, []).append(bound(entry) if type(cell) is tuple else entry[3])
            self._push(chunk, cell, at + 1)
        self.now = step
        return step, found
