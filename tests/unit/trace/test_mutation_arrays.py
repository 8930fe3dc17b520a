"""The same for arrays and tables: programs that need numpy or pandas, and random ones on numpy arrays.

SEMDUCK_GENERATED=N runs N random programs, SEMDUCK_GENERATED_FROM=S starts at another seed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from oracle.generate_arrays import program as random_program
from oracle.harness import PROGRAMS, Lab, difference

ALL = sorted((PROGRAMS / "arrays").glob("*.py"))
FIRST = int(os.environ.get("SEMDUCK_GENERATED_FROM", "1000"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("SEMDUCK_GENERATED", "12")))


def check(program: Path, lab: Lab) -> None:
    """State as the oracle saw it, output as plain python's."""
    report = lab.report(program)
    assert not report.problems, "\n".join(report.problems)
    assert report.steps > 10
    assert difference(lab.plain(program), lab.recorded(program).outcome) == ""


@pytest.mark.parametrize("program", ALL, ids=lambda p: p.stem)
def test_state_equals_the_oracle(program: Path, lab: Lab) -> None:
    pytest.importorskip(program.stem.partition("_")[0])
    check(program, lab)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_programs_on_arrays(seed: int, lab: Lab, tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    program = tmp_path / f"arrays_{seed}.py"
    program.write_text(random_program(seed))
    check(program, lab)
