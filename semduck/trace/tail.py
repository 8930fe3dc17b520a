"""Child side of the store: events go to a shared-memory tail at once, to compressed chunks when it is full.

Runs inside the recorded process: only modules a plain interpreter can load without running Python code.
"""

from __future__ import annotations

import mmap
import os
from _json import encode_basestring_ascii, make_encoder
from itertools import repeat
from zlib import compress, crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Event = list[Any]

MAGIC = b"SEMDUCK1"
CHUNK = b"SDCK"
HEADER = 64  # bytes of the tail before its data: magic, generation u64, length u64, crc32 u32, stop flag u8
STOP = 28  # where the flag is
WAITS = 29  # somebody waits for what was told until now: ASKED, then DONE
ASKED, DONE = b"\1", b"\2"
PART = 32  # where the number of the file is that the tail belongs to, u32: 0, or that of a part
CAPACITY = 1 << 20
RESERVE = 4096  # behind it, for last words when the disk is full
PART_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
LOW = 200  # our descriptors lie above
STEPS_PER_CHUNK = 4096
UNKNOWN = 0xFFFFFFFF  # steps of a chunk that holds probes: the reader counts them
QUIET = 5000
PIECE = 1 << 16  # bytes of such a chunk
COPIED = 1 << 20  # bytes of a parent's recording read at once

quoted: Callable[[str], str] = encode_basestring_ascii  # JSON of a str


def _unknown(value: object) -> None:
    raise TypeError(f"not an event: {type(value).__name__}")


_encode = make_encoder(
    None, _unknown, encode_basestring_ascii, None, ":", ",", False, False, True
)  # json's own C encoder, without importing json into the program


def text_of(value: Any) -> str:
    """JSON on one line."""
    return "".join(_encode(value, 0))


def texts_of(values: list[Any]) -> list[str]:
    """JSON of each, made in one go: no other thread runs meanwhile."""
    return ["".join(parts) for parts in list(map(_encode, values, repeat(0)))]


def encode(event: Event | dict[str, Any]) -> bytes:
    """One event as a line of JSON."""
    return ("".join(_encode(event, 0)) + "\n").encode("ascii")


def extent(length: int, crc: int) -> bytes:
    """Length and checksum of a tail's data as its header holds them."""
    return (length | crc << 64).to_bytes(12, "little")


def checksum(data: bytes, start: int) -> int:
    """CRC-32 in pieces for which zlib does not let other threads run."""
    for at in range(0, len(data), QUIET):
        start = crc32(data[at : at + QUIET], start)
    return start


