"""One run, on disk, as something to ask questions of. Grows while the program runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from semduck.trace.changes import differences, touched
from semduck.trace.evaluate import EvaluateError, find
from semduck.trace.expressions.scope import Scope
from semduck.trace.glimpse import Glimpse
from semduck.trace.index import RUNNING
from semduck.trace.model import Change, Kind, Step, Value
from semduck.trace.queries import calls, values
from semduck.trace.queries.aliases import Aliases, aliases
from semduck.trace.queries.calls import Branch, Called
from semduck.trace.queries.compare import Disagreement, Divergence, disagreements, divergence
from semduck.trace.queries.handlers import Fate, fates
from semduck.trace.queries.output import Positions, positions
from semduck.trace.queries.places import ANYWHERE, Where
from semduck.trace.queries.search import Search, last
from semduck.trace.queries.slices import Slice, backward_slice
from semduck.trace.queries.values import History
from semduck.trace.render import Renderer
from semduck.trace.replay import Ref, State
from semduck.trace.stacks import Stacks
from semduck.trace.store import Event, Moment, RecordingError
from semduck.trace.written import RESULT, Written

KINDS = (Kind.LINE, Kind.CALL, Kind.RETURN, Kind.EXCEPTION, Kind.YIELD, Kind.RESUME, Kind.UNWIND)
RESUME = 5
OPTIMIZED = 1  # code flag of functions: their local names are known beforehand


class Recording(Stacks):
    """See the methods. Steps are numbered from 0; the state at a LINE step is the one *before* it runs."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.tables: dict[str, tuple[tuple[int, int], Positions]] = {}  # by stream; see queries.output

    # -- steps ---------------------------------------------------------------------------------------------

    def step(self, k: int) -> Step:
        """Step k. Raises IndexError."""
        if not 0 <= k < len(self):
            raise IndexError(f"there are {len(self)} steps, not a step {k}")
        event = self._moment(k).event
        value = None
        if len(event) > 4 and event[0] != RESUME:
            value = Renderer(self.view(k)).value(event[4])
        return self._as_step(k, event, value)

    def _as_step(self, k: int, event: Event, value: Value | None) -> Step:
        frames, frame = self._index.frames, event[1]
        code = self._index.codes[frames.code[frame]]
        return Step(k, KINDS[event[0]], self._index.files[code.file].path, event[2], frame,
                    frames.depth[frame], frames.lane[frame], code.name, value)

    def steps(self, start: int, stop: int) -> Iterator[Step]:
        """Steps start <= k < stop, without their values (ask `step(k)` for those)."""
        for k in range(max(0, start), min(stop, len(self))):
            yield self._as_step(k, self._moment(k).event, None)

    # -- state ---------------------------------------------------------------------------------------------

    def state(self, k: int) -> State:
        """The replayed state at step k; only valid until another step is asked for."""
        return self._cursor.seek(k)

    def view(self, k: int) -> State:
        """The state at step k for a look at a few names and objects: at once, wherever it is.

        Only valid until another step is asked for.
        """
        return self._cursor.seek(k) if self._cursor.near(k) else self.glimpse(k)

    def glimpse(self, k: int) -> Glimpse:
        """The state at step k, put together from the index as far as it is looked at."""
        return Glimpse(self._index, k, lambda: self._cursor.seek(k))

    @property
    def written(self) -> Written:
        """The index of writes."""
        return self._index.written

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
        state = self.view(k)
        if self.is_module(frame):
            return state.spaces.get(self._index.frames.space[frame], {})
        return state.frames.get(frame, {})

    def locals(self, k: int, frame: int | None = None) -> dict[str, Value]:
        """Local names at step k, of its frame or another live one.

        At module level: without modules and functions.
        """
        frame = self.frame_at(k) if frame is None else frame
        return self._drawn(self.view(k), self.names(k, frame), self.is_module(frame))

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
        state, local = self.view(k), self.names(k, frame)
        names = state.spaces.get(self._index.frames.space[frame], {})
        return self._drawn(state, {n: names[n] for n in mentioned if n in names and n not in local}, True)

    def expand(self, k: int, identity: int, depth: int = 1, width: int = 1000) -> Value:
        """An object drawn deeper and wider than `locals` does."""
        return Renderer(self.view(k), width, 50_000).value([identity], depth)

    def evaluate(self, k: int, expression: str, frame: int | None = None) -> Value:
        """Value of an expression over names at step k; docs/queries.md says which. Raises EvaluateError."""
        frame = self.frame_at(k) if frame is None else frame
        return find(self.scope_of(self.view(k), frame), expression)

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
        """What is different from the state at step k - 1, as the step's frame sees it."""
        moment = self._moment(k)
        if not touched(moment):
            return []
        frame = int(moment.event[1])
        space = self._index.frames.space[frame]
        return differences(self._cursor, k, moment, frame, space, self.is_module(frame))

    # -- the past ------------------------------------------------------------------------------------------

    def history(self, path: str, frame: int) -> History:
        """A sequence of (step, value): whenever what a path means to a call became another value, oldest first.

        path: a name, attribute or element ("total", "self.items", "grid[0][1]"), or any expression.
        """
        return values.history(self, path, frame)

    def series(self, path: str, frame: int) -> list[tuple[int, float]]:
        """The history as numbers, for a sparkline: lengths stand for containers and texts."""
        return values.series(self, path, frame)

    def last_change(self, k: int, path: str, frame: int | None = None) -> int | None:
        """Largest step <= k at which a path became another value, or an object it reaches changed."""
        return values.last_change(self, k, path, self.frame_at(k) if frame is None else frame)

    def next_change(self, k: int, path: str, frame: int | None = None) -> int | None:
        """Smallest step > k at which it becomes another value."""
        return values.next_change(self, k, path, self.frame_at(k) if frame is None else frame)

    # -- conditions ----------------------------------------------------------------------------------------

    def steps_where(self, condition: str, where: Where = ANYWHERE, start: int = 0,
                    stop: int | None = None) -> Iterator[int]:
        """Steps start <= k < stop at which a condition over recorded values holds, as its frame sees them.

        changed(x) in it: x is another value than at the frame's step before, or an object in it was written
        since. Where a name does not exist the condition does not hold. Raises EvaluateError when it is not
        supported, or can be worked out nowhere.
        """
        return Search(self, condition, where, start, len(self) if stop is None else stop).steps()

    def first_where(self, condition: str, where: Where = ANYWHERE, start: int = 0) -> int | None:
        """Smallest such step >= start."""
        return next(self.steps_where(condition, where, start), None)

    def last_where(self, k: int, condition: str, where: Where = ANYWHERE) -> int | None:
        """Largest such step <= k."""
        return last(self, condition, where, k)

    # -- calls ---------------------------------------------------------------------------------------------

    def arguments(self, frame: int) -> dict[str, Value]:
        """Arguments of a call, as they were when it began."""
        wanted = self._index.codes[self._index.frames.code[frame]].arguments
        names = self.locals(self._index.frames.first[frame], frame) if wanted else {}
        return {name: names[name] for name in wanted if name in names}

    def result(self, frame: int) -> Value | None:
        """What the call returned; None when it did not return."""
        last, key = self._index.frames.last[frame], self.written.key((frame, RESULT))
        if last == RUNNING or key is None or self.written.latest({key}, last, last) is None:
            return None
        return Renderer(self.view(last)).value(self.written.value(key, last, last))

    def calls_of(self, function: str, file: Path | None = None) -> Iterator[Called]:
        """Calls of a function, by name or qualified name, with arguments, result and duration in steps."""
        return calls.calls_of(self, function, file)

    def call_tree(self, root: int | None = None, limit: int = 100_000) -> list[Branch]:
        """Calls below a frame, or all, each after its caller. Repeats: same function, equal arguments."""
        return calls.tree(self, root, limit)

    # -- objects, output, exceptions -----------------------------------------------------------------------

    def aliases(self, k: int, identity: int, limit: int = 100) -> Aliases:
        """Every path from a live name of any frame or module to an object, at step k; at most `limit`."""
        return aliases(self, k, identity, limit)

    def output_step(self, position: int, stream: str = "stdout") -> int | None:
        """The step that wrote (or read) the character at a position of a stream."""
        return positions(self, stream).step(position)

    def output_span(self, k: int, stream: str = "stdout") -> tuple[int, int] | None:
        """(start, stop) of the characters step k wrote to a stream; None when it wrote none."""
        return positions(self, stream).span(k)

    def slice(self, k: int, path: str | None = None, frame: int | None = None, limit: int = 2000) -> Slice:
        """Why a path has its value at step k: the steps that made it so, at most `limit`, with reasons.

        path None: what the statement at step k does. Raises EvaluateError.
        """
        return backward_slice(self, k, path, frame, limit)

    # -- against another recording -------------------------------------------------------------------------

    def divergence(self, other: Recording) -> Divergence | None:
        """The first step at which a later run of the program parts from this one; None when it does not."""
        return divergence(self, other)

    def disagreements(self, k: int, other: Recording, at: int) -> list[Disagreement]:
        """Values at step k that are not those of `other` at step `at`, aligned by path."""
        return disagreements(self, other, k, at)

    def exceptions(self) -> list[Fate]:
        """Exceptions in the order they were raised, each with what caught it."""
        return fates(self)


def _furniture(value: Value) -> bool:
    """Names at module level that are not data."""
    return value.kind in ("module", "function") or (value.kind == "class" and not value.children)


__all__ = ["KINDS", "EvaluateError", "Recording", "RecordingError", "Where"]
