"""What the program printed, with what lies after the cursor in grey."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

from textual.content import Content

from semduck.trace.model import OutputPiece
from semduck.tui.widgets.lines import Choices

STYLES = {"stdout": "$foreground", "stderr": "$warning", "stdin": "$accent"}


class Output(Choices):
    """Lines of text, each with the step that wrote its first character."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.steps: list[int] = []
        self._lines: list[list[tuple[str, str]]] = []
        self._open = False  # the last line has no newline yet
        self.at_step = 0

    def clear(self) -> None:
        """Forget everything: a new run."""
        self.steps, self._lines, self._open = [], [], False
        self.rows_changed(keep=False)

    def extend(self, pieces: Iterable[OutputPiece]) -> None:
        """Take in what was written since."""
        for piece in pieces:
            for text in piece.text.splitlines(keepends=True):
                if not self._open:
                    self._lines.append([])
                    self.steps.append(piece.step)
                self._lines[-1].append((piece.stream, text.rstrip("\r\n")))
                self._open = not text.endswith(("\n", "\r"))
        self.rows_changed()

    def show(self, step: int) -> None:
        """Mark what was written up to `step` as past, and keep its end in view."""
        if step == self.at_step and self.count():
            return
        self.at_step = step
        self.reveal(max(self.past() - 1, 0))
        self.refresh()

    def past(self) -> int:
        """Number of lines written by then."""
        return bisect_right(self.steps, self.at_step)

    def count(self) -> int:
        return len(self._lines)

    def row(self, index: int) -> Content:
        later = self.steps[index] > self.at_step
        pieces = [
            (_plain(text), "$faint" if later else STYLES[stream]) for stream, text in self._lines[index]
        ]
        return Content.assemble(" ", *pieces)


def _plain(text: str) -> str:
    """Without control characters: the program's escape codes are its own business."""
    return "".join(c if c.isprintable() else "␛" if c == "\x1b" else " " for c in text.expandtabs(8))
