"""A talk with the duck in a box: it grows while the answer comes; enter goes to the step a line speaks of."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from semduck.repair.comments import CommentError
from semduck.repair.model import Proposal
from semduck.session.card import Card
from semduck.session.talks import Line, Talk
from semduck.tui import marks
from semduck.tui.messages import RowChosen
from semduck.tui.widgets.lines import Choices
from semduck.tui.widgets.monologue import coded

LOOK = 1 / 10  # seconds between looks at the answer
STYLES = {
    "head": "$primary bold", "said": "$duck-said", "fact": "$traced", "code": "$foreground", "note": "$muted",
}  # fmt: skip
INDENT = {"head": "", "said": "  ", "fact": "    ", "code": "  ", "note": "  "}


class TalkLines(Choices):
    """The lines of a talk, wrapped."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self._rows: list[tuple[Line, Content]] = []
        self._width = 0

    def show(self, lines: list[Line]) -> None:
        """Show them; the view stays where it is."""
        width = max(self.size.width - 1, 20)
        if lines == self.lines and width == self._width:
            return
        self.lines, self._width = lines, width
        self._rows = [(line, row) for line in lines for row in self._wrapped(line, width)]
        self.rows_changed()

    def _wrapped(self, line: Line, width: int) -> list[Content]:
        lead = INDENT[line.kind] + (f"{self.marks.of(line.mark)} " if line.mark else "")
        style = marks.style(line.mark) if line.mark == "miss" else STYLES[line.kind]
        text = coded(Content.styled(line.text or " ", style), line.kind == "said")
        if line.kind == "code":
            return [Content(lead).append(text)]
        rows = text.wrap(max(10, width - len(lead)))
        head = Content.styled(lead, marks.style(line.mark) if line.mark else "")
        return [(head if n == 0 else Content(" " * len(lead))).append(row) for n, row in enumerate(rows)]

    def count(self) -> int:
        return len(self._rows)

    def row(self, index: int) -> Content:
        return self._rows[index][1]

    def line_at(self, index: int) -> Line | None:
        """The line a row belongs to."""
        return self._rows[index][0] if 0 <= index < len(self._rows) else None


class Told(ModalScreen["int | Proposal | None"]):
    """Gives the step to go to, a patch to decide on, or None."""

    BINDINGS: ClassVar = [
        ("escape,q", "close", "Close"),
        ("n", "another", "Another"),
        ("d", "patch('docstring')", "As docstring"),
        ("o", "patch('comments')", "As comments"),
    ]

    def __init__(self, talk: Talk) -> None:
        super().__init__()
        self.talk = talk

    def compose(self) -> ComposeResult:
        with Vertical(classes="box talk"):
            yield TalkLines()

    def on_mount(self) -> None:
        box = self.query_one(".box")
        box.border_title = Content(self.talk.title)
        box.border_subtitle = self._keys()
        self.query_one(TalkLines).focus()
        self.set_interval(LOOK, self.look)
        self.call_after_refresh(self.look)

    def _keys(self) -> str:
        keys = ["enter: go there"]
        keys += ["n: another one"] if self.talk.another else []
        keys += ["d: as docstring", "o: as comments"] if isinstance(self.talk, Card) else []
        return " · ".join([*keys, "esc: close"])

    def look(self) -> None:
        """What came meanwhile. The main screen goes on taking in the engine's words."""
        self.query_one(TalkLines).show(self.talk.lines())

    def action_another(self) -> None:
        reason = self.talk.again() if self.talk.another else None
        if reason:
            self.notify(reason, markup=False)

    def action_patch(self, what: str) -> None:
        if not isinstance(self.talk, Card):
            return
        try:
            made = self.talk.as_docstring() if what == "docstring" else self.talk.as_comments()
        except CommentError as error:
            self.notify(str(error), markup=False, severity="warning")
            return
        self._leave(made)

    @on(RowChosen)
    def _chosen(self, event: RowChosen) -> None:
        line = self.query_one(TalkLines).line_at(event.index)
        if line is not None and line.step is not None:
            self._leave(line.step)

    def action_close(self) -> None:
        self._leave(None)

    def _leave(self, result: int | Proposal | None) -> None:
        self.talk.close()
        self.dismiss(result)
