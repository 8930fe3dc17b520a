"""The source with a gutter: where the program stands, breakpoints, verdicts, and one remark below a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual import events, work
from textual.content import Content

from semduck.tui import marks
from semduck.tui.messages import GutterClicked
from semduck.tui.widgets.ink import inked_lines, plain_lines
from semduck.tui.widgets.lines import Lines

SLOW = 20_000  # characters that can be coloured before the next frame


@dataclass(frozen=True)
class SourceView:
    """What to show. Lines are 1-based, 0 = none. remark: text below `remark_line`, `column` gets a caret."""

    path: Path | None = None
    text: str = ""
    line: int = 0
    top: bool = True  # `line` is where the step is, not a caller of it
    verdicts: Mapping[int, str] = field(default_factory=dict)
    breakpoints: frozenset[int] = frozenset()
    ran: frozenset[int] | None = None  # lines that ran, when that is known
    remark_line: int = 0
    remark: str = ""
    mood: str = "bad"  # of the remark: bad | info
    column: int = 0


class Source(Lines):
    """One file. The cursor is the user's line; `line` of the view is the program's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.view = SourceView()
        self.found = ""
        self._lines: list[Content] = [Content("")]

    @property
    def cursor_line(self) -> int:
        """The 1-based line under the cursor."""
        return self.line_at(self.cursor)

    def show(self, view: SourceView) -> None:
        """Show a view; scrolls and moves the cursor only when the program moved."""
        old, self.view = self.view, view
        if (view.path, view.text) != (old.path, old.text):
            self._load(view.text)
        if view == old:
            return
        self.rows_changed()
        if view.line and (view.line, view.path, view.remark_line) != (old.line, old.path, old.remark_line):
            self.go(view.line)

    def go(self, line: int) -> None:
        """Put the cursor on a line, with two lines around it in view."""
        self.cursor = self.index_of(line)
        self.reveal(self.cursor, margin=2)

    def _load(self, text: str) -> None:
        self._lines = plain_lines(text)
        if len(text) <= SLOW:
            self._lines = inked_lines(text)
        else:
            self._ink(text)

    @work(thread=True, exclusive=True, group="ink", exit_on_error=False)
    def _ink(self, text: str) -> None:
        lines = inked_lines(text)
        self.app.call_from_thread(self._inked, text, lines)

    def _inked(self, text: str, lines: list[Content]) -> None:
        if text == self.view.text:
            self._lines = lines
            self.refresh()

    def count(self) -> int:
        return len(self._lines) + bool(self.view.remark_line)

    def row_width(self) -> int:
        return max((line.cell_length for line in self._lines), default=0) + self.margin_width

    @property
    def margin_width(self) -> int:
        """Width of the gutter in cells."""
        return max(len(str(len(self._lines))), 3) + 5

    def line_at(self, index: int) -> int:
        """Row -> line."""
        after = 0 < self.view.remark_line <= index
        return min(index + 1 - after, len(self._lines))

    def index_of(self, line: int) -> int:
        """Line -> row."""
        after = 0 < self.view.remark_line < line
        return max(min(line, len(self._lines)) - 1 + after, 0)

    def row(self, index: int) -> Content:
        if index == self.view.remark_line and index:
            return self._remark()
        line = self.line_at(index)
        return Content.assemble(self._gutter(line), self._code(line))

    def _gutter(self, line: int) -> Content:
        here = (self.marks.here if self.view.top else self.marks.caller) if line == self.view.line else " "
        stop = self.marks.breakpoint if line in self.view.breakpoints else " "
        verdict = self.view.verdicts.get(line, "")
        number = f"{line:>{self.margin_width - 5}} "
        return Content.assemble(
            (here, "$accent bold"),
            (stop, "$miss"),
            (number, self._number_style(line)),
            (self.marks.of(verdict), marks.style(verdict)),
            " ",
        )

    def _number_style(self, line: int) -> str:
        if line == self.view.line:
            return "$foreground bold"
        return "$muted" if self.view.ran is None or line in self.view.ran else "$faint"

    def _code(self, line: int) -> Content:
        code = self._lines[line - 1]
        if self.found:
            plain, needle = (
                (code.plain, self.found) if _cased(self.found) else (code.plain.lower(), self.found)
            )
            start = plain.find(needle)
            while start >= 0:
                code = code.stylize("on $warning 40%", start, start + len(needle))
                start = plain.find(needle, start + len(needle))
        return code

    def _remark(self) -> Content:
        line = self._lines[min(self.view.remark_line, len(self._lines)) - 1].plain
        column = self.view.column or len(line) - len(line.lstrip()) + 1
        pad = " " * (self.margin_width + column - 1)
        lead = "^ " if self.view.column else f"{self.marks.miss} " if self.view.mood == "bad" else "→ "
        return Content.assemble(
            pad, (lead + self.view.remark, "$miss bold" if self.view.mood == "bad" else "$traced")
        )

    def tint(self, index: int) -> str:
        if (
            self.view.line
            and index == self.index_of(self.view.line)
            and self.line_at(index) == self.view.line
        ):
            return "on $current-line"
        return super().tint(index)

    def find(self, text: str, by: int) -> int | None:
        """The line with the next (1) or previous (-1) occurrence, wrapping; None when there is none."""
        self.found = text
        self.refresh()
        start, total = self.cursor_line, len(self._lines)
        for distance in range(1, total + 1):
            line = (start - 1 + by * distance) % total + 1
            plain = self._lines[line - 1].plain
            if text in (plain if _cased(text) else plain.lower()):
                return line
        return None

    def on_click(self, event: events.Click) -> None:
        index = self.at(event)
        if index is None:
            return
        self.cursor = index
        offset = event.get_content_offset(self)
        if offset is not None and offset.x + self.scroll_offset.x < self.margin_width:
            self.post_message(GutterClicked(self, self.line_at(index)))
        event.prevent_default()  # the base class would handle it again


def _cased(text: str) -> bool:
    """A capital in the text asks for exact case, as in vim's smartcase."""
    return text != text.lower()
