"""Output, errors and exit code of a recorded program are those of plain python, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle.cases import CASES, Case
from oracle.harness import ENV, difference, plain, recorded

from semduck.trace.target import Target

SEEN = {  # what a program that counts references can see of a recorder that is in the same process
    "surrogate_fails": "a print that cannot be encoded shows the listening stream in its traceback",
    "c_locale": "a print that cannot be encoded shows the listening stream in its traceback",
    "refcounts": "the trace function's view of the locals holds one more reference",
    "locals_snapshot": "before Python 3.13 the dict of locals() changes whenever a line is traced",
    "garbage": "objects are watched through weak references, which can be counted",
}


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
