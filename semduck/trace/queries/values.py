"""When the value of a name, attribute or element changed, and all values it had."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, overload

from semduck.trace.evaluate import drawn
from semduck.trace.expressions.compiler import Expression
from semduck.trace.expressions.operands import Clipped, Held, Operand, operand, unwrapped
from semduck.trace.expressions.scope import Scope
from semduck.trace.following import Following
from semduck.trace.model import Value
from semduck.trace.queries.watch import GONE, Watch, alike
from semduck.trace.queries.writes import put, put_in, written
from semduck.trace.render import Renderer
from semduck.trace.replay import Ref, State
from semduck.trace.written import OBJECT, UNBOUND, object_key

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

    def scope(self, state: State) -> Scope:
        """What names mean in a state."""
        scope = self.recording.scope_of(state, self.frame)
        scope.own = self.own
        return scope

    # -- forwards ------------------------------------------------------------------------------------------

    def changes(self, start: int) -> Iterator[tuple[int, Operand, State]]:
        """(step, operand, state) for each step k > start at which it becomes another value."""
        watch, state = Watch(self.expression.value), self.recording.glimpse(start)
        watch.begin(self.scope(state))
        following = Following(self.recording.written, start, self.last + 1)
        following.add(self.recording.written.keys(watch.seen))
        while watch.stable:
            following.add(state.fresh())
            found = following.next()
            if found is None:
                return
            k, writes = found
            state.advance(k, writes)
            hits = {key >> 2 for key in writes if key & 3 == OBJECT} & watch.reach
            if hits or not writes.keys().isdisjoint(self.recording.written.keys(watch.seen)):
                if watch.step(self.scope(state), hits, partial(put, writes)):
                    yield k, watch.value, state
        yield from self._sweep(following.now, watch)

    def _sweep(self, start: int, watch: Watch) -> Iterator[tuple[int, Operand, State]]:
        """The same, looking at every write: it cannot be said which ones matter."""
        for k, moment in self.recording.moments(range(start + 1, self.last + 1)):
            cells = written(moment)
            if cells and watch.concerned(cells):
                hits = watch.reach.intersection(c for c in cells if type(c) is int)
                state = self.recording.state(k)
                if watch.step(self.scope(state), hits, partial(put_in, moment)):
                    yield k, watch.value, state

    def lived(self) -> Iterator[tuple[int, Operand, State]]:
        """The same, from the first value it has."""
        state = self.recording.glimpse(self.first)
        value = Watch(self.expression.value).look(self.scope(state))
        if value is not GONE:
            yield self.first, value, state
        yield from self.changes(self.first)

    # -- backwards -----------------------------------------------------------------------------------------

    def changed_before(self, k: int) -> int | None:
        """Largest step <= k at which it became another value."""
        at, writes = min(k, self.last), self.recording.written
        watch = Watch(self.expression.value)
        watch.begin(self.scope(self.recording.view(at)))
        while at >= self.first:
            keys = writes.keys((*watch.seen, *watch.reach))
            step = at if not watch.stable else writes.latest(keys, at, self.first)
            if step is None:
                return None
            objects = {object_key(oid) for oid in watch.reach}
            if writes.latest(objects, step, step) is not None or self._differs(watch, step):
                return step
            at = step - 1
        return None

    def _differs(self, watch: Watch, s: int) -> bool:
        """Is it another value at step s than at s - 1? The watch moves to s - 1."""
        if s == 0:
            return watch.value is not GONE
        now = watch.value
        watch.begin(self.scope(self.recording.view(s - 1)))
        return not alike(now, watch.value)


def plain_writes(past: Past) -> tuple[list[int], list[Ref]] | None:
    """(steps, refs) of a name that only ever had plain values; None when it is not as simple as that."""
    name, written, recording = past.expression.text, past.recording.written, past.recording
    local, module = (written.key((place, name)) for place in (past.frame, -1 - recording.space(past.frame)))
    owned = past.own is not None and name in past.own
    if not name.isidentifier() or iskeyword(name) or (past.own is None and not recording.is_module(past.frame)):
        return None
    if not owned and local is not None and written.soonest({local}, -1, len(recording)) is not None:
        return None
    key, steps, refs = local if owned else module, list[int](), list[Ref]()
    for some, values in written.postings(key, past.first, past.last + 1) if key is not None else ():
        if any(type(ref) is list and len(ref) == 1 for ref in values):
            return None
        steps += some
        refs += values
    return steps, refs


class History(Sequence[tuple[int, Value]]):
    """(step, value), oldest first. Values of a name that only had plain ones are drawn as they are asked for."""

    def __init__(self, steps: list[int], values: list[Any], draw: Callable[[Any], Value]) -> None:
        self.steps, self._values, self._draw = steps, values, draw

    def __len__(self) -> int:
        return len(self.steps)

    @overload
    def __getitem__(self, index: int) -> tuple[int, Value]: ...
    @overload
    def __getitem__(self, index: slice) -> History: ...

    def __getitem__(self, index: int | slice) -> tuple[int, Value] | History:
        if isinstance(index, slice):
            return History(self.steps[index], self._values[index], self._draw)
        return self.steps[index], self._draw(self._values[index])


def history(recording: Recording, path: str, frame: int) -> History:
    """All values; steps at which it ceases to exist are left out."""
    past = Past(recording, path, frame)
    found = plain_writes(past)
    if found is not None:
        kept = [(step, ref) for step, ref in zip(*found, strict=True) if ref is not UNBOUND]
        return History([step for step, _ in kept], [ref for _, ref in kept], Renderer(State()).value)
    rows = [(k, drawn(state, value, Renderer(state), 4)) for k, value, state in past.lived() if value is not GONE]
    return History([k for k, _ in rows], [value for _, value in rows], lambda value: value)


def series(recording: Recording, path: str, frame: int) -> list[tuple[int, float]]:
    """(step, number): numbers as they are, lengths of containers and texts. Draws nothing."""
    past = Past(recording, path, frame)
    found, pairs = plain_writes(past), list[tuple[int, float]]()
    if found is not None:
        none = State()
        lived = ((k, operand(none, ref)) for k, ref in zip(*found, strict=True) if ref is not UNBOUND)
    else:
        lived = ((k, value) for k, value, _ in past.lived())
    for k, value in lived:
        number = _number(value)
        if number is not None and (not pairs or pairs[-1][1] != number):
            pairs.append((k, number))
    return pairs


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
