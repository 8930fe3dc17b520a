"""The call stack at a step, innermost first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from textual.content import Content

from semduck.tui.widgets.lines import Choices


@dataclass(frozen=True, slots=True)
class StackRow:
    """One frame. where: "average.py:10"."""

    frame: int
    function: str
    where: str
    selected: bool


class Stack(Choices):
    """Frames; the selected one is the one whose values are shown."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.rows: tuple[StackRow, ...] = ()

    def show(self, rows: tuple[StackRow, ...]) -> None:
        """Show frames; the cursor goes to the selected one."""
        if rows == self.rows:
            return
        self.rows = rows
        self.rows_changed()
        self.cursor = next((i for i, row in enumerate(rows) if row.selected), 0)

    def count(self) -> int:
        return len(self.rows)

    def row(self, index: int) -> Content:
        row = self.rows[index]
        shown = self.rows[self.scroll_offset.y : self.scroll_offset.y + max(self.size.height, 1)]
        width = max((cell_len(other.function) for other in shown), default=0)
        gap = " " * (max(width - cell_len(row.function), 0) + 2)
        return Content.assemble(
            (f"{self.marks.selected} " if row.selected else "  ", "$accent"),
            (row.function, "$foreground bold" if row.selected else "$foreground"),
            gap,
            (row.where, "$muted"),
        )
