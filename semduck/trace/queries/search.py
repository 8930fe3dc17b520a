"""Steps at which a condition over recorded values holds, found through what is written.

For each frame, the condition is worked out where the frame begins, and then only where something it looked at
was written.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from semduck.trace.expressions.compiler import Expression
from semduck.trace.expressions.operands import EvaluateError, Missing
from semduck.trace.expressions.operations import true
from semduck.trace.expressions.scope import Scope
from semduck.trace.queries.places import Where, frames_in, needed_names
from semduck.trace.queries.scan import Scan
from semduck.trace.queries.watched import Unsteady, Watched
from semduck.trace.reader.finding import NEVER
from semduck.trace.replay import State

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

LINE = 0
WINDOW = 2000  # steps looked at first when searching backwards


class Search:
    """One condition, at the steps start <= k < stop. trouble: why it could not be worked out somewhere."""

    def __init__(self, recording: Recording, condition: str, where: Where, start: int, stop: int) -> None:
        self.recording, self.condition, self.where = recording, condition, where
        self.start, self.stop = max(0, start), min(stop, len(recording))
        self.expression = Expression(condition, allow_changed=True)
        self.needed = needed_names(ast.parse(condition.strip(), mode="eval").body)
        self.trouble: EvaluateError | None = None
        self.worked = False  # somewhere
        self._classes: dict[str, int] = {}
        self._frame = -1  # asked about last
        self._of: tuple[int, frozenset[str] | None] = (0, None)  # its module, its own names

    def steps(self) -> Iterator[int]:
        """The steps at which it holds. Raises EvaluateError when it could be worked out nowhere."""
        begin, end = self.recording.part_of(self.start)
        if begin <= self.start <= end < self.stop - 1:  # something is missing: nothing leads over it
            yield from self._both(end + 1)
            return
        done = self.start
        try:
            if self.expression.changed:
                raise Unsteady
            for k in self._merged():
                yield k
                done = k + 1
        except Unsteady:
            yield from self._scanned(done)
        if self.trouble is not None and not self.worked:
            raise self.trouble

    def _both(self, gap: int) -> Iterator[int]:
        """The steps before a gap, and those behind it."""
        for start, stop in ((self.start, gap), (gap, self.stop)):
            part = Search(self.recording, self.condition, self.where, start, stop)
            try:
                yield from part.steps()
            except EvaluateError:
                pass
            self.trouble, self.worked = self.trouble or part.trouble, self.worked or part.worked
        if self.trouble is not None and not self.worked:
            raise self.trouble

    def _scanned(self, start: int) -> Iterator[int]:
        scan = Scan(self.recording, self.condition, self.where, start, self.stop)
        try:
            yield from scan.steps()
        except EvaluateError:
            pass
        self.trouble, self.worked = self.trouble or scan.trouble, self.worked or scan.worked

    def _merged(self) -> Iterator[int]:
        """Writes, beginnings of frames and steps of frames in which it holds, in the order of their steps."""
        frames = frames_in(self.recording, self.where, self.start, self.stop, self.needed)
        coming = next(frames, None)
        watched = Watched(self, self.start, self.stop)
        while True:
            begin = NEVER if coming is None else self._begin(coming)
            hit = watched.next_hit()
            write = watched.next_write(min(begin, hit))
            if write <= min(begin, hit) and write < NEVER:
                watched = watched.lean(watched.advance())
            elif begin <= hit and coming is not None:
                watched.open(coming, begin)
                watched = watched.lean(begin)
                coming = next(frames, None)
            elif hit < NEVER:
                watched.pass_hit()
                yield hit
            else:
                return

    def _begin(self, frame: int) -> int:
        return max(self.start, self.recording.span(frame)[0])

    # -- for Watched ---------------------------------------------------------------------------------------

    def shared(self, frame: int) -> bool:
        """Does it mean the same in every function of the module?"""
        own = self.recording.own(frame)
        return own is not None and own.isdisjoint(self.expression.names)

    def scope(self, state: State, frame: int) -> Scope:
        """What names mean to a frame."""
        if frame != self._frame:
            self._frame, self._of = frame, (self.recording.space(frame), self.recording.own(frame))
        return Scope(state, frame, *self._of, self._classes)

    def holds(self, scope: Scope) -> bool:
        """Does it hold? Raises Unsteady."""
        scope.seen, scope.stable = set(), True
        try:
            found = true(self.expression.value(scope), scope.seen)
        except Missing:
            found = False
        except EvaluateError as error:
            self.trouble, found = self.trouble or error, False
        else:
            self.worked = True
        if not scope.stable:
            raise Unsteady
        return found

    def steps_of(self, frame: int, start: int, stop: int) -> Iterator[int]:
        """Steps of a frame at start <= k < stop that count."""
        recording, line = self.recording, self.where.line
        if line is None:
            yield from (k for k, _, _ in recording.own_steps(frame, start, stop))
            return
        for k in recording.runs_of_line(recording.call(frame).file, line, start, stop):
            if recording.brief(k)[1] == frame:
                yield k


def last(recording: Recording, condition: str, where: Where, k: int) -> int | None:
    """Largest step <= k at which the condition holds."""
    stop, size = min(k + 1, len(recording)), WINDOW
    trouble: EvaluateError | None = None
    worked = False
    while stop > 0:
        search = Search(recording, condition, where, stop - size, stop)
        try:
            found = deque(search.steps(), maxlen=1)
        except EvaluateError:
            found = deque()
        if found:
            return found[0]
        trouble, worked = trouble or search.trouble, worked or search.worked
        stop, size = stop - size, size * 2
    if trouble is not None and not worked:
        raise trouble
    return None
