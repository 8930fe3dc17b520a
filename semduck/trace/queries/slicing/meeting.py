"""Writes of what is wanted: their statements become part of the slice."""

from __future__ import annotations

import ast

from semduck.trace.expressions.scope import Cell
from semduck.trace.queries.slicing.causes import CALL, Task
from semduck.trace.queries.slicing.explaining import Explaining
from semduck.trace.queries.slicing.parts import QUIET, Displays
from semduck.trace.queries.writes import cell, operations
from semduck.trace.replay import Ref, State, paired
from semduck.trace.store import Event, Moment

NONE = object()


class Writes(Explaining):
    """Called for every step that writes something."""

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
        if type(written) is tuple and written[0] == "shape" and self._only_displayed(at, task):
            task.whole = False  # how many elements there are says the source alone
        self._meet(at, written, task)

    def _only_displayed(self, at: int, task: Task) -> bool:
        return all(
            isinstance(s.node, ast.Assign)
            and isinstance(s.node.value, Displays)
            and not any(isinstance(n, ast.Starred) for n in ast.iter_child_nodes(s.node.value))
            for s in self._chosen(at, task)
        )

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
