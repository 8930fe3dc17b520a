"""What a repair is made of: expectations (oracles), edits, trials, proposals."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should be true of a run: an executable oracle.

    kind: "value" (`name` `relation` `expected` just before `line` of `file` runs, `occurrence`-th time;
    0 = every time) | "return" (`name` is the function's qualified name; `occurrence`-th call) |
    "output" (stdout equals `expected`) | "no-crash" | "doctest" (`name` is the docstring's owner) |
    "pytest" (`name` is a node id) | "command" (`name` is a shell command that must exit 0).
    name may be an expression of names, attributes, subscripts and len(), e.g. "self.items[0]".
    relation: == != < <= > >= in type len. expected: the Python literal's source text, as typed.
    origin: "user" | "crash" | "assert" | "doctest" | "test".
    """

    kind: str
    name: str = ""
    relation: str = "=="
    expected: str = ""
    file: Path | None = None
    line: int = 0
    occurrence: int = 0
    origin: str = "user"

    def text(self) -> str:
        """One line as shown to the user, e.g. "total == 15 at line 7"."""
        if self.kind == "value":
            where = f" at line {self.line}" if self.line else ""
            nth = f" (time {self.occurrence})" if self.occurrence else ""
            return f"{self.name} {self.relation} {self.expected}{where}{nth}"
        if self.kind == "return":
            nth = f" (call {self.occurrence})" if self.occurrence else ""
            return f"{self.name}() returns {self.relation} {self.expected}{nth}"
        return {
            "output": f"the output is {self.expected}",
            "no-crash": "the program does not crash",
            "doctest": f"the examples of {self.name} pass",
            "pytest": f"{self.name} passes",
            "command": f"`{self.name}` succeeds",
        }[self.kind]


@dataclass(frozen=True, slots=True)
class Met:
    """An expectation held against a run. met: True, False, or None when it could not be decided.

    actual: what was seen instead (text), "" when met. step: where, if anywhere.
    """

    expectation: Expectation
    met: bool | None
    actual: str = ""
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace bytes [start, end) of the file's original bytes by `new`. Never overlaps in one patch."""

    start: int
    end: int
    new: bytes


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of the patched copy. outcome: passed | failed | crashed | timeout | stopped."""

    outcome: str
    met: tuple[Met, ...] = ()
    calls_unchanged: int = 0
    calls_changed: int = 0
    seconds: float = 0.0
    detail: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A tried patch of one file.

    edits apply to the bytes whose sha256 is `base`. kind: catalogue name ("compare-operator").
    reason: one sentence. badge: what was tried and what came out, one line. strength: strong | fair | weak.
    """

    file: Path
    base: str
    edits: tuple[Edit, ...]
    kind: str
    reason: str
    line: int
    trial: Trial
    badge: str = ""
    strength: str = "weak"
    score: float = 0.0
    tried: int = 0  # how many candidates the search had tried when it found this one
    also: tuple[str, ...] = field(default=())  # warnings, e.g. signs of overfitting

    def with_edits(self, edits: tuple[Edit, ...], trial: Trial, badge: str) -> Proposal:
        """The same proposal after the user edited it (`e`) and it was tried again."""
        return replace(self, edits=edits, trial=trial, badge=badge)
