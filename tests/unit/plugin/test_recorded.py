"""What `pytest --semduck` records: these tests, their fixtures, and which step belongs to which."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from semduck.trace.model import Kind, Phase
from semduck.trace.queries import tests as queries
from semduck.trace.recording import Recording
from semduck.trace.walk import Walk
from tests.unit.plugin.project import functions, pytest_run, recorded


def phases(recording: Recording) -> dict[tuple[str, str], Phase]:
    return {(phase.node, phase.phase): phase for phase in recording.tests()}


def test_phases_tell_outcomes_and_steps(project: Path) -> None:
    assert pytest_run(project, "--semduck", "-q", "test_a.py").returncode == 1
    recording = recorded(project)
    found = phases(recording)
    outcomes = {
        node.partition("::")[2]: one.outcome for (node, phase), one in found.items() if phase == "call"
    }
    assert outcomes == {
        "test_one": "passed",
        "test_two": "failed",
        "test_each[1]": "passed",
        "test_each[2]": "failed",
        "TestBox::test_raises": "passed",
        "TestOld::test_there": "passed",
        "test_known": "xfailed",
    }
    assert found["test_a.py::test_later", "setup"].outcome == "skipped"
    assert found["test_a.py::test_error", "setup"].outcome == "failed"

    def ran(node: str, phase: str) -> set[str]:
        one = found[f"test_a.py::{node}", phase]
        assert one.file == project / "test_a.py"
        return functions(recording, one.first, one.last)

    assert ran("test_one", "setup") == {"base", "extra"}
    assert ran("test_one", "call") == {"test_one"}
    assert ran("test_one", "teardown") == {"extra"}
    assert ran("test_two", "setup") == set()
    assert ran("test_two", "call") == {"test_two", "price"}
    assert ran("TestOld::test_there", "call") == {"TestOld.setUp", "TestOld.test_there"}
    assert ran("test_error", "setup") == {"broken"}
    assert ran("test_error", "teardown") == {"base"}  # the module is over


def test_the_phases_do_not_overlap_and_nothing_of_a_test_lies_outside(project: Path) -> None:
    pytest_run(project, "--semduck", "-q")
    recording = recorded(project)
    spans = [(p.first, p.last) for p in recording.tests() if p.first is not None and p.last is not None]
    assert all(a[1] < b[0] for a, b in pairwise(spans))
    inside = {k for first, last in spans for k in range(first, last + 1)}
    outside = {recording.step(k).function for k in range(len(recording)) if k not in inside}
    assert outside == {"<module>", "TestBox", "TestOld"}  # collection


def test_the_message_is_the_rewritten_one_and_walking_leads_to_the_next_test(project: Path) -> None:
    pytest_run(project, "--semduck", "-q")
    recording = recorded(project)
    failed = queries.first_failed(recording)
    assert failed is not None and failed.node == "test_a.py::test_two"
    raised = queries.raised_in(recording, failed)
    assert raised is not None
    assert (raised.type_name, raised.line) == ("AssertionError", 12)
    assert raised.message == "assert 3 == 4\n +  where 3 = price(2)"
    after = Walk(recording).over(raised.step)
    assert after is not None
    assert (recording.step(after).function, recording.step(after).kind) == ("test_each", Kind.LINE)
    back = Walk(recording).back_over(after)
    assert back is not None and recording.step(back).function == "test_two"


@pytest.mark.parametrize(
    ("words", "nodes"),
    [
        (["-k", "two or three"], ["test_a.py::test_two", "test_b.py::test_three"]),
        (["test_b.py::test_three", "test_a.py::test_one"], ["test_b.py::test_three", "test_a.py::test_one"]),
        (["-x"], ["test_a.py::test_one", "test_a.py::test_two"]),
        (["-m", "slow"], []),
    ],
)
def test_exactly_the_chosen_tests_are_recorded(project: Path, words: list[str], nodes: list[str]) -> None:
    pytest_run(project, "--semduck", "-q", *words)
    recording = recorded(project)
    assert list(dict.fromkeys(phase.node for phase in recording.tests())) == nodes
    ran = {step.function for step in recording.steps(0, len(recording)) if step.function.startswith("test_")}
    assert ran == {node.rpartition("::")[2] for node in nodes}


def test_the_last_failures_are_those_of_the_users_cache(project: Path) -> None:
    assert pytest_run(project, "-q").returncode == 1
    done = pytest_run(project, "--semduck", "-q", "--lf")
    assert "2 failed, 2 deselected, 1 error" in done.stdout
    assert {p.node for p in recorded(project).tests()} == {
        "test_a.py::test_two",
        "test_a.py::test_each[2]",
        "test_a.py::test_error",
    }
    (project / "shop.py").write_text("def price(n):\n    return n + 2\n")
    pytest_run(project, "--semduck", "-q", "--lf")
    again = pytest_run(project, "-q", "--lf").stdout
    assert "1 failed" in again  # the recorded run kept the cache as pytest does


def test_a_session_inside_a_test_belongs_to_it(project: Path) -> None:
    (project / "test_c.py").write_text(
        "import pytest\n\n\ndef test_outer():\n    assert pytest.main(['-q', 'test_b.py']) == 0\n"
    )
    done = pytest_run(project, "--semduck", "-q", "test_c.py")
    assert done.returncode == 0, done.stdout
    recording = recorded(project)
    assert [phase.node for phase in recording.tests()] == ["test_c.py::test_outer"] * 3
    call = recording.tests()[1]
    assert functions(recording, call.first, call.last) == {"test_outer", "<module>", "test_three", "price"}


def test_a_long_recording_keeps_its_tests_in_the_index(project: Path) -> None:
    (project / "test_long.py").write_text(
        "def test_long():\n    n = 0\n    for i in range(20_000):\n        n += i\n    assert n == 1\n"
    )
    pytest_run(project, "--semduck", "-q", "test_long.py")
    recording = recorded(project)
    assert recording._store.indexed
    assert [(p.phase, p.outcome) for p in recording.tests()] == [
        ("setup", "passed"),
        ("call", "failed"),
        ("teardown", "passed"),
    ]


def test_the_report_stands_on_the_first_failing_test(project: Path) -> None:
    said = pytest_run(project, "--semduck", "-q", "--semduck-out", "run.duck").stderr
    assert said.endswith(f" tests are recorded: semduck open {project / 'run.duck'}\n")
    done = subprocess.run(
        [sys.executable, "-m", "semduck", "open", "--json", "run.duck"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    data = json.loads(done.stdout)
    assert done.returncode == 1
    assert (data["failure"]["function"], data["failure"]["line"]) == ("test_two", 12)
    assert data["program"]["kind"] == "pytest"
