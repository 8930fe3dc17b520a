"""Rebuild the program's state from the log, step by step, forwards and backwards."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import Any

from semduck.trace.store import Event, Moment

Ref = Any  # a plain JSON value, a tagged list, or [object number]
Undo = list[tuple[Any, ...]]
RETURN, YIELD, UNWIND = 2, 4, 6
_NONE = object()


class Thing:
    """An object as recorded. items: refs, or [key, ref] pairs for dict, object, exception and class.

    attrs: number of the thing that holds its attributes. frame: of a generator that has begun.
    """

    __slots__ = ("attrs", "frame", "items", "kind", "length", "text", "type")

    def __init__(self, kind: str, type_name: str, text: str, attrs: int | None = None) -> None:
        self.kind, self.type, self.text, self.attrs = kind, type_name, text, attrs
        self.items: list[Any] = []
        self.length = 0
        self.frame: int | None = None


class State:
    """Names of every live frame and module, and every object they reach."""

    def __init__(self) -> None:
        self.frames: dict[int, dict[str, Ref]] = {}
        self.spaces: dict[int, dict[str, Ref]] = {}
        self.things: dict[int, Thing] = {}
        self.gone: int | None = None  # frame that ended at the last step: dropped at the next

    def apply(self, moment: Moment, undo: Undo | None = None) -> None:
        """Go to the state at this step. `undo` collects what `revert` needs."""
        log: Undo = [] if undo is None else undo
        if self.gone is not None:
            log.append(("frame", self.gone, self.frames.pop(self.gone, None)))
            self.gone = None
        for before in moment.before:
            if before[0] == "W":
                self._sweep(log)
            elif before[0] == "E":
                self._ops(before[1], before[2], log)
            else:
                self._ops(-1, before[2], log)
        event = moment.event
        if event[1] not in self.frames:
            self.frames[event[1]] = {}
            log.append(("new frame", event[1]))
        if len(event) > 3 and event[3]:
            self._ops(event[1], event[3], log)
        if event[0] in (RETURN, UNWIND):
            log.append(("ends",))
            self.gone = event[1]

    def _ops(self, frame: int, ops: Iterable[Event], log: Undo) -> None:
        for op in ops:
            what = op[0]
            if what == "p":
                self._splice(op, log)
            elif what == "l":
                self._bind(self.frames.setdefault(frame, {}), op[1], op[2], log)
            elif what == "g":
                self._bind(self.spaces.setdefault(op[1], {}), op[2], op[3], log)
            elif what == "N":
                log.append(("thing", op[1], self.things.get(op[1])))
                self.things[op[1]] = Thing(op[2], op[3], op[4], op[5] if len(op) > 5 else None)
            elif what == "o":
                self._bind(self.frames.setdefault(op[1], {}), op[2], op[3], log)
            elif what == "x":
                names = self.spaces.get(op[1], {}) if len(op) > 2 else self.frames.get(frame, {})
                self._bind(names, op[-1], _NONE, log)
            elif what == "T" and op[1] in self.things:
                thing = self.things[op[1]]
                log.append(("text", thing, thing.text))
                thing.text = op[2]
            elif what == "Y" and op[1] in self.things:
                thing = self.things[op[1]]
                log.append(("runs in", thing, thing.frame))
                thing.frame = op[2]

    @staticmethod
    def _bind(names: dict[str, Ref], name: str, ref: Ref, log: Undo) -> None:
        log.append(("name", names, name, names.get(name, _NONE)))
        if ref is _NONE:
            names.pop(name, None)
        else:
            names[name] = ref

    def _splice(self, op: Event, log: Undo) -> None:
        thing = self.things.get(op[1])
        if thing is None:
            return
        _, _, start, removed, items, length = op
        log.append(("splice", thing, start, len(items), thing.items[start : start + removed], thing.length))
        thing.items[start : start + removed] = items
        thing.length = length

    def _sweep(self, log: Undo) -> None:
        kept = self.reachable()
        gone = {oid: thing for oid, thing in self.things.items() if oid not in kept}
        log.append(("things", gone))
        for oid in gone:
            del self.things[oid]

    def reachable(self) -> set[int]:
        """Numbers of the objects some live name reaches."""
        work = [r for names in (*self.frames.values(), *self.spaces.values()) for r in names.values()]
        kept: set[int] = set()
        while work:
            ref = work.pop()
            if type(ref) is list and len(ref) == 1 and ref[0] not in kept:
                kept.add(ref[0])
                thing = self.things.get(ref[0])
                if thing is not None:
                    work += self.kids(thing)
        return kept

    @staticmethod
    def kids(thing: Thing) -> list[Ref]:
        """What an object holds: elements, keys, attributes."""
        kids = [r for item in thing.items for r in item] if paired(thing) else list(thing.items)
        return kids if thing.attrs is None else [*kids, [thing.attrs]]

    def class_named(self, name: str) -> int | None:
        """Number of the recorded class with a name."""
        hits = (o for o, t in self.things.items() if t.kind == "class" and t.text == name)
        return next(hits, None)

    def revert(self, undo: Undo) -> None:
        """Take back one `apply`."""
        for entry in reversed(undo):
            what = entry[0]
            if what == "name":
                _, names, name, old = entry
                if old is _NONE:
                    names.pop(name, None)
                else:
                    names[name] = old
            elif what == "splice":
                _, thing, start, count, items, length = entry
                thing.items[start : start + count] = items
                thing.length = length
            elif what == "thing":
                if entry[2] is None:
                    self.things.pop(entry[1], None)
                else:
                    self.things[entry[1]] = entry[2]
            else:
                self._revert_rare(entry)

    def _revert_rare(self, entry: tuple[Any, ...]) -> None:
        if entry[0] == "frame":
            if entry[2] is not None:
                self.frames[entry[1]] = entry[2]
            self.gone = entry[1]
        elif entry[0] == "ends":
            self.gone = None
        elif entry[0] == "new frame":
            self.frames.pop(entry[1], None)
        elif entry[0] == "text":
            entry[1].text = entry[2]
        elif entry[0] == "runs in":
            entry[1].frame = entry[2]
        elif entry[0] == "things":
            self.things.update(entry[1])

    # -- keyframes -----------------------------------------------------------------------------------------

    def dump(self) -> bytes:
        """The whole state as bytes. Unreachable objects stay: the log may still speak of them."""
        things = [[o, t.kind, t.type, t.text, t.attrs, t.items, t.length, t.frame]
                  for o, t in self.things.items()]
        spaces, frames = list(self.spaces.items()), list(self.frames.items())
        return zlib.compress(json.dumps([frames, spaces, things, self.gone]).encode(), 1)

    @classmethod
    def load(cls, data: bytes) -> State:
        """The inverse of `dump`."""
        state = cls()
        frames, spaces, things, state.gone = json.loads(zlib.decompress(data))
        state.frames = {k: v for k, v in frames}
        state.spaces = {k: v for k, v in spaces}
        for oid, kind, type_name, text, attrs, items, length, frame in things:
            thing = state.things[oid] = Thing(kind, type_name, text, attrs)
            thing.items, thing.length, thing.frame = items, length, frame
        return state


def paired(thing: Thing) -> bool:
    """Do this object's items carry keys?"""
    return thing.kind in ("dict", "object", "exception", "class")
