"""Calls, results, ends of statements and exceptions, as they are met on the way back."""

from __future__ import annotations

import ast
from typing import Any

from semduck.trace.expressions.scope import Cell
from semduck.trace.queries.slicing.arguments import made_by
from semduck.trace.queries.slicing.causes import (
    CALL,
    EXCEPTION,
    LINE,
    RETURN,
    UNWIND,
    YIELD,
    Expected,
    Task,
)
from semduck.trace.queries.slicing.meeting import Writes
from semduck.trace.queries.slicing.parts import Fors
from semduck.trace.queries.slicing.reads import called_name
from semduck.trace.queries.slicing.statements import Statement
from semduck.trace.store import Moment


class Events(Writes):
    """Called for every step."""

    def _at_event(self, m: int, moment: Moment) -> None:
        kind, frame, line = moment.event[:3]
        if kind in (LINE, RETURN, UNWIND):
            self._after_statement(m, kind, frame, line)
        if kind in (RETURN, YIELD):
            self._at_result(m, frame)
        elif kind == CALL:
            self._at_call(m, frame)
        elif kind == EXCEPTION and frame in self._catches:
            self._at_exception(m, frame, moment)
        elif kind == UNWIND and self._unwinds:
            caller = self.trail.caller(m, frame)
            if caller in self._unwinds:
                self._catches[frame] = self._unwinds.pop(caller)

    def _at_call(self, m: int, frame: int) -> None:
        """Before this, nothing in the frame ran; the caller's statement is why it did."""
        self._headers.pop(frame, None)
        self._catches.pop(frame, None)
        effect = self._entries.pop(frame, None)
        caller = self.trail.caller(m, frame) if effect is not None else None
        at = self.trail.line_step(m, caller) if caller is not None else None
        if effect is not None and caller is not None and at is not None:
            self._cause(at, "call", f"{self.recording.call(frame).function}()", effect, True)
            self._ask(Task(caller, m, whole=self.trail.is_part(frame)), at)

    def _after_statement(self, m: int, kind: int, frame: int, line: int) -> None:
        """A statement is over at step m, before the calls it made are met: did it matter?

        It may decide about something in the slice, or have bound what is wanted to what it was: such a write
        is not in the log.
        """
        at, began, raised = self.trail.last_line(m, frame)
        if at is None:
            return
        waiting, found = self._headers.get(frame), self.trail.statements(frame).at(began)
        if waiting:
            self._at_header(at, m, frame, began, waiting, found)
        for statement in found if kind != UNWIND and not raised else ():
            if not _completed(statement, kind, line):
                continue
            names = {n for n in statement.names if self._name_cell(frame, n) in self._wants}
            for name in names:
                task = Task(frame, m, names={name})
                self._meet(self.trail.run_start(at, frame), self._name_cell(frame, name), task)
            if statement.places and self._items:
                self._at_places(at, m, frame, statement)

    def _at_header(
        self, at: int, m: int, frame: int, line: int, waiting: dict[int, list[int]], found: list[Statement]
    ) -> None:
        header = next((s.node for s in found if s.first in waiting), None)
        if header is not None:
            step, name = self.trail.run_start(at, frame), type(header).__name__.lower().removeprefix("async")
            for effect in waiting.pop(header.lineno):
                self._cause(step, "control", name, effect, True)
            self._ask(Task(frame, m, whole=True), step)
        for statement in found:  # headers inside it would have been met by now
            end = statement.node.end_lineno or line
            for stale in [h for h in waiting if statement.first < h <= end]:
                del waiting[stale]
        if not waiting:
            del self._headers[frame]

    def _name_cell(self, frame: int, name: str) -> Cell:
        if self.recording.is_module(frame) or self.recording.is_global(name, frame):
            return (-1 - self.recording.space(frame), name)
        return (frame, name)

    def _at_places(self, at: int, m: int, frame: int, statement: Statement) -> None:
        reads = self._reads(at, Task(frame, m))
        for place in statement.places:
            attribute = isinstance(place, ast.Attribute)
            key: Any = place.attr if isinstance(place, ast.Attribute) else reads.value(place.slice)
            wanted = reads.cell(reads.value(place.value), key, attribute)
            if wanted in self._wants:
                self._meet(self.trail.run_start(at, frame), wanted, Task(frame, m, whole=True))

    def _at_result(self, m: int, frame: int) -> None:
        """Was the result of this call used by a statement of the slice?"""
        if not self._expected or self.trail.is_part(frame):
            return
        caller = self.trail.caller(m, frame)
        expected = self._expected.get(caller) if caller is not None else None
        if expected is None or caller is None or expected.since >= m:
            return
        function = self.recording.call(frame).function
        name = function.rpartition(".")[2]
        if name == "__init__" or self.recording.own(frame) is None:
            return  # made for its effect, or the body of a class or module
        if not self._made_by(expected, m, frame, caller):
            return
        used, sure = self._used(expected, frame, caller, name)
        at = self.trail.line_step(m, frame) if used else None
        if at is not None:
            self._cause(at, "return", f"{name}()", expected.since, sure)
            self._ask(Task(frame, m, whole=True), at)

    def _made_by(self, expected: Expected, m: int, frame: int, caller: int) -> bool:
        """Was it this statement of the caller that made the call? In a loop, others ran since."""
        entered = self.recording.entered(m, frame)[0]
        return self.trail.line_step(entered, caller) == expected.since

    def _used(self, expected: Expected, frame: int, caller: int, name: str) -> tuple[bool, bool]:
        """(did the statement use the call's result, is that sure)"""
        if self.recording.suspends(frame):
            return True, True
        for node in expected.nodes:
            call = made_by(self.recording, node, frame, caller, expected.since)
            if call is not None:
                return any(call is c for c in expected.calls), True
        if any(called_name(c) == name for c in expected.calls):
            return True, False
        return expected.any, False

    def _at_exception(self, m: int, frame: int, moment: Moment) -> None:
        effects = self._catches.pop(frame)
        at = self.trail.line_step(m, frame)
        if at is None:
            return
        name = self.recording.step(m).value
        for effect in effects:
            self._cause(at, "control", name.type_name if name else "exception", effect, True)
        self._ask(Task(frame, m, whole=True), at)
        if not moment.event[5]:
            self._unwinds[frame] = [at]


def _completed(statement: Statement, kind: int, line: int) -> bool:
    """Did the statement get as far as binding its targets, when the frame goes on like this?"""
    if isinstance(statement.node, Fors):
        return kind == LINE and statement.first < line <= (statement.node.end_lineno or 0)
    inside = statement.first <= line <= statement.last and statement.first < statement.last
    return not (kind == LINE and inside)
