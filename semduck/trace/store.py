"""Read a recording file: chunks, and the live tail while the program runs.

Format: docs/recording-format.md.
"""

from __future__ import annotations

import json
import os
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semduck.trace.tail import CAPACITY, CHUNK, HEADER, MAGIC, RESERVE, extent
from semduck.trace.target import Limits

CHUNK_HEADER = 28  # magic, packed and raw length, crc32 of the packed bytes: u32; first step u64; steps u32
CACHED = 6  # decoded chunks kept
MAX_RAW = 1 << 30

Event = list[Any]


class RecordingError(Exception):
    """The file is not a recording that can be read. One line."""


@dataclass(slots=True)
class Moment:
    """A step event with what was noted before it since the last step ("E", "U" and "W" events)."""

    event: Event
    before: list[Event]


@dataclass(frozen=True, slots=True)
class ChunkInfo:
    """Where a chunk lies in the file."""

    offset: int
    packed: int
    raw: int
    crc: int
    first: int
    steps: int


def moments(events: list[Event]) -> list[Moment]:
    """The steps of a run of events."""
    found: list[Moment] = []
    before: list[Event] = []
    for event in events:
        if type(event[0]) is int:
            found.append(Moment(event, before))
            before = []
        elif event[0] in ("E", "U", "W"):
            before.append(event)
    return found


def parse(raw: bytes) -> list[Event]:
    """Events of complete lines. Raises RecordingError."""
    try:
        events: list[Event] = json.loads(b"[" + b",".join(raw.splitlines()) + b"]")
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"the recording is damaged: {error}") from None
    if not all(isinstance(e, list) and e for e in events):
        raise RecordingError("the recording is damaged: an event is not a list")
    return events


