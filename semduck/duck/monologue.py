"""A model's monologue -> sentences anchored to the steps they speak of."""

from __future__ import annotations

import re

from semduck.duck import literals
from semduck.duck.anchors import Anchors
from semduck.duck.path import way
from semduck.duck.recorded import Recorded
from semduck.duck.source_view import Labelled
from semduck.duck.utterance import Utterance

_TAG = re.compile(r"\[/?(?:MONOLOGUE|ANSWER|PYTHON)\]")
_BULLET = re.compile(r"^\s*(?:[-*•]\s+|\d+[.)]\s+|#+\s+)?(?:\*\*)?")
_ENDS = re.compile(  # of a sentence; "0 > 0? No" is one
    r"(?!\?\s+(?:[Yy]es|[Nn]o|True|False)\b)[.!?]+(?:\s*\[L[^\]]*\])?(?:\s+(?=[A-Z`\[(\"'])|\s*$)"
)
_UNCLOSED = 8  # brackets and quotes without an end after which a line's others are no longer followed
_LONGEST = 50_000  # characters of one monologue


def parse(
    text: str, source: Labelled, recording: Recorded, frame: int, *, whole: bool = True
) -> list[Utterance]:
    """Sentences of `text`, each tied to the line it cites and the time that line ran.

    Sentences without a label belong to the line cited before. whole: False while text still arrives, then the
    last, unfinished sentence is left out.
    """
    reader = Anchors(source, way(recording, frame))
    found = [reader.read(s) for s in split(text[:_LONGEST], whole)]
    return [u for u in found if u is not None]


class Reading:
    """The same, of a text that still arrives about a call that has ended: lines are read once."""

    def __init__(self, source: Labelled, recording: Recorded, frame: int) -> None:
        self._reader = Anchors(source, way(recording, frame))
        self._done, self._found = 0, list[Utterance]()

    def read(self, text: str, whole: bool) -> list[Utterance]:
        """All sentences so far. The text may only grow."""
        text = text[:_LONGEST]
        cut = len(text) if whole else text.rfind("\n") + 1
        if cut > self._done:
            self._found += self._of(self._reader, text[self._done : cut], True)
            self._done = cut
        rest = text[cut:]
        return [*self._found, *(self._of(self._reader.twin(), rest, False) if rest else [])]

    @staticmethod
    def _of(reader: Anchors, text: str, whole: bool) -> list[Utterance]:
        return [u for s in split(text, whole) if (u := reader.read(s)) is not None]


def split(text: str, whole: bool = True) -> list[str]:
    """Sentences, without tags and list marks; a full stop inside a value or code ends none."""
    found: list[str] = []
    text = _TAG.sub("\n", text)
    lines = text.split("\n")
    rest = lines.pop() if not whole else ""
    for line in lines:
        found += _sentences(_BULLET.sub("", line, count=1).replace("**", "").strip())
    if rest:
        found += _sentences(_BULLET.sub("", rest, count=1).replace("**", "").strip())[:-1]
    return [s for s in found if re.search(r"\w", s)]


def _sentences(line: str) -> list[str]:
    found, start, at, ticks, open_ = [], 0, 0, 0, 0
    while at < len(line):
        char = line[at]
        ticks += char == "`"
        if char in "[({'\"" and ticks % 2 == 0 and not (char == "'" and at and line[at - 1].isalnum()):
            end = literals.end_of(line, at) if open_ < _UNCLOSED else None
            open_ += end is None
            at = end or at + 1
            continue
        if char in ".!?" and ticks % 2 == 0 and _ENDS.match(line, at):
            mark = re.match(r"[.!?]+(?:\s*\[L[^\]]*\](?=\s*$))?", line[at:])
            end = at + (mark.end() if mark else 1)
            found.append(line[start:end].strip())
            start = at = end
            continue
        at += 1
    return [s for s in [*found, line[start:].strip()] if s]
