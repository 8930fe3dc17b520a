"""The state shown at every step of every program equals what a deep-copying oracle saw there."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle.harness import PROGRAMS, Lab, difference

ALL = sorted(PROGRAMS.glob("*.py"))
STACKED = {
    "callee_mutation",
    "recursion",
    "closures",
    "linked_list",
    "sorting",
    "contextmanagers",
    "decorators",
}


@pytest.mark.parametrize("program", ALL, ids=lambda p: p.stem)
def test_state_equals_the_oracle(program: Path, lab: Lab) -> None:
    report = lab.report(program, stacks=program.stem in STACKED)
    assert not report.problems, "\n".join(report.problems)
    assert report.steps > 10


@pytest.mark.parametrize("program", ALL, ids=lambda p: p.stem)
def test_output_equals_plain_python(program: Path, lab: Lab) -> None:
    assert difference(lab.plain(program), lab.recorded(program).outcome) == ""
