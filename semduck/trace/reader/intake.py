"""Takes the log in, in order: decodes it, and keeps records and postings of each chunk that is complete."""

from __future__ import annotations

from collections import Counter
from typing import Any

from semduck.trace.reader.chunk import UNBOUND, Chunk, bound
from semduck.trace.reader.foreign import Decoder
from semduck.trace.reader.log import FAULTS, Log
from semduck.trace.reader.pages import uncollected
from semduck.trace.reader.postings import line_key, name_key, object_key, owner_key
from semduck.trace.reader.records import HELD_ITEMS, UNKNOWN, Block, Content, Names, whole_record
from semduck.trace.reader.view import View
from semduck.trace.replay import Ref, Thing, applied
from semduck.trace.store import Event, RecordingError

LINE, EXCEPTION, UNWIND = 0, 3, 6
HELD_NAMES = 20_000  # frames whose names are kept in memory
TURN = 8  # one of so many objects that are not in memory is kept whole again


class Intake:
    """`take` events; `finish` at the end of each chunk."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._decoder = Decoder(log.known, log.table, log.open, learns=True)
        self._names: dict[int, Names] = {}
        self._held: dict[int, Content] = {}
        self._items = 0  # of the objects held
        self._looked = [0, 0, 0, 0]  # births, begins, ends, notes of the open chunk that were seen

    # -- events --------------------------------------------------------------------------------------------

    def take(self, events: list[Event], large: bool) -> None:
        """Events as they are in the log. Raises RecordingError."""
        log, chunk = self.log, self.log.open
        try:
            before = len(chunk)
            with uncollected():
                self._decoder.feed(events, large)
                self._frames(chunk)
                chunk.index(self._names_of)
            for n, event in chunk.notes[self._looked[3] :]:
                self._note(chunk, event, n)
            self._looked[3] = len(chunk.notes)
            log.index.steps = chunk.first + len(chunk)
            if chunk.raised or log.index.current:
                self._exceptions(chunk, before)
        except FAULTS as error:
            where = f"damaged event after step {log.index.steps}"
            raise RecordingError(f"{log.store.path}: {where}") from error

    def _frames(self, chunk: Chunk) -> None:
        table, first, looked = self.log.table, chunk.first, self._looked
        table.extend(chunk.births[looked[0] :], first)
        for frame, n in chunk.begins[looked[1] :]:
            table.begin(frame, first + n)
        for frame, n in chunk.ends[looked[2] :]:
            table.end(frame, first + n)
        looked[:3] = len(chunk.births), len(chunk.begins), len(chunk.ends)

    def _names_of(self, owner: int) -> dict[str, Ref]:
        held = self._names.get(owner)
        if held is not None:
            return held.names
        return self.log.base_names(self.log.open, owner) or {}

    def _note(self, chunk: Chunk, event: Event, n: int) -> None:
        index = self.log.index
        if event[0] != "U":
            index.take(event, chunk.first + n)
            return
        oid, last = event[1][0], len(chunk) - 1
        made = [op for op in event[2] if op[0] == "N" and op[1] == oid]
        thing = applied(None, made[0]) if made else View(self.log, chunk, last).thing(oid)
        at = (chunk.first + last, chunk.frames[last], chunk.steps[last][1]) if last >= 0 else None
        index.uncaught_is(oid, thing, at)

    def _exceptions(self, chunk: Chunk, start: int) -> None:
        index = self.log.index
        for n in range(start, len(chunk)):
            mark, frame = chunk.steps[n], chunk.frames[n]
            kind = mark[0]
            if kind == EXCEPTION:
                ref, fresh = mark[2:]
                thing = View(self.log, chunk, n).thing(ref[0])
                index.exception(chunk.first + n, frame, mark[1], ref[0], bool(fresh), thing)
            elif index.current and kind == LINE:
                index.went_on(frame)
            elif index.current and kind == UNWIND:
                index.left(frame)

    # -- the end of a chunk --------------------------------------------------------------------------------

    def finish(self) -> None:
        """The open chunk is complete; the next one is open. Raises RecordingError."""
        log, chunk = self.log, self.log.open
        try:
            carry = chunk.cut()
            place = self._decoder.save(chunk, carry)
            records = self._records(chunk)
            self._lines(chunk)
            log.chunks.blocks.append(log.pages.add(Block.packed(records, place)))
        except FAULTS as error:
            raise RecordingError(f"{log.store.path}: chunk {chunk.number} is damaged") from error
        log.chunks.first.append(chunk.first)
        log.chunks.steps.append(len(chunk))
        log.postings.settle()
        log.table.store()
        log.open = self._decoder.chunk = Chunk(chunk.number + 1, chunk.first + len(chunk))
        log.open.log += [(0, *entry[1:]) for entry in carry]
        self._looked = [0, 0, 0, 0]

    def _lines(self, chunk: Chunk) -> None:
        log = self.log
        lines, counts = log.known.lines, log.index.lines
        here: dict[tuple[int, int], int] = {}
        for mark, count in Counter(map(id, chunk.steps)).items():
            if mark in lines:
                code, line = lines[mark]
                place = log.index.codes[code].file, line
                here[place] = here.get(place, 0) + count
        for place, count in here.items():
            counts[place] = counts.get(place, 0) + count
            log.postings.add(line_key(*place), chunk.number, count)

    def _records(self, chunk: Chunk) -> dict[int, Any]:
        records: dict[int, Any] = {}
        owners: dict[int, list[tuple[str, list[int]]]] = {}
        self.log.chunks.oids.append(self.log.next_oid)
        for cell, places in chunk.cells.items():
            if type(cell) is tuple:
                owners.setdefault(cell[0], []).append((cell[1], places))
            else:
                self._object(chunk, cell, [chunk.log[p][3] for p in places], records)
        ended = {frame for frame, _ in chunk.ends}
        born = chunk.births[0][0] if chunk.births else len(self.log.table)
        for owner, written in owners.items():
            self._owner(chunk, owner, written, records, owner in ended, owner >= born)
        for frame in ended:
            self._names.pop(frame, None)
        self._make_room()
        return records

    def _owner(self, chunk: Chunk, owner: int, written: list[tuple[str, list[int]]], records: dict[int, Any],
               ended: bool, born: bool) -> None:
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
                thing = log.contents.thing(oid, chunk.number) or (applied(None, ops[0]) if ops[0][0] == "N" else None)
                if thing is None:
                    return
                held = Content(thing)
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
        self.log.next_oid = max(self.log.next_oid, oid + 1)
        if thing.kind == "class":
            self.log.classes.setdefault(thing.text, oid)
        return Content(thing, chunk.number)

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
