"""The oracle of the reader: every event of a recording applied in order, from the beginning."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from oracle.naive_expand import Expander
from semduck.trace.store import pack
from semduck.trace.tail import UNKNOWN

Event = list[Any]
ENDS = (2, 6)  # kinds of steps after which a frame is gone


def events(path: Path) -> list[Event]:
    """All events of the chunks of a finished recording, those of probes expanded."""
    data, at, found = path.read_bytes(), 8, []
    expander = Expander()
    while data[at : at + 4] == b"SDCK":
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        lines = zlib.decompress(data[at + 28 : at + 28 + size]).splitlines()
        found += expander.feed([json.loads(line) for line in lines])
        at += 28 + size
    return found


class Naive:
    """Names by frame and by module; objects as [kind, type, text, attributes, items, length]."""

    def __init__(self) -> None:
        self.frames: dict[int, dict[str, Any]] = {}
        self.spaces: dict[int, dict[str, Any]] = {}
        self.things: dict[int, list[Any]] = {}
        self.gone: int | None = None

    def step(self, event: Event, before: list[Event]) -> None:
        """Go to the state at a step."""
        if self.gone is not None:
            del self.frames[self.gone]
            self.gone = None
        for noted in before:
            self._ops(noted[1] if noted[0] == "E" else -1, noted[2])
        self.frames.setdefault(event[1], {})
        self._ops(event[1], event[3] if len(event) > 3 else [])
        if event[0] in ENDS:
            self.gone = event[1]

    def _ops(self, frame: int, ops: list[Event]) -> None:
        for what, *rest in deepcopy(ops):
            if what == "l":
                self.frames.setdefault(frame, {})[rest[0]] = rest[1]
            elif what == "o":
                if rest[0] in self.frames:
                    self.frames[rest[0]][rest[1]] = rest[2]
            elif what == "g":
                self.spaces.setdefault(rest[0], {})[rest[1]] = rest[2]
            elif what == "x":
                names = self.spaces.get(rest[0], {}) if len(rest) > 1 else self.frames.get(frame, {})
                names.pop(rest[-1], None)
            elif what == "N":
                oid, kind, type_name, text, *attrs = rest
                self.things[oid] = [kind, type_name, text, attrs[0] if attrs else None, [], 0]
            elif what == "T" and rest[0] in self.things:
                self.things[rest[0]][2] = rest[1]
            elif what == "p" and rest[0] in self.things:
                oid, start, removed, items, length = rest
                thing = self.things[oid]
                thing[4][start : start + removed] = items
                thing[5] = length


def states(path: Path) -> Iterator[tuple[int, Event, Naive]]:
    """(step, event, state at it); the state changes with the next one."""
    naive, before, k = Naive(), [], 0
    for event in events(path):
        if type(event[0]) is int:
            naive.step(event, before)
            yield k, event, naive
            before, k = [], k + 1
        elif event[0] in ("E", "U"):
            before.append(event)


def lines(path: Path) -> list[Event]:
    """The log as it was written: all lines of all chunks."""
    data, at, found = path.read_bytes(), 8, []
    while data[at : at + 4] == b"SDCK":
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        found += [json.loads(line) for line in zlib.decompress(data[at + 28 : at + 28 + size]).splitlines()]
        at += 28 + size
    return found


def rechunked(path: Path, out: Path, elements: int, per_chunk: int) -> None:
    """The same log in other chunks: at most `elements` of what probes wrote a line, `per_chunk` lines."""
    small: list[Event] = []
    for event in lines(path):
        if event[0] == "B":
            small += [["B", event[1][i : i + elements]] for i in range(0, len(event[1]), elements)]
        else:
            small.append(event)
    probes = any(event[0] == "B" for event in small)
    data, first = b"SEMDUCK1", 0
    for i in range(0, len(small), per_chunk):
        some = small[i : i + per_chunk]
        steps = sum(type(event[0]) is int for event in some)
        raw = b"".join(json.dumps(event, separators=(",", ":")).encode() + b"\n" for event in some)
        data += pack(raw, first, UNKNOWN if probes else steps)
        first += 0 if probes else steps
    out.write_bytes(data)
