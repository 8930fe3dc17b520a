"""Contents of names and objects where a chunk begins, from the records of earlier chunks."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from semduck.trace.reader.chunks import Chunks
from semduck.trace.reader.frametable import FrameTable
from semduck.trace.reader.keys import object_key, owner_key
from semduck.trace.reader.pages import Cache, Pages
from semduck.trace.reader.postings import Postings
from semduck.trace.reader.records import UNKNOWN, Block, rename, thing_of
from semduck.trace.reader.walls import Walls
from semduck.trace.replay import Ref, Thing, applied

BLOCKS, WHOLE = 256, 512  # kept in memory: blocks, and records of them


class Contents:
    """Asks the postings which chunk has the last record, and follows it back to a whole one."""

    def __init__(
        self, pages: Pages, chunks: Chunks, postings: Postings, table: FrameTable, walls: Walls
    ) -> None:
        self._chunks, self._postings, self._table, self._walls = chunks, postings, table, walls
        self._whole: Cache[tuple[int, int], Any] = Cache(WHOLE, lambda at: self.blocks[at[0]].record(at[1]))
        self.blocks: Cache[int, Block] = Cache(BLOCKS, lambda n: Block(pages.read(chunks.blocks[n])))

    def thing(self, oid: int, chunk: int) -> Thing | None:
        """An object as it was where a chunk begins; None when it did not exist."""
        birth = bisect_right(self._chunks.oids, oid, 0, chunk) - 1
        found = self._chain(object_key(oid), chunk, birth)
        if found is None:
            return None
        record, changes = found
        thing: Thing | None = thing_of(record)
        if thing is not None and changes:
            thing = thing.copy()
        for op in changes:
            thing = applied(thing, op)
        return thing

    def names(self, owner: int, chunk: int) -> dict[str, Ref] | None:
        """Names of a frame or module where a chunk begins."""
        birth = self._chunks.of(self._table.first[owner]) if 0 <= owner < len(self._table) else -1
        found = self._chain(owner_key(owner), chunk, birth)
        if found is None:
            return None
        names: dict[str, Ref] = dict(found[0][0])
        rename(names, found[1])
        return names

    def _chain(self, key: int, chunk: int, birth: int) -> tuple[Any, list[Any]] | None:
        """(whole record, changes since then) where a chunk begins. birth: the chunk with the first record."""
        changes: list[list[Any]] = []
        floor = self._walls.floor(chunk - 1)
        at = self._before(key, chunk, birth)
        while at >= floor:
            record = self._whole[at, key]
            if record is None:
                return None
            if type(record[0]) is not int:
                return record, [c for told in reversed(changes) for c in told]
            changes.append(record[1])
            at = self._before(key, at, birth) if record[0] == UNKNOWN else record[0]
        return None

    def _before(self, key: int, chunk: int, birth: int) -> int:
        found = self._postings.before(key, chunk)
        return found if found >= 0 else birth if birth < chunk else -1

    def written(self, owner: int, name: str, chunk: int) -> tuple[int, Any] | None:
        """(step in the chunk, [ref] or []) of the last write of a name in a chunk that wrote it."""
        record = self.blocks[chunk].record(owner_key(owner))
        if record is None or name not in record[-1]:
            return None
        if type(record[0]) is not int:
            return record[-1][name], [record[0][name]] if name in record[0] else []
        ref: list[Ref] = next((ref for n, *ref in reversed(record[1]) if n == name), [])
        return record[-1][name], ref
