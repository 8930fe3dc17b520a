"""Steps at which a condition holds, found step by step: for conditions with changed(), and where it cannot be
said which writes matter.

The condition is worked out again for a frame only after something it looked at was written.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from semduck.trace.expressions.compiler import Expression
from semduck.trace.expressions.operands import EvaluateError, Missing
from semduck.trace.expressions.operations import true
from semduck.trace.expressions.scope import Cell, Scope
from semduck.trace.queries.places import Where, matches
from semduck.trace.queries.watch import Watch
from semduck.trace.queries.writes import put_in, written
from semduck.trace.replay import Ref, State
from semduck.trace.store import Moment

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

LINE, RETURN, UNWIND = 0, 2, 6


@dataclass(slots=True)
class Answer:
    """What is known for one frame.

    at: how much of the log of writes its watches have seen. early: objects written before that log begins.
    """

    holds: bool = False
    stale: bool = True
    seen: set[Cell] = field(default_factory=set)
    watches: list[Watch] = field(default_factory=list)
    at: int = 0
    early: set[int] = field(default_factory=set)


class Scan:
    """One condition, followed forwards through the steps start <= k < stop."""

    def __init__(self, recording: Recording, condition: str, where: Where, start: int, stop: int) -> None:
        self.recording, self.where = recording, where
        self.start, self.stop = max(0, start), min(stop, len(recording))
        self.expression = Expression(condition, allow_changed=True)
        self.trouble: EvaluateError | None = None  # while it could not be worked out anywhere
        self.worked = False
        self._wanted: dict[int, bool] = {}
        self._answers: dict[int, Answer] = {}
        self._frames: dict[Cell, set[int]] = {}  # who looked at a cell
        self._classes: dict[str, int] = {}
        self._written = array("Q")  # objects written so far, for changed()

    def steps(self) -> Iterator[int]:
        """The steps at which it holds. Raises EvaluateError when it could be worked out nowhere."""
        for k, moment in self.recording.moments(range(self.start, self.stop)):
            cells = written(moment)
            if cells:
                self._note(cells)
            kind, frame = moment.event[0], moment.event[1]
            if self._counts(frame):
                answer = self._answers.get(frame)
                if answer is None:
                    answer = self._answers[frame] = self._begun(k, frame)
                if answer.stale or answer.watches:
                    self._ask(answer, k, frame, moment)
                if answer.holds and self._on_line(moment):
                    yield k
            if kind == RETURN or kind == UNWIND:
                self._forget(frame)
        if self.trouble is not None and not self.worked:
            raise self.trouble

    def _note(self, cells: list[Cell]) -> None:
        for cell in cells:
            for frame in self._frames.get(cell, ()):
                self._answers[frame].stale = True
        if self.expression.changed:
            self._written.extend(c for c in cells if type(c) is int)

    def _counts(self, frame: int) -> bool:
        found = self._wanted.get(frame)
        if found is None:
            found = self._wanted[frame] = matches(self.recording, frame, self.where)
        return found

    def _on_line(self, moment: Moment) -> bool:
        return self.where.line is None or (moment.event[0] == LINE and moment.event[2] == self.where.line)

    def _forget(self, frame: int) -> None:
        answer = self._answers.pop(frame, None)
        if answer is not None:
            for cell in answer.seen:
                self._frames[cell].discard(frame)

    # -- working it out ------------------------------------------------------------------------------------

    def _begun(self, k: int, frame: int) -> Answer:
        """A frame met for the first time: its watches begin at its step before, else at the step before k."""
        answer = Answer(watches=[Watch(run) for run in self.expression.changed], at=len(self._written))
        if not answer.watches:
            return answer
        recording, first = self.recording, self.recording.span(frame)[0]
        own = (s for s, m in recording.moments(range(k - 1, first - 1, -1)) if m.event[1] == frame)
        before = next(own, k - 1)
        if before >= recording.part_of(k)[0]:
            for watch in answer.watches:
                watch.begin(recording.scope(before, frame, self._classes))
        answer.at -= len(_objects(recording.moment(k)))
        if before < self.start:  # what was written before the search began
            between = recording.moments(range(before + 1, self.start))
            answer.early = {oid for _, m in between for oid in _objects(m)}
            answer.at = 0
        return answer

    def _ask(self, answer: Answer, k: int, frame: int, moment: Moment) -> None:
        hits = [self._touched(answer, watch) for watch in answer.watches]
        answer.at, answer.early = len(self._written), set()
        if not answer.stale and not any(hits):
            return
        scope = self.recording.scope(k, frame, self._classes)
        changed = [self._changed(w, scope, moment, h) for w, h in zip(answer.watches, hits, strict=True)]
        scope.seen, scope.stable, scope.changed = set(), True, changed
        answer.holds = self._value(scope)
        seen = scope.seen.union(*(w.seen for w in answer.watches))
        self._remember(answer, frame, seen)
        settled = scope.stable and all(w.stable for w in answer.watches)
        answer.stale = not settled or any(changed)

    def _touched(self, answer: Answer, watch: Watch) -> set[int]:
        recent = self._written[answer.at :]
        return watch.reach.intersection((*answer.early, *recent)) if recent or answer.early else set()

    @staticmethod
    def _changed(watch: Watch, scope: Scope, moment: Moment, hits: set[int]) -> bool:
        here = set(_objects(moment))

        def put(objects: set[int]) -> list[Ref]:
            return put_in(moment, objects) if objects <= here else _kids(scope.state, objects)

        return watch.step(scope, hits, put)

    def _value(self, scope: Scope) -> bool:
        try:
            found = true(self.expression.value(scope), scope.seen)
        except Missing:
            return False
        except EvaluateError as error:
            self.trouble = self.trouble or error
            return False
        self.worked = True
        return found

    def _remember(self, answer: Answer, frame: int, seen: set[Cell]) -> None:
        for cell in answer.seen - seen:
            self._frames[cell].discard(frame)
        for cell in seen - answer.seen:
            self._frames.setdefault(cell, set()).add(frame)
        answer.seen = seen


def _objects(moment: Moment) -> list[int]:
    return [c for c in written(moment) if type(c) is int]


def _kids(state: State, objects: set[int]) -> list[Ref]:
    return [kid for oid in objects if oid in state.things for kid in state.kids(state.things[oid])]
