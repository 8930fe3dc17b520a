"""The writes of a set of things, one step after the other; the set may grow on the way."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import Any

from semduck.trace.runs import BLOCK, Part
from semduck.trace.written import Key, Written


class Following:
    """Steps from `start` (not itself) up to `stop` (not itself)."""

    def __init__(self, written: Written, start: int, stop: int) -> None:
        self.now, self._stop = start, stop
        self.keys: set[Key] = set()
        self._parts = iter(written.parts(start + 1, stop))
        self._part: Part | None = next(self._parts, None)
        self._queue: list[tuple[int, Key, int]] = []  # step, key, where it is in the part
        self._rows: dict[Key, tuple[Sequence[int], int, int]] = {}  # steps, from, to
        self._blocks: dict[Key, tuple[int, list[Any]]] = {}  # where they begin, some values

    def add(self, keys: Iterable[Key]) -> None:
        """From now on, follow these, too."""
        new = set(keys) - self.keys
        self.keys |= new
        self._enter(new)

    def _enter(self, keys: set[Key]) -> None:
        part = self._part
        if part is None or not keys:
            return
        for key in part.held(keys):
            steps, start, stop = part.steps(key)
            at = bisect_right(steps, self.now - part.first, start, stop)
            if at < stop:
                self._rows[key] = steps, start, stop
                self._push(key, at)

    def _push(self, key: Key, at: int) -> None:
        """Wait for the next write of a key."""
        steps, _, stop = self._rows[key]
        if at < stop and self._part is not None and (step := self._part.first + steps[at]) < self._stop:
            heappush(self._queue, (step, key, at))

    def next(self) -> tuple[int, dict[Key, list[Any]]] | None:
        """(step, what was written to which); None when there is no more."""
        while not self._queue:
            self._part = next(self._parts, None) if self._part is not None else None
            if self._part is None:
                return None
            self._rows, self._blocks = {}, {}
            self._enter(self.keys)
        self.now = self._queue[0][0]
        found: dict[Key, list[Any]] = {}
        while self._queue and self._queue[0][0] == self.now:
            _, key, at = heappop(self._queue)
            found.setdefault(key, []).append(self._value(key, at))
            self._push(key, at + 1)
        return self.now, found

    def _value(self, key: Key, at: int) -> Any:
        number = at - self._rows[key][1]
        low, values = self._blocks.get(key, (0, ()))
        if not low <= number < low + len(values):
            assert self._part is not None
            low, values = self._blocks[key] = number, self._part.values(key, number, number + BLOCK)
        return values[number - low]
