"""When the value of a name, attribute or element changed, and all values it had."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import partial
from keyword import iskeyword
from typing import TYPE_CHECKING

from semduck.trace.expressions.compiler import Expression
from semduck.trace.expressions.operands import Operand
from semduck.trace.expressions.scope import Cell, Scope
from semduck.trace.queries.watch import GONE, Watch, alike
from semduck.trace.queries.writes import put, put_in, touched, written
from semduck.trace.replay import State

if TYPE_CHECKING:
    from semduck.trace.recording import Recording


NEAR = 8  # writes looked at one by one, backwards


class Past:
    """One path as one frame sees it, over the steps at which it can mean something."""

    def __init__(self, recording: Recording, path: str, frame: int) -> None:
        self.recording, self.frame = recording, frame
        self.expression = Expression(path)
        own, module = recording.own(frame), recording.is_module(frame)
        whole = module or (own is not None and own.isdisjoint(self.expression.names))
        span = recording.span(frame)
        self.first, self.last = recording.part_of(span[0]) if whole else span
        if own is None and not module:  # a class body: what it binds is its own, before that, too
            own = frozenset(recording.names(self.last, frame))
        self.own = own

    def scope(self, state: State) -> Scope:
        """What names mean in a state."""
        scope = self.recording.scope_of(state, self.frame)
        scope.own = self.own
        return scope

    def sole(self) -> Cell | None:
        """The one cell that a name stands for all the time; None when it is more, or not always the same."""
        recording, frame, name = self.recording, self.frame, self.expression.text
        if not name.isidentifier() or iskeyword(name):
            return None
        if self.own is not None and name in self.own:
            return frame, name
        if recording.own(frame) is None and not recording.is_module(frame):
            return None
        if self.own is None and recording.next_write({(frame, name)}, self.first, self.last + 1) is not None:
            return None
        return -1 - recording.space(frame), name

    # -- forwards ------------------------------------------------------------------------------------------

    def changes(self, start: int, stop: int | None = None) -> Iterator[tuple[int, Operand, State]]:
        """(step, operand, state) for each step start < k < stop at which it becomes another value."""
        stop = self.last + 1 if stop is None else stop
        watch = Watch(self.expression.value)
        watch.begin(self.scope(self.recording.state(start)))
        following = self.recording.following(start, stop)
        while watch.stable:
            following.add(watch.seen)
            following.add(watch.reach)
            found = following.next()
            if found is None:
                return
            k, writes = found
            hits = touched(self.recording, k, watch.reach.intersection(writes), writes)
            if hits or not writes.keys().isdisjoint(watch.seen):
                state = self.recording.state(k)
                if watch.step(self.scope(state), hits, partial(put, writes)):
                    yield k, watch.value, state
        yield from self._sweep(following.now, stop, watch)

    def _sweep(self, start: int, stop: int, watch: Watch) -> Iterator[tuple[int, Operand, State]]:
        """The same, looking at every write: it cannot be said which ones matter."""
        for k, moment in self.recording.moments(range(start + 1, stop)):
            cells = written(moment)
            if cells and watch.concerned(cells):
                hits = watch.reach.intersection(c for c in cells if type(c) is int)
                state = self.recording.state(k)
                if watch.step(self.scope(state), hits, partial(put_in, moment)):
                    yield k, watch.value, state

    def lived(self) -> Iterator[tuple[int, Operand, State]]:
        """The same, from the first value it has."""
        state = self.recording.state(self.first)
        value = Watch(self.expression.value).look(self.scope(state))
        if value is not GONE:
            yield self.first, value, state
        yield from self.changes(self.first)

    # -- backwards -----------------------------------------------------------------------------------------

    def changed_before(self, k: int) -> int | None:
        """Largest step <= k at which it became another value."""
        at, cell = min(k, self.last), self.sole()
        watch = Watch(self.expression.value)
        watch.begin(self.scope(self.recording.state(at)))
        for _ in range(NEAR):
            cells = {*watch.seen, *watch.reach} if cell is None else {cell, *watch.reach}
            step = at if not watch.stable else self.recording.last_write(cells, self.first, at)
            if step is None:
                return None
            if cell is not None and not watch.reach:
                return step  # every write of a name is another value
            if self._differs(watch, step):
                return step
            at = step - 1
            if at < self.first:
                return None
        return self._far_before(at)

    def _far_before(self, at: int) -> int | None:
        """The same, going through each piece of the log forwards, where many writes leave it as it is."""
        while at >= self.first:
            start = max(self.first, self.recording.chunk_start(at))
            found = deque((k for k, _, _ in self.changes(start, at + 1)), maxlen=1)
            if found:
                return found[0]
            at = start
            watch = Watch(self.expression.value)
            watch.begin(self.scope(self.recording.state(at)))
            cells = {*watch.seen, *watch.reach}
            step = self.recording.last_write(cells, self.first, at) if watch.stable else at
            if step is None:
                return None
            if self._differs(watch, step):
                return step
            at = step - 1
        return None

    def _differs(self, watch: Watch, s: int) -> bool:
        """Is it another value at step s than at s - 1? The watch moves to s - 1."""
        if self.recording.last_write(watch.reach, s, s) is not None:
            following = self.recording.following(s - 1, s + 1)
            following.add(watch.reach)
            found = following.next()
            if found is not None and touched(self.recording, s, watch.reach, found[1]):
                return True
        if s == self.first:
            return watch.value is not GONE
        now = watch.value
        watch.begin(self.scope(self.recording.state(s - 1)))
        return not alike(now, watch.value)


def next_change(recording: Recording, k: int, path: str, frame: int) -> int | None:
    """Smallest step > k at which it is another value."""
    past = Past(recording, path, frame)
    found = next(past.changes(max(k, past.first - 1, recording.part_of(past.first)[0])), None)
    return None if found is None else found[0]


def last_change(recording: Recording, k: int, path: str, frame: int) -> int | None:
    """Largest step <= k at which it became another value."""
    return Past(recording, path, frame).changed_before(k)
