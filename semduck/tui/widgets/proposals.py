"""The list of proposed repairs: decision, what it does, how strong its evidence is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.content import Content

from semduck.tui.widgets.lines import Choices

DECISIONS = {"accepted": ("y", "$hit bold"), "rejected": ("n", "$miss bold")}


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One proposal. decision: accepted | rejected | undecided."""

    decision: str
    line: int
    reason: str
    strength: str


class Proposals(Choices):
    """Rows of proposals, or one sentence when there are none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.rows: tuple[ProposalRow, ...] = ()
        self.note = ""

    def show(self, rows: tuple[ProposalRow, ...], note: str) -> None:
        """Show rows; `note` stands when there are none."""
        if (rows, note) != (self.rows, self.note):
            self.rows, self.note = rows, note
            self.rows_changed()

    def count(self) -> int:
        return len(self.rows) or len(self._note())

    def _note(self) -> list[Content]:
        return Content.styled(self.note, "$muted").wrap(max(self.size.width - 2, 10)) if self.note else []

    def row(self, index: int) -> Content:
        if not self.rows:
            return Content.assemble(" ", self._note()[index])
        row = self.rows[index]
        letter, style = DECISIONS.get(row.decision, (" ", ""))
        return Content.assemble(
            (f" {letter} ", style),
            (f"{row.strength:<7}", "$hit" if row.strength == "strong" else "$muted"),
            (f"line {row.line}  ", "$faint"),
            row.reason,
        )

    def tint(self, index: int) -> str:
        return super().tint(index) if self.rows else ""

    def action_choose(self) -> None:
        if self.rows:
            super().action_choose()
