"""Contents of names and objects behind each chunk that wrote them: what the reader of a step begins with.

A block holds the records of one chunk. A record is a whole content, or what changed since an earlier one.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from typing import Any

from semduck.trace.reader.entry import UNBOUND
from semduck.trace.replay import Ref, Thing, applied
from semduck.trace.store import Event
from semduck.trace.tail import text_of

SMALL = 24  # items of a content that is always kept whole
STRIDE, LEVELS = 16, 3  # every 16th change is kept together with the 15 before it, and so on
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
UNKNOWN = -1  # where the earlier record is, when it was not looked up


class Block:
    """Records of a chunk by key, and the place behind it."""

    def __init__(self, data: bytes) -> None:
        count = int.from_bytes(data[:4], "little")
        self._keys, self._starts = array("Q", data[4 : 4 + 8 * count]), array("I")
        self._starts.frombytes(data[4 + 8 * count : 8 + 12 * count])
        self._text = data[8 + 12 * count :].decode("ascii")

    @staticmethod
    def packed(records: dict[int, Any], place: Any) -> bytes:
        """A block as bytes."""
        keys = sorted(records)
        parts = [text_of(place), *[text_of(records[key]) for key in keys]]
        starts = array("I", [0])
        for part in parts:
            starts.append(starts[-1] + len(part))
        head = len(keys).to_bytes(4, "little") + array("Q", keys).tobytes()
        return head + starts[1:].tobytes() + "".join(parts).encode("ascii")

    def record(self, key: int) -> Any:
        """One record; None when the chunk has none."""
        at = bisect_left(self._keys, key)
        if at == len(self._keys) or self._keys[at] != key:
            return None
        return _scan(self._text, self._starts[at])[0]

    def place(self) -> Any:
        """Where the decoder stood behind the chunk."""
        return _scan(self._text, 0)[0]


class Changing:
    """What the records of one content are made from."""

    __slots__ = ("at", "count", "pending", "weight")

    def __init__(self) -> None:
        self.weight = 0  # of the changes since the content was kept whole
        self.count = 0  # of the records since then
        self.at: list[int] = []  # of each level, the chunk of the last record
        self.pending: list[list[Any]] = []  # and what changed since

    def whole(self) -> None:
        """The content was kept whole."""
        self.count = self.weight = 0
        if self.at:
            self.at, self.pending = [], []

    def change(self, chunk: int, changes: list[Any], last: int) -> list[Any]:
        """[chunk of the record it builds on, changes since that]. last: chunk of the record before this."""
        if not self.at:
            self.at, self.pending = [last] * LEVELS, [[] for _ in range(LEVELS)]
        self.count += 1
        for pending in self.pending[1:]:
            pending += changes
        level = 0
        while level < LEVELS - 1 and self.count % STRIDE ** (level + 1) == 0:
            level += 1
        base, told = self.at[level], self.pending[level] if level else changes
        for lower in range(level + 1):
            self.at[lower], self.pending[lower] = chunk, []
        return [base, told]


class Names(Changing):
    """Names of a frame or module."""

    __slots__ = ("last", "names")

    def __init__(self, names: dict[str, Ref]) -> None:
        super().__init__()
        self.names = names
        self.last = UNKNOWN  # chunk of the last record

    def record(self, chunk: int, written: dict[str, tuple[Any, int]]) -> list[Any]:
        """Take in the last (ref or UNBOUND, step in the chunk) of each name. The record: [names, steps] or
        [base, changes, steps]."""
        changes = [[n, *([] if ref is UNBOUND else [ref])] for n, (ref, _) in written.items()]
        rename(self.names, changes)
        steps = {name: step for name, (_, step) in written.items()}
        self.weight += len(changes)
        last, self.last = self.last, chunk
        if last == UNKNOWN or len(self.names) <= SMALL or self.weight >= len(self.names):
            self.whole()
            return [self.names, steps]
        return [*self.change(chunk, changes, last), steps]


def rename(names: dict[str, Ref], changes: list[list[Any]]) -> None:
    """Bind names: [name, ref], or unbind them: [name]."""
    for name, *ref in changes:
        if ref:
            names[name] = ref[0]
        else:
            names.pop(name, None)


class Content(Changing):
    """An object."""

    __slots__ = ("last", "thing")

    def __init__(self, thing: Thing, last: int = UNKNOWN) -> None:
        super().__init__()
        self.thing, self.last = thing, last

    def record(self, chunk: int, ops: list[Event]) -> list[Any]:
        """Take in operations; the record: see `whole_record`, or [base, operations]."""
        last, self.last = self.last, chunk
        for op in ops:
            self.thing = applied(self.thing, op) or self.thing
            self.weight += 1 + (len(op[4]) if op[0] == "p" else 0)
            if op[0] == "N":
                last = UNKNOWN
        size = len(self.thing.items)
        if last == UNKNOWN or size <= SMALL or self.weight >= size:
            self.whole()
            return whole_record(self.thing)
        return self.change(chunk, ops, last)


def whole_record(thing: Thing) -> list[Any]:
    """[kind, type, text, attributes, length, items, frame]"""
    return [thing.kind, thing.type, thing.text, thing.attrs, thing.length, thing.items, thing.frame]


def thing_of(record: list[Any]) -> Thing:
    """The inverse."""
    thing = Thing(*record[:4])
    thing.length, thing.items, thing.frame = record[4:]
    return thing
