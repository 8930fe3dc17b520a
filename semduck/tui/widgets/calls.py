"""Every call of the run, in order of start. Rows are described only when they are seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.content import Content

from semduck.tui.widgets.lines import Choices


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call. outcome: "→ 3", "✗ left by an exception", "…" while it runs."""

    step: int
    depth: int
    signature: str
    outcome: str
    failed: bool = False


class Calls(Choices):
    """A million calls scroll like ten: `describe` is asked for visible rows only."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._total = 0
        self._current = -1
        self._describe: Callable[[int], CallRow] | None = None
        self._seen: dict[int, CallRow] = {}

    def show(self, total: int, describe: Callable[[int], CallRow], current: int) -> None:
        """Show `total` calls; `current` is the one the step is in."""
        if total != self._total or describe != self._describe:
            self._total, self._describe = total, describe
            self._seen.clear()
            self.rows_changed()
        if current != self._current:
            self._current = current
            self.reveal(max(current, 0), 1)
            self.refresh()

    def count(self) -> int:
        return self._total

    def row(self, index: int) -> Content:
        row = self._described(index)
        number = f"{row.step:>{len(str(self._described(self._total - 1).step))}} "
        return Content.assemble(
            (f"{self.marks.selected} " if index == self._current else "  ", "$accent"),
            (number, "$faint"),
            "  " * min(row.depth, 12),
            (row.signature, "$foreground bold" if index == self._current else "$foreground"),
            "  ",
            (row.outcome, "$miss" if row.failed else "$traced"),
        )

    def _described(self, index: int) -> CallRow:
        if index not in self._seen:
            assert self._describe is not None
            if len(self._seen) > 2_000:
                self._seen.clear()
            self._seen[index] = self._describe(index)
        return self._seen[index]
