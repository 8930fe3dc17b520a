"""The events of a recording, in order: taken in from disk, also while the program still writes them."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path
from typing import Self

from semduck.trace.cursor import Cursor
from semduck.trace.index import Index, Keyframes
from semduck.trace.store import Event, Moment, RecordingError, Store, moments, parse

FAULTS = (IndexError, KeyError, TypeError, ValueError, AttributeError, OverflowError)


class Growing:
    """What was taken in so far. Subclasses ask the questions."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._store = Store(path)
        self._index = Index()
        self._keyframes = Keyframes()
        self._cursor = Cursor(self._keyframes, self._moment, self._start_of, self._chunk_of)
        self._chunk, self._offset = 0, 0  # next chunk to take in, and raw bytes of it already taken
        self._live_moments: list[Moment] = []  # of the tail
        self._recent: tuple[int, list[Moment]] = (0, [])  # the steps asked for last: their first, all of them
        self._pending: list[Event] = []
        self._over = False

    @classmethod
    def open(cls, path: Path) -> Self:
        """A recording made earlier. Raises RecordingError."""
        if path.is_dir():
            raise RecordingError(f"{path} is a folder, not a recording")
        if not path.is_file():
            raise RecordingError(f"{path}: no such recording")
        recording = cls(path)
        recording._over = True
        try:
            recording.catch_up()
            if not recording._index.meta:
                raise RecordingError(f"{path} is not a semduck recording, or nothing was recorded yet")
        except RecordingError:
            recording.close()
            raise
        return recording

    def refresh(self, budget: int = 50_000) -> bool:
        """Take in at most about `budget` events written meanwhile. True when there was something new."""
        before = self._seen()
        while budget > 0 and (taken := self._take_more()):
            budget -= taken
        return before != self._seen()

    def _seen(self) -> tuple[object, ...]:
        index = self._index
        return index.steps, index.end, index.waiting, len(index.output)

    def catch_up(self) -> None:
        """Take in everything there is."""
        while self._take_more():
            pass

    def ended(self) -> None:
        """The program is gone: what is on disk is all."""
        self._over = True

    def close(self) -> None:
        """Let go of files."""
        self._store.close()
        self._keyframes.close()
        self._index.written.close()

    def __len__(self) -> int:
        return self._index.steps

    # -- taking in -----------------------------------------------------------------------------------------

    def _take_more(self) -> int:
        self._store.scan()
        if self._chunk < len(self._store.chunks):
            raw = self._store.raw(self._chunk)
            taken = self._take(parse(raw[self._offset :]))
            info = self._store.chunks[self._chunk]
            if self._index.steps != info.first + info.steps:
                raise RecordingError(f"{self.path}: chunk {self._chunk} is damaged")
            self._finish_chunk(len(raw))
            return max(1, taken)
        generation, raw = self._store.tail()
        if generation != self._chunk or len(raw) <= self._offset:
            return 0
        taken = self._take(parse(raw[self._offset :]))
        self._offset = len(raw)
        return taken

    def _take(self, events: list[Event]) -> int:
        for event in events:
            try:
                self._index.take(event)
            except FAULTS as error:
                raise RecordingError(f"{self.path}: damaged event after step {self._index.steps}") from error
        self._pending += events
        self._live_moments += moments(self._pending)
        self._pending = _after_last_step(self._pending)
        return len(events)

    def _finish_chunk(self, raw: int) -> None:
        self._chunk += 1
        self._offset = 0
        self._live_moments, self._pending = [], []
        self._keyframes.offer(self._chunk, self._index.state, raw)

    def chunk_end(self, k: int) -> int:
        """The first step of the chunk after that of step k."""
        chunk = self._chunk_of(k)
        return len(self) if chunk >= self._chunk else self._start_of(chunk + 1)

    def same_chunk(self, other: Growing, k: int) -> int:
        """The step after the chunk with step k, when another recording has the same bytes there; else k."""
        chunk = self._chunk_of(k)
        if chunk >= min(self._chunk, other._chunk) or self._start_of(chunk) != other._start_of(chunk):
            return k
        return self._start_of(chunk + 1) if self._store.same(chunk, other._store) else k

    # -- finding -------------------------------------------------------------------------------------------

    def _start_of(self, chunk: int) -> int:
        if chunk < len(self._store.chunks):
            return self._store.chunks[chunk].first
        last = self._store.chunks[-1] if self._store.chunks else None
        return last.first + last.steps if last else 0

    def _chunk_of(self, k: int) -> int:
        found = bisect_right(self._store.chunks, k, key=lambda c: c.first) - 1
        while found >= 0 and not self._store.chunks[found].steps:
            found -= 1
        if found < 0 or k >= self._store.chunks[found].first + self._store.chunks[found].steps:
            return self._chunk
        return found

    def _moment(self, k: int) -> Moment:
        start, held = self._recent
        if not 0 <= k - start < len(held):
            chunk = self._chunk_of(k)
            start, held = self._recent = self._start_of(min(chunk, self._chunk)), self._chunk_moments(chunk)
        return held[k - start]

    def _chunk_moments(self, chunk: int) -> list[Moment]:
        return self._live_moments if chunk >= self._chunk else self._store.moments(chunk)


def _after_last_step(events: list[Event]) -> list[Event]:
    """Events that wait for the step they belong to."""
    last = max((i for i, e in enumerate(events) if type(e[0]) is int), default=-1)
    return [e for e in events[last + 1 :] if e[0] in ("E", "U", "W")]
