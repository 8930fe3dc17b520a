"""All values a path ever had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, overload

from semduck.trace.evaluate import drawn
from semduck.trace.expressions.operands import Clipped, Held, Operand, operand, sized, unwrapped
from semduck.trace.model import Value
from semduck.trace.noting import UNBOUND
from semduck.trace.queries.values import Past
from semduck.trace.queries.watch import GONE
from semduck.trace.render import Renderer
from semduck.trace.replay import Ref, State

if TYPE_CHECKING:
    from semduck.trace.recording import Recording


def plain_writes(past: Past) -> tuple[list[int], list[Ref]] | None:
    """(steps, refs) of a name that only ever had plain values; None when it is not as simple as that."""
    name, written, recording = past.expression.text, past.recording.written, past.recording
    local, module = (written.key((place, name)) for place in (past.frame, -1 - recording.space(past.frame)))
    owned = past.own is not None and name in past.own
    if not name.isidentifier() or iskeyword(name):
        return None
    if past.own is None and not recording.is_module(past.frame):
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
    """(step, value), oldest first. Values of a name that only had plain ones are drawn when asked for."""

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
    lived = past.lived()
    rows = [(k, drawn(state, v, Renderer(state), 4)) for k, v, state in lived if v is not GONE]
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
        size = sized(value.thing)
        return None if size is None else float(size)
    if isinstance(value, (int, float)):
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    return float(len(value)) if isinstance(value, (str, bytes)) else None
