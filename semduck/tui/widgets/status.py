"""The first line: what runs, where we stand, how it ended, hits and misses, who speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from semduck.tui import marks


@dataclass(frozen=True, slots=True)
class Status:
    """Plain values of the line. length: steps, counted from 0. mood of `state`: "" good bad busy."""

    name: str = ""
    step: int = -1
    length: int = 0
    state: str = ""
    mood: str = ""
    notice: str = ""  # something wrong with the file on disk
    hits: int = 0
    misses: int = 0
    voice: str = ""


class StatusLine(Widget):
    """One row; what does not fit goes from the right, least important first."""

    DEFAULT_CSS = "StatusLine { height: 1; padding: 0 1; text-wrap: nowrap; }"
    ALLOW_SELECT = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.marks = marks.marks()
        self.status = Status()

    def show(self, status: Status) -> None:
        """Show it, if it differs."""
        if status != self.status:
            self.status = status
            self.refresh()

    def render(self) -> Content:
        status, room = self.status, self.size.width - 2
        left, right = self._left(status), self._right(status)
        for part in ("voice", "hits"):
            if left.cell_length + right.cell_length + 2 > room:
                right = self._right(status, without=part)
        gap = max(room - left.cell_length - right.cell_length, 1)
        return Content.assemble(left, " " * gap, right)

    def _left(self, status: Status) -> Content:
        step = f"step {status.step}/{status.length - 1}" if status.length else ""
        colour = {"good": "$hit", "bad": "$miss", "busy": "$warning"}.get(status.mood, "$muted")
        left = Content.assemble(("semduck", "$primary bold"), "  ", (status.name, "bold"), "  ", step, "  ")
        notice = (f"  {status.notice}", "$warning bold") if status.notice else ""
        room = max(self.size.width - 2 - left.cell_length - cell_len(notice[0] if notice else ""), 8)
        state = status.state if cell_len(status.state) <= room else status.state[: room - 1] + self.marks.cut
        return Content.assemble(left, (state, colour), notice)

    def _right(self, status: Status, without: str = "") -> Content:
        counts = Content("")
        if (status.hits or status.misses) and without != "hits":
            miss = (f"{self.marks.miss} {status.misses}", "$miss bold" if status.misses else "$muted")
            counts = Content.assemble(miss, " ", (f"{self.marks.hit} {status.hits}", "$hit"))
        if without:
            return counts
        return Content.assemble(counts, "  " if counts else "", (status.voice, "$muted"))
