"""Steps at which a line runs, found through the postings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, overload

from semduck.trace.reader.keys import line_key

if TYPE_CHECKING:
    from semduck.trace.reader.log import Log


class LineSteps(Sequence[int]):
    """Steps at which a line runs: as many as there were when this was made, found when they are asked for."""

    def __init__(self, log: Log, file: int, line: int) -> None:
        self._log, self._file, self._line = log, file, line
        places = log.postings.all(line_key(file, line))
        self._chunks = [chunk for chunk, _ in places]
        self._until = list(accumulate(count for _, count in places))
        here = self._in(log.open.number)
        if here:
            self._chunks.append(log.open.number)
            self._until.append(len(self) + len(here))

    def __len__(self) -> int:
        return self._until[-1] if self._until else 0

    def _in(self, chunk: int) -> list[int]:
        """Those in a chunk."""
        held, known = self._log.chunk(chunk), self._log.known.lines
        codes = self._log.index.codes
        marks = {
            mark
            for mark in set(map(id, held.steps))
            if mark in known and known[mark][1] == self._line and codes[known[mark][0]].file == self._file
        }
        return [k for k, mark in enumerate(held.steps, held.first) if id(mark) in marks]

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
