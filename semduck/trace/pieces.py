"""Steps, states and writes of a recording, from the pieces of the log they are in."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from semduck.trace.growing import Growing
from semduck.trace.reader.chunk import Chunk
from semduck.trace.reader.entry import Cell, same
from semduck.trace.reader.finding import ever_written, last_write, next_write
from semduck.trace.reader.following import Following
from semduck.trace.reader.writes import Writes
from semduck.trace.store import Moment


class Pieces(Growing):
    """What all other questions are made of."""

    def _moment(self, k: int) -> Moment:
        chunk = self._log.chunk_of(k)
        return chunk.moment(k - chunk.first)

    def moments(self, steps: range) -> Iterator[tuple[int, Moment]]:
        """(step, moment) of neighbouring steps, forwards or backwards: cheaper than one by one."""
        while steps:
            k = steps[0]
            chunk = self._log.chunk_of(k)
            held, start = chunk.moments(), chunk.first
            count = start + len(held) - k if steps.step > 0 else k - start + 1
            for k in steps[:count]:
                yield k, held[k - start]
            steps = steps[count:]

    def chunk_start(self, k: int) -> int:
        """The first step of the piece of the log that is decoded together with step k."""
        return self._log.chunk_of(k).first

    def chunk_end(self, k: int) -> int:
        """The first step behind the piece of the log that is decoded together with step k."""
        chunk = self._log.chunk_of(k)
        return chunk.first + len(chunk)

    def writes(self, cell: Cell, start: int = 0, stop: int | None = None) -> Writes:
        """Steps start <= k < stop at which a cell becomes something new, in order; found when asked for.

        cell: (frame, name), (-1 - module, name), or the number of an object. A name that is bound to what it
        has is not written.
        """
        return Writes(self._log, cell, start, len(self) if stop is None else stop)

    def last_write(self, cells: AbstractSet[Cell], start: int, k: int) -> int | None:
        """Latest step start <= step <= k that writes one of the cells."""
        return last_write(self._log, cells, start, k)

    def next_write(self, cells: AbstractSet[Cell], k: int, stop: int) -> int | None:
        """Earliest step k <= step < stop that writes one of the cells."""
        return next_write(self._log, cells, k, stop)

    def ever_written(self, cell: Cell) -> bool:
        """May it have been written at some step? True for few that were not."""
        return ever_written(self._log, cell)

    def following(self, start: int, stop: int) -> Following:
        """For the writes of cells at steps start < k < stop, one step after the other."""
        return Following(self._log, start, stop)

    def same_part(self, other: Pieces, start: int, stop: int) -> bool:
        """Do two recordings take the same steps start <= k < stop, and write the same in them? The steps
        are those of one piece of the log in both."""
        return same(*(r._log.chunk_of(start).part(start, stop) for r in (self, other)))

    def objects_before(self, k: int) -> int:
        """Objects with lower numbers were made before step k."""
        return self._log.objects_before(k)

    # -- where something is missing ------------------------------------------------------------------------

    def gaps(self) -> list[tuple[int, int]]:
        """(step before which something is missing, about how many steps were left out there)."""
        return list(self._log.walls.gaps().items())

    def part_of(self, k: int) -> tuple[int, int]:
        """First and last of the steps that were recorded together with step k: nothing is known to lead from
        them to others, and a frame that goes on in another part has another number there."""
        after = self._log.walls.after(k)
        return self._log.walls.before(k), (len(self) if after is None else after) - 1

    def begun_anew(self) -> list[int]:
        """Steps with which a part begins, whether something is missing before it or not."""
        return list(self._log.walls.steps)

    def kinds(self, start: int, stop: int) -> Iterator[int]:
        """Kinds of steps start <= k < stop, as an index into KINDS."""
        for chunk in self._chunks(start, stop):
            first = chunk.first
            yield from (mark[0] for mark in chunk.steps[max(0, start - first) : stop - first])

    def goes_on(self, k: int) -> bool:
        """Is it the first step of a part, and not of the program?"""
        return k in self._log.walls.steps

    def begun_before(self, frame: int) -> bool:
        """Did the call begin before its part? Its arguments and its first step are not known then."""
        return frame in self._index.stood

    def _chunks(self, start: int, stop: int) -> Iterator[Chunk]:
        """Chunks of steps start <= k < stop."""
        while start < min(stop, len(self)):
            chunk = self._log.chunk_of(start)
            yield chunk
            start = chunk.first + len(chunk)
