"""When the value of a name, attribute or element changed, and all values it had."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from semduck.trace.evaluate import drawn
from semduck.trace.expressions.compiler import Expression
from semduck.trace.expressions.operands import Clipped, Held, Operand, unwrapped
from semduck.trace.expressions.scope import Scope
from semduck.trace.model import Value
from semduck.trace.queries.watch import GONE, Watch, alike, reaches, roots
from semduck.trace.queries.writes import put_in, written
from semduck.trace.render import Renderer

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

SIZED = ("list", "tuple", "set", "frozenset", "dict", "deque")


class Past:
    """One path as one frame sees it, over the steps at which it can mean something."""

    def __init__(self, recording: Recording, path: str, frame: int) -> None:
        self.recording, self.frame = recording, frame
        self.expression = Expression(path)
        own, module = recording.own(frame), recording.is_module(frame)
        whole = module or (own is not None and own.isdisjoint(self.expression.names))
        self.first, self.last = (0, len(recording) - 1) if whole else recording.span(frame)
        if own is None and not module:  # a class body: what it binds is its own, before that, too
            own = frozenset(recording.names(self.last, frame))
        self.own = own

    def scope(self, k: int) -> Scope:
        """What names mean at step k."""
        scope = self.recording.scope(k, self.frame)
        scope.own = self.own
        return scope

    def changes(self, start: int) -> Iterator[tuple[int, Operand]]:
        """(step, operand) for each step k > start at which it becomes another value."""
        watch = Watch(self.expression.value)
        watch.begin(self.scope(start))
        for k, moment in self.recording.moments(range(start + 1, self.last + 1)):
            cells = written(moment)
            if (cells or not watch.stable) and watch.concerned(cells):
                hits = watch.reach.intersection(c for c in cells if type(c) is int)
                if watch.step(self.scope(k), hits, partial(put_in, moment)):
                    yield k, watch.value

    def lived(self) -> Iterator[tuple[int, Operand]]:
        """The same, from the first value it has."""
        value = Watch(self.expression.value).look(self.scope(self.first))
        if value is not GONE:
            yield self.first, value
        yield from self.changes(self.first)

    def changed_before(self, k: int) -> int | None:
        """Largest step <= k at which it became another value."""
        at = min(k, self.last)
        watch = Watch(self.expression.value)
        watch.begin(self.scope(at))
        for s, moment in self.recording.moments(range(at, self.first - 1, -1)):
            cells = written(moment)
            if (cells or not watch.stable) and watch.concerned(cells):
                if self._differs(watch, s, {c for c in cells if type(c) is int}):
                    return s
        return None

    def _differs(self, watch: Watch, s: int, objects: set[int]) -> bool:
        """Is the value at step s another than at s - 1? The watch moves to s - 1."""
        now = watch.value
        if roots(now) and reaches(self.recording.state(s), roots(now), objects):
            return True
        if s == 0:
            return now is not GONE
        watch.begin(self.scope(s - 1))
        return not alike(now, watch.value)


def history(recording: Recording, path: str, frame: int) -> Iterator[tuple[int, Value]]:
    """(step, value), oldest first; steps at which it ceases to exist are left out."""
    for k, value in Past(recording, path, frame).lived():
        if value is not GONE:
            state = recording.state(k)
            yield k, drawn(state, value, Renderer(state), 4)


def series(recording: Recording, path: str, frame: int) -> list[tuple[int, float]]:
    """(step, number): numbers as they are, lengths of containers and texts. Draws nothing."""
    found: list[tuple[int, float]] = []
    for k, value in Past(recording, path, frame).lived():
        number = _number(value)
        if number is not None and (not found or found[-1][1] != number):
            found.append((k, number))
    return found


def _number(value: Operand) -> float | None:
    if type(value) is Clipped:
        return float(value.length)
    value = unwrapped(value)
    if type(value) is Held:
        return float(value.thing.length) if value.thing.kind in SIZED else None
    if isinstance(value, (int, float)):
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    return float(len(value)) if isinstance(value, (str, bytes)) else None


def next_change(recording: Recording, k: int, path: str, frame: int) -> int | None:
    """Smallest step > k at which it is another value."""
    past = Past(recording, path, frame)
    found = next(past.changes(max(k, past.first - 1, 0)), None)
    return None if found is None else found[0]


def last_change(recording: Recording, k: int, path: str, frame: int) -> int | None:
    """Largest step <= k at which it became another value."""
    return Past(recording, path, frame).changed_before(k)
