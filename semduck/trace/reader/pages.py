"""Numbered pieces of bytes on disk, compressed: first in a file without a name, later in the recording."""

from __future__ import annotations

import gc
import os
import tempfile
import zlib
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Made = TypeVar("Made")


class Pages:
    """`add` gives a page its number. Pages that find no room on the disk stay in memory."""

    def __init__(self) -> None:
        self.offsets, self.sizes = array("Q"), array("I")
        self.end = 0
        self._base = 0
        self._file: Any = None
        self._held: dict[int, bytes] = {}
        self._borrowed = False

    def saved(self, file: Any, base: int, sizes: array[int]) -> None:
        """Have those that lie one after another in an open file, from `base` on. The file is not closed."""
        self._file, self._borrowed, self._base = file, True, base
        for size in sizes:
            self.offsets.append(self.end)
            self.sizes.append(size)
            self.end += size

    def __len__(self) -> int:
        return len(self.sizes)

    def add(self, data: bytes) -> int:
        """Keep a page; its number."""
        packed = zlib.compress(data, 1)
        number = len(self.sizes)
        try:
            if self._borrowed:
                raise OSError
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="semduck-index-", buffering=0)
            if os.pwrite(self._file.fileno(), packed, self._base + self.end) != len(packed):
                raise OSError
        except OSError:
            self._held[number] = packed
        self.offsets.append(self.end)
        self.sizes.append(len(packed))
        self.end += len(packed)
        return number

    def packed(self, number: int) -> bytes:
        """A page as it lies on disk."""
        held = self._held.get(number)
        if held is not None:
            return held
        return os.pread(self._file.fileno(), self.sizes[number], self._base + self.offsets[number])

    def read(self, number: int) -> bytes:
        """A page's bytes."""
        return zlib.decompress(self.packed(number))

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None and not self._borrowed:
            self._file.close()
        self._file = None


class Cache(Generic[Key, Made]):
    """The last `size` things made by `make`, by key."""

    def __init__(self, size: int, make: Callable[[Key], Made]) -> None:
        self._size, self._make = size, make
        self._made: OrderedDict[Key, Made] = OrderedDict()

    def __getitem__(self, key: Key) -> Made:
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._make(key)
            if len(self._made) > self._size:
                self._made.popitem(last=False)
        else:
            self._made.move_to_end(key)
        return found


@contextmanager
def uncollected() -> Iterator[None]:
    """Many small objects are made that all stay: python need not look for garbage among them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
