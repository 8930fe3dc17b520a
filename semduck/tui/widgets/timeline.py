"""The whole run in one row: call depth as bars, misses and exceptions as marks, the position on top."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from textual import events
from textual.content import Content
from textual.widget import Widget

from semduck.tui import marks
from semduck.tui.messages import TimelineClicked

SAMPLES = 1024


class Depths:
    """Call depth along a run that grows: at most `SAMPLES` evenly spaced samples, each read once."""

    def __init__(self) -> None:
        self.values: list[int] = []
        self.stride = 1

    def grow(self, length: int, depth: Callable[[int], int]) -> None:
        """Sample steps up to `length`."""
        while len(self.values) * self.stride < length:
            if len(self.values) >= SAMPLES:
                self.values = self.values[::2]
                self.stride *= 2
                continue
            self.values.append(depth(len(self.values) * self.stride))

    def columns(self, width: int) -> list[int]:
        """The deepest sample in each of `width` columns."""
        many = len(self.values)
        starts = [column * many // width for column in range(width + 1)]
        return [max(self.values[a : max(b, a + 1)], default=0) for a, b in pairwise(starts)]


class Timeline(Widget):
    """One row. A click jumps there."""

    DEFAULT_CSS = "Timeline { height: 1; width: 1fr; padding: 0 1; text-wrap: nowrap; }"
    ALLOW_SELECT = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.marks = marks.marks()
        self._shown: tuple[int, int, tuple[int, ...], frozenset[int]] = (0, 0, (), frozenset())
        self._gaps: tuple[int, ...] = ()

    def show(
        self,
        length: int,
        step: int,
        columns: Iterable[int],
        troubles: frozenset[int],
        gaps: tuple[int, ...] = (),
    ) -> None:
        """length: steps so far; columns: depth per column; troubles: steps to mark; gaps: steps before which
        something is missing."""
        self._gaps = gaps
        shown = (length, step, tuple(columns), troubles)
        if shown != self._shown:
            self._shown = shown
            self.refresh()

    def room(self) -> int:
        """Columns between the two numbers."""
        return len(self._shown[2])

    def render(self) -> Content:
        length, step, columns, troubles = self._shown
        if not length:
            return Content("")
        top = max(max(columns, default=0), 1)
        bars = [self.marks.bars[(depth * (len(self.marks.bars) - 1)) // top] for depth in columns]
        here = self._column(step, len(columns))
        pieces: list[tuple[str, str]] = [
            (bar, "$frame" if i > here else "$primary 70%") for i, bar in enumerate(bars)
        ]
        for trouble in troubles:
            pieces[self._column(trouble, len(columns))] = (self.marks.miss, "$miss bold")
        for gap in self._gaps if pieces else ():
            pieces[self._column(gap, len(columns))] = (self.marks.gap, "$warning bold")
        if pieces:
            pieces[here] = (self.marks.position, "$accent bold")
        return Content.assemble(("0 ", "$faint"), *pieces, (f" {length - 1}", "$faint"))

    def _column(self, step: int, width: int) -> int:
        return max(min(step * width // max(self._shown[0], 1), width - 1), 0)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and self._shown[0]:
            self.post_message(TimelineClicked(max(min((offset.x - 2) / max(self.room() - 1, 1), 1.0), 0.0)))
