"""One pass backwards over the steps, with a list of what is still wanted: a dynamic program slice.

Wanted are cells (see expressions.scope), ("item", object, key) for one element or attribute, and ("shape",
object) for which elements there are. A write of a wanted cell makes its statement part of the slice, and what
that statement read is wanted from there on.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from semduck.trace.expressions.scope import Cell
from semduck.trace.queries.arguments import made_by, passed
from semduck.trace.queries.reads import Read, Reads, called_name, value_calls
from semduck.trace.queries.statements import QUIET, Fors, Node, Statement, values_for
from semduck.trace.queries.trail import Trail
from semduck.trace.queries.writes import cell, operations
from semduck.trace.replay import Ref, State, paired
from semduck.trace.store import Event, Moment

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

LINE, CALL, RETURN, EXCEPTION, YIELD, RESUME, UNWIND = range(7)
STEPS = 2_000_000  # looked at
EDGES = 200_000  # causes kept
NONE = object()


@dataclass(frozen=True, slots=True)
class Cause:
    """Step `step` is a reason for what happens at step `effect`.

    reason: "data" (it wrote what `name` means there), "control" (it decided that the effect runs, or raised
    what brought control there), "call" (it made the call, or passed `name`), "return" (it returned or yielded
    the value of the call `name`). exact: False when it may have had no part in it.
    """

    step: int
    reason: str
    name: str
    effect: int
    exact: bool


@dataclass(slots=True)
class Task:
    """What is asked of a statement: how it got the values of `names`, passed `arguments`, or all it did."""

    frame: int
    until: int  # its first step that is too late
    names: set[str] = field(default_factory=set)
    arguments: set[tuple[int, str]] = field(default_factory=set)  # (called frame, parameter)
    whole: bool = False


@dataclass(slots=True)
class Expected:
    """Calls whose results a statement used. any: perhaps also such that are not written as calls."""

    since: int
    nodes: list[Node]
    calls: list[ast.Call] = field(default_factory=list)
    any: bool = False


class Sweep:
    """`begin_…`, then `run`; then `causes` and `complete`."""

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

    # -- beginning -----------------------------------------------------------------------------------------

    def begin_at_value(self, k: int, node: ast.expr, frame: int) -> None:
        """Ask for the value of an expression of a frame at step k."""
        for read in self._reads(k, Task(frame, k)).of(node, 2):
            self._want(read, k)

    def begin_at_statement(self, k: int) -> None:
        """Ask for what the statement does that runs, or ends, at step k."""
        kind, frame, _ = self.recording.brief(k)
        at = k if kind == LINE else self.trail.line_step(k, frame)
        if at is not None:
            self._ask(Task(frame, k + 1, whole=True), at)

    def run(self, k: int) -> None:
        """Sweep back from step k until nothing is wanted."""
        for m, moment in self.recording.moments(range(k, max(-1, k - STEPS), -1)):
            task = self._tasks.pop(m, None)
            if task is not None:
                self._explain(m, task)
            self._at_event(m, moment)
            if moment.before or (len(moment.event) > 3 and moment.event[3]):
                self._at_writes(m, moment)
            if not self._waiting():
                return
            if len(self._steps) >= self.limit or len(self.causes) >= EDGES:
                self.complete = False
                return
        self.complete = self.complete and k < STEPS

    def _waiting(self) -> bool:
        return bool(self._tasks or self._wants or self._headers or self._entries or self._catches
                    or self._unwinds)

    # -- wanting and asking --------------------------------------------------------------------------------

    def _reads(self, at: int, task: Task) -> Reads:
        return Reads(self.recording.scope(at, task.frame, self._classes), self._called(at, task))

    def _called(self, at: int, task: Task) -> Callable[[str], bool]:
        """A test for "the statement called a recorded function or class of this name"."""
        if (at, task.until) not in self._calls:
            self._calls[at, task.until] = self.recording.called_between(at, task.until, task.frame)
        return self._calls[at, task.until].__contains__

    def _want(self, read: Read, effect: int) -> None:
        held = self._wants.setdefault(read.cell, {})
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

    # -- statements ----------------------------------------------------------------------------------------

    def _explain(self, at: int, task: Task) -> None:
        """What the statement read, and why it ran."""
        self._expected.pop(task.frame, None)
        chosen = self._chosen(at, task)
        if not chosen:
            self.complete = False
        sure = len(chosen) < 2
        for statement in chosen:
            if isinstance(statement.node, Fors):
                self._explain_loop(at, task, statement, sure)
                continue
            for node, depth, certain in self._parts(at, statement, task):
                for read in self._reads(at, task).of(node, depth, sure and certain):
                    self._want(read, at)
        self._why_it_ran(at, task, chosen)

    def _explain_loop(self, at: int, task: Task, loop: Statement, sure: bool) -> None:
        """The names after `in` are read when the loop is entered, the elements later."""
        start, node = self.trail.loop_start(at, task.frame, loop), loop.node
        assert isinstance(node, Fors)
        reads = self._reads(at, task)
        if start == at:
            for read in reads.of(node.iter, 1, sure and isinstance(node.iter, (ast.Call, ast.Tuple))):
                self._want(read, at)
            return
        for read in reads.below(reads.value(node.iter), ast.unparse(node.iter), 1, False):
            self._want(read, at)
        self._cause(start, "data", ast.unparse(node.iter), at, True)
        self._ask(Task(task.frame, at, names=set(loop.names), whole=not loop.names), start)

    def _why_it_ran(self, at: int, task: Task, chosen: list[Statement]) -> None:
        frame, line = task.frame, self.recording.brief(at)[2]
        waiting = self._headers.setdefault(frame, {})
        for statement in chosen:
            for header in statement.controls:
                if header.lineno == line and header is not statement.node:  # all on one line
                    for node, depth in values_for(header, None):
                        for read in self._reads(at, task).of(node, depth):
                            self._want(read, at)
                elif at not in waiting.setdefault(header.lineno, []):
                    waiting[header.lineno].append(at)
            if statement.handled is not None:
                self._catches.setdefault(frame, []).append(at)
        if not waiting:
            del self._headers[frame]
        if not self.recording.is_module(frame):
            self._entries.setdefault(frame, at)

    # -- events --------------------------------------------------------------------------------------------

    def _at_event(self, m: int, moment: Moment) -> None:
        kind, frame, line = moment.event[:3]
        if kind in (LINE, RETURN, UNWIND):
            self._after_statement(m, kind, frame, line)
        if kind in (RETURN, YIELD):
            self._at_result(m, frame)
        elif kind == CALL:
            self._at_call(m, frame)
        elif kind == EXCEPTION and frame in self._catches:
            self._at_exception(m, frame, moment)
        elif kind == UNWIND and self._unwinds:
            caller = self.trail.caller(m, frame)
            if caller in self._unwinds:
                self._catches[frame] = self._unwinds.pop(caller)

    def _at_call(self, m: int, frame: int) -> None:
        """Before this, nothing in the frame ran; the caller's statement is why it did."""
        self._headers.pop(frame, None)
        self._catches.pop(frame, None)
        effect = self._entries.pop(frame, None)
        caller = self.trail.caller(m, frame) if effect is not None else None
        at = self.trail.line_step(m, caller) if caller is not None else None
        if effect is not None and caller is not None and at is not None:
            self._cause(at, "call", f"{self.recording.call(frame).function}()", effect, True)
            self._ask(Task(caller, m, whole=self.trail.is_part(frame)), at)

    def _after_statement(self, m: int, kind: int, frame: int, line: int) -> None:
        """A statement is over at step m, before the calls it made are met: did it matter?

        It may decide about something in the slice, or have bound what is wanted to what it was: such a write
        is not in the log.
        """
        at, began, raised = self.trail.last_line(m, frame)
        if at is None:
            return
        waiting, found = self._headers.get(frame), self.trail.statements(frame).at(began)
        if waiting:
            self._at_header(at, m, frame, began, waiting, found)
        for statement in found if kind != UNWIND and not raised else ():
            if not _completed(statement, kind, line):
                continue
            names = {n for n in statement.names if self._name_cell(frame, n) in self._wants}
            for name in names:
                task = Task(frame, m, names={name})
                self._meet(self.trail.run_start(at, frame), self._name_cell(frame, name), task)
            if statement.places and self._items:
                self._at_places(at, m, frame, statement)

    def _at_header(self, at: int, m: int, frame: int, line: int, waiting: dict[int, list[int]],
                   found: list[Statement]) -> None:
        header = next((s.node for s in found if s.first in waiting), None)
        if header is not None:
            step, name = self.trail.run_start(at, frame), type(header).__name__.lower().removeprefix("async")
            for effect in waiting.pop(header.lineno):
                self._cause(step, "control", name, effect, True)
            self._ask(Task(frame, m, whole=True), step)
        for statement in found:  # headers inside it would have been met by now
            end = statement.node.end_lineno or line
            for stale in [h for h in waiting if statement.first < h <= end]:
                del waiting[stale]
        if not waiting:
            del self._headers[frame]

    def _name_cell(self, frame: int, name: str) -> Cell:
        if self.recording.is_module(frame) or self.recording.is_global(name, frame):
            return (-1 - self.recording.space(frame), name)
        return (frame, name)

    def _at_places(self, at: int, m: int, frame: int, statement: Statement) -> None:
        reads = self._reads(at, Task(frame, m))
        for place in statement.places:
            attribute = isinstance(place, ast.Attribute)
            key: Any = place.attr if isinstance(place, ast.Attribute) else reads.value(place.slice)
            wanted = reads.cell(reads.value(place.value), key, attribute)
            if wanted in self._wants:
                self._meet(self.trail.run_start(at, frame), wanted, Task(frame, m, whole=True))

    def _at_result(self, m: int, frame: int) -> None:
        """Was the result of this call used by a statement of the slice?"""
        if not self._expected or self.trail.is_part(frame):
            return
        caller = self.trail.caller(m, frame)
        expected = self._expected.get(caller) if caller is not None else None
        if expected is None or caller is None or expected.since >= m:
            return
        function = self.recording.call(frame).function
        name = function.rpartition(".")[2]
        if name == "__init__" or self.recording.own(frame) is None:
            return  # made for its effect, or the body of a class or module
        used, sure = self._used(expected, frame, caller, name)
        at = self.trail.line_step(m, frame) if used else None
        if at is not None:
            self._cause(at, "return", f"{name}()", expected.since, sure)
            self._ask(Task(frame, m, whole=True), at)

    def _used(self, expected: Expected, frame: int, caller: int, name: str) -> tuple[bool, bool]:
        """(did the statement use the call's result, is that sure)"""
        if self.recording.suspends(frame):
            return True, True
        for node in expected.nodes:
            call = made_by(self.recording, node, frame, caller, expected.since)
            if call is not None:
                return any(call is c for c in expected.calls), True
        if any(called_name(c) == name for c in expected.calls):
            return True, False
        return expected.any, False

    def _at_exception(self, m: int, frame: int, moment: Moment) -> None:
        effects = self._catches.pop(frame)
        at = self.trail.line_step(m, frame)
        if at is None:
            return
        name = self.recording.step(m).value
        for effect in effects:
            self._cause(at, "control", name.type_name if name else "exception", effect, True)
        self._ask(Task(frame, m, whole=True), at)
        if not moment.event[5]:
            self._unwinds[frame] = [at]

    # -- writes --------------------------------------------------------------------------------------------

    def _at_writes(self, m: int, moment: Moment) -> None:
        for owner, op in reversed(list(operations(moment))):
            frame = owner if owner >= 0 else moment.event[1]
            for written in self._wanted(m, cell(owner, op), op):
                name = written[1] if type(written) is tuple and len(written) == 2 else None
                if type(written) is tuple and written[0] == "shape":
                    name = None
                self._written(m, frame, written, name, moment)
            if op[0] == "N":
                self._forget(op[1])  # before this it did not exist
                self._forget(("shape", op[1]))

    def _wanted(self, m: int, written: Cell, op: Event) -> list[Cell]:
        """The wanted cells an operation writes."""
        found = [written] if written in self._wants else []
        if type(written) is int and written in self._items:
            now = self.recording.state(m)
            new = {c: _part(now, c) for c in self._items[written]}
            then = self.recording.state(m - 1) if m else State()
            found += [c for c in new if c in self._wants and _part(then, c) != new[c]]
        return found

    def _written(self, m: int, frame: int, written: Cell, name: str | None, moment: Moment) -> None:
        """A wanted cell was written by step m, on behalf of a frame."""
        kind, running = moment.event[0], moment.event[1]
        if kind == CALL and running == frame and not self.recording.is_module(frame):
            self._passed(m, frame, written, name)
            return
        at = self.trail.line_step(m, frame)
        if at is None:
            self._forget(written)
            return
        task = Task(frame, m, whole=True) if name is None else Task(frame, m, names={name})
        self._meet(at, written, task)

    def _passed(self, m: int, frame: int, written: Cell, name: str | None) -> None:
        """An argument was bound: the caller's statement passed it."""
        caller = self.trail.caller(m, frame)
        at = self.trail.line_step(m, caller) if caller is not None else None
        if caller is None or at is None:
            self._forget(written)
            return
        task = Task(caller, m, whole=name is None)
        if name is not None:
            task.arguments.add((frame, name))
        self._meet(at, written, task, "call")

    def _meet(self, at: int, written: Cell, task: Task, reason: str = "data") -> None:
        """The statement at step `at` wrote a wanted cell."""
        lasting = type(written) is int or written[0] == "shape"  # earlier writes count, too
        effects = self._wants[written] if lasting else self._forget(written)
        chosen = self._chosen(at, task)
        if chosen and all(isinstance(s.node, QUIET) for s in chosen) and reason == "data":
            return  # a definition or an import: always there
        for effect, read in list(effects.items()):
            if effect > at:
                self._cause(at, reason, read.name, effect, read.exact and len(chosen) < 2)
        self._ask(task, at)

    def _forget(self, written: Cell) -> dict[int, Read]:
        if type(written) is tuple and written[0] in ("item", "shape") and written[1] in self._items:
            self._items[written[1]].discard(written)
            if not self._items[written[1]]:
                del self._items[written[1]]
        return self._wants.pop(written, {})


def _all_arguments(node: Node) -> list[tuple[ast.expr, int, bool]]:
    calls = [c for c in ast.walk(node) if isinstance(c, ast.Call)]
    return [(part, 1, False) for c in calls for part in (*c.args, *(k.value for k in c.keywords), c.func)]


def _completed(statement: Statement, kind: int, line: int) -> bool:
    """Did the statement get as far as binding its targets, when the frame goes on like this?"""
    if isinstance(statement.node, Fors):
        return kind == LINE and statement.first < line <= (statement.node.end_lineno or 0)
    inside = statement.first <= line <= statement.last and statement.first < statement.last
    return not (kind == LINE and inside)


def _part(state: State, cell: Cell) -> Ref:
    """The element or attribute of an object, NONE when it has none; for its shape, its keys."""
    thing = state.things.get(cell[1])
    if thing is None:
        return NONE
    if cell[0] == "shape":
        return [item[0] for item in thing.items] if paired(thing) else thing.length
    key = cell[2]
    if paired(thing):
        return next((ref for held, ref in thing.items if held == key and type(held) is type(key)), NONE)
    return thing.items[key] if isinstance(key, int) and 0 <= key < len(thing.items) else NONE
