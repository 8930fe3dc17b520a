"""Which processes the program started, and which recording belongs to which."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from semduck.trace.model import ChildProcess, Parent
from semduck.trace.offspring import SUFFIX, Row, folder_of, number_of, rows
from semduck.trace.told import Told


class Lineage(Told):
    """Processes, from the log and the folder of recordings beside this one."""

    def child_processes(self) -> list[ChildProcess]:
        """Processes this one started, in order, each with the recordings that were made of it."""
        found = self._recordings()
        return [_child(step, told, found) for step, told in self._index.children if not told.get("failed")]

    @property
    def started(self) -> int:
        """How many those are, so far."""
        return sum(1 for _, told in self._index.children if not told.get("failed"))

    @property
    def follows(self) -> bool:
        """Were processes it started to be recorded?"""
        return bool(self._index.meta.get("follows"))

    def _recordings(self) -> dict[int, list[Path]]:
        """By the number of the start: of the process itself, or of what it started without being recorded."""
        here = os.path.realpath(self.path)
        folder, number = folder_of(here), number_of(here)
        known, found = {row.number: row for row in rows(folder)}, dict[int, list[Path]]()
        for row in known.values():
            path = Path(folder, row.name)
            if path.is_file():
                parent, start = _recorded(known, folder, row)
                if parent == number:
                    found.setdefault(start, []).append(path)
        return found

    @property
    def parent(self) -> Parent | None:
        """The recorded process that started this one; None for the program itself."""
        told = self._index.meta.get("parent")
        if not isinstance(told, dict):
            return None
        here = os.path.realpath(self.path)
        folder, pid = folder_of(here), int(told.get("pid", 0))
        known = {row.number: row for row in rows(folder)}
        row = known.get(number_of(here))
        if row is None:  # the file is somewhere else now
            return Parent(None, pid, int(told.get("start", 0)))
        number, start = _recorded(known, folder, row)
        path = Path(folder, known[number].name) if number in known else Path(folder.removesuffix(SUFFIX))
        return Parent(path if path.is_file() else None, pid, start)

    @property
    def pid(self) -> int:
        """Process id."""
        return int(self._index.meta.get("pid", 0))

    @property
    def forked(self) -> int | None:
        """Of the child of a fork: its first own step. The steps before are its parent's."""
        return self._index.forked


def _child(step: int, told: dict[str, Any], recordings: dict[int, list[Path]]) -> ChildProcess:
    number, how, what = int(told.get("n", 0)), str(told.get("how", "")), str(told.get("what", ""))
    return ChildProcess(number, step, told.get("pid"), how, what, tuple(recordings.get(number, ())))


def _recorded(known: dict[int, Row], folder: str, row: Row) -> tuple[int, int]:
    """(number, start) in the nearest recording above that was kept: nothing ran in those that were not."""
    while 0 < row.parent < row.number and row.parent in known:
        above = known[row.parent]
        if Path(folder, above.name).is_file():
            break
        row = above
    return row.parent, row.start
