"""`semduck fix`: the diff on stdout, the evidence on stderr, the file only with --apply, and undo."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from semduck.exits import ExitCode

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
COUNT = """\
def count(values):
    total = 1
    for value in values:
        total += 1
    return total


print(count([7, 8, 9]))
"""


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "count.py"
    path.write_text(COUNT)
    return path


def semduck(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "semduck", *words]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)


def test_an_expectation_leads_to_a_diff_that_git_takes(program: Path) -> None:
    done = semduck("fix", "count.py", "--expect", "count([7, 8, 9]) == 3", "--expect", "count([]) == 0")
    assert done.returncode == ExitCode.FINE, done.stderr
    assert program.read_text() == COUNT
    assert "NOT met: " in done.stderr and "tried: " in done.stderr
    subprocess.run(["git", "apply", "--unsafe-paths"], input=done.stdout, text=True, check=True)
    assert "total = 0" in program.read_text()


def test_apply_writes_and_undo_brings_back_the_bytes(program: Path) -> None:
    words = ("--expect", "count([7, 8, 9]) == 3", "--expect", "count([]) == 0")
    done = semduck("fix", "--apply", *words, "count.py")
    assert done.returncode == ExitCode.FINE, done.stderr
    assert program.read_text() != COUNT
    assert f"semduck undo {program}" in done.stderr
    undone = semduck("undo", "count.py")
    assert (undone.returncode, undone.stdout) == (ExitCode.FINE, "")
    assert program.read_text() == COUNT
    assert semduck("undo", "count.py").returncode == ExitCode.UNMET


def test_a_command_says_what_is_right(program: Path) -> None:
    Path("check.py").write_text("import count\nassert count.count([1]) == 1\nassert count.count([]) == 0\n")
    command = f'"{sys.executable}" check.py'
    done = semduck("fix", "count.py", "--test", command)
    assert done.returncode == ExitCode.FINE, done.stderr
    assert "+    total = 0\n" in done.stdout


def test_as_json_with_every_repair() -> None:
    done = semduck("fix", "--json", "--expect", "count([7, 8, 9]) == 3", "count.py")
    data = json.loads(done.stdout)
    jsonschema.validate(data, SCHEMA)
    assert data["exit_code"] == done.returncode == 0
    assert data["repairs"][0]["diff"].startswith("diff --git a/count.py b/count.py")


def test_nothing_known_to_be_wrong_is_no_repair() -> None:
    done = semduck("fix", "count.py")
    assert (done.returncode, done.stdout) == (ExitCode.UNMET, "")
    assert done.stderr.startswith("no repair found: ")


def test_what_cannot_be_met_ends_in_time(program: Path) -> None:
    done = semduck("fix", "--limit-seconds", "2", "--expect", "count([7, 8, 9]) == 'three'", "count.py")
    assert (done.returncode, done.stdout) == (ExitCode.UNMET, "")
    assert program.read_text() == COUNT


def test_text_that_is_not_python(program: Path) -> None:
    program.write_text("x = = 1\n")
    done = semduck("fix", "count.py")
    assert (done.returncode, done.stdout) == (ExitCode.PROGRAM, "")
    assert done.stderr.splitlines()[-1] == "semduck: count.py:1: SyntaxError: invalid syntax"
