"""The state at one step, put together from what its chunk begins with and what the chunk writes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from semduck.trace.reader.chunk import Chunk
from semduck.trace.reader.entry import UNBOUND, bound
from semduck.trace.replay import Ref, Thing, applied

if TYPE_CHECKING:
    from semduck.trace.reader.log import Log


class View:
    """Source of a State: step `at` of a chunk that is indexed."""

    def __init__(self, log: Log, chunk: Chunk, at: int) -> None:
        self._log, self._chunk, self._at = log, chunk, at
        self._names: dict[int, dict[str, Ref] | None] = {}

    def names(self, owner: int) -> dict[str, Ref] | None:
        """Names of a live frame, or of a module."""
        if owner not in self._names:
            self._names[owner] = self._made(owner)
        return self._names[owner]

    def _made(self, owner: int) -> dict[str, Ref] | None:
        chunk = self._chunk
        if owner >= 0 and not self._lives(owner):
            return None
        begun = self._log.base_names(chunk, owner)
        written = chunk.written(owner)
        if begun is None and owner < 0 and not any(self._upto(places) for _, places in written):
            return None
        names = dict(begun or {})
        for name, places in written:
            if count := self._upto(places):
                ref = bound(chunk.log[places[count - 1]])
                if ref is UNBOUND:
                    names.pop(name, None)
                else:
                    names[name] = ref
        return names

    def _lives(self, frame: int) -> bool:
        log, chunk, step = self._log, self._chunk, self._chunk.first + self._at
        if chunk is log.open:
            return log.table.lives(frame, step)
        found = chunk.lasting.get(frame)
        if found is None:
            table = log.table
            known = 0 <= frame < len(table)
            found = chunk.lasting[frame] = (table.first[frame], table.last[frame]) if known else (1, 0)
        return found[0] <= step <= found[1]

    def _upto(self, places: list[int]) -> int:
        """How many of these places in the log are not behind the step."""
        log = self._chunk.log
        return bisect_right(places, self._at, key=lambda place: log[place][0])

    def thing(self, oid: int) -> Thing | None:
        """An object."""
        chunk = self._chunk
        places = chunk.cells.get(oid)
        count = self._upto(places) if places else 0
        if not places or not count:
            return self._log.base_thing(chunk, oid)
        thing: Thing | None
        done, thing = chunk.work.get(oid, (0, None))
        if not 0 < done <= count:
            base = self._log.base_thing(chunk, oid)
            done, thing = 0, None if base is None else base.copy()
        for place in places[done:count]:
            thing = applied(thing, chunk.log[place][3])
        chunk.work[oid] = count, thing
        return thing

    def live_frames(self) -> list[int]:
        """Frames that have begun and not ended before the step."""
        return self._log.table.live(self._chunk.first + self._at)

    def modules(self) -> range:
        """Numbers of all modules."""
        return range(len(self._log.index.spaces))

    def objects(self) -> Iterator[int]:
        """Numbers of all objects, also of such that do not exist yet."""
        here = max((cell for cell in self._chunk.cells if type(cell) is int), default=0)
        return iter(range(1, max(self._log.next_oid, here + 1)))

    def class_named(self, name: str) -> int | None:
        """Number of the first class of the program with a name."""
        found = self._log.classes.get(name)
        return found if found is not None else next((c for c in self._classes_here(name)), None)

    def _classes_here(self, name: str) -> Iterator[int]:
        """Classes with a name that begin in the chunk."""
        log = self._chunk.log
        for cell, places in self._chunk.cells.items():
            if type(cell) is int and log[places[0]][3][0] == "N":
                _, _, kind, _, text, *_ = log[places[0]][3]
                if kind == "class" and text == name:
                    yield cell
