"""The values a path had: all of them, or an evenly spread sample where they are many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from semduck.trace.evaluate import drawn
from semduck.trace.expressions.operands import Clipped, Held, Operand, operand, sized, unwrapped
from semduck.trace.model import Value
from semduck.trace.queries.values import Past
from semduck.trace.queries.watch import GONE, Watch, alike, roots
from semduck.trace.reader.writes import Writes
from semduck.trace.render import Renderer
from semduck.trace.replay import Ref, State

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

NEAR = 64  # objects looked at to tell whether there are many changes
PROBES, LEAST = 100, 8  # values of a path that changed too often for all to be told
WORK = 20_000  # objects looked at for them
T = TypeVar("T")
Row = tuple[int, Operand, State]


class History(Sequence[tuple[int, Value]]):
    """(step, value), oldest first, drawn when they are asked for.

    changes: how often it became another value, None when that is not known.
    """

    def __init__(
        self, steps: list[int], values: list[Any], draw: Callable[[int, Any], Value], changes: int | None
    ) -> None:
        self.steps, self.changes = steps, changes
        self._values, self._draw = values, draw

    @property
    def complete(self) -> bool:
        """Are these all its values?"""
        return self.changes is not None and self.changes <= len(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @overload
    def __getitem__(self, index: int) -> tuple[int, Value]: ...
    @overload
    def __getitem__(self, index: slice) -> History: ...

    def __getitem__(self, index: int | slice) -> tuple[int, Value] | History:
        if isinstance(index, slice):
            return History(self.steps[index], self._values[index], self._draw, self.changes)
        return self.steps[index], self._draw(self.steps[index], self._values[index])


def history(recording: Recording, path: str, frame: int, limit: int) -> History:
    """Its values; steps at which it ceases to exist are left out."""
    past = Past(recording, path, frame)
    cell = past.sole()
    writes = recording.writes(cell, past.first, past.last + 1) if cell is not None else None
    if writes is not None:
        found = _bound(writes, limit)
        if len(writes) > limit or not any(_is_object(ref) for _, ref in found):

            def draw(k: int, ref: Ref) -> Value:
                return Renderer(recording.state(k) if _is_object(ref) else State()).value(ref)

            gone = len(writes) - len(found) if len(writes) <= limit else 0
            return History([k for k, _ in found], [ref for _, ref in found], draw, len(writes) - gone)
    shown, complete = _lived(past, limit, lambda value, state: drawn(state, value, Renderer(state), 4))
    values = [value for _, value in shown]
    return History([k for k, _ in shown], values, lambda _, value: value, len(values) if complete else None)


def series(recording: Recording, path: str, frame: int, limit: int) -> list[tuple[int, float]]:
    """(step, number): numbers as they are, lengths of containers and texts. Draws nothing."""
    past, pairs = Past(recording, path, frame), list[tuple[int, float]]()
    cell, none, rows = past.sole(), State(), None
    if cell is not None:
        found = _bound(recording.writes(cell, past.first, past.last + 1), limit)
        if not any(_is_object(ref) for _, ref in found):
            rows = [(k, _number(operand(none, ref))) for k, ref in found]
    for k, number in rows if rows is not None else _lived(past, limit, lambda value, _: _number(value))[0]:
        if number is not None and (not pairs or pairs[-1][1] != number):
            pairs.append((k, number))
    return pairs


def _bound(writes: Writes, limit: int) -> list[tuple[int, Ref]]:
    """What a name was bound to."""
    return [(k, ref[0]) for k, ref in writes.bindings(limit) if ref]


def _lived(past: Past, limit: int, show: Callable[[Operand, State], T]) -> tuple[list[tuple[int, T]], bool]:
    """(its values, are they all?) of a path that is more than a name with plain values."""
    found = list[tuple[int, T]]()
    if _few(past, limit):
        for k, value, state in past.lived():
            if value is not GONE:
                found.append((k, show(value, state)))
            if len(found) > 4 * limit:
                break
        else:
            return found, True
    return [(k, show(value, state)) for k, value, state in _probed(past) if value is not GONE], False


def _few(past: Past, limit: int) -> bool:
    """Is what it looks at written about so often, or less?"""
    recording = past.recording
    for k in dict.fromkeys((past.last, (past.first + past.last) // 2)):
        state, watch = recording.state(k), Watch(past.expression.value)
        near = state.reached(roots(watch.look(past.scope(state))), NEAR)
        count = past.last - past.first if len(near) == NEAR else 0
        for cell in {*watch.seen, *near}:
            if count > limit:
                return False
            count += len(recording.writes(cell, past.first, past.last + 1))
        if count > limit:
            return False
    return True


def _probed(past: Past) -> Iterator[Row]:
    """Values at evenly spread steps, each at a step where it began."""
    recording, watch, before = past.recording, Watch(past.expression.value), past.first
    watch.begin(past.scope(recording.state(past.last)))
    probes = max(LEAST, min(PROBES, WORK // (len(watch.reach) + 1)))
    first = old = watch.begin(past.scope(recording.state(past.first)))
    if first is not GONE:
        yield past.first, first, recording.state(past.first)
    for i in range(1, probes + 1):
        k = past.first + (past.last - past.first) * i // probes
        value = watch.begin(past.scope(recording.state(k)))
        found = recording.last_write(watch.reach, before + 1, k)
        if found is None and not alike(old, value):
            found = _began(past, before, k, value)
        if found is not None:
            state = recording.state(found)
            yield found, Watch(past.expression.value).look(past.scope(state)), state
        before, old = k, value


def _began(past: Past, low: int, high: int, value: Operand) -> int:
    """A step at which it became a value that it has at step `high` and not at step `low`."""
    watch = Watch(past.expression.value)
    while high - low > 1:
        middle = (low + high) // 2
        if alike(watch.look(past.scope(past.recording.state(middle))), value):
            high = middle
        else:
            low = middle
    return high


def _is_object(ref: Ref) -> bool:
    return type(ref) is list and len(ref) == 1


def _number(value: Operand) -> float | None:
    if type(value) is Clipped:
        return float(value.length)
    value = unwrapped(value)
    if type(value) is Held:
        size = sized(value.thing)
        return None if size is None else float(size)
    if isinstance(value, (int, float)):
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    return float(len(value)) if isinstance(value, (str, bytes)) else None
