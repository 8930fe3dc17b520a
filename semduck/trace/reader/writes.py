"""All steps at which a cell is written, found through the postings when they are asked for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, overload

from semduck.trace.reader.entry import UNBOUND, Cell, bound
from semduck.trace.reader.finding import birth, key_of

if TYPE_CHECKING:
    from array import array

    from semduck.trace.reader.log import Log
    from semduck.trace.reader.postings import Counted


class Writes(Sequence[int]):
    """Steps start <= k < stop at which a cell becomes something new, found when they are asked for."""

    def __init__(self, log: Log, cell: Cell, start: int, stop: int) -> None:
        self._log, self._cell = log, cell
        self._start, self._stop = max(0, start), min(stop, log.index.steps)
        self._places: array[int] | None = None
        self._until: list[int] = []

    def _chunks(self) -> Counted:
        """All chunks that write it, and how often each does."""
        log, cell = self._log, self._cell
        chunks, counts = log.postings.all(key_of(cell))
        for chunk in dict.fromkeys((birth(log, cell), log.open.number)):
            if chunk is not None and chunk not in (*chunks[:1], *chunks[-1:]):
                count = len(log.chunk(chunk).steps_of(cell))
                if count:
                    at = 0 if chunks and chunk < chunks[0] else len(chunks)
                    chunks.insert(at, chunk)
                    counts.insert(at, count)
        return chunks, counts

    def _count(self) -> list[int]:
        """How many there are up to the end of each chunk of `_places`."""
        if self._places is None:
            (chunks, counts), starts = self._chunks(), self._log.chunks.start
            first, last = self._log.chunks.of(self._start), self._log.chunks.of(self._stop - 1)
            asked = slice(bisect_left(chunks, first), bisect_left(chunks, last + 1))
            chunks, counts = chunks[asked], counts[asked]
            for at in (0, -1) if chunks else ():  # the others are wholly inside
                whole = chunks[at] != self._log.open.number and self._start <= starts(chunks[at])
                if not whole or starts(chunks[at] + 1) > self._stop:
                    counts[at] = len(self._in(chunks[at]))
            self._places, self._until = chunks, list(accumulate(counts))
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

    def bindings(self, limit: int) -> Iterator[tuple[int, list[Any]]]:
        """(step, what a name is bound to: [ref], or []) of all, or of about `limit`, spread evenly."""
        until, count = self._count(), len(self)
        if count <= limit:
            for number in range(len(until)):
                yield from self._bound(number, count=until[number] - (until[number - 1] if number else 0))
            return
        for number in dict.fromkeys(bisect_right(until, i * count // limit) for i in range(limit)):
            yield from self._bound(number, count=1)

    def _bound(self, number: int, count: int) -> Iterator[tuple[int, list[Any]]]:
        """Of one chunk: all, or the last one."""
        if not count:
            return
        owner, name = self._cell
        log, chunk = self._log, (self._places or [])[number]
        inner = self._start <= log.chunks.start(chunk) and log.chunks.start(chunk + 1) <= self._stop
        if count == 1 and inner and chunk < log.open.number:
            noted = log.contents.written(owner, name, chunk)
            if noted is not None:
                yield log.chunks.start(chunk) + noted[0], noted[1]
                return
        held = log.chunk(chunk)
        entries = [held.log[place] for place in held.cells.get(self._cell, ())]
        steps = [(held.first + entry[0], entry) for entry in entries]
        for step, entry in [row for row in steps if self._start <= row[0] < self._stop][-count:]:
            ref = bound(entry)
            yield step, [] if ref is UNBOUND else [ref]

    def __reversed__(self) -> Iterator[int]:
        self._count()
        for chunk in reversed(self._places or []):
            yield from reversed(self._in(chunk))
