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

from semduck.trace.reader.chunks import Stored
from semduck.trace.tail import CAPACITY, CHUNK, HEADER, MAGIC, PART, RESERVE

CHUNK_HEADER = 28  # magic, packed and raw length, crc32 of the packed bytes: u32; first step u64; steps u32
INDEX = b"SDIX"  # what follows the chunks, see reader/saved.py
MAX_RAW = 1 << 30
UNPACKED = 4  # chunks whose bytes are kept in memory

Event = list[Any]


class RecordingError(Exception):
    """The file is not a recording that can be read. One line."""


@dataclass(slots=True)
class Moment:
    """A step event, and what the step wrote for other frames ("E" events)."""

    event: Event
    before: list[Event]


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
        self.chunks = Stored()
        self.live: tuple[int, bytes] = (-1, b"")  # (number it will have, bytes) of what was read of the tail
        self._raw: OrderedDict[int, bytes] = OrderedDict()
        self.end = len(MAGIC)  # behind the last complete chunk
        self.file: Any = None
        self.indexed = False  # an index follows the chunks: there will be no more

    def scan(self, most: int = 1 << 62) -> None:
        """Find chunks written since the last call, at most so many. Raises RecordingError when it is no
        recording."""
        if self.indexed or not self.open():
            return
        number = self.file.fileno()
        size = os.fstat(number).st_size
        most += len(self.chunks)
        while self.end + CHUNK_HEADER <= size and len(self.chunks) < most:
            head = os.pread(number, CHUNK_HEADER, self.end)
            if head[:4] == INDEX:
                self.indexed = True
                return
            offset, packed = self.end + CHUNK_HEADER, int.from_bytes(head[4:8], "little")
            raw = int.from_bytes(head[8:12], "little")
            if head[:4] != CHUNK or raw > MAX_RAW:
                raise RecordingError(f"{self.path}: damaged after {len(self.chunks)} chunks")
            if offset + packed > size:
                return  # still being written, or cut off
            first, steps = int.from_bytes(head[16:24], "little"), int.from_bytes(head[24:28], "little")
            self.chunks.found(offset, packed, raw, int.from_bytes(head[12:16], "little"), first, steps)
            self.end = offset + packed

    def open(self) -> bool:
        """Open the file unless it is. False when there is nothing in it yet. Raises RecordingError."""
        if self.file is not None:
            return True
        try:
            self.file = open(self.path, "rb", buffering=0)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise RecordingError(f"cannot read {self.path}: {error.strerror}") from None
        magic = self.file.read(len(MAGIC))
        if magic == MAGIC:
            return True
        short = MAGIC.startswith(magic)
        self.close()
        if not short:
            raise RecordingError(f"{self.path} is not a semduck recording")
        return False

    def raw(self, number: int) -> bytes:
        """Decompressed bytes of a chunk. Raises RecordingError when they are not what was written."""
        raw = self._raw.get(number)
        if raw is None:
            raw = self._raw[number] = self._unpacked(number)
            if len(self._raw) > UNPACKED:
                self._raw.popitem(last=False)
        return raw

    def part(self, number: int, start: int, stop: int) -> bytes:
        """A part of them, also of what is still in the tail."""
        if number >= len(self.chunks) and number == self.live[0]:
            return self.live[1][start:stop]
        return self.raw(number)[start:stop]

    def packed(self, number: int) -> bytes:
        """Bytes of a chunk as in the file. Raises RecordingError when they are not what was written."""
        chunks = self.chunks
        packed = self._read(chunks.offset[number], chunks.packed[number])
        if zlib.crc32(packed) != chunks.crc[number]:
            raise RecordingError(f"{self.path}: chunk {number} is damaged")
        return packed

    def _unpacked(self, number: int) -> bytes:
        packed, size = self.packed(number), self.chunks.raw[number]
        try:
            raw = zlib.decompressobj().decompress(packed, size + 1)
        except zlib.error:
            raw = b""
        if len(raw) != size:
            raise RecordingError(f"{self.path}: chunk {number} is damaged")
        return raw

    def _read(self, offset: int, size: int) -> bytes:
        try:
            return os.pread(self.file.fileno(), size, offset)
        except OSError as error:
            raise RecordingError(f"cannot read {self.path}: {error.strerror}") from None

    def tail(self, part: int = 0) -> tuple[int, bytes]:
        """(generation, bytes) of the live tail; generation -1 when there is none that can be trusted, or it
        is that of another part."""
        try:
            with open(str(self.path) + ".tail", "rb") as file:
                for _ in range(8):
                    found = tail_once(file, part)
                    if found is not None:
                        return found
        except OSError:
            pass
        return -1, b""

    def close(self) -> None:
        """Let go of the file."""
        if self.file is not None:
            self.file.close()
            self.file = None


def tail_once(file: Any, part: int | None = None) -> tuple[int, bytes] | None:
    """One look at an open tail, see Store.tail. None: it was rotated meanwhile, or it is damaged."""
    file.seek(0)
    head = file.read(HEADER)
    number = int.from_bytes(head[PART : PART + 4], "little")
    if len(head) < HEADER or head[:8] != MAGIC or part not in (None, number):
        return -1, b""
    length, crc = int.from_bytes(head[16:24], "little"), int.from_bytes(head[24:28], "little")
    data = file.read(min(length, CAPACITY + RESERVE))
    if len(data) != length or zlib.crc32(data) != crc:
        return None
    return int.from_bytes(head[8:16], "little"), data[: data.rfind(b"\n") + 1]


def pack(raw: bytes, first: int, steps: int) -> bytes:
    """A chunk as bytes."""
    packed = zlib.compress(raw, 1)
    numbers = (len(packed), len(raw), zlib.crc32(packed))
    head = CHUNK + b"".join(n.to_bytes(4, "little") for n in numbers)
    return head + first.to_bytes(8, "little") + steps.to_bytes(4, "little") + packed
