"""What is still wanted, and the questions that are put to statements."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from semduck.trace.expressions.scope import Cell
from semduck.trace.queries.slicing.arguments import made_by, passed
from semduck.trace.queries.slicing.causes import Cause, Expected, Task
from semduck.trace.queries.slicing.objects import Read
from semduck.trace.queries.slicing.parts import Node, values_for
from semduck.trace.queries.slicing.reads import Reads, value_calls
from semduck.trace.queries.slicing.statements import Statement
from semduck.trace.queries.slicing.trail import Trail
from semduck.trace.reader.lines import Line

if TYPE_CHECKING:
    from semduck.trace.recording import Recording


class Questions:
    """Wanted are cells (see expressions.scope), ("item", object, key) for one element or attribute, and
    ("shape", object) for which elements there are."""

    def __init__(self, recording: Recording, limit: int) -> None:
        self.recording, self.limit = recording, limit
        self.trail = Trail(recording)
        self.causes: dict[Cause, None] = {}
        self.complete = True
        self._steps: set[int] = set()
        self._calls: dict[tuple[int, int], set[str]] = {}  # statement -> names of what it called
        self._classes: dict[str, int] = {}
        self._wants: dict[Cell, dict[int, Read]] = {}
        self._items: dict[int, set[Any]] = {}  # object -> wanted keys
        self._tasks: dict[int, Task] = {}
        self._headers: dict[int, dict[int, list[int]]] = {}  # frame -> line -> effects
        self._entries: dict[int, int] = {}  # frame -> effect
        self._catches: dict[int, list[int]] = {}  # frame -> effects that wait for the exception
        self._unwinds: dict[int, list[int]] = {}  # frame -> effects that wait for a call left by it
        self._expected: dict[int, Expected] = {}
        self._keys: tuple[set[Cell], set[Line]] | None = None  # see leaping

    def _reads(self, at: int, task: Task) -> Reads:
        scope = self.recording.scope_of(self.recording.state(at), task.frame, self._classes)
        return Reads(scope, self._called(at, task))

    def _called(self, at: int, task: Task) -> Callable[[str], bool]:
        """A test for "the statement called a recorded function or class of this name"."""
        if (at, task.until) not in self._calls:
            self._calls[at, task.until] = self.recording.called_between(at, task.until, task.frame)
        return self._calls[at, task.until].__contains__

    def _want(self, read: Read, effect: int) -> None:
        held = self._wants.get(read.cell)
        if held is None:
            held = self._wants[read.cell] = {}
            self._keys = None
        if effect not in held or (read.exact and not held[effect].exact):
            held[effect] = read
        if type(read.cell) is tuple and read.cell[0] in ("item", "shape"):
            self._items.setdefault(read.cell[1], set()).add(read.cell)

    def _cause(self, step: int, reason: str, name: str, effect: int, exact: bool) -> None:
        if exact:
            self.causes.pop(Cause(step, reason, name, effect, False), None)
        elif Cause(step, reason, name, effect, True) in self.causes:
            return
        self.causes[Cause(step, reason, name, effect, exact)] = None
        self._steps.add(step)

    def _ask(self, task: Task, at: int) -> None:
        """Put a question to the statement that begins at step `at`."""
        held = self._tasks.get(at)
        if held is None:
            self._tasks[at] = held = task
        held.names |= task.names
        held.arguments |= task.arguments
        held.whole |= task.whole
        held.until = max(held.until, task.until)
        self._expect(at, held)

    def _expect(self, at: int, task: Task) -> None:
        """Say which calls between `at` and now matter for the question."""
        expected = Expected(at, [s.node for s in self._chosen(at, task)])
        recorded = self._called(at, task)
        for statement in self._chosen(at, task):
            for node, _, _ in self._parts(at, statement, task):
                expected.calls += value_calls(node, recorded)
                expected.any = expected.any or not isinstance(node, (ast.Name, ast.Constant))
        self._expected[task.frame] = expected

    def _chosen(self, at: int, task: Task) -> list[Statement]:
        """The statements of the line that are asked."""
        found = self.trail.statements(task.frame).at(self.recording.brief(at)[2])
        if task.whole or not task.names:
            return found
        storing = [s for s in found if s.names & task.names]
        return storing or found

    def _parts(self, at: int, statement: Statement, task: Task) -> list[tuple[ast.expr, int, bool]]:
        """(expression, depth, surely it) of what the statement read for the question."""
        node = statement.node
        parts: list[tuple[ast.expr, int, bool]] = []
        if task.whole or (task.names and not task.names <= statement.names):
            parts = [(*part, True) for part in values_for(node, None)]
        elif task.names:
            parts = [(*part, True) for part in values_for(node, task.names)]
        for frame, name in sorted(task.arguments):
            call = made_by(self.recording, node, frame, task.frame, at)
            found = passed(self.recording, call, frame, name) if call is not None else None
            parts += [(*part, True) for part in found] if found is not None else _all_arguments(node)
        return parts

    def _forget(self, written: Cell) -> dict[int, Read]:
        if type(written) is tuple and written[0] in ("item", "shape") and written[1] in self._items:
            self._items[written[1]].discard(written)
            if not self._items[written[1]]:
                del self._items[written[1]]
        if written in self._wants:
            self._keys = None
        return self._wants.pop(written, {})


def _all_arguments(node: Node) -> list[tuple[ast.expr, int, bool]]:
    calls = [c for c in ast.walk(node) if isinstance(c, ast.Call)]
    return [(part, 1, False) for c in calls for part in (*c.args, *(k.value for k in c.keywords), c.func)]
