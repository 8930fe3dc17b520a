"""A recording as it is taken in from disk, also while the program still writes it."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Self

from semduck.trace.cursor import Cursor
from semduck.trace.joining import in_use, join, parts_of
from semduck.trace.reader import saved
from semduck.trace.reader.intake import Intake
from semduck.trace.reader.log import Log, large
from semduck.trace.reader.pages import uncollected
from semduck.trace.store import RecordingError, Store, parse
from semduck.trace.tail import UNKNOWN

SCANNED = 500  # chunks found at once
ENOUGH = 1800  # bytes of the log that are decoded at once, up to the end of a line
AT_ONCE = 4000  # steps taken in of the tail before it is looked at again
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
        self._stored = 0  # what is taken in: number in the file
        self._offset = self._begun = 0  # its bytes that are taken in; of those, before the open chunk

    @classmethod
    def open(cls, path: Path) -> Self:
        """A recording made earlier, all of it. Raises RecordingError."""
        recording = cls.follow(path)
        recording._over = True
        try:
            recording.catch_up()
            if not recording.began:
                raise RecordingError(f"{path} is not a semduck recording, or nothing was recorded yet")
        except RecordingError:
            recording.close()
            raise
        return recording

    @classmethod
    def follow(cls, path: Path) -> Self:
        """A recording that another process made or still makes: `refresh` reads on. Raises RecordingError."""
        if path.is_dir():
            raise RecordingError(f"{path} is a folder, not a recording")
        if not path.is_file():
            raise RecordingError(f"{path}: no such recording")
        if parts_of(path) and not in_use(path):
            try:
                join(path)
            except OSError as error:
                raise RecordingError(f"{path}: its parts cannot be joined: {error.strerror}") from None
        recording = cls(path)
        recording._saves = False
        try:
            if saved.read(recording._log):
                recording._stored = len(recording._store.chunks)
            else:
                recording._log.close()
                recording._begin()
        except RecordingError:
            recording.close()
            raise
        return recording

    @property
    def began(self) -> bool:
        """Has the recorded process said anything?"""
        return bool(self._index.meta)

    def verify(self) -> None:
        """Look at all of the file without taking it in. Raises RecordingError where it is damaged."""
        self._store.scan()
        for number in range(len(self._store.chunks)):
            self._store.packed(number)

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
        """Take in one piece of what is new; about how many steps that was, 0: nothing new."""
        store, number = self._store, self._stored
        if self._log.full:
            return self._rest()
        if number >= len(store.chunks):
            store.scan(SCANNED)
        if number < len(store.chunks):
            raw = store.raw(number)
            taken = self._take(raw)
            if self._offset == len(raw):
                self._stored_ends()
            return taken
        generation, raw = store.tail()
        if generation != number or len(raw) <= self._offset:
            return 0
        store.live = number, raw
        taken = 0
        while (
            self._offset < len(raw) and taken < AT_ONCE
        ):  # looking at the tail costs more than a piece of it
            taken += self._take(raw)
        return taken

    def _take(self, raw: bytes) -> int:
        """Take in some lines. A piece ends when it is long enough, and where what is stored ends."""
        before, start = self._index.steps, self._offset
        stop = raw.find(b"\n", self._begun + ENOUGH) + 1 or len(raw)
        new = raw[start:stop]
        self._intake.take(parse(new), large(new))
        self._offset = stop
        if stop - self._begun > ENOUGH:
            self._piece_ends()
        return self._index.steps - before + 10

    def _rest(self) -> int:
        """Behind the last step that is read: only how the run ended."""
        store, number = self._store, self._stored
        if number >= len(store.chunks):
            store.scan(SCANNED)
        if number < len(store.chunks):
            self._intake.rest(parse(store.raw(number)[self._offset :]))
            if self._begun < self._offset:
                self._piece_ends()
            self._stored += 1
            self._offset = self._begun = 0
            return 10
        generation, raw = store.tail()
        new = raw[self._offset :] if generation == number else b""
        self._intake.rest(parse(new))
        self._offset += len(new)
        return 10 if new else 0

    def _piece_ends(self) -> None:
        self._intake.finish((self._stored, self._begun, self._offset))
        self._begun = self._offset

    def _stored_ends(self) -> None:
        if self._begun < self._offset or not self._offset:
            self._piece_ends()
        first, steps = self._store.chunks.told[self._stored]
        if steps != UNKNOWN and not self._log.full and self._index.steps != first + steps:
            raise RecordingError(f"{self.path}: chunk {self._stored} is damaged")
        self._stored += 1
        self._offset = self._begun = 0

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
