"""The report: one set of data, as text and as JSON that follows its schema."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from semduck.exits import ExitCode
from semduck.report import render, syntax_lines
from semduck.report_data import FIRST, Program, Report, Sentence, Story, Syntax

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))

CRASH = """\
def average(values):
    total = 0
    for i in range(len(values) + 1):
        total += values[i]
    return total / len(values)


print("start")
print(average([3, 5, 8]))
"""


@pytest.fixture
def crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("crash.py").write_text(CRASH)
    return "crash.py"


def semduck(*words: str, stdin: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "semduck", *words]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, timeout=120, cwd=cwd)


def data_of(*words: str, stdin: str = "") -> dict[str, Any]:
    """The JSON report, checked against the schema and against the exit code."""
    done = semduck("--json", *words, stdin=stdin)
    data: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(data, SCHEMA)
    assert (data["exit_code"], done.stderr) == (done.returncode, "")
    return data


def test_the_schema_is_a_schema_and_that_of_the_code() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    check = [sys.executable, "scripts/report_schema.py", "--check"]
    assert subprocess.run(check, cwd=ROOT, capture_output=True).returncode == 0


def test_a_crash_is_reported_whole(crash: str) -> None:
    done = semduck("--report", crash)
    assert (done.returncode, done.stderr) == (ExitCode.PROGRAM, "")
    for part in (
        "Program   python",
        "IndexError: list index out of range",
        "crash.py:4 in average",
        "> 4 |         total += values[i]",
        "<module> at crash.py:9",
        "values = [3, 5, 8]   (list)",
        "i = 3   (int)",
        "What average() did",
        "  start\n",
        "Repairs\n",
        "-    for i in range(len(values) + 1):\n",
    ):
        assert part in done.stdout, part
    assert "\x1b" not in done.stdout


def test_a_crash_as_data(crash: str) -> None:
    data = data_of(crash)
    assert data["end"]["kind"] == "exception"
    assert (data["failure"]["type"], data["failure"]["line"]) == ("IndexError", 4)
    assert {"name": "i", "scope": "local", "type": "int", "text": "3"} in data["failure"]["values"]
    assert [place["function"] for place in data["failure"]["stack"]] == ["average", "<module>"]
    assert data["stdout"] == {"text": "start\n", "omitted": 0}
    assert data["story"]["function"] == "average" and data["story"]["sentences"]
    assert any(repair["outcome"] == "passed" for repair in data["repairs"])


def test_the_diff_is_one_that_git_takes(crash: str) -> None:
    best = data_of(crash)["repairs"][0]
    Path("repair.patch").write_text(best["diff"])
    subprocess.run(["git", "apply", "--unsafe-paths", "repair.patch"], check=True)
    assert semduck("--report", crash).returncode == 0


def test_a_program_that_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("fine.py").write_text(
        "import sys\nname = sys.stdin.readline().strip()\nprint('hi', name, sys.argv[1:])\n"
    )
    data = data_of("fine.py", "--json", "x", stdin="Ada\n")
    assert data["stdout"]["text"] == "hi Ada ['--json', 'x']\n"
    assert (data["exit_code"], data["failure"], data["repairs_tried"]) == (0, None, None)
    assert data["story"]["function"] == "<module>"
    assert data["program"]["args"] == ["--json", "x"]


def test_the_story_of_a_package_is_that_of_its_main_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tool").mkdir()
    Path("tool", "__init__.py").write_text("name = 'tool'\n")
    Path("tool", "__main__.py").write_text("from tool import name\nprint(name)\n")
    data = data_of("-m", "tool")
    assert (data["exit_code"], data["stdout"]["text"]) == (0, "tool\n")
    assert data["story"]["file"] == str(Path("tool", "__main__.py"))


def test_an_unmet_expectation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sum.py").write_text("total = 0\nfor n in range(5):\n    total += n\nprint(total)\n")
    data = data_of("--expect", "total == 15 @ 4", "--expect", "n == 4 @ 4", "sum.py")
    assert data["exit_code"] == ExitCode.UNMET
    wrong, right = data["expectations"][:2]
    assert (wrong["met"], right["met"]) == (False, True)
    assert "10" in wrong["actual"]
    assert data["repairs_tried"] > 0


def test_what_the_program_wrote_to_stderr_is_in_the_report_not_on_stderr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("two.py").write_text("import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(4)\n")
    data = data_of("two.py")
    assert (data["stdout"]["text"], data["stderr"]["text"]) == ("out\n", "err\n")
    assert (data["end"]["code"], data["exit_code"]) == (4, ExitCode.PROGRAM)


def test_long_output_is_bounded_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("talk.py").write_text("print('x' * 50_000)\nprint('the end')\n")
    stdout = data_of("talk.py")["stdout"]
    assert stdout["omitted"] == 50_000 + 9 - 12_000
    assert len(stdout["text"]) < 13_000 and stdout["text"].endswith("the end\n")


def test_a_syntax_error_as_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.py").write_text("x = 1\nif x = 2:\n    pass\n")
    data = data_of("bad.py")
    assert (data["syntax"]["line"], data["syntax"]["column"]) == (2, 4)
    assert (data["exit_code"], data["end"]) == (ExitCode.PROGRAM, None)
    assert data["problem"].startswith("bad.py:2: SyntaxError")


def test_a_recording_is_reported_later_without_the_program(crash: str) -> None:
    done = semduck("record", "-o", "run.duck", crash)
    assert (done.returncode, done.stdout) == (ExitCode.PROGRAM, "start\n")
    assert "IndexError" in done.stderr
    Path(crash).unlink()
    later = semduck("open", "--json", "run.duck")
    data = json.loads(later.stdout)
    jsonschema.validate(data, SCHEMA)
    assert data["failure"]["line"] == 4
    assert data["failure"]["source"][0]["text"] == "def average(values):"
    again = semduck("record", "-o", "run.duck", crash)
    assert again.returncode == ExitCode.USAGE


def test_a_failing_test_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEMDUCK_REPAIR_SECONDS", "0")
    Path("test_a.py").write_text(
        "def double(n):\n    return n + n + 1\n\n\ndef test_double():\n    assert double(2) == 4\n"
    )
    done = semduck("test", "--json", "test_a.py::test_double")
    data = json.loads(done.stdout)
    jsonschema.validate(data, SCHEMA)
    assert (data["program"]["kind"], done.returncode) == ("pytest", ExitCode.UNMET)
    assert (data["failure"]["type"], data["failure"]["line"]) == ("AssertionError", 6)
    assert all(value["name"].isidentifier() for value in data["failure"]["values"])


def empty_report(**named: Any) -> Report:
    return Report(Program("script", "a.py", (), "/", "python", "python a.py"), **named)


def test_a_long_story_says_what_it_left_out() -> None:
    sentences = tuple(Sentence(f"number {n}", "a.py", n + 1, n, "narrator") for n in range(FIRST + 2))
    text = render(empty_report(story=Story("f", "a.py", 1, "3", 7, sentences)))
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines) if "7 sentences left out" in line)
    assert f"number {FIRST - 1}" in lines[at - 1] and f"number {FIRST}" in lines[at + 1]
    assert lines[-1].split() == ["result", "3"]


def test_the_caret_stands_below_the_column_also_after_tabs() -> None:
    lines = list(syntax_lines(Syntax("a.py", 3, 7, "invalid syntax", "\t\tx = = 1\n")))
    assert lines[2].index("^") == lines[1].rindex("=")


def test_forecasts_are_labelled_and_marked() -> None:
    sentence = Sentence("x becomes 3", "a.py", 1, 0, "forecast", "miss")
    assert "forecast: x becomes 3 [miss]" in render(
        empty_report(story=Story("f", "a.py", 1, None, 0, (sentence,)))
    )
