"""Ranking: signs of a patch that only seems right lower its score and are said."""

from __future__ import annotations

from pathlib import Path

import pytest

from semduck.repair import rank
from semduck.repair.apply import splice
from semduck.repair.candidates import Candidate
from semduck.repair.edits import Source
from semduck.repair.model import Edit, Expectation, Met, Trial
from semduck.repair.trial import Verdict

TEXT = b"def f(a, b):\n    c = a + b\n    return c\n"


class FakeCase:
    """As much of a case as ranking looks at."""

    def __init__(self, *expectations: Expectation, base: Verdict | None = None) -> None:
        self.expectations = list(expectations)
        self.base = base


WANTED = Expectation("return", "f", "==", "17")


def scored(
    edit: Edit, kind: str = "x", verdict: Verdict | None = None, case: FakeCase | None = None
) -> tuple[float, str]:
    source = Source(Path("f.py"), TEXT)
    candidate = Candidate(Path("f.py"), (edit,), kind, "why", 2, 0.5, 0.5)
    case = case or FakeCase(WANTED)
    shown = verdict or Verdict(Trial("passed", (Met(WANTED, True),)))
    value, also = rank.score(candidate, source, splice(TEXT, (edit,)), shown, case)  # type: ignore[arg-type]
    return value, " ".join(also)


def at(old: bytes, new: bytes) -> Edit:
    start = TEXT.index(old)
    return Edit(start, start + len(old), new)


def test_a_plain_edit_keeps_its_score() -> None:
    assert scored(at(b"a + b", b"a - b")) == (0.5, "")


@pytest.mark.parametrize(
    ("edit", "kind", "said"),
    [
        (at(b"return c", b"return 17"), "constant", "expected value 17"),
        (at(b"    c = a + b\n", b""), "delete", "takes code away"),
        (at(b"a + b", b"a + a"), "wrong-name", "`b` is no longer used"),
    ],
)
def test_signs_of_overfitting(edit: Edit, kind: str, said: str) -> None:
    value, also = scored(edit, kind)
    assert value < 0.3 and said in also


def test_what_other_evidence_says_counts() -> None:
    owner = (Path("f.py"), "f")
    base = Verdict(Trial("failed"), examples=frozenset({owner}))
    case = FakeCase(WANTED, base=base)
    kept = Verdict(Trial("passed", (Met(WANTED, True),)), examples=frozenset({owner}))
    lost = Verdict(Trial("passed", (Met(WANTED, True),)))
    assert scored(at(b"a + b", b"a - b"), verdict=kept, case=case)[0] == 0.5
    value, also = scored(at(b"a + b", b"a - b"), verdict=lost, case=case)
    assert value < 0.2 and "passed before" in also


def test_badge_and_strength() -> None:
    crash = Expectation("no-crash", origin="crash")
    verdict = Verdict(Trial("passed", (Met(crash, True), Met(WANTED, True)), 14, 0), reached=True)
    case = FakeCase(crash, WANTED)
    badge = rank.badge(verdict, case)  # type: ignore[arg-type]
    assert badge == (
        "✓ crash gone · ✓ f() returns == 17 · 14 recorded calls unchanged · tried on a copy, limits only"
    )
    assert rank.strength(verdict, case, []) == "strong"  # type: ignore[arg-type]
    assert rank.strength(verdict, case, ["sign"]) == "fair"  # type: ignore[arg-type]
    only = Verdict(Trial("passed", (Met(crash, True),)))
    assert rank.strength(only, case, []) == "weak"  # type: ignore[arg-type]
