"""When a name got the value it has: through rebinding, or through a change of the object it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from semduck.trace.changes import touches
from semduck.trace.model import Value
from semduck.trace.render import Renderer
from semduck.trace.replay import Ref, State

if TYPE_CHECKING:
    from semduck.trace.recording import Recording


def history(recording: Recording, name: str, frame: int) -> Iterator[tuple[int, Value]]:
    """(step, value) whenever a name of this call was bound or its object changed, oldest first."""
    first, last = recording.span(frame)
    space = recording.space(frame) if recording.is_module(frame) else None
    reach: set[int] | None = None
    told: Value | None = None
    for k in range(first, last + 1):
        if reach is not None and not touches(recording.moment(k), name, frame, space, reach):
            continue
        names = recording.names(k, frame)
        if name not in names:
            reach = set()
            continue
        state = recording.state(k)
        reach = _reach(state, names[name])
        value = Renderer(state).value(names[name])
        if value != told:
            told = value
            yield k, value


def change(recording: Recording, k: int, name: str, frame: int, direction: int) -> int | None:
    """The nearest step at which a name was bound or its object changed: <= k for -1, > k for 1."""
    module = recording.is_module(frame) or recording.is_global(name, frame)
    space = recording.space(frame) if module else None
    state = recording.state(k)
    names = state.spaces.get(space, {}) if space is not None else state.frames.get(frame, {})
    reach = _reach(state, names[name]) if name in names else set()
    first, last = (0, len(recording) - 1) if module else recording.span(frame)
    steps = range(k, first - 1, -1) if direction < 0 else range(k + 1, last + 1)
    return next((s for s in steps if touches(recording.moment(s), name, frame, space, reach)), None)


def _reach(state: State, ref: Ref) -> set[int]:
    """Numbers of the objects a ref reaches."""
    return state.reached([ref])
