"""One run, on disk, as something to ask questions of. Grows while the program runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from semduck.trace.evaluate import EvaluateError
from semduck.trace.index import RUNNING
from semduck.trace.model import Kind, Value
from semduck.trace.queries import calls, history, values
from semduck.trace.queries.aliases import Aliases, aliases
from semduck.trace.queries.calls import Branch, Called
from semduck.trace.queries.compare import Disagreement, Divergence, disagreements, divergence
from semduck.trace.queries.handlers import Fate, fates
from semduck.trace.queries.history import History
from semduck.trace.queries.output import Positions, positions
from semduck.trace.queries.places import ANYWHERE, Where
from semduck.trace.queries.search import Search, last
from semduck.trace.queries.slices import Slice, backward_slice
from semduck.trace.render import Renderer
from semduck.trace.states import KINDS, States
from semduck.trace.store import RecordingError


class Recording(States):
    """See the methods. Steps are numbered from 0; the state at a LINE step is the one *before* it runs."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.tables: dict[str, tuple[tuple[int, int], Positions]] = {}  # by stream; see queries.output

    # -- the past ------------------------------------------------------------------------------------------

    def history(self, path: str, frame: int, limit: int = 500) -> History:
        """(step, value) whenever what a path means to a call became another value, oldest first.

        path: a name, attribute or element ("total", "self.items", "grid[0][1]"), or any expression. Of more
        than `limit` values a sample, spread evenly.
        """
        return history.history(self, path, frame, limit)

    def series(self, path: str, frame: int, limit: int = 1000) -> list[tuple[int, float]]:
        """The history as numbers, for a sparkline: lengths stand for containers and texts."""
        return history.series(self, path, frame, limit)

    def last_change(self, k: int, path: str, frame: int | None = None) -> int | None:
        """Largest step <= k at which a path became another value, or an object it reaches changed."""
        return values.last_change(self, k, path, self.frame_at(k) if frame is None else frame)

    def next_change(self, k: int, path: str, frame: int | None = None) -> int | None:
        """Smallest step > k at which it becomes another value."""
        return values.next_change(self, k, path, self.frame_at(k) if frame is None else frame)

    # -- conditions ----------------------------------------------------------------------------------------

    def steps_where(
        self, condition: str, where: Where = ANYWHERE, start: int = 0, stop: int | None = None
    ) -> Iterator[int]:
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
        """Arguments of a call, as they were when it began; none of one that began before a gap."""
        if self.begun_before(frame):
            return {}
        wanted = self._index.codes[self._index.frames.code[frame]].arguments
        names = self.locals(self._index.frames.first[frame], frame) if wanted else {}
        return {name: names[name] for name in wanted if name in names}

    def result(self, frame: int) -> Value | None:
        """What the call returned; None when it did not return."""
        last = self._index.frames.last[frame]
        if last == RUNNING or self.brief(last)[:2] != (KINDS.index(Kind.RETURN), frame):
            return None
        return Renderer(self.state(last)).value(self.event(last)[4])

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

    def divergence(self, other: Recording, stop: int | None = None) -> Divergence | None:
        """The first step at which a later run of the program parts from this one; None when it does not.

        stop: only the steps before this one are compared.
        """
        return divergence(self, other, stop)

    def disagreements(self, k: int, other: Recording, at: int) -> list[Disagreement]:
        """Values at step k that are not those of `other` at step `at`, aligned by path."""
        return disagreements(self, other, k, at)

    def exceptions(self) -> list[Fate]:
        """Exceptions in the order they were raised, each with what caught it."""
        return fates(self)


__all__ = ["KINDS", "EvaluateError", "Recording", "RecordingError", "Where"]
