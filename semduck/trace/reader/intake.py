"""Takes the log in, in order: decodes it, and keeps records and postings of each chunk that is complete."""

from __future__ import annotations

from collections import Counter

from semduck.trace.reader.chunk import Chunk
from semduck.trace.reader.decode import parsed
from semduck.trace.reader.foreign import Decoder
from semduck.trace.reader.keeper import Keeper
from semduck.trace.reader.keys import line_key, resume_key
from semduck.trace.reader.log import FAULTS, Log
from semduck.trace.reader.pages import uncollected
from semduck.trace.reader.records import Block
from semduck.trace.reader.view import View
from semduck.trace.replay import applied
from semduck.trace.store import Event, RecordingError

LINE, EXCEPTION, UNWIND = 0, 3, 6
QUITS = '#["Q"'


class Intake:
    """`take` events; `finish` at the end of each chunk."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._decoder = Decoder(log.known, log.table, log.open, learns=True)
        self._keeper = Keeper(log)
        self._looked = [0, 0, 0, 0]  # births, begins, ends, notes of the open chunk that were seen
        self._counted: tuple[int, int] | None = None  # steps the recorder had counted before a part, and we

    # -- events --------------------------------------------------------------------------------------------

    def take(self, events: list[Event], large: bool) -> None:
        """Events as they are in the log. Raises RecordingError."""
        log, chunk = self.log, self.log.open
        try:
            before = len(chunk)
            with uncollected():
                self._decoder.feed(events, large)
                self._limit(chunk)
                if chunk.told is not None and chunk.number not in log.walls.chunks[-1:]:
                    self._anew(chunk)
                self._frames(chunk)
                chunk.index(self._keeper.names)
            log.index.steps = chunk.first + len(chunk)
            if chunk.raised or log.index.current:
                self._exceptions(chunk, before)
            for n, event in chunk.notes[self._looked[3] :]:
                self._note(chunk, event, n)
            self._looked[3] = len(chunk.notes)
        except FAULTS as error:
            where = f"damaged event after step {log.index.steps}"
            raise RecordingError(f"{log.store.path}: {where}") from error

    def _anew(self, chunk: Chunk) -> None:
        """The log begins anew: how much was left out before?"""
        log, step = self.log, chunk.first
        info = next(event[1] for _, event in chunk.notes if event[0] == "A")
        steps, said, head = info["steps"], info.get("said", 0), info.get("head", [0, 0, 0])
        if info.get("wide"):
            missing, said = 0, 0
        elif self._counted:  # what lay in between is damaged
            counted, at = self._counted
            missing, said = max(1, steps - counted - (step - at)), 0
        else:
            missing, said = max(1, steps - head[0], steps - step), max(0, said - head[1])
        self._counted = steps, step
        assert chunk.told is not None
        log.table.settle(step)
        log.walls.add(step, chunk.number, missing, len(log.table))
        log.index.began_anew(chunk.told.lines, said)
        self._keeper.forget()

    def _limit(self, chunk: Chunk) -> None:
        most = self.log.known.max_steps
        if most and chunk.first + len(chunk) >= most:
            chunk.limit(most - chunk.first)
            self.log.full = True

    def rest(self, events: list[Event]) -> None:
        """What comes behind the last step that is read: how the run ended."""
        for event in events:
            if event[0] == "B":  # at its very end, with which code the process of a child ends
                event = parsed(event[1][-1]) if event[1] and str(event[1][-1])[:5] == QUITS else event
            if event[0] in ("L", "Q", "Z"):
                self.log.index.take(event, self.log.index.steps)

    def _frames(self, chunk: Chunk) -> None:
        table, first, looked = self.log.table, chunk.first, self._looked
        table.extend(chunk.births[looked[0] :], first)
        for frame, n in chunk.begins[looked[1] :]:
            table.begin(frame, first + n)
        for frame, n in chunk.ends[looked[2] :]:
            table.end(frame, first + n)
        looked[:3] = len(chunk.births), len(chunk.begins), len(chunk.ends)

    def _note(self, chunk: Chunk, event: Event, n: int) -> None:
        index = self.log.index
        if event[0] == "A":
            return
        if event[0] == "a":
            self._counted = event[1], chunk.first + n
            return
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

    def finish(self, where: tuple[int, int, int]) -> None:
        """The open chunk is complete, the next one is open. where: see Chunks.add. Raises RecordingError."""
        log, chunk = self.log, self.log.open
        try:
            carry = chunk.cut()
            place = self._decoder.save(chunk, carry)
            records = self._keeper.records(chunk)
            self._lines(chunk)
            for frame, count in Counter(frame for frame, _ in chunk.resumes).items():
                log.postings.add(resume_key(frame), chunk.number, count)
            log.chunks.blocks.append(log.pages.add(Block.packed(records, place)))
        except FAULTS as error:
            raise RecordingError(f"{log.store.path}: chunk {chunk.number} is damaged") from error
        log.chunks.add(where, chunk.first, len(chunk))
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
