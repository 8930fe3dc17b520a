"""A recording as it is taken in from disk, also while the program still writes it."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator
from pathlib import Path
from typing import Self

from semduck.trace.cursor import Cursor
from semduck.trace.reader import saved
from semduck.trace.reader.chunk import Cell, Chunk
from semduck.trace.reader.intake import Intake
from semduck.trace.reader.log import Log, large
from semduck.trace.reader.pages import uncollected
from semduck.trace.reader.writes import Writes, last_write, next_write
from semduck.trace.store import Moment, RecordingError, Store, parse
from semduck.trace.tail import UNKNOWN

SCANNED = 500  # chunks found at once
SAVED_FROM = 20_000  # steps; shorter recordings are read at once
TURN = 1000  # steps that could be taken in while a little of the index is written


class Growing:
    """What was taken in so far. Subclasses ask the questions."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._begin()
        self._over = False
        self._saves = True  # an index is written when all is taken in
        self._saving: Generator[None, None, None] | None = None

    def _begin(self) -> None:
        self._store = Store(self.path)
        self._log = Log(self._store)
        self._index = self._log.index
        self._intake = Intake(self._log)
        self._cursor = Cursor(self._log)
        self._offset = 0  # raw bytes of the open chunk that are taken in

    @classmethod
    def open(cls, path: Path) -> Self:
        """A recording made earlier. Raises RecordingError."""
        if path.is_dir():
            raise RecordingError(f"{path} is a folder, not a recording")
        if not path.is_file():
            raise RecordingError(f"{path}: no such recording")
        recording = cls(path)
        recording._over, recording._saves = True, False
        try:
            if not saved.read(recording._log):
                recording._log.close()
                recording._begin()
            recording.catch_up()
            if not recording._index.meta:
                raise RecordingError(f"{path} is not a semduck recording, or nothing was recorded yet")
        except RecordingError:
            recording.close()
            raise
        return recording

    def refresh(self, budget: int = 50_000) -> bool:
        """Take in at most about `budget` steps written meanwhile. True when there was something new."""
        before = self._seen()
        self._turn(budget)
        return before != self._seen()

    def _turn(self, budget: int = 50_000) -> bool:
        """Take in, or write of the index, about so much. False when nothing is left."""
        with uncollected():
            while budget > 0:
                taken = self._take_more() or self._save_more()
                if not taken:
                    return False
                budget -= taken
        return True

    def _seen(self) -> tuple[object, ...]:
        index = self._index
        return index.steps, index.end, index.waiting, len(index.output)

    def catch_up(self) -> None:
        """Take in everything there is."""
        while self._turn():
            pass

    @property
    def complete(self) -> bool:
        """Is the run over, all of it taken in, and its index written where that is wanted?"""
        return self._over and not self._take_more() and not self._save_more()

    def ended(self) -> None:
        """The program is gone: what is on disk is all."""
        self._over = True

    def close(self) -> None:
        """Let go of files. An index that is half written is taken away."""
        if self._saving is not None:
            self._saving.close()
        self._log.close()

    def __len__(self) -> int:
        return self._index.steps

    # -- taking in -----------------------------------------------------------------------------------------

    def _take_more(self) -> int:
        """Take in one chunk, or what is new in the tail; about how many steps that was, 0: nothing new."""
        store, number, before = self._store, self._log.open.number, self._index.steps
        if number >= len(store.chunks):
            store.scan(SCANNED)
        if number < len(store.chunks):
            self._take(store.raw(number))
            first, steps = store.chunks.told[number]
            if steps != UNKNOWN and self._index.steps != first + steps:
                raise RecordingError(f"{self.path}: chunk {number} is damaged")
            self._intake.finish()
            self._offset = 0
            return self._index.steps - before + 10
        generation, raw = store.tail()
        if generation != number or len(raw) <= self._offset:
            return 0
        self._take(raw)
        self._offset = len(raw)
        return self._index.steps - before + 10

    def _take(self, raw: bytes) -> None:
        new = raw[self._offset :]
        self._intake.take(parse(new), large(new))

    def _save_more(self) -> int:
        """Write some of the index once all is taken in; 0 when there is nothing to do."""
        if not self._saves or not self._over or len(self) < SAVED_FROM:
            return 0
        if self._saving is None:
            self._saving = saved.write(self._log)
        if next(self._saving, self) is self:
            self._saves = False
            return 0
        return TURN

    # -- finding -------------------------------------------------------------------------------------------

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

    def last_write(self, cells: Collection[Cell], start: int, k: int) -> int | None:
        """Latest step start <= step <= k that writes one of the cells."""
        return last_write(self._log, cells, start, k)

    def next_write(self, cells: Collection[Cell], k: int, stop: int) -> int | None:
        """Earliest step k <= step < stop that writes one of the cells."""
        return next_write(self._log, cells, k, stop)

    def _chunks(self, start: int, stop: int) -> Iterator[Chunk]:
        """Chunks of steps start <= k < stop."""
        while start < min(stop, len(self)):
            chunk = self._log.chunk_of(start)
            yield chunk
            start = chunk.first + len(chunk)
