"""Which steps belong to which pytest test, as the recorded process told it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from semduck.trace.model import Phase


class Tested:
    """Phases of tests in the order they began."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []  # node id, file, phase, steps before it and at its end, outcome

    def take(self, event: list[Any], steps: int) -> None:
        """A "V" event; `steps` were before it."""
        _, node, file, phase, what = event
        if what == "begin":
            self.rows.append([node, file, phase, steps, None, ""])
            return
        row = next((r for r in reversed(self.rows) if r[0] == node and r[2] == phase), None)
        if row is None:
            return
        if what == "end":
            row[4] = steps
        else:
            row[5] = what

    def phases(self, steps: int) -> list[Phase]:
        """All of them, for a recording that has so many steps."""
        return [_phase(row, steps) for row in self.rows]


def _phase(row: list[Any], steps: int) -> Phase:
    node, file, phase, start, stop, outcome = row
    end = steps if stop is None else min(stop, steps)
    some = start < end
    return Phase(
        node,
        phase,
        start if some else None,
        end - 1 if some else None,
        outcome,
        Path(file) if file else None,
    )
