"""Sorted runs of (key, step, value) on disk, and the part that is still in memory."""

from __future__ import annotations

import io
import marshal
import mmap
import tempfile
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol

from semduck.trace.pending import LINE, Pending

BLOCK = 256  # values of one key that are unpacked together


class Part(Protocol):
    """Neighbouring steps. Steps in it count from `first`."""

    first: int

    def steps(self, key: int) -> tuple[Sequence[int], int, int]:
        """(steps, start, stop): those of the key are steps[start:stop]."""
        ...

    def values(self, key: int, low: int, high: int) -> list[Any]:
        """What was written at the low-th of them, and on, up to but without the high-th."""
        ...

    def held(self, keys: Collection[int]) -> Iterable[int]:
        """Keys, those that are in it among them."""
        ...

    def within(self, low: int, high: int) -> Iterable[int]:
        """Its keys from low to high."""
        ...


class Run:
    """One run on disk, read through a map of the file."""

    def __init__(self, runs: Runs, first: int, offset: int, keys: int, steps: int) -> None:
        self._runs, self.first = runs, first
        self._offset, self._size, self._count = offset, keys, steps
        self._view: Any = None

    def _columns(self) -> Any:
        """(keys, where their steps begin, where their values begin, steps, values)"""
        view = self._runs.map()
        if self._view is None or self._view[0] is not view:
            at, found = self._offset, [view]
            for code, count in (
                ("Q", self._size),
                ("I", self._size + 1),
                ("I", self._size + 1),
                ("I", self._count),
            ):
                end = at + count * array(code).itemsize
                found.append(view[at:end].cast(code))
                at = end
            self._view = (*found, at)
        return self._view

    def steps(self, key: int) -> tuple[Sequence[int], int, int]:
        """See Part."""
        _, keys, starts, _, steps, _ = self._columns()
        at = bisect_left(keys, key)
        if at == self._size or keys[at] != key:
            return steps, 0, 0
        return steps, starts[at], starts[at + 1]

    def values(self, key: int, low: int, high: int) -> list[Any]:
        """See Part."""
        view, keys, starts, blobs, _, begin = self._columns()
        at = bisect_left(keys, key)
        if at == self._size or keys[at] != key:
            return []
        high = min(high, starts[at + 1] - starts[at])
        blob = view[begin + blobs[at] : begin + blobs[at + 1]]
        return unpacked(blob, low, high) if len(blob) else [None] * max(0, high - low)

    def held(self, keys: Collection[int]) -> Iterable[int]:
        """See Part."""
        return keys if len(keys) * 16 < self._size else set(keys).intersection(self._columns()[1])

    def within(self, low: int, high: int) -> Iterable[int]:
        """See Part."""
        keys = self._columns()[1]
        start = bisect_left(keys, low)
        return list(keys[start : bisect_right(keys, high, start)])


def packed(values: list[Any]) -> bytes:
    """Values as bytes: nothing when all are None, many in blocks."""
    if values[0] is None and all(v is None for v in values):
        return b""
    if len(values) <= BLOCK:
        return marshal.dumps(values)
    return marshal.dumps(tuple(marshal.dumps(values[i : i + BLOCK]) for i in range(0, len(values), BLOCK)))


def unpacked(blob: Any, low: int, high: int) -> list[Any]:
    """Those from low on, without high."""
    held = marshal.loads(blob)
    if type(held) is list:
        return held[low:high]
    first = low // BLOCK
    found: list[Any] = []
    for block in held[first : -(-high // BLOCK)]:
        found += marshal.loads(block)
    return found[low - first * BLOCK : high - first * BLOCK]


class Runs:
    """All runs, in the order of their steps, in one unnamed file."""

    def __init__(self) -> None:
        self._file: Any = None
        self._map: Any = None
        self._mapped = self._size = 0
        self._runs: list[Run] = []
        self._ends: list[int] = []  # of each run: the step after its last

    def add(self, pending: Pending, end: int) -> None:
        """Write what is pending, of the steps before `end`. Raises OSError when there is no room."""
        rows = sorted((key, row) for key, row in pending.rows.items() if row)
        starts, blobs, steps, values = array("I", [0]), array("I", [0]), array("I"), io.BytesIO()
        for key, row in rows:
            line = key & 3 == LINE
            steps.extend(row if line else row[::2])
            starts.append(len(steps))
            if not line:
                values.write(packed(row[1::2]))
            blobs.append(values.tell())
        columns = (array("Q", (key for key, _ in rows)), starts, blobs, steps)
        data = b"".join(column.tobytes() for column in columns) + values.getvalue()
        offset = self._write(data + bytes(-len(data) % 8))
        self._runs.append(Run(self, pending.first, offset, len(rows), len(steps)))
        self._ends.append(end)

    def _write(self, data: bytes) -> int:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="semduck-writes-")
        offset = self._size
        self._file.seek(offset)
        self._file.write(data)
        self._file.flush()
        self._size += len(data)
        return offset

    def map(self) -> Any:
        """The file as memory."""
        if self._mapped != self._size:
            self._map = memoryview(mmap.mmap(self._file.fileno(), self._size, access=mmap.ACCESS_READ))
            self._mapped = self._size
        return self._map

    def between(self, start: int, stop: int) -> list[Run]:
        """Runs that have steps start <= k < stop."""
        low = bisect_right(self._ends, start)
        return self._runs[low : bisect_left(self._runs, stop, low, key=lambda run: run.first)]

    def close(self) -> None:
        """Let go of the file."""
        self._runs, self._ends, self._map = [], [], None
        if self._file is not None:
            self._file.close()
            self._file = None
