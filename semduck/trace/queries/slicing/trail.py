"""The steps of one frame, backwards, leaping over the calls it made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from semduck.trace.queries.slicing.statements import Statement, Statements, statements

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

LINE, EXCEPTION = 0, 3
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")  # frames that are part of a statement


class Trail:
    """Finds statements and their first steps."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._texts: dict[int, Statements] = {}
        self._loops: dict[tuple[int, int], tuple[int, int]] = {}

    def before(self, m: int, frame: int) -> Iterator[tuple[int, int, int]]:
        """(step, kind, line) of a frame's steps before m, latest first."""
        recording = self.recording
        steady, thread = not recording.suspends(frame), recording.thread(frame)
        first, s = recording.span(frame)[0], m - 1
        while s >= first:
            kind, other, line = recording.brief(s)
            if other == frame:
                yield s, kind, line
            elif steady and recording.thread(other) == thread and not recording.suspends(other):
                s = min(s, recording.span(other)[0])  # it was called by this frame, whole
            s -= 1

    def statements(self, frame: int) -> Statements:
        """Those of the frame's file."""
        if frame not in self._texts:
            recording = self.recording
            self._texts[frame] = statements(recording.files[recording.call(frame).file].text)
        return self._texts[frame]

    def line_step(self, m: int, frame: int) -> int | None:
        """First LINE step of the statement the frame was in just before step m."""
        at = next((s for s, kind, _ in self.before(m, frame) if kind == LINE), None)
        return None if at is None else self.run_start(at, frame)

    def last_line(self, m: int, frame: int) -> tuple[int | None, int, bool]:
        """(step, line) of a frame's last LINE step before m; did an exception come after it?"""
        raised = False
        for s, kind, line in self.before(m, frame):
            if kind == LINE:
                return s, line, raised
            raised = raised or kind == EXCEPTION
        return None, 0, raised

    def run_start(self, s: int, frame: int) -> int:
        """First step of the run of a statement of several lines that goes through LINE step s."""
        found = [st for st in self.statements(frame).at(self.recording.brief(s)[2]) if st.first < st.last]
        if not found:
            return s
        for earlier, kind, line in self.before(s, frame):
            if kind == LINE and not found[-1].first <= line <= found[-1].last:
                break
            s = earlier if kind == LINE else s
        return s

    def loop_start(self, w: int, frame: int, loop: Statement) -> int:
        """The step at which the loop whose header runs at w was entered."""
        start, seen = self._loops.get((frame, loop.first), (1, 0))
        if start <= w <= seen:
            return start
        end, found = loop.node.end_lineno or loop.last, w
        for s, kind, line in self.before(w, frame):
            if kind == LINE and not loop.first <= line <= end:
                break
            if kind == LINE and line == loop.first:
                found = s
        self._loops[frame, loop.first] = (found, w)
        return found

    def caller(self, k: int, frame: int) -> int | None:
        """The frame that entered this one; frames that are part of a statement are passed over."""
        found = self.recording.caller_frame(k, frame)
        while found is not None and self.is_part(found):
            found = self.recording.caller_frame(k, found)
        return found

    def is_part(self, frame: int) -> bool:
        """Is it the frame of a comprehension?"""
        return self.recording.call(frame).function.rpartition(".")[2] in COMPREHENSIONS
