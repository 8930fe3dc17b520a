"""One pass backwards over the steps, with a list of what is still wanted: a dynamic program slice.

A write of a wanted cell makes its statement part of the slice, and what that statement read is wanted from
there on. Calls in which nothing wanted was written are leapt over.
"""

from __future__ import annotations

import ast

from semduck.trace.queries.slicing.causes import LINE, Task
from semduck.trace.queries.slicing.leaping import Leaping

STEPS = 200_000  # looked at
EDGES = 200_000  # causes kept


class Sweep(Leaping):
    """`begin_…`, then `run`; then `causes` and `complete`."""

    def begin_at_value(self, k: int, node: ast.expr, frame: int) -> None:
        """Ask for the value of an expression of a frame at step k."""
        for read in self._reads(k, Task(frame, k)).of(node, 2):
            self._want(read, k)

    def begin_at_statement(self, k: int) -> None:
        """Ask for what the statement does that runs, or ends, at step k."""
        kind, frame, _ = self.recording.brief(k)
        at = k if kind == LINE else self.trail.line_step(k, frame)
        if at is not None:
            self._ask(Task(frame, k + 1, whole=True), at)

    def run(self, k: int) -> None:
        """Sweep back from step k until nothing is wanted."""
        begin = self.recording.part_of(k)[0]
        steps = self.recording.moments(range(k, begin - 1, -1))
        for _ in range(STEPS):
            m, moment = next(steps, (-1, None))
            if moment is None:
                self.complete = self.complete and not begin  # what else had a part in it was not recorded
                return
            task = self._tasks.pop(m, None)
            if task is not None:
                self._explain(m, task)
            self._at_event(m, moment)
            if moment.before or (len(moment.event) > 3 and moment.event[3]):
                self._at_writes(m, moment)
            if not self._waiting():
                return
            if len(self._steps) >= self.limit or len(self.causes) >= EDGES:
                break
            first = self.leap(m, moment)
            if first < m:
                steps = self.recording.moments(range(first, begin - 1, -1))
        self.complete = False

    def _waiting(self) -> bool:
        return bool(
            self._tasks or self._wants or self._headers or self._entries or self._catches or self._unwinds
        )
