"""Events of the tracing recorder: alone in a log, or in between what probes wrote."""

from __future__ import annotations

from typing import Any

from semduck.trace.reader.anew import begin_anew
from semduck.trace.reader.chunk import Chunk
from semduck.trace.reader.decode import EXCEPTION, RETURNED, Probed
from semduck.trace.reader.frametable import FrameTable
from semduck.trace.reader.known import Known
from semduck.trace.reader.place import UNWIND, Active
from semduck.trace.store import Event

LINE, CALL, YIELD, RESUME = 0, 1, 4, 5


class Decoder(Probed):
    """Feed it the events of the log in order. It begins at the log's start, or at the place another one
    was in where a chunk begins, so that any chunk can be read on its own.

    learns: what events say of code is new.
    """

    def __init__(self, known: Known, table: FrameTable, chunk: Chunk, learns: bool) -> None:
        super().__init__(known, table, chunk)
        self.learns = learns

    def foreign(self, event: Event) -> None:
        """An event that does not come from probes."""
        kind = event[0]
        if type(kind) is int:
            self._step(event)
        elif kind == "failed":
            self._failed(event)
        elif kind == "left":
            self._left(event[1])
        elif kind == "begins":  # the frame that is entered next can wait
            self.known.adopt(event[1], self.frames, self.part)
        elif kind == "yield":
            self._yield(event)
        elif kind == "resume":
            self._resume(event)
        elif kind == "F":
            self._frame(event)
        elif kind == "E":
            self.note(self.known.frame(event[1], self.part), self._mapped(event[2]))
        elif kind != "W":  # what the recorder forgot can stay: nothing leads to it
            if kind == "U":
                self.note(-1, event[2])
            if kind == "A":
                begin_anew(self, event[1])
            elif self.learns:
                self.known.take(event)
            self.chunk.notes.append((len(self.chunk), event))

    def _failed(self, event: Event) -> None:
        _, code, ops, ref, fresh = event
        top = self.find(code)
        while self.open and self.open[-1][0].code == code:  # reading the value failed
            ops = self.open.pop()[2] + ops
        if top is not None:
            self.note(top.frame, ops)
            self.chunk.raised.append(len(self.chunk))
            self.step((EXCEPTION, top.line, ref, fresh), top.frame)

    def _left(self, code: int) -> None:
        top = self.find(code)
        if top is not None:
            self.chunk.ends.append((top.frame, len(self.chunk)))
            self.step((UNWIND, top.line), top.frame)
            self.pop()
            self.unwound = code

    def _yield(self, event: Event) -> None:
        _, code, _, ops, ref = event
        top = self.find(code)
        if top is not None:
            self.note(top.frame, ops)
            self.step((YIELD, top.line, ref), top.frame)
            self.pop()

    def _resume(self, event: Event) -> None:
        _, number, line, ops = event
        frame, caller = self.known.frame(number, self.part), self.top()
        _, code, _, _, space, depth, *_ = self._row(frame)
        self.note(frame, ops)
        self.chunk.resumes.append((frame, len(self.chunk)))
        self.step((RESUME, line, None, caller.frame), frame)
        self.stack.append(Active(frame, code, line, None, space, depth))

    # -- frames --------------------------------------------------------------------------------------------

    def _frame(self, event: Event) -> None:
        _, number, code, caller, lane, space = event
        frame, self.frames = self.frames, self.frames + 1
        if self.probing or self.part:
            if self.known.adopt(number, frame, self.part) != frame:
                raise ValueError("a frame is announced twice")
            stands = self.probing and lane == 0
            caller = self.top().frame if stands else self.known.frame(caller, self.part)
        elif number != frame:
            raise ValueError("frames are numbered in order")
        depth = self._row(caller)[5] + 1 if caller >= 0 else 0
        self.chunk.births.append((frame, code, caller, lane, space, depth, -1))

    def _row(self, frame: int) -> tuple[int, ...]:
        """(frame, code, parent, lane, space, depth, ...), also of a frame announced in this chunk."""
        births = self.chunk.births
        if births and frame >= births[0][0]:
            return births[frame - births[0][0]]
        return self.table.row(frame)

    def _step(self, event: Event) -> None:
        kind, frame, line = event[0], self.known.frame(event[1], self.part), event[2]
        row, chunk = self._row(frame), self.chunk
        n = len(chunk)
        if len(event) > 3 and event[3]:
            self.note(frame, self._mapped(event[3]))
        mark: tuple[Any, ...] = (kind, line, *event[4:])
        if kind == LINE:
            mark = self.known.line_mark(row[1], line)
        elif kind == CALL:
            chunk.begins.append((frame, n))
        elif kind == RESUME:
            chunk.resumes.append((frame, n))
            mark = (kind, line, None, self._resumed_by(event[5], row[3]))
        elif kind == EXCEPTION:
            chunk.raised.append(n)
        elif kind in (RETURNED, UNWIND):
            chunk.ends.append((frame, n))
        elif kind != YIELD:
            raise ValueError(f"no such step: {kind}")
        self.step(mark, frame)
        if self.probing and row[3] == 0:
            self._follow(kind, frame, row)

    def _resumed_by(self, caller: int, lane: int) -> int:
        if self.probing and lane == 0 and self.top().frame >= 0:
            return self.top().frame
        return self.known.frame(caller, self.part)

    def _follow(self, kind: int, frame: int, row: tuple[int, ...]) -> None:
        """Keep the stack of the main thread."""
        if kind in (CALL, RESUME):
            self.stack.append(Active(frame, -2 - frame, 0, None, row[4], row[5]))
        elif kind in (RETURNED, YIELD, UNWIND) and self.top().frame == frame:
            self.pop()

    def _mapped(self, ops: list[Event]) -> list[Event]:
        """Operations with our numbers for frames."""
        for op in ops:
            if op[0] == "o":
                op[1] = self.known.frame(op[1], self.part)
        return ops


__all__ = ["Decoder"]
