"""The frames of a search, and whether its condition holds in them, as the writes go by."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

from semduck.trace.expressions.scope import Cell
from semduck.trace.reader.finding import NEVER

if TYPE_CHECKING:
    from semduck.trace.queries.search import Search

KEPT = 50_000  # names and objects that are followed at once


class Unsteady(Exception):
    """It cannot be said which writes matter."""


class Answer:
    """What is known for one frame, or for all frames of a module to which the condition means the same."""

    def __init__(self, subject: int) -> None:
        self.subject = subject
        self.holds = False
        self.seen: set[Cell] = set()
        self.frames: dict[int, int] = {}  # those that may still run: their last steps
        self.pruned = 1000  # how many frames there may be before those that ended are sorted out


class Watched:
    """Begins at a step; times only go forwards."""

    def __init__(self, search: Search, start: int, stop: int) -> None:
        self.search, self.stop = search, stop
        self.recording = search.recording
        self.following = self.recording.following(start, stop)
        self._answers: dict[int, Answer] = {}
        self._watchers: dict[Cell, set[int]] = {}
        self._hits: list[tuple[int, int, int, Iterator[int]]] = []  # next step, number, frame, later ones
        self._numbers = count()
        self._holding: dict[int, Iterator[int]] = {}
        self._limit = KEPT

    # -- what comes ----------------------------------------------------------------------------------------

    def next_write(self, until: int) -> int:
        """The next step that writes something that was looked at; looks no further than `until`."""
        return self.following.peek(until)

    def next_hit(self) -> int:
        """The next step of a frame in which it holds."""
        while self._hits and self._holding.get(self._hits[0][2]) is not self._hits[0][3]:
            heappop(self._hits)
        return self._hits[0][0] if self._hits else NEVER

    def pass_hit(self) -> None:
        """Go on to the frame's step after."""
        _, _, frame, rest = heappop(self._hits)
        self._push(frame, rest)

    def _push(self, frame: int, rest: Iterator[int]) -> None:
        found = next(rest, None)
        if found is not None:
            heappush(self._hits, (found, next(self._numbers), frame, rest))
        else:
            self._holding.pop(frame, None)

    # -- frames --------------------------------------------------------------------------------------------

    def open(self, frame: int, k: int) -> None:
        """A frame begins at step k."""
        shared = self.search.shared(frame)
        subject = -1 - self.recording.space(frame) if shared else frame
        answer = self._answers.get(subject)
        if answer is None:
            answer = self._answers[subject] = Answer(subject)
            answer.frames[frame] = self.recording.span(frame)[1]
            self._ask(answer, k)
            return
        answer.frames[frame] = self.recording.span(frame)[1]
        if len(answer.frames) > answer.pruned:
            self._prune(answer, k)
        if answer.holds:
            self._hold(frame, k)

    def _prune(self, answer: Answer, k: int) -> None:
        """Leave out frames that ended before step k."""
        for frame in [f for f, last in answer.frames.items() if last < k]:
            self._holding.pop(frame, None)
            del answer.frames[frame]
        answer.pruned = 2 * len(answer.frames) + 1000

    def _ask(self, answer: Answer, k: int) -> None:
        """Work it out at step k."""
        scope = self.search.scope(self.recording.state(k), next(iter(answer.frames)))
        holds = self.search.holds(scope)
        self.following.now = k
        self.following.add(scope.seen)
        self._watch(answer, scope.seen)
        if holds != answer.holds:
            answer.holds = holds
            for frame in answer.frames:
                if holds:
                    self._hold(frame, k)
                else:
                    self._holding.pop(frame, None)

    def _hold(self, frame: int, k: int) -> None:
        rest = self._holding[frame] = self.search.steps_of(frame, k, self.stop)
        self._push(frame, rest)

    def _watch(self, answer: Answer, seen: set[Cell]) -> None:
        for cell in answer.seen - seen:
            self._watchers[cell].discard(answer.subject)
        for cell in seen - answer.seen:
            self._watchers.setdefault(cell, set()).add(answer.subject)
        answer.seen = seen

    # -- time ----------------------------------------------------------------------------------------------

    def advance(self) -> int:
        """Go on to the next write, and say which step that is."""
        found = self.following.next()
        assert found is not None
        k, writes = found
        concerned = {subject for cell in writes for subject in self._watchers.get(cell, ())}
        for subject in sorted(concerned):
            answer = self._answers[subject]
            self._prune(answer, k)
            if answer.frames:
                self._ask(answer, k)
            else:
                self._watch(answer, set())
                del self._answers[subject]
        return k

    def lean(self, k: int) -> Watched:
        """The same from step k on; once in a while without what is no longer looked at."""
        if len(self.following.cells) < self._limit:
            return self
        fresh = Watched(self.search, k, self.stop)
        for answer in self._answers.values():
            self._prune(answer, k)
            for frame in answer.frames:
                fresh.open(frame, k)
        fresh._limit = KEPT + 2 * len(fresh.following.cells)
        return fresh