class Store:
    """Chunks of one file, and the tail beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.chunks: list[ChunkInfo] = []
        self._end = len(MAGIC)
        self._cache: OrderedDict[int, list[Event]] = OrderedDict()
        self._moments: OrderedDict[int, list[Moment]] = OrderedDict()
        self._file: Any = None

    def scan(self) -> None:
        """Find chunks written since the last call. Raises RecordingError when it is no recording."""
        if self._file is None and not self._open():
            return
        size = os.fstat(self._file.fileno()).st_size
        while self._end + CHUNK_HEADER <= size:
            self._file.seek(self._end)
            head = self._file.read(CHUNK_HEADER)
            info = _chunk_info(head, self._end + CHUNK_HEADER)
            if info is None:
                raise RecordingError(f"{self.path}: damaged after {len(self.chunks)} chunks")
            if info.offset + info.packed > size:
                return  # still being written, or cut off
            self.chunks.append(info)
            self._end = info.offset + info.packed

    def _open(self) -> bool:
        try:
            self._file = open(self.path, "rb")
        except FileNotFoundError:
            return False
        except OSError as error:
            raise RecordingError(f"cannot read {self.path}: {error.strerror}") from None
        magic = self._file.read(len(MAGIC))
        if magic == MAGIC:
            return True
        short = MAGIC.startswith(magic)
        self.close()
        if not short:
            raise RecordingError(f"{self.path} is not a semduck recording")
        return False

    def raw(self, number: int) -> bytes:
        """Decompressed bytes of a chunk. Raises RecordingError when they are not what was written."""
        info = self.chunks[number]
        self._file.seek(info.offset)
        packed = self._file.read(info.packed)
        raw = b""
        if zlib.crc32(packed) == info.crc:
            try:
                raw = zlib.decompressobj().decompress(packed, info.raw + 1)
            except zlib.error:
                pass
        if len(raw) != info.raw:
            raise RecordingError(f"{self.path}: chunk {number} is damaged")
        return raw

    def same(self, number: int, other: Store) -> bool:
        """Has another file the same bytes in this chunk?"""
        one, two = self.chunks[number], other.chunks[number]
        if (one.crc, one.raw, one.packed) != (two.crc, two.raw, two.packed):
            return False
        return self.raw(number) == other.raw(number)

    def moments(self, number: int) -> list[Moment]:
        """Steps of a complete chunk, from a small cache."""
        found = self._moments.get(number)
        if found is None:
            found = self._moments[number] = moments(self.events(number))
            while len(self._moments) > CACHED:
                self._moments.popitem(last=False)
        self._moments.move_to_end(number)
        return found

    def events(self, number: int) -> list[Event]:
        """All events of a complete chunk, not cached."""
        return parse(self.raw(number))

    def tail(self) -> tuple[int, bytes]:
        """(generation, bytes) of the live tail; generation -1 when there is none that can be trusted."""
        try:
            with open(str(self.path) + ".tail", "rb") as file:
                for _ in range(8):
                    found = _tail_once(file)
                    if found is not None:
                        return found
        except OSError:
            pass
        return -1, b""

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _tail_once(file: Any) -> tuple[int, bytes] | None:
    file.seek(0)
    head = file.read(HEADER)
    if len(head) < HEADER or head[:8] != MAGIC:
        return -1, b""
    length, crc = int.from_bytes(head[16:24], "little"), int.from_bytes(head[24:28], "little")
    data = file.read(min(length, CAPACITY + RESERVE))
    if len(data) != length or zlib.crc32(data) != crc:
        return None  # it was rotated meanwhile, or it is damaged
    return int.from_bytes(head[8:16], "little"), data[: data.rfind(b"\n") + 1]


def _append_to_tail(path: Path, end: bytes) -> None:
    try:
        with open(path, "r+b") as file:
            store = Store(path)
            store.scan()
            store.close()
            file.truncate(max(store._end, len(MAGIC)))  # no torn chunk in the way
        with open(str(path) + ".tail", "r+b") as tail:
            found = _tail_once(tail)
            if found is None:
                return
            data = found[1] + end
            tail.seek(HEADER)
            tail.write(data)
            tail.seek(16)
            tail.write(extent(len(data), zlib.crc32(data)))
    except (OSError, RecordingError):
        pass


def _chunk_info(head: bytes, offset: int) -> ChunkInfo | None:
    if head[:4] != CHUNK:
        return None
    packed, raw, crc = (int.from_bytes(head[i : i + 4], "little") for i in (4, 8, 12))
    first, steps = int.from_bytes(head[16:24], "little"), int.from_bytes(head[24:28], "little")
    return ChunkInfo(offset, packed, raw, crc, first, steps) if raw <= MAX_RAW else None


def pack(raw: bytes, first: int, steps: int) -> bytes:
    """A chunk as bytes."""
    packed = zlib.compress(raw, 1)
    numbers = (len(packed), len(raw), zlib.crc32(packed))
    head = CHUNK + b"".join(n.to_bytes(4, "little") for n in numbers)
    return head + first.to_bytes(8, "little") + steps.to_bytes(4, "little") + packed


def finish(path: Path, code: int | None, asked: str, limits: Limits | None = None) -> None:
    """After the program ended: move the tail into the file, add how it ended, remove the side files.

    code: as subprocess reports it. asked: "" | "stopped" | "seconds" when the host ended it.
    """
    store = Store(path)
    end = json.dumps(["Z", code, asked, limits.max_seconds if limits else 0]).encode() + b"\n"
    try:
        store.scan()
        _, raw = store.tail()
        first = sum(c.steps for c in store.chunks)
        steps = sum(1 for e in parse(raw) if type(e[0]) is int)
        with open(path, "ab") as file:
            if file.tell() == 0:
                file.write(MAGIC)
            file.truncate(max(store._end, len(MAGIC)))
            file.write(pack(raw + end, first, steps))
    except (OSError, RecordingError):
        _append_to_tail(path, end)  # it stays beside the file and is read from there
        return
    finally:
        store.close()
    for suffix in (".tail", ".config"):
        Path(str(path) + suffix).unlink(missing_ok=True)
