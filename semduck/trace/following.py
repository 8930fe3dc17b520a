"""The writes of a set of things, one step after the other; the set may grow on the way."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import Any

from semduck.trace.noting import Key
from semduck.trace.runs import BLOCK
from semduck.trace.written import Written

NEVER = 1 << 62
Place = tuple[int, Key]  # number of a part, key


class Following:
    """Steps from `start` (not itself) up to `stop` (not itself)."""

    def __init__(self, written: Written, start: int, stop: int) -> None:
        self.now, self._stop = start, stop
        self.keys: set[Key] = set()
        self._parts = written.parts(start + 1, stop)
        self._low = self._entered = 0  # the part `now` is in; those before `_entered` were looked into
        self._queue: list[tuple[int, int, Key, int]] = []  # step, number of the part, key, where in the part
        self._rows: dict[Place, tuple[Sequence[int], int, int]] = {}  # steps, from, to
        self._blocks: dict[Place, tuple[int, list[Any]]] = {}  # where they begin, some values

    def add(self, keys: Iterable[Key]) -> None:
        """From now on, follow these, too."""
        new = set(keys) - self.keys
        self.keys |= new
        while self._low + 1 < len(self._parts) and self._parts[self._low + 1].first <= self.now:
            self._low += 1
        for number in range(self._low, self._entered if new else 0):
            self._enter(number, new)

    def _enter(self, number: int, keys: set[Key]) -> None:
        part = self._parts[number]
        for key in part.held(keys):
            steps, start, stop = part.steps(key)
            at = bisect_right(steps, self.now - part.first, start, stop)
            if at < stop:
                self._rows[number, key] = steps, start, stop
                self._push(number, key, at)

    def _push(self, number: int, key: Key, at: int) -> None:
        """Wait for the next write of a key."""
        steps, _, stop = self._rows[number, key]
        step = self._parts[number].first + steps[at] if at < stop else NEVER
        if step < self._stop:
            heappush(self._queue, (step, number, key, at))
        else:
            del self._rows[number, key]
            self._blocks.pop((number, key), None)

    def peek(self, until: int = NEVER) -> int:
        """The step of the next write, NEVER when there is none. Looks no further than step `until`."""
        while not self._queue and self._entered < len(self._parts):
            if self._parts[self._entered].first > until:
                return NEVER
            self._entered += 1
            self._enter(self._entered - 1, self.keys)
        return self._queue[0][0] if self._queue else NEVER

    def next(self) -> tuple[int, dict[Key, list[Any]]] | None:
        """(step, what was written to which); None when there is no more."""
        if self.peek() == NEVER:
            return None
        self.now = self._queue[0][0]
        found: dict[Key, list[Any]] = {}
        while self._queue and self._queue[0][0] == self.now:
            _, number, key, at = heappop(self._queue)
            found.setdefault(key, []).append(self._value(number, key, at))
            self._push(number, key, at + 1)
        return self.now, found

    def _value(self, number: int, key: Key, at: int) -> Any:
        offset = at - self._rows[number, key][1]
        low, values = self._blocks.get((number, key), (0, ()))
        if not low <= offset < low + len(values):
            values = self._parts[number].values(key, offset, offset + BLOCK)
            low, _ = self._blocks[number, key] = offset, values
        return values[offset - low]
