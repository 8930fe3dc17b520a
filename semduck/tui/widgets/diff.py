"""A unified diff of two texts: changed lines with `-` and `+`, changed parts of a line marked inside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from textual.content import Content

from semduck.tui.widgets.ink import inked_lines
from semduck.tui.widgets.lines import Lines


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One row. sign: " ", "-", "+" or "@" (text is a heading). spans: what changed inside the line."""

    sign: str
    number: int
    text: str
    spans: tuple[tuple[int, int], ...] = ()


def diff_rows(old: str, new: str, context: int = 3) -> list[DiffRow]:
    """Rows of a unified diff; [] when the texts are equal."""
    before, after = old.split("\n"), new.split("\n")
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    rows: list[DiffRow] = []
    for number, group in enumerate(matcher.get_grouped_opcodes(context)):
        if number:
            rows.append(DiffRow("@", group[0][1] + 1, f"line {group[0][1] + 1}"))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                rows += [DiffRow(" ", i + 1, before[i]) for i in range(i1, i2)]
            else:
                rows += _changed(before[i1:i2], after[j1:j2], i1, j1)
    return rows


def _changed(removed: list[str], added: list[str], i1: int, j1: int) -> Iterator[DiffRow]:
    inside = [_inside(a, b) for a, b in zip(removed, added, strict=False)]
    for index, text in enumerate(removed):
        yield DiffRow("-", i1 + index + 1, text, inside[index][0] if index < len(inside) else ())
    for index, text in enumerate(added):
        yield DiffRow("+", j1 + index + 1, text, inside[index][1] if index < len(inside) else ())


Spans = tuple[tuple[int, int], ...]


def _inside(old: str, new: str) -> tuple[Spans, Spans]:
    """What differs inside two lines; nothing when they have little in common."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.5:
        return (), ()
    ops = [op for op in matcher.get_opcodes() if op[0] != "equal"]
    return tuple((a, b) for _, a, b, _, _ in ops if b > a), tuple((c, d) for _, _, _, c, d in ops if d > c)


class Diff(Lines):
    """A diff with the syntax colours of the source."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.rows: list[DiffRow] = []
        self._old: list[Content] = []
        self._new: list[Content] = []

    def show(self, old: str, new: str) -> None:
        """Show how `old` becomes `new`, with as much around it as there is room for."""
        self.rows = diff_rows(old, new, max(3, self.size.height // 2 - 3))
        self._old, self._new = inked_lines(old), inked_lines(new)
        self.rows_changed(keep=False)

    def count(self) -> int:
        return len(self.rows)

    def row_width(self) -> int:
        return max((len(row.text.expandtabs(4)) for row in self.rows), default=0) + 8

    def row(self, index: int) -> Content:
        row = self.rows[index]
        if row.sign == "@":
            return Content.styled(f"      ⋮ {row.text}", "$faint")
        code = (self._new if row.sign == "+" else self._old)[row.number - 1]
        for start, end in row.spans:
            if "\t" not in row.text:
                code = code.stylize(f"on {'$hit' if row.sign == '+' else '$miss'} 45%", start, end)
        colour = {"+": "$hit bold", "-": "$miss bold"}.get(row.sign, "$faint")
        return Content.assemble((f"{row.number:>5} ", "$faint"), (f"{row.sign} ", colour), code)

    def tint(self, index: int) -> str:
        return {"+": "on $hit 14%", "-": "on $miss 14%"}.get(self.rows[index].sign, "")
