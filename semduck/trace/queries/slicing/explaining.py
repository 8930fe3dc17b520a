"""What a statement of the slice read, and why it ran."""

from __future__ import annotations

import ast

from semduck.trace.queries.slicing.causes import Task
from semduck.trace.queries.slicing.parts import Fors, values_for
from semduck.trace.queries.slicing.questions import Questions
from semduck.trace.queries.slicing.statements import Statement


class Explaining(Questions):
    """Answers tasks."""

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
