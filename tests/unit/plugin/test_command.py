"""`semduck test` with several tests and options of pytest among them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from semduck import target_args
from semduck.config import Settings
from semduck.exits import Problem
from tests.unit.plugin.project import pytest_run


def report(project: Path, *words: str) -> dict[str, Any]:
    done = pytest_run(project, "test", "--json", *words, start=("-m", "semduck"), SEMDUCK_REPAIR_SECONDS="0")
    data: dict[str, Any] = json.loads(done.stdout)
    return data


def test_several_tests_and_options(project: Path) -> None:
    data = report(project, "test_b.py::test_three", "test_a.py", "-k", "three or two or each")
    assert (data["exit_code"], data["failure"]["function"]) == (1, "test_two")
    assert "2 failed, 2 passed" in data["stdout"]["text"]
    assert data["program"]["command"].endswith(
        "pytest test_b.py::test_three test_a.py -k 'three or two or each'"
    )
    assert [e["text"] for e in data["expectations"]] == ["test_a.py::test_two passes"]


def test_options_may_come_first(project: Path) -> None:
    pytest_run(project, "-q")
    data = report(project, "--lf", "-x")
    assert "1 failed" in data["stdout"]["text"]
    assert "test_a.py::test_two" in data["stdout"]["text"]


def test_what_is_recorded_is_the_project_of_all_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("one/tests", "two/tests"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "test_x.py").write_text("def test_x(): pass\n")
    (tmp_path / "one" / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert target_args.tests_root(["one/tests/test_x.py::test_x", "-k", "fast"]) == tmp_path / "one"
    assert target_args.tests_root(["one/tests/test_x.py", "two/tests/test_x.py"]) == tmp_path
    assert target_args.tests_root(["--lf"]) == tmp_path
    assert target_args.first_folder(["-x", "two/tests/test_x.py::test_x"]) == tmp_path / "two" / "tests"


def test_the_words_stay_in_their_order(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    target = target_args.tests(("-c", "pytest.ini", "test_a.py"), Settings())
    assert (target.spec, target.args) == ("", ("-c", "pytest.ini", "test_a.py"))
    target = target_args.tests(("test_b.py", "-x"), Settings())
    assert (target.spec, target.args) == ("test_b.py", ("-x",))
    with pytest.raises(Problem, match=r"no test test_nowhere in test_b\.py"):
        target_args.tests(("test_b.py::test_nowhere", "test_a.py"), Settings())
