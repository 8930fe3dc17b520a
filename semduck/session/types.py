"""What a session hands to whoever shows it: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from semduck.repair.model import Expectation
from semduck.trace.model import Value

if TYPE_CHECKING:
    from semduck.duck.utterance import Utterance
    from semduck.judge import Verdict


class WriteRefused(Exception):
    """The file was not written or not undone. One line, with what to do."""


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a file is not Python. line and column count from 1; text is the offending line."""

    file: Path
    line: int
    column: int
    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One name in the state panel. mark: hit | miss | unknown | "" for what the duck said about it.

    said: "3" of the step that is looked at, "→ 3" of one that comes.
    """

    name: str
    said: str
    traced: Value
    changed: bool
    mark: str = ""
    expected: Expectation | None = None
    met: bool | None = None
    scope: str = "local"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence of the duck panel and what was judged of it."""

    utterance: Utterance
    verdicts: tuple[Verdict, ...] = ()
    current: bool = False


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What was written: files and the number of accepted repairs."""

    files: tuple[Path, ...]
    repairs: int

    def text(self) -> str:
        """One line for the user."""
        names = ", ".join(path.name for path in self.files)
        return f"wrote {self.repairs} repair{'s' if self.repairs != 1 else ''} to {names}; u undoes it"
