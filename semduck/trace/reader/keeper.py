"""Makes the records and postings of chunks. What is written again and again is kept in memory meanwhile."""

from __future__ import annotations

from typing import Any

from semduck.trace.reader.chunk import Chunk, Told
from semduck.trace.reader.entry import bound
from semduck.trace.reader.keys import name_key, object_key, owner_key
from semduck.trace.reader.log import Log
from semduck.trace.reader.records import UNKNOWN, Content, Names, whole_record
from semduck.trace.replay import Ref, Thing, applied
from semduck.trace.store import Event

HELD_ITEMS = 200_000  # of objects in memory
HELD_NAMES = 20_000  # frames whose names are in memory
TURN = 8  # one of so many objects that are not in memory is kept whole again


class Keeper:
    """`records` for one chunk after the other."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._names: dict[int, Names] = {}
        self._held: dict[int, Content] = {}  # those written last stand last
        self._items = 0  # of the objects held

    def forget(self) -> None:
        """The log begins anew: what is known does not hold any more."""
        self._names, self._held, self._items = {}, {}, 0

    def names(self, owner: int) -> dict[str, Ref]:
        """Names of a frame or module where the open chunk begins."""
        held = self._names.get(owner)
        return held.names if held is not None else self.log.base_names(self.log.open, owner) or {}

    def records(self, chunk: Chunk) -> dict[int, Any]:
        """Records of a chunk that is complete, by key; its postings are added."""
        records: dict[int, Any] = {}
        owners: dict[int, list[tuple[str, list[int]]]] = {}
        self.log.chunks.oids.append(self.log.next_oid)
        told = chunk.told.things if chunk.told is not None else {}
        if chunk.told is not None:
            self._told(chunk, chunk.told, records)
        for cell, places in chunk.cells.items():
            if type(cell) is tuple:
                owners.setdefault(cell[0], []).append((cell[1], places))
            elif cell not in told:
                self._object(chunk, cell, [chunk.log[p][3] for p in places], records)
        ended = {frame for frame, _ in chunk.ends}
        born = chunk.births[0][0] if chunk.births else len(self.log.table)
        for owner, written in owners.items():
            self._owner(chunk, owner, written, records, owner in ended, owner >= born)
        for frame in ended:
            self._names.pop(frame, None)
        self._make_room()
        return records

    def _told(self, chunk: Chunk, told: Told, records: dict[int, Any]) -> None:
        """Where the log begins anew: records of all that is told, and postings, so that they are found."""
        log, ended = self.log, {frame for frame, _ in chunk.ends}
        written = {cell[0] for cell in chunk.cells if type(cell) is tuple}
        for owner, names in told.names.items():
            if owner in ended:
                continue
            held = self._names[owner] = Names(dict(names))
            if owner not in written:
                records[owner_key(owner)] = held.record(chunk.number, {})
            if owner not in written or owner >= 0:  # see _owner
                log.postings.add(owner_key(owner), chunk.number, 0)
        for oid, thing in told.things.items():
            places = chunk.cells.get(oid, ())
            log.postings.add(object_key(oid), chunk.number, len({chunk.log[p][0] for p in places}))
            content = Content(thing.copy())
            for op in (chunk.log[p][3] for p in places):
                content.thing = applied(content.thing, op) or content.thing
            records[object_key(oid)] = whole_record(content.thing)
            self._note(oid, content.thing)

    def _owner(
        self,
        chunk: Chunk,
        owner: int,
        written: list[tuple[str, list[int]]],
        records: dict[int, Any],
        ended: bool,
        born: bool,
    ) -> None:
        log, postings = chunk.log, self.log.postings
        if not born:
            for name, places in written:
                steps = len(places) if len(places) < 2 else len({log[p][0] for p in places})
                postings.add(name_key(owner, name), chunk.number, steps)
        if ended:
            return
        last = {name: (bound(log[p[-1]]), log[p[-1]][0]) for name, p in written}
        held = self._names.get(owner)
        if held is None:
            names = None if born else self.log.base_names(chunk, owner)
            held = self._names[owner] = Names(dict(names or {}))
        if not born:
            postings.add(owner_key(owner), chunk.number, 1)
        records[owner_key(owner)] = held.record(chunk.number, last)

    def _object(self, chunk: Chunk, oid: int, ops: list[Event], records: dict[int, Any]) -> None:
        log, key = self.log, object_key(oid)
        if oid >= log.chunks.oids[-1]:
            content = self._made(chunk, oid, ops)
            if content is None:
                return
            records[key] = whole_record(content.thing)
            self._hold(oid, content)
            return
        held = self._held.pop(oid, None)
        if held is None and (chunk.number + oid) % TURN and ops[0][0] != "N":
            records[key] = [UNKNOWN, ops]
        else:
            if held is None:
                thing = log.contents.thing(oid, chunk.number) or (
                    applied(None, ops[0]) if ops[0][0] == "N" else None
                )
                if thing is None:
                    return
                held = Content(thing.copy())  # what was read is kept for others
            else:
                self._items -= len(held.thing.items) + 1
            records[key] = held.record(chunk.number, ops)
            self._hold(oid, held)
        steps = len(ops) if len(ops) < 2 else len({chunk.log[p][0] for p in chunk.cells[oid]})
        log.postings.add(key, chunk.number, steps)

    def _made(self, chunk: Chunk, oid: int, ops: list[Event]) -> Content | None:
        thing: Thing | None = None
        for op in ops:
            thing = applied(thing, op)
        if thing is None:
            return None
        self._note(oid, thing)
        return Content(thing, chunk.number)

    def _note(self, oid: int, thing: Thing) -> None:
        self.log.next_oid = max(self.log.next_oid, oid + 1)
        if thing.kind == "class":
            self.log.classes.setdefault(thing.text, oid)

    def _hold(self, oid: int, content: Content) -> None:
        self._held[oid] = content
        self._items += len(content.thing.items) + 1

    def _make_room(self) -> None:
        """Forget what was not written for the longest time; it can be read again."""
        while self._items > HELD_ITEMS and self._held:
            oid = next(iter(self._held))
            self._items -= len(self._held.pop(oid).thing.items) + 1
        while len(self._names) > HELD_NAMES:
            del self._names[next(iter(self._names))]
