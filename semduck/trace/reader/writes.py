"""Steps at which cells are written, found through the postings.

A cell is (frame, name), (-1 - module, name), or the number of an object.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, overload

from semduck.trace.reader.chunk import UNBOUND, Cell, bound
from semduck.trace.reader.keys import name_key, object_key

if TYPE_CHECKING:
    from semduck.trace.reader.log import Log


def last_write(log: Log, cells: Collection[Cell], start: int, k: int) -> int | None:
    """Latest step start <= step <= k at which one of the cells becomes something new."""
    keys = {cell: _key(cell) for cell in cells}
    chunk = own = log.chunks.of(k)
    while chunk >= 0 and (chunk >= log.open.number or log.chunks.start(chunk + 1) > start):
        if chunk < own and len(keys) == 1:
            found = _noted(log, next(iter(keys)), chunk)
            if found is not None:
                return found if found >= start else None
        held = log.chunk(chunk)
        steps = [s for cell in keys.keys() & held.cells.keys() for s in held.steps_of(cell) if s <= k]
        if steps:
            return max(steps) if max(steps) >= start else None
        chunk = max((_earlier(log, cell, key, chunk) for cell, key in keys.items()), default=-1)
    return None


def next_write(log: Log, cells: Collection[Cell], k: int, stop: int) -> int | None:
    """Earliest step k <= step < stop at which one of the cells becomes something new."""
    keys = {cell: _key(cell) for cell in cells}
    chunk = log.chunks.of(k)
    while 0 <= chunk <= log.open.number and log.chunks.start(chunk) < stop:
        held = log.chunk(chunk)
        steps = [s for cell in keys.keys() & held.cells.keys() for s in held.steps_of(cell) if s >= k]
        if steps:
            return min(steps) if min(steps) < stop else None
        later = [n for cell, key in keys.items() if (n := _later(log, cell, key, chunk)) > chunk]
        chunk = min(later, default=-1)
    return None


def _noted(log: Log, cell: Cell, chunk: int) -> int | None:
    """The last write of a name in a chunk, when a record has it."""
    if type(cell) is not tuple or chunk >= log.open.number:
        return None
    found = log.contents.written(cell[0], cell[1], chunk)
    return None if found is None else log.chunks.start(chunk) + found[0]


def _earlier(log: Log, cell: Cell, key: int, chunk: int) -> int:
    found = log.postings.before(key, chunk)
    if found < 0:
        birth = _birth(log, cell)
        found = birth if birth is not None and birth < chunk else -1
    return found


def _later(log: Log, cell: Cell, key: int, chunk: int) -> int:
    birth = _birth(log, cell)
    if birth is not None and birth > chunk:
        return birth
    found = log.postings.after(key, chunk)
    return found if found >= 0 else log.open.number


class Writes(Sequence[int]):
    """Steps start <= k < stop at which a cell becomes something new, found when they are asked for."""

    def __init__(self, log: Log, cell: Cell, start: int, stop: int) -> None:
        self._log, self._cell = log, cell
        self._start, self._stop = max(0, start), min(stop, log.index.steps)
        self._places: list[int] | None = None
        self._until: list[int] = []

    def _chunks(self) -> list[tuple[int, int]]:
        """(chunk, count) of all chunks that write it."""
        log, cell = self._log, self._cell
        found = log.postings.all(_key(cell))
        for chunk in dict.fromkeys((_birth(log, cell), log.open.number)):
            if chunk is not None and not any(chunk == c for c, _ in found[:1] + found[-1:]):
                count = len(log.chunk(chunk).steps_of(cell))
                if count:
                    found.insert(0 if found and chunk < found[0][0] else len(found), (chunk, count))
        return found

    def _count(self) -> list[int]:
        """How many there are up to the end of each chunk of `_places`."""
        if self._places is None:
            starts = self._log.chunks.start
            live = self._log.open.number
            inside = [
                (c, n)
                for c, n in self._chunks()
                if starts(c) < self._stop and (c == live or starts(c + 1) > self._start)
            ]
            counts = [
                len(self._in(c)) if c == live or starts(c) < self._start or starts(c + 1) > self._stop else n
                for c, n in inside
            ]
            self._places, self._until = [c for c, _ in inside], list(accumulate(counts))
        return self._until

    def _in(self, chunk: int) -> list[int]:
        return [k for k in self._log.chunk(chunk).steps_of(self._cell) if self._start <= k < self._stop]

    def __len__(self) -> int:
        until = self._count()
        return until[-1] if until else 0

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...

    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        at = bisect_right(self._count(), index)
        return self._in((self._places or [])[at])[index - (self._until[at - 1] if at else 0)]

    def __iter__(self) -> Iterator[int]:
        self._count()
        for chunk in self._places or []:
            yield from self._in(chunk)

    def some(self, limit: int) -> list[tuple[int, Any]]:
        """(step, what a name is bound to: [ref] or []) of at most `limit` of them, spread evenly.

        Of a chunk it may be the last.
        """
        log, until = self._log, self._count()
        owner, name = self._cell
        places, found = self._places or [], []
        for number in dict.fromkeys(bisect_right(until, i * len(self) // limit) for i in range(limit)):
            chunk = places[number]
            inner = self._start <= log.chunks.start(chunk) and log.chunks.start(chunk + 1) <= self._stop
            noted = log.contents.written(owner, name, chunk) if inner and chunk < log.open.number else None
            if noted is not None:
                found.append((log.chunks.start(chunk) + noted[0], noted[1]))
            else:
                held = log.chunk(chunk)
                step = self._in(chunk)[-1]
                at = [p for p in held.cells[self._cell] if held.first + held.log[p][0] == step][-1]
                ref = bound(held.log[at])
                found.append((step, [] if ref is UNBOUND else [ref]))
        return found

    def __reversed__(self) -> Iterator[int]:
        self._count()
        for chunk in reversed(self._places or []):
            yield from reversed(self._in(chunk))


def _key(cell: Cell) -> int:
    return name_key(*cell) if type(cell) is tuple else object_key(cell)


def _birth(log: Log, cell: Cell) -> int | None:
    """The chunk a frame or object begins in, which has no posting; None for modules."""
    if type(cell) is not tuple:
        return bisect_right(log.chunks.oids, cell) - 1 if cell < log.next_oid else log.open.number
    if 0 <= cell[0] < len(log.table):
        return log.chunks.of(log.table.first[cell[0]])
    return None
