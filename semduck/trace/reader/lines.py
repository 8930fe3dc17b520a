"""Steps at which lines run, found through the postings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, overload

from semduck.trace.reader.chunk import Chunk
from semduck.trace.reader.finding import NEVER
from semduck.trace.reader.keys import line_key

if TYPE_CHECKING:
    from semduck.trace.reader.log import Log

Line = tuple[int, int]  # number of the file, line


def lines_of(log: Log, chunk: Chunk) -> dict[Line, list[int]]:
    """The steps of each line, counted in the chunk."""
    count, found = chunk.lines
    if count != len(chunk):
        marks: dict[int, list[int]] = {}
        for n, mark in enumerate(map(id, chunk.steps)):
            marks.setdefault(mark, []).append(n)
        found, known, codes = {}, log.known.lines, log.index.codes
        for mark, steps in marks.items():
            if mark in known:
                code, line = known[mark]
                found.setdefault((codes[code].file, line), []).extend(steps)
        for steps in found.values():
            steps.sort()
        chunk.lines = len(chunk), found
    return found


def last_run(log: Log, lines: Collection[Line], start: int, k: int) -> int | None:
    """Latest step start <= step <= k that is about to run one of the lines."""
    chunk = log.chunks.of(k)
    while chunk >= 0 and (chunk >= log.open.number or log.chunks.start(chunk + 1) > start):
        held, best = log.chunk(chunk), -1
        here = lines_of(log, held)
        for steps in (here[line] for line in lines if line in here):
            at = bisect_right(steps, k - held.first) - 1
            best = max(best, steps[at] if at >= 0 else -1)
        if best >= 0:
            return held.first + best if held.first + best >= start else None
        chunk = max((log.postings.before(line_key(*line), chunk) for line in lines), default=-1)
    return None


def next_run(log: Log, lines: Collection[Line], k: int, stop: int) -> int | None:
    """Earliest step k <= step < stop that is about to run one of the lines."""
    chunk = log.chunks.of(max(k, 0))
    while chunk <= log.open.number and log.chunks.start(chunk) < stop:
        held, best = log.chunk(chunk), NEVER
        here = lines_of(log, held)
        for steps in (here[line] for line in lines if line in here):
            at = bisect_left(steps, k - held.first)
            best = min(best, steps[at] if at < len(steps) else NEVER)
        if best < NEVER:
            return held.first + best if held.first + best < stop else None
        chunk = min((_after(log, line, chunk) for line in lines), default=NEVER)
    return None


def runs(log: Log, line: Line, start: int, stop: int) -> Iterator[int]:
    """Steps start <= k < stop that are about to run a line, in order."""
    chunk = log.chunks.of(max(start, 0))
    while chunk <= log.open.number and log.chunks.start(chunk) < stop:
        held = log.chunk(chunk)
        for n in lines_of(log, held).get(line, ()):
            if start <= held.first + n < stop:
                yield held.first + n
        chunk = _after(log, line, chunk)


def _after(log: Log, line: Line, chunk: int) -> int:
    """The next chunk that may run a line, the open one too; NEVER: none."""
    if chunk >= log.open.number:
        return NEVER
    found = log.postings.after(line_key(*line), chunk)
    return found if found >= 0 else log.open.number


class LineSteps(Sequence[int]):
    """Steps at which a line runs: as many as there were when this was made, found when they are asked for."""

    def __init__(self, log: Log, file: int, line: int) -> None:
        self._log, self._line = log, (file, line)
        self._chunks, counts = log.postings.all(line_key(file, line))
        self._until = list(accumulate(counts))
        here = self._in(log.open.number)
        if here:
            self._chunks.append(log.open.number)
            self._until.append(len(self) + len(here))

    def __len__(self) -> int:
        return self._until[-1] if self._until else 0

    def _in(self, chunk: int) -> list[int]:
        """Those in a chunk."""
        held = self._log.chunk(chunk)
        return [held.first + n for n in lines_of(self._log, held).get(self._line, ())]

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
        at = bisect_right(self._until, index)
        return self._in(self._chunks[at])[index - (self._until[at - 1] if at else 0)]

    def __iter__(self) -> Iterator[int]:
        left = len(self)
        for chunk in self._chunks:
            for k in self._in(chunk)[:left]:
                yield k
                left -= 1

    def index(self, value: int, start: int = 0, stop: int | None = None) -> int:
        """Which one a step is, from 0. Raises ValueError."""
        stop = len(self) if stop is None else stop
        at = bisect_left(self, value, start, stop)
        if at == stop or self[at] != value:
            raise ValueError(f"step {value} is none of them")
        return at

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]
