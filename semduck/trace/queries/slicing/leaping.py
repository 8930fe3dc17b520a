"""Which calls a sweep need not look into."""

from __future__ import annotations

import ast
from functools import lru_cache
from itertools import chain

from semduck.trace.expressions.scope import Cell
from semduck.trace.queries.slicing.causes import RETURN, UNWIND
from semduck.trace.queries.slicing.events import Events
from semduck.trace.queries.slicing.statements import Statements, statements
from semduck.trace.reader.lines import Line
from semduck.trace.store import Moment

SHORT = 4  # steps: looking is as cheap


class Leaping(Events):
    """Asks which steps write what is wanted."""

    def leap(self, m: int, moment: Moment) -> int:
        """Where to go on from step m. The end of a call: its first step, when nothing in it matters."""
        kind, frame = moment.event[:2]
        if kind not in (RETURN, UNWIND) or self._unwinds or not self.recording.alone:
            return m
        first = self.recording.span(frame)[0]
        if m - first < SHORT or self.trail.is_part(frame) or self._suspended(frame):
            return m
        if self._tasks and max(self._tasks) >= first:
            return m
        return m if self._matters(first, m) else first

    def _suspended(self, frame: int) -> bool:
        """Is this a generator, or does something wait for one, which may have gone on in the call?"""
        waiting = chain(self._headers, self._entries, self._catches, self._expected, (frame,))
        return any(map(self.recording.suspends, waiting))

    def _matters(self, first: int, m: int) -> bool:
        if self._keys is None:
            self._keys = self._wanted_cells(), self._silent_lines()
        wanted, silent = self._keys
        recording = self.recording
        return recording.last_write(wanted, first, m) is not None or recording.lines_ran(silent, first, m)

    def _wanted_cells(self) -> set[Cell]:
        return {c[1] if type(c) is tuple and c[0] in ("item", "shape") else c for c in self._wants}

    def _silent_lines(self) -> set[Line]:
        """Lines that may bind what is wanted to what it was: such a write is not in the log."""
        names = {c[1] for c in self._wants if type(c) is tuple and type(c[0]) is int and c[0] < 0}
        keys = {c[2] for c in self._wants if type(c) is tuple and c[0] == "item"}
        found: set[Line] = set()
        for number, file in enumerate(self.recording.sources()):
            lines = silent_lines(file.text, frozenset(names), frozenset(keys))
            found.update((number, line) for line in lines)
        return found


@lru_cache(maxsize=1024)
def silent_lines(text: str, names: frozenset[str], keys: frozenset[object]) -> frozenset[int]:
    """Lines of statements that bind one of the names, an attribute among the keys, or any element."""
    held: Statements = statements(text)
    found: set[int] = set()
    for statement in held.all():
        attributes = {p.attr for p in statement.places if isinstance(p, ast.Attribute)}
        elements = any(isinstance(p, ast.Subscript) for p in statement.places)
        if statement.names & names or attributes & keys or (elements and keys):
            found.update(range(statement.first, statement.last + 1))
    return frozenset(found)
