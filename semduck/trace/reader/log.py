"""Everything that is known of a recording's log, and any of its chunks decoded when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from semduck.trace.index import Index
from semduck.trace.reader.chunk import Chunk
from semduck.trace.reader.chunks import Chunks
from semduck.trace.reader.contents import Contents
from semduck.trace.reader.foreign import Decoder
from semduck.trace.reader.frametable import FrameTable
from semduck.trace.reader.known import Known
from semduck.trace.reader.pages import Cache, Pages, uncollected
from semduck.trace.reader.postings import Postings
from semduck.trace.reader.view import View
from semduck.trace.reader.walls import Walls
from semduck.trace.replay import Ref, State, Thing
from semduck.trace.store import Event, RecordingError, Store, parse

CHUNKS = 40  # decoded ones kept in memory: some megabytes
FAULTS = (
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    StopIteration,
    RecursionError,
)


class Log:
    """`store` has the bytes. `open`: the chunk that is being taken in, behind all others."""

    def __init__(self, store: Store) -> None:
        self.store, self.chunks = store, Chunks()
        self.pages = Pages()
        self.known, self.walls = Known(), Walls()
        self.table = FrameTable(self.pages, self.walls)
        self.index = Index(self.table)
        self.postings = Postings(self.pages)
        self.contents = Contents(self.pages, self.chunks, self.postings, self.table, self.walls)
        self.classes: dict[str, int] = {}  # number of the first class with a name
        self.next_oid = 1
        self.full = False  # as many steps as may be were read
        self.open = Chunk(0, 0)
        self._decoded: Cache[int, Chunk] = Cache(CHUNKS, self._decode)

    def close(self) -> None:
        """Let go of files."""
        self.pages.close()
        self.store.close()

    # -- chunks --------------------------------------------------------------------------------------------

    def chunk(self, number: int) -> Chunk:
        """A chunk, decoded and indexed. Raises RecordingError."""
        return self.open if number >= self.open.number else self._decoded[number]

    def chunk_of(self, k: int) -> Chunk:
        """The chunk that has step k. Raises IndexError."""
        if not 0 <= k < self.index.steps:
            raise IndexError(f"there are {self.index.steps} steps, not a step {k}")
        return self.chunk(self.chunks.of(k))

    def _decode(self, number: int) -> Chunk:
        chunk = Chunk(number, self.chunks.first[number])
        decoder = Decoder(self.known, self.table, chunk, learns=False)
        try:
            with uncollected():
                if number:
                    decoder.restore(self._place(number - 1), self.known, self._place, chunk)
                raw = self._bytes(number)
                decoder.feed(parse(raw), large(raw))
                most = self.known.max_steps
                if most and chunk.first + len(chunk) > most:
                    chunk.limit(most - chunk.first)
                chunk.cut()
                if len(chunk) != self.chunks.steps[number]:
                    raise ValueError("a chunk of another length")
                chunk.index(lambda owner: self.base_names(chunk, owner) or {})
        except FAULTS as error:
            raise RecordingError(f"{self.store.path}: chunk {number} is damaged") from error
        return chunk

    def _bytes(self, number: int) -> bytes:
        chunks = self.chunks
        return self.store.part(chunks.stored[number], chunks.start_at[number], chunks.stop_at[number])

    def _place(self, number: int) -> Any:
        return self.contents.blocks[number].place()

    # -- states --------------------------------------------------------------------------------------------

    def state(self, k: int) -> State:
        """The state at step k. Raises IndexError."""
        chunk = self.chunk_of(k)
        return State(View(self, chunk, k - chunk.first))

    def objects_before(self, k: int) -> int:
        """Objects with lower numbers were made before step k."""
        chunk = self.chunk_of(k) if k < self.index.steps else self.open
        begin = self.chunks.oids[chunk.number] if chunk.number < len(self.chunks.oids) else self.next_oid
        written = (chunk.log[places[0]] for cell, places in chunk.cells.items() if type(cell) is int)
        made: Iterator[int] = (op[1] for n, _, _, op in written if op[0] == "N" and chunk.first + n < k)
        return max([begin, *(oid + 1 for oid in made)])

    def base_names(self, chunk: Chunk, owner: int) -> dict[str, Ref] | None:
        """Names of a frame or module where a chunk begins. Not to be changed."""
        found = chunk.names
        if owner not in found and chunk.told is not None:
            found[owner] = chunk.told.names.get(owner)
        elif owner not in found:
            fresh = chunk.births and owner >= chunk.births[0][0]
            found[owner] = {} if fresh else self.contents.names(owner, chunk.number)
        return found[owner]

    def base_thing(self, chunk: Chunk, oid: int) -> Thing | None:
        """An object where a chunk begins. Not to be changed."""
        found = chunk.things
        if oid not in found and chunk.told is not None:
            found[oid] = chunk.told.things.get(oid)
        elif oid not in found:
            found[oid] = self.contents.thing(oid, chunk.number)
        return found[oid]


def large(raw: bytes) -> bool:
    """May there be an int of more than 150 digits in a piece of the log?"""
    return _DIGITS in raw.translate(_TO_ZERO)


_DIGITS = b"0" * 150
_TO_ZERO = bytes(48 if 48 <= byte < 58 else byte for byte in range(256))

__all__ = ["FAULTS", "Event", "Log", "large"]