def _fill_low_descriptors() -> list[int]:
    """Take the low descriptors for a moment, so that the program's first open file is still number 3."""
    taken: list[int] = []
    try:
        while not taken or taken[-1] < LOW:
            taken.append(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    except OSError:  # few descriptors allowed: keep ours low
        while len(taken) > 1:
            os.close(taken.pop())
    return taken


class Full(Exception):
    """The disk is full or the byte limit is reached: recording ends, the program does not."""


class Tail:
    """Append-only log. After a kill at any moment everything emitted is still in the two files."""

    def __init__(self, path: str, max_bytes: int, lock: Callable[[int], None] | None = None) -> None:
        low = _fill_low_descriptors()
        self._lock = lock  # of a child's recording: held as long as the process lives
        self.host = 0  # our parent, when the recording ends with it
        self.path = path
        self.max_bytes = max_bytes
        self.file = self._open(path)
        self.map = self._map(path + ".tail")
        for descriptor in low:
            os.close(descriptor)
        self.generation = self.length = self.crc = self.steps = self.first = 0
        self.uncounted = False  # once probes write, only the reader counts steps
        self.part = 0  # number of the file that is written
        self.raw = 0  # bytes put into it
        self.lasting: dict[Any, bytes] = {}  # what was told of code since the recording itself was left
        self.written = os.fstat(self.file).st_size
        if not self.written:
            self._write(MAGIC)

    def _open(self, path: str) -> int:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        if self._lock is not None:
            self._lock(file)
        return file

    @staticmethod
    def _map(path: str) -> mmap.mmap:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        size = HEADER + CAPACITY + RESERVE
        try:  # reserve the blocks now: a full disk must fail here, not by SIGBUS in the middle of the program
            os.posix_fallocate(handle, 0, size)
        except AttributeError:
            os.write(handle, bytes(size))
        shared = mmap.mmap(handle, size)
        os.close(handle)
        shared[: len(MAGIC)] = MAGIC
        return shared

    def stop_asked(self) -> int:
        """Not 0 when the host asked the program to stop."""
        return self.map[STOP]

    def catch_up_asked(self) -> bool:
        """Does somebody wait until all that was told is here?"""
        return self.map[WAITS : WAITS + 1] == ASKED

    def caught_up(self) -> None:
        """It is."""
        self.map[WAITS : WAITS + 1] = DONE

    def emit(self, event: Event, is_step: bool = False) -> None:
        """Append one event. Raises Full."""
        self.put(encode(event), 1 if is_step else 0)

    def tell(self, event: Event) -> None:
        """Append an event that is needed to read all that comes later."""
        self.keep(event)
        self.emit(event)

    def keep(self, event: Event) -> None:
        """It is to be told again at the beginning of each part."""
        if self.part:
            self.lasting[event[0], event[1]] = encode(event)

    def turn(self, told: bytes, max_bytes: int) -> None:
        """Go on in a file of its own, the next part, which begins with `told`. Raises Full."""
        self.rotate()
        part = self.part + 1
        try:
            new = os.open(f"{self.path}.part{part}", PART_FLAGS, 0o600)
            os.dup2(new, self.file, inheritable=False)
            os.close(new)
        except OSError as error:
            raise Full(f"the recording could not be written: {error.strerror}") from None
        self.part, self.max_bytes = part, max_bytes
        self.map[8:16] = bytes(8)
        self.map[PART : PART + 4] = part.to_bytes(4, "little")
        self.generation = self.first = self.written = self.raw = 0
        self._write(MAGIC)
        self._chunk(told + b"".join(self.lasting.values()), UNKNOWN if self.uncounted else 0)

    def drop(self, part: int) -> None:
        """Remove an old part."""
        try:
            os.unlink(f"{self.path}.part{part}")
        except OSError:
            pass

    def put(self, data: bytes, steps: int) -> None:
        """Append encoded events. steps: how many of them are steps, UNKNOWN for probes. Raises Full."""
        self.raw += len(data)
        end = self.length + len(data)
        if end > CAPACITY or self.steps >= STEPS_PER_CHUNK or (steps == UNKNOWN and end > PIECE):
            self.rotate()
            end = len(data)
            if end > CAPACITY:
                self._chunk(data, steps)
                return
        shared = self.map
        shared[HEADER + self.length : HEADER + end] = data
        self.length = end
        self.crc = checksum(data, self.crc)
        shared[16:28] = extent(end, self.crc)
        if steps == UNKNOWN:
            self.uncounted = True
        else:
            self.steps += steps

    def last_words(self, event: Event) -> None:
        """Append one short event for which no disk space is needed."""
        data = encode(event)[:RESERVE]
        start = HEADER + self.length
        self.map[start : start + len(data)] = data
        self.length += len(data)
        self.crc = crc32(data, self.crc)
        self.map[16:28] = extent(self.length, self.crc)

    def rotate(self) -> None:
        """Move the tail's content into a chunk of the main file."""
        if self.length:
            self._chunk(self.map[HEADER : HEADER + self.length], UNKNOWN if self.uncounted else self.steps)
            self.length = self.crc = self.steps = 0

    def _chunk(self, raw: bytes, steps: int) -> None:
        packed = compress(raw, 1)
        head = CHUNK + len(packed).to_bytes(4, "little") + len(raw).to_bytes(4, "little")
        head += crc32(packed).to_bytes(4, "little")
        head += self.first.to_bytes(8, "little") + steps.to_bytes(4, "little")
        self._write(head + packed)
        if self.host and os.getppid() != self.host:
            self.map[STOP] = 1  # who started us is gone: nobody could stop an endless program any more
        self.first += 0 if steps == UNKNOWN else steps
        self.generation += 1
        self.map[16:28] = bytes(12)  # length first: a reader between the two writes sees an empty tail
        self.map[8:16] = self.generation.to_bytes(8, "little")

    def _write(self, data: bytes) -> None:
        if self.max_bytes and self.written + len(data) > self.max_bytes:
            raise Full("the recording reached its size limit")
        start, view = self.written, memoryview(data)
        try:
            while view:
                done = os.write(self.file, view)
                self.written += done
                view = view[done:]
        except OSError as error:
            try:
                os.ftruncate(self.file, start)  # no torn chunk
            except OSError:
                pass
            raise Full(f"the recording could not be written: {error.strerror}") from None

    # -- forks ---------------------------------------------------------------------------------------------

    def words(self) -> bytes:
        """What is not in a chunk yet."""
        return self.map[HEADER : HEADER + self.length]

    def go_on(self, path: str, words: bytes, lock: Callable[[int], None] | None) -> None:
        """In a forked child: go on in a file of its own, which begins with all that was recorded so far.

        words: those of `words` before the fork. Raises OSError, Full.
        """
        low = _fill_low_descriptors()
        try:
            before = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            os.close(self.file)
            self.map.close()
            self._lock = lock
            self.path, self.file, self.map = path, self._open(path), self._map(path + ".tail")
        finally:
            for descriptor in low:
                os.close(descriptor)
        size, self.written, self.host = self.written, 0, 0
        try:
            while self.written < size:
                data = os.pread(before, min(COPIED, size - self.written), self.written)
                if not data:
                    raise OSError("the recording of the parent has become shorter")
                self._write(data)
        finally:
            os.close(before)
        self.map[8:16] = self.generation.to_bytes(8, "little")
        self.map[HEADER : HEADER + len(words)] = words
        self.map[16:28] = extent(len(words), self.crc)

    def close(self) -> None:
        """Flush. The host removes the tail file."""
        self.rotate()
        os.close(self.file)
        self.map.close()
