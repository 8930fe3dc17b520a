"""By step: when each name and object was written, and to what; when each line ran.

Filled while the recording is taken in. The last part is in memory, what came before lies sorted in an unnamed
file, in runs of neighbouring steps: looking one thing up is a binary search in each run.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from semduck.trace.noting import BEGINNINGS, HIDDEN, LONG, MASK, UNBOUND, Key, Noting, name_key
from semduck.trace.replay import Ref
from semduck.trace.runs import BLOCK, Part
from semduck.trace.store import Event


class Written(Noting):
    """Answers questions."""

    # -- asking --------------------------------------------------------------------------------------------

    def parts(self, start: int, stop: int) -> list[Part]:
        """What covers steps start <= k < stop, in their order."""
        found: list[Part] = [*self._runs.between(start, stop)]
        return [*found, self._pending] if stop > self._pending.first else found

    def latest(self, keys: set[Key], k: int, since: int = 0) -> int | None:
        """Largest step <= k, and >= since, at which one of them was written."""
        for part in reversed(self.parts(since, k + 1)):
            best = -1
            for key in part.held(keys):
                steps, start, stop = part.steps(key)
                at = bisect_right(steps, k - part.first, start, stop) - 1
                if at >= start:
                    best = max(best, part.first + steps[at])
            if best >= 0:
                return best if best >= since else None
        return None

    def soonest(self, keys: set[Key], k: int, stop: int) -> int | None:
        """Smallest step > k, and < stop, at which one of them was written."""
        for part in self.parts(k + 1, stop):
            best = stop
            for key in part.held(keys):
                steps, start, end = part.steps(key)
                at = bisect_right(steps, k - part.first, start, end)
                if at < end:
                    best = min(best, part.first + steps[at])
            if best < stop:
                return best
        return None

    def postings(self, key: Key, start: int, stop: int) -> Iterator[tuple[list[int], list[Any]]]:
        """(steps, values) of its writes at start <= k < stop, part by part."""
        for part in self.parts(start, stop):
            steps, a, b = part.steps(key)
            if a < b:
                low = bisect_right(steps, start - part.first - 1, a, b)
                high = bisect_right(steps, stop - part.first - 1, a, b)
                if low < high:
                    first = part.first
                    yield [first + s for s in steps[low:high]], part.values(key, low - a, high - a)

    def steps_of(self, key: Key, start: int, stop: int) -> Iterator[int]:
        """The steps alone."""
        for part in self.parts(start, stop):
            steps, a, b = part.steps(key)
            first = part.first
            yield from (k for s in steps[a:b] if start <= (k := first + s) < stop)

    def value(self, key: Key, k: int, since: int = 0) -> Any:
        """What it was last written to at or before step k; UNBOUND when it never was."""
        for part in reversed(self.parts(since, k + 1)):
            steps, a, b = part.steps(key)
            at = bisect_right(steps, k - part.first, a, b) - 1
            if at >= a:
                return part.values(key, at - a, at - a + 1)[0]
        return UNBOUND

    def names(self, place: int, k: int, since: int, rank: dict[str, int]) -> dict[str, Ref]:
        """Bound names of a frame, or of module -1 - place, at step k, in the order they were bound."""
        low, high = name_key(place, 0), name_key(place, MASK)
        begun: dict[Key, int] = {}
        for part in self.parts(since, k + 1):
            for key in part.within(low, high):
                if key & 3 == low & 3 and key not in begun and self._labels[key >> 2 & MASK] not in HIDDEN:
                    steps, start, stop = part.steps(key)
                    if start < stop and part.first + steps[start] <= k:
                        begun[key] = part.first + steps[start]
        found: dict[str, tuple[int, int, Ref]] = {}
        for key, step in begun.items():
            ref, name = self.value(key, k, since), self._labels[key >> 2 & MASK]
            if ref is not UNBOUND:
                found[name] = self._bound_at(key, k, step), rank.get(name, 0), ref
        return {name: row[2] for name, row in sorted(found.items(), key=lambda pair: pair[1][:2])}

    def _bound_at(self, key: Key, k: int, first: int) -> int:
        """The step since which a name has been bound."""
        if key >> 2 & MASK not in self._deleted:
            return first
        rows = [row for part in self.postings(key, first, k + 1) for row in zip(*part, strict=True)]
        gone = max((i for i, (_, ref) in enumerate(rows) if ref is UNBOUND), default=-1)
        return int(rows[gone + 1][0])

    def ops(self, key: Key, k: int) -> list[Event] | None:
        """Operations up to step k that make an object what it is there; None when they are very many."""
        found: list[Event] = []
        for part in reversed(self.parts(0, k + 1)):
            steps, start, stop = part.steps(key)
            at = bisect_right(steps, k - part.first, start, stop) - start
            while at > 0:
                low = max(0, at - BLOCK)
                block = part.values(key, low, at)
                begin = next((i for i in reversed(range(len(block))) if block[i][0] in BEGINNINGS), None)
                found = block[begin or 0 :] + found
                if begin is not None:
                    return found
                if len(found) > LONG:
                    return None
                at = low
        return found
