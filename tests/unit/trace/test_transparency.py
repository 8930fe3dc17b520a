"""Output, errors and exit code of a recorded program are those of plain python, byte for byte."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from oracle.cases import CASES, Case
from oracle.harness import ENV, difference, plain, recorded

from semduck.trace.target import Target

SEEN = {  # what a program that counts references can see of a recorder that is in the same process
    "refcounts": "the trace function's view of the locals holds one more reference",
    "garbage": "objects are watched through weak references, which can be counted",
}

if sys.version_info < (3, 13):
    SEEN["locals_snapshot"] = "the dict of locals() changes whenever a line is traced"
else:
    SEEN["shadows_threading"] = "the hint that a file shadows a module asks where python found the program"


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_recorded_like_plain(case: Case, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if case.name in SEEN:
        request.applymarker(pytest.mark.xfail(reason=SEEN[case.name]))
    home = tmp_path / "home"
    for name, content in case.files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    target = Target("module" if case.module else "script", case.spec, case.args, cwd=home)
    env = {**ENV, **case.extra_env}
    expected = plain(target, case.stdin, env)
    seen = recorded(target, tmp_path / "out" / "run.duck", case.stdin, env=env)
    assert difference(expected, seen.outcome) == ""
