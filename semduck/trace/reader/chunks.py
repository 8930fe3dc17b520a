"""Columns over what is stored in the file, and over the pieces of it that are decoded at once."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from semduck.trace.tail import UNKNOWN


class Columns:
    """Arrays of equal length, by the names in FIELDS."""

    FIELDS: tuple[str, ...] = ()

    def saved(self) -> list[bytes]:
        """The columns as bytes."""
        return [getattr(self, field).tobytes() for field in self.FIELDS]

    def load(self, columns: list[bytes]) -> None:
        """The inverse. Raises ValueError."""
        for field, data in zip(self.FIELDS, columns, strict=True):
            getattr(self, field).frombytes(data)
        if len({len(getattr(self, field)) for field in self.FIELDS}) != 1:
            raise ValueError("columns of different length")


class Stored(Columns):
    """What the file calls chunks: where each lies, packed and raw length, CRC-32 of the packed bytes."""

    FIELDS = ("offset", "packed", "raw", "crc")

    def __init__(self) -> None:
        self.offset, self.packed, self.raw, self.crc = array("Q"), array("I"), array("I"), array("I")
        self.told: list[tuple[int, int]] = []  # first step and steps, as the file says; not of an index
        self.uncounted = False  # only the reader counts the steps of some chunk

    def __len__(self) -> int:
        return len(self.offset)

    def found(self, offset: int, packed: int, raw: int, crc: int, first: int, steps: int) -> None:
        """One more in the file."""
        self.offset.append(offset)
        self.packed.append(packed)
        self.raw.append(raw)
        self.crc.append(crc)
        self.told.append((first, steps))
        self.uncounted = self.uncounted or steps == UNKNOWN


class Chunks(Columns):
    """Pieces that are decoded at once: a part of what is stored, from `start` to `stop` of its raw bytes; the
    first step and number of steps, the first object number, and the page of the block."""

    FIELDS = ("stored", "start_at", "stop_at", "first", "steps", "oids", "blocks")

    def __init__(self) -> None:
        self.stored, self.start_at, self.stop_at = array("I"), array("I"), array("I")
        self.first, self.steps = array("Q"), array("I")
        self.oids, self.blocks = array("Q"), array("I")

    def __len__(self) -> int:
        return len(self.first)

    def add(self, place: tuple[int, int, int], first: int, steps: int) -> None:
        """One more: (stored chunk, start, stop), its steps."""
        for column, value in zip((self.stored, self.start_at, self.stop_at), place, strict=True):
            column.append(value)
        self.first.append(first)
        self.steps.append(steps)

    def of(self, step: int) -> int:
        """The chunk of a step; the number of those taken in for later ones."""
        if not self.first or step >= self.first[-1] + self.steps[-1]:
            return len(self.first)
        return bisect_right(self.first, step) - 1 if step >= 0 else -1

    def start(self, chunk: int) -> int:
        """First step of a chunk, also of the one to come."""
        if chunk < len(self.first):
            return self.first[chunk]
        return self.first[-1] + self.steps[-1] if self.first else 0
