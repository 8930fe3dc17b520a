"""Exceptions, and what caught them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from semduck.trace.model import Raised

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

LINE, RETURN, EXCEPTION, YIELD, UNWIND = 0, 2, 3, 4, 6


@dataclass(frozen=True, slots=True)
class Handler:
    """Where an exception was caught.

    how: "except"; "with" (a context manager swallowed it); "finally" (left by return, break or continue);
    "library" (code that was not recorded, called by this line).
    """

    step: int
    frame: int
    line: int
    how: str


@dataclass(frozen=True, slots=True)
class Fate:
    """An exception with its handler; None when nothing caught it."""

    raised: Raised
    handler: Handler | None


def fates(recording: Recording) -> list[Fate]:
    """All exceptions in the order they were raised."""
    return [Fate(raised, _Flight(recording, raised).handler()) for raised in recording.raised()]


class _Flight:
    """Follows one exception from frame to frame until one goes on."""

    def __init__(self, recording: Recording, raised: Raised) -> None:
        self.recording, self.raised = recording, raised
        self.frame, self.line = raised.frame, raised.line
        self.found: Handler | None = None
        self.done = self.left = False  # left: the frame it was last seen in is gone

    def handler(self) -> Handler | None:
        """Where it ends."""
        recording, step = self.recording, self.raised.step
        thread, value = recording.thread(self.frame), recording.moment(step).event[4:5]
        for k, moment in recording.moments(range(step + 1, recording.part_of(step)[1] + 1)):
            kind, frame = moment.event[0], moment.event[1]
            if recording.thread(frame) != thread:
                continue
            if kind == EXCEPTION and moment.event[4:5] == value:
                if moment.event[5]:
                    break  # raised once more: that is another one
                self.frame, self.line, self.found, self.left = frame, moment.event[2], None, False
            elif self.left:
                self.found = self._library(k)
                break
            elif frame == self.frame:
                self._in_frame(k, kind, moment.event[2])
            if self.done:
                break
        return self.found

    def _in_frame(self, k: int, kind: int, line: int) -> None:
        if kind == UNWIND:
            self.found, self.left = None, True
        elif kind in (RETURN, YIELD):
            self.done = True
        elif kind == LINE:
            how, where, inside = role(self._tree(), self.line, line)
            if how == "outside":
                self.found = self.found or Handler(k, self.frame, line, "except")
            elif self.found is None or self.found.how == "finally" or not inside:
                self.found = Handler(k, self.frame, where, how)
            self.done = how == "outside" or inside

    def _tree(self) -> ast.Module | None:
        call = self.recording.call(self.frame)
        return parsed(self.recording.files[call.file].text)

    def _library(self, k: int) -> Handler | None:
        """The frame is gone and its caller goes on: something in between caught it."""
        caller = self.recording.caller(k - 1, self.frame)
        return None if caller is None else Handler(k, *caller, "library")


@lru_cache(maxsize=32)
def parsed(text: str) -> ast.Module | None:
    """The syntax tree of a source, None when it has none."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def role(tree: ast.Module | None, line: int, at: int) -> tuple[str, int, bool]:
    """(how, line of the handler, surely caught) of running line `at` after an exception at `line`."""
    for node in _around(tree, line):
        if isinstance(node, (ast.With, ast.AsyncWith)):
            if node.lineno <= at < node.body[0].lineno:
                return "with", node.lineno, False
            continue
        if _within(node.body, line):
            for clause in node.handlers:
                if clause.lineno <= at <= (clause.end_lineno or at):
                    return "except", clause.lineno, at >= clause.body[0].lineno
        if _within(node.finalbody, at) and not _within(node.finalbody, line):
            return "finally", at, False
    return "outside", at, True


def _around(tree: ast.Module | None, line: int) -> list[ast.Try | ast.With]:
    """try and with statements around a line, innermost first."""
    kinds = (ast.Try, ast.TryStar, ast.With, ast.AsyncWith)
    found: list[ast.Try | ast.With] = []
    nodes: list[ast.AST] = [tree] if tree is not None else []
    while nodes:
        for child in ast.iter_child_nodes(nodes.pop()):
            if getattr(child, "lineno", line) <= line <= getattr(child, "end_lineno", line):
                nodes.append(child)
                if isinstance(child, kinds):
                    found.append(child)  # type: ignore[arg-type]
    return sorted(found, key=lambda n: -n.lineno)


def _within(body: list[ast.stmt], line: int) -> bool:
    return bool(body) and body[0].lineno <= line <= (body[-1].end_lineno or line)
