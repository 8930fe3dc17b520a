"""The values of a frame: name, what was said, what was traced, type. Changed rows carry a mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from semduck.tui import marks
from semduck.tui.widgets.lines import Lines


@dataclass(frozen=True, slots=True)
class StateRow:
    """One name. mark: "" | hit | miss | unknown. said: a forecast or an expectation, "" for none."""

    name: str
    traced: str
    type_name: str
    said: str = ""
    mark: str = ""
    changed: bool = False
    faint: bool = False  # globals, below the locals
    expected: bool = False  # `said` is the user's


class State(Lines):
    """A table cut to the width it has. The selected name survives steps."""

    fixed: ClassVar[int] = 1

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.rows: tuple[StateRow, ...] = ()
        self._chosen = ""

    @property
    def selected(self) -> str:
        """The name under the cursor; "" when there is none."""
        return self.rows[self.cursor].name if 0 <= self.cursor < len(self.rows) else ""

    def show(self, rows: tuple[StateRow, ...]) -> None:
        """Show rows; the cursor stays on the name the user chose."""
        if rows == self.rows:
            return
        self.rows = rows
        self.rows_changed()
        self.choose(self._chosen)
        for index, row in enumerate(rows):
            if row.changed:
                self.reveal(index)
        self.reveal(self.cursor)

    def choose(self, name: str) -> None:
        """Put the cursor on a name, if it is there."""
        names = [row.name for row in self.rows]
        if name in names:
            self.cursor = names.index(name)

    def remember(self) -> None:
        """The user moved: this name is the one to follow from now on."""
        self._chosen = self.selected

    def action_cursor(self, by: int) -> None:
        super().action_cursor(by)
        self.remember()

    def count(self) -> int:
        return max(len(self.rows), 1)

    def tint(self, index: int) -> str:
        if index != self.cursor or not self.rows:
            return ""
        return "on $cursor-line" if self.has_focus else "on $cursor-line 40%"

    def columns(self) -> tuple[int, int, int, int]:
        """Widths of name, said, traced and type; said is 0 when nothing was said."""
        width = max(self.size.width - 6, 20)
        name = min(max([4, *(cell_len(row.name) for row in self.rows)]), width // 3)
        kind = min(max([4, *(cell_len(row.type_name) for row in self.rows)]), 12 if width > 50 else 8)
        rest = max(width - name - kind - 2, 8)
        said = max((cell_len(row.said) for row in self.rows), default=0)
        said = min(max(said, 8), rest // 2 - 1) if said else 0
        traced = max([6, *(cell_len(row.traced) for row in self.rows)])
        return name, said, min(traced, rest - said - (2 if said else 0) - 2), kind

    def row(self, index: int) -> Content:
        name, said, traced, kind = self.columns()
        if index < 0:
            head = self._said("said", said) + self._cell("traced" if said else "value", traced) + "  type"
            return Content.styled(f"    {self._cell('name', name)}  {head}", "$faint")
        if not self.rows:
            return Content.styled("    nothing has a value here yet", "$muted")
        row = self.rows[index]
        said_style = "$primary" if row.expected else "$duck-said"
        value_style = "$changed bold" if row.changed else "$muted" if row.faint else "$traced"
        return Content.assemble(
            (self.marks.selected if index == self.cursor else " ", "$muted"),
            (self.marks.of(row.mark), marks.style(row.mark)),
            (self.marks.changed if row.changed else " ", "$changed"),
            " ",
            (self._cell(row.name, name), "$muted" if row.faint else "$foreground"),
            "  ",
            (self._said(row.said or ("–" if said else ""), said), said_style),
            (self._cell(row.traced, traced), value_style),
            "  ",
            (self._cell(row.type_name, kind), "$faint"),
        )

    def _said(self, text: str, width: int) -> str:
        return self._cell(text, width) + "  " if width else ""

    def _cell(self, text: str, width: int) -> str:
        text = text.replace("\n", " ").replace("\x1b", " ")
        return (
            set_cell_size(text, width)
            if cell_len(text) <= width
            else set_cell_size(text, width - 1) + self.marks.cut
        )
