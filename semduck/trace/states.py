"""Single steps, and the state of the program at one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from semduck.trace.changes import differences, touched
from semduck.trace.evaluate import find
from semduck.trace.expressions.operands import operand_of
from semduck.trace.expressions.scope import Scope
from semduck.trace.model import Change, Kind, Step, Value
from semduck.trace.render import Renderer
from semduck.trace.replay import Ref, State
from semduck.trace.stacks import Stacks
from semduck.trace.store import Event, Moment

KINDS = (Kind.LINE, Kind.CALL, Kind.RETURN, Kind.EXCEPTION, Kind.YIELD, Kind.RESUME, Kind.UNWIND)
RESUME = 5
OPTIMIZED = 1  # code flag of functions: their local names are known beforehand


class States(Stacks):
    """Steps are numbered from 0; the state at a LINE step is the one *before* it runs."""

    # -- steps ---------------------------------------------------------------------------------------------

    def step(self, k: int) -> Step:
        """Step k. Raises IndexError."""
        if not 0 <= k < len(self):
            raise IndexError(f"there are {len(self)} steps, not a step {k}")
        event = self._moment(k).event
        value = None
        if len(event) > 4 and event[0] != RESUME:
            value = Renderer(self.state(k)).value(event[4])
        return self._as_step(k, event, value)

    def _as_step(self, k: int, event: Event, value: Value | None) -> Step:
        frames, frame = self._index.frames, event[1]
        code = self._index.codes[frames.code[frame]]
        return Step(
            k,
            KINDS[event[0]],
            self._index.files[code.file].path,
            event[2],
            frame,
            frames.depth[frame],
            frames.lane[frame],
            code.name,
            value,
        )

    def steps(self, start: int, stop: int) -> Iterator[Step]:
        """Steps start <= k < stop, without their values (ask `step(k)` for those)."""
        for k in range(max(0, start), min(stop, len(self))):
            yield self._as_step(k, self._moment(k).event, None)

    # -- state ---------------------------------------------------------------------------------------------

    def state(self, k: int) -> State:
        """The state at step k, made as far as it is looked at. Only valid until another step is asked for."""
        return self._cursor.seek(k)

    def moment(self, k: int) -> Moment:
        """The event of step k, and what was noted before it."""
        return self._moment(k)

    def span(self, frame: int) -> tuple[int, int]:
        """First and last step of a call; of one that runs, the last step so far."""
        return self._span(frame)

    def space(self, frame: int) -> int:
        """Number of the module whose globals the frame sees."""
        return self._index.frames.space[frame]

    def is_global(self, name: str, frame: int) -> bool:
        """Does the name mean a module's, in this function?"""
        code = self._index.codes[self._index.frames.code[frame]]
        return bool(code.flags & OPTIMIZED) and name not in code.local

    def names(self, k: int, frame: int) -> Mapping[str, Ref]:
        """A frame's local names at step k, as they are in the log."""
        state = self.state(k)
        if self.is_module(frame):
            return state.spaces.get(self._index.frames.space[frame], {})
        return state.frames.get(frame, {})

    def locals(self, k: int, frame: int | None = None) -> dict[str, Value]:
        """Local names at step k, of its frame or another live one.

        At module level: without modules and functions.
        """
        frame = self.frame_at(k) if frame is None else frame
        return self._drawn(self.state(k), self.names(k, frame), self.is_module(frame))

    def _drawn(self, state: State, names: Mapping[str, Ref], quiet: bool) -> dict[str, Value]:
        found = {name: Renderer(state).value(ref) for name, ref in names.items()}
        if quiet:
            found = {n: v for n, v in found.items() if not _furniture(v)}
        return found

    def globals(self, k: int, frame: int | None = None) -> dict[str, Value]:
        """Module names the frame's code mentions, without modules, functions and classes."""
        frame = self.frame_at(k) if frame is None else frame
        if self.is_module(frame):
            return {}
        mentioned = self._index.codes[self._index.frames.code[frame]].names
        state, local = self.state(k), self.names(k, frame)
        names = state.spaces.get(self._index.frames.space[frame], {})
        return self._drawn(state, {n: names[n] for n in mentioned if n in names and n not in local}, True)

    def expand(self, k: int, identity: int, depth: int = 1, width: int = 1000) -> Value:
        """An object drawn deeper and wider than `locals` does."""
        return Renderer(self.state(k), width, max(50_000, 2 * width)).value([identity], depth)

    def evaluate(
        self,
        k: int,
        expression: str,
        frame: int | None = None,
        given: Mapping[str, Value] | None = None,
    ) -> Value:
        """Value of an expression over names at step k; docs/queries.md says which. Raises EvaluateError.

        given: further names and what they mean, e.g. a call's result; they come before those of the frame.
        """
        frame = self.frame_at(k) if frame is None else frame
        state = self.state(k)
        scope = self.scope_of(state, frame)
        scope.bound.update({name: operand_of(state, value) for name, value in (given or {}).items()})
        return find(scope, expression)

    def scope(self, k: int, frame: int, classes: dict[str, int] | None = None) -> Scope:
        """What names mean to a frame at step k; only valid until another step is asked for."""
        return self.scope_of(self._cursor.seek(k), frame, classes)

    def scope_of(self, state: State, frame: int, classes: dict[str, int] | None = None) -> Scope:
        """What names mean to a frame in a state."""
        return Scope(state, frame, self._index.frames.space[frame], self.own(frame), classes)

    def own(self, frame: int) -> frozenset[str] | None:
        """Names that are a function's own even while they are unbound; None: it depends on the moment."""
        code = self._index.codes[self._index.frames.code[frame]]
        return frozenset(code.local) if code.flags & OPTIMIZED else None

    def changes(self, k: int) -> list[Change]:
        """What is different from the state at step k - 1, for the step's frame; behind a gap nothing."""
        moment = self._moment(k)
        if not touched(moment) or self.goes_on(k):  # what was different before it is not known
            return []
        frame = int(moment.event[1])
        space = self._index.frames.space[frame]
        return differences(self._cursor, k, moment, frame, space, self.is_module(frame))


def _furniture(value: Value) -> bool:
    """Names at module level that are not data."""
    return value.kind in ("module", "function") or (value.kind == "class" and not value.children)
