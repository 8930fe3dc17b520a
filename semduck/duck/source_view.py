"""The piece of source a question shows: one function, method, class body or module, labelled, windowed."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass
from pathlib import Path

from semduck.duck import prompts, shape
from semduck.duck.recorded import Recorded
from semduck.duck.written import requoted
from semduck.trace.model import Call

MARGIN = 6  # lines around the step that are shown however little room there is


@dataclass(frozen=True, slots=True)
class Labelled:
    """Source as the model sees it: its first line in the file and that line's label.

    shown: lines of the file that stand in `text`, None for all of them.
    """

    text: str
    file: Path
    first_line: int
    first_label: int = prompts.FIRST_LABEL
    shown: frozenset[int] | None = None

    def line(self, label: int) -> int | None:
        """The file's line of `[Llabel]`; None when the source has no such line."""
        offset = label - self.first_label
        return self.first_line + offset if 0 <= offset < len(self.text.split("\n")) else None

    def label_of(self, line: int) -> int:
        """The label of a line of the file."""
        return line - self.first_line + self.first_label

    def code(self) -> str:
        """With labels; what is not shown is one `...`."""
        lines: list[tuple[int | None, str]] = []
        for offset, text in enumerate(requoted(self.text).split("\n")):
            if self.shown is None or self.first_line + offset in self.shown:
                lines.append((self.first_label + offset, text))
            elif lines and lines[-1][0] is not None:
                lines.append((None, text[: len(text) - len(text.lstrip())] + "..."))
        return prompts.labelled(lines)

    def plain(self) -> str:
        """Without labels."""
        return requoted(self.text)


def owner_of(recording: Recorded, call: Call) -> tuple[shape.Source, shape.Owner | None]:
    """The parsed file of a recorded call, and what it runs: a def, class or module, None if unknown."""
    file = recording.files.get(call.file)
    source = shape.source(file.text if file else "")
    return source, source.owner(call.function, call.line)


def view(source: shape.Source, owner: shape.Owner, file: Path, room: int, line: int) -> Labelled:
    """Source of `owner`, the lines around `line` of it when it has more than `room` characters."""
    first, last = extent(source, owner)
    text = textwrap.dedent("\n".join(source.lines[first - 1 : last])).rstrip()
    whole = Labelled(text, file, first)
    if len(text) + 9 * text.count("\n") <= room:
        return whole
    return Labelled(text, file, first, shown=frozenset(_around(text.split("\n"), first, line, room, owner)))


def extent(source: shape.Source, owner: shape.Owner) -> tuple[int, int]:
    """First and last line, decorators left out."""
    if isinstance(owner, ast.Module):
        return 1, len(source.lines)
    return owner.lineno, owner.end_lineno or owner.lineno


def _around(lines: list[str], first: int, line: int, room: int, owner: shape.Owner) -> set[int]:
    """The head, and as many lines before and after `line` as there is room for."""
    body = getattr(owner, "body", [])
    head = range(first, body[0].lineno) if body and not isinstance(owner, ast.Module) else range(0)
    kept = set(head)
    room -= sum(len(lines[n - first]) + 9 for n in head)
    at = min(max(line, first), first + len(lines) - 1)
    for distance in range(len(lines)):
        for n in dict.fromkeys((at - distance, at + distance)):
            if first <= n < first + len(lines) and n not in kept:
                room -= len(lines[n - first]) + 9
                if room < 0 and distance > MARGIN:
                    return kept
                kept.add(n)
    return kept
