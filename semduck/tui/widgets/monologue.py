"""What the duck says about the call: sentences, the current one marked, and below each what was claimed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from textual.content import Content

from semduck.tui import marks
from semduck.tui.messages import RowChosen
from semduck.tui.widgets.lines import Choices

CODE = re.compile(r"`([^`]+)`")


def coded(text: Content, current: bool) -> Content:
    """Code between backticks in its own colour, the backticks faint."""
    for found in CODE.finditer(text.plain):
        text = text.stylize("$faint", *found.span())
        text = text.stylize("$traced" if current else "$traced 70%", *found.span(1))
    return text


@dataclass(frozen=True, slots=True)
class Claimed:
    """One checked claim of a forecast. mark: hit | miss | unknown."""

    mark: str
    name: str
    said: str
    traced: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. step: where a click on it leads; None when it did not run."""

    text: str
    line: int
    step: int | None
    current: bool
    fact: bool
    claims: tuple[Claimed, ...] = ()


class Monologue(Choices):
    """Wrapped sentences. The cursor stands on rows; `sentence_at` says whose row it is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sentences: tuple[Sentence, ...] = ()
        self.note = ""
        self._rows: list[tuple[int, Content]] = []
        self._width = 0

    def show(self, sentences: tuple[Sentence, ...], note: str = "") -> None:
        """Show the sentences of a call; `note` stands alone when there are none."""
        if (sentences, note) == (self.sentences, self.note) and self._width == self._room():
            return
        self.sentences, self.note = sentences, note
        self._wrap()

    def _room(self) -> int:
        return max(self.size.width, self.scrollable_content_region.width) - 3

    def _wrap(self) -> None:
        self._width = width = self._room()
        self._rows = []
        if width < 8:
            return
        if not self.sentences and self.note:
            self._rows += [(-1, row) for row in Content.styled(self.note, "$muted").wrap(width)]
        for index, sentence in enumerate(self.sentences):
            self._rows += [(index, row) for row in self._lines_of(sentence, width)]
        self.rows_changed()
        current = [
            row for row, (index, _) in enumerate(self._rows) if index >= 0 and self.sentences[index].current
        ]
        if current:
            self.reveal(current[-1], 0)
            self.reveal(current[0], 1)

    def _lines_of(self, sentence: Sentence, width: int) -> list[Content]:
        style = "$foreground" if sentence.current else "$muted"
        if not sentence.fact:
            style = "$duck-said" if sentence.current else "$duck-said 70%"
        rows = coded(Content.styled(sentence.text, style), sentence.current).wrap(width)
        for claim in sentence.claims:
            rows += self._claim(claim).wrap(width)
        return rows

    def _claim(self, claim: Claimed) -> Content:
        mark = (self.marks.of(claim.mark) + " ", marks.style(claim.mark))
        if claim.mark == "miss":
            return Content.assemble(
                mark,
                f"{claim.name}: ",
                (f"said {claim.said}", "$duck-said"),
                (f"  traced {claim.traced}", "$traced"),
            )
        if claim.mark == "hit":
            return Content.assemble(
                mark, (f"{claim.name} = {claim.traced}" if claim.name else claim.said, "$traced")
            )
        return Content.assemble(
            mark, (f"{claim.name or claim.said}: {claim.reason or 'not checkable'}", "$muted")
        )

    def count(self) -> int:
        return len(self._rows)

    def row(self, index: int) -> Content:
        owner, content = self._rows[index]
        current = owner >= 0 and self.sentences[owner].current
        return Content.assemble((f"{self.marks.said} " if current else "  ", "$accent"), content)

    def sentence_at(self, index: int) -> Sentence | None:
        """The sentence a row belongs to."""
        owner = self._rows[index][0] if 0 <= index < len(self._rows) else -1
        return self.sentences[owner] if owner >= 0 else None

    def on_resize(self) -> None:
        if self._width != self._room():
            self.call_after_refresh(self._wrap)

    def action_choose(self) -> None:
        if self.sentence_at(self.cursor):
            self.post_message(RowChosen(self, self.cursor))
