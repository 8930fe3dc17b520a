"""States of a recording, the last one kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semduck.trace.replay import State

if TYPE_CHECKING:
    from semduck.trace.reader.log import Log


class Cursor:
    """`seek` as often as you like: the state of the step asked for last is at hand."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._at, self._seen = -1, -1
        self._state = State()

    def seek(self, k: int) -> State:
        """The state at step k. It is only valid until another step is asked for. Raises IndexError."""
        if k != self._at or self._seen != self._log.index.steps:
            self._state, self._at, self._seen = self._log.state(k), k, self._log.index.steps
        return self._state
