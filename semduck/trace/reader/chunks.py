"""Columns over the chunks of a recording."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from semduck.trace.tail import UNKNOWN

FIELDS = ("offset", "packed", "raw", "crc", "first", "steps", "oids", "blocks")


class Chunks:
    """Where each lies in the file, how long it is packed and raw, the CRC-32 of its packed bytes; its first
    step and number of steps; the first object number and the page of its block."""

    def __init__(self) -> None:
        self.offset, self.packed, self.raw, self.crc = array("Q"), array("I"), array("I"), array("I")
        self.first, self.steps = array("Q"), array("I")  # of those taken in; what the file says is in `told`
        self.oids, self.blocks = array("Q"), array("I")
        self.told: list[tuple[int, int]] = []
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

    def drop(self, number: int) -> None:
        """Forget chunks from this one on, that are not read."""
        for column in (self.offset, self.packed, self.raw, self.crc, self.told):
            del column[number:]

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

    def saved(self, numbers: dict[int, int]) -> list[bytes]:
        """The columns as bytes. numbers: what pages are called there."""
        blocks = array("I", [numbers[page] for page in self.blocks])
        return [(blocks if field == "blocks" else getattr(self, field)).tobytes() for field in FIELDS]

    def load(self, columns: list[bytes]) -> None:
        """The inverse."""
        for field, data in zip(FIELDS, columns, strict=True):
            getattr(self, field).frombytes(data)
        if len({len(getattr(self, field)) for field in FIELDS}) != 1:
            raise ValueError("columns of different length")
