"""A list drawn line by line: a million rows cost as much as a screenful."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from semduck.tui import marks
from semduck.tui.bindings import bindings
from semduck.tui.messages import RowChosen, RowMoved


class Lines(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows with a cursor. Subclasses say how many there are and draw one; `fixed` rows stay on top."""

    BINDINGS: ClassVar = bindings("list")
    DEFAULT_CSS = "Lines { overflow-x: hidden; overflow-y: auto; scrollbar-size: 1 1; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--cursor"}
    fixed: ClassVar[int] = 0
    cursor: reactive[int] = reactive(0, repaint=False)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.marks = marks.marks()

    def count(self) -> int:
        """Number of rows, without the fixed ones."""
        raise NotImplementedError

    def row(self, index: int) -> Content:
        """Row `index` as drawn; -1 is the fixed row."""
        raise NotImplementedError

    def tint(self, index: int) -> str:
        """Style below a whole row, e.g. "on $current-line"."""
        return "on $cursor-line" if index == self.cursor and self.has_focus else ""

    def row_width(self) -> int:
        """Width of the longest row in cells; 0 = rows are cut at the edge."""
        return 0

    def rows_changed(self, keep: bool = True) -> None:
        """Call after the rows changed; the cursor stays where it is if it still can."""
        size = Size(self.row_width(), self.count() + self.fixed)
        if size != self.virtual_size:
            self.virtual_size = size
        wanted = min(self.cursor if keep else 0, max(self.count() - 1, 0))
        if wanted != self.cursor:
            self.cursor = wanted
        self.refresh()

    def reveal(self, index: int, margin: int = 0) -> None:
        """Scroll as little as needed to show a row, with `margin` rows around it."""
        top = max(index - margin, 0)
        height = 1 + self.fixed + (index - top) + margin
        region = Region(int(self.scroll_offset.x), top, 1, min(height, max(self.size.height, 1)))
        # force: rows that came just now have no scrollbar yet
        self.scroll_to_region(region, animate=False, force=True, x_axis=False, immediate=True)

    def watch_cursor(self, _old: int, new: int) -> None:
        if self.is_mounted:
            self.reveal(new)
            self.refresh()
            self.post_message(RowMoved(self, new))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        index = y - self.fixed + (self.scroll_offset.y if y >= self.fixed else 0)
        if index >= self.count() or (index < 0 and not self.fixed):
            return Strip.blank(width, self.visual_style.rich_style)
        content = self._selected(self.row(index), index)
        return self._strip(content, self.tint(index), width, index)

    def _strip(self, content: Content, tint: str, width: int, index: int) -> Strip:
        base = self.visual_style
        if tint:
            base = base + self._get_style(tint)
        pieces = content.render(base, end="", parse_style=self._get_style)
        strip = Strip([Segment(text, style.rich_style) for text, style in pieces], content.cell_length)
        left = self.scroll_offset.x if index >= 0 else 0
        return strip.crop_extend(left, left + width, base.rich_style).apply_offsets(left, index + self.fixed)

    def _selected(self, content: Content, index: int) -> Content:
        """The row with the user's mouse selection marked."""
        selection = self.text_selection
        span = selection.get_span(index + self.fixed) if selection else None
        if span is None:
            return content
        start, end = span
        style = self.screen.get_visual_style("screen--selection")
        return content.stylize(style, start, len(content) if end == -1 else end)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        first = selection.start.y if selection.start else 0
        last = selection.end.y if selection.end else self.count() + self.fixed - 1
        blank = "\n" * first
        rows = [
            self.row(i - self.fixed).plain for i in range(first, min(last, self.count() + self.fixed - 1) + 1)
        ]
        return selection.extract(blank + "\n".join(rows)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_resize(self) -> None:
        self.call_after_refresh(self.reveal, self.cursor)

    def at(self, event: events.MouseEvent) -> int | None:
        """The row under the mouse."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self.fixed:
            return None
        index = offset.y - self.fixed + self.scroll_offset.y
        return index if index < self.count() else None

    def on_click(self, event: events.Click) -> None:
        index = self.at(event)
        if index is not None:
            self.cursor = index
            if event.chain == 2:
                self.post_message(RowChosen(self, index))

    def action_cursor(self, by: int) -> None:
        self.cursor = max(0, min(self.cursor + by, self.count() - 1))

    def action_page(self, by: int) -> None:
        self.action_cursor(by * max(self.size.height - self.fixed - 1, 1))

    def action_sideways(self, by: int) -> None:
        self.scroll_relative(x=by, animate=False)


class Choices(Lines, inherit_bindings=True):
    """Lines whose rows can be chosen with enter."""

    BINDINGS: ClassVar = bindings("choice")

    def action_choose(self) -> None:
        if self.count():
            self.post_message(RowChosen(self, self.cursor))
