"""The state shown at every step of every program equals what a deep-copying oracle saw there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from oracle.harness import PROGRAMS, Lab, difference

ALL = sorted(PROGRAMS.glob("*.py"))
LATE = {  # before Python 3.13, sys.settrace keeps a copy of the locals for one more event
    "finalizers_same_line": "an object dies one event late, and the locals of a call in another order",
}
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
def test_output_equals_plain_python(program: Path, lab: Lab, request: pytest.FixtureRequest) -> None:
    if program.stem in LATE and sys.version_info < (3, 13):
        request.applymarker(pytest.mark.xfail(reason=LATE[program.stem]))
    assert difference(lab.plain(program), lab.recorded(program).outcome) == ""
