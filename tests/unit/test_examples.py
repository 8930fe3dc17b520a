"""The example programs fail as their README says, and their repaired versions do not."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES, FIXED = ROOT / "data" / "examples", ROOT / "tests" / "examples_fixed"
LAPS = "Ada\n71\n58\n64\n\n"

# prints what an expression is each time a line of a file is about to run
WATCH = """
import runpy, sys
from pathlib import Path
name, file, line, *target = sys.argv[1:]
sys.path.insert(0, "")
def watch(frame, event, arg):
    if frame.f_code.co_filename != file:
        return None
    if event == "line" and frame.f_lineno == int(line):
        print("SEEN", repr(eval(name, frame.f_globals, frame.f_locals)), file=sys.stderr)
    return watch
sys.settrace(watch)
sys.argv = ["program"]
(runpy.run_module if target[0] == "-m" else runpy.run_path)(target[-1], run_name="__main__")
"""


@dataclass(frozen=True)
class Said:
    """One line of the README."""

    program: str
    wrong: str
    command: str
    state: str
    repair: str


def readme() -> dict[str, Said]:
    rows = re.findall(r"^\| (.+) \|$", (EXAMPLES / "README.md").read_text(), re.MULTILINE)[2:]
    return {said.program: said for row in rows for said in [Said(*map(str.strip, row.split("|")))]}


def run(*command: str | Path, typed: str = "", cwd: Path = EXAMPLES) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-B", *command]
    return subprocess.run(whole, cwd=cwd, input=typed, capture_output=True, text=True, timeout=60)


def seen(state: str, target: list[str], typed: str = "") -> tuple[list[str], str]:
    """The values that an expectation's name had at its line, and the value it should have."""
    found = re.fullmatch(r"`(.+?)==(.+)@(?:(.+):)?(\d+)`", state)
    assert found
    file = EXAMPLES / (found[3] or target[-1])
    program = target if target[0] == "-m" else [str(EXAMPLES / target[0])]
    done = run("-c", WATCH, found[1], file, found[4], *program, typed=typed)
    return re.findall(r"^SEEN (.*)$", done.stderr, re.MULTILINE), found[2]


SILENT = {"invoice.py": "486.00", "shopping_list.py": "Ben buys 2 items: coffee, milk"}
CRASHES = {
    "moving_average.py": "AssertionError: a week has five spans",
    "inventory.py": "TypeError: 'float' object is not callable",
    "grade_book.py": "TypeError: unsupported operand type(s) for +=: 'int' and 'str'",
    "matrix.py": "AssertionError: the first power",
    "staircase.py": "RecursionError",
    "bank_account.py": "AttributeError: 'Account' object has no attribute 'moves'",
}
OTHERS = {"shop/", "pytest_project/", "asks_input.py", "threads.py", "async_tasks.py"}
WITH_EXAMPLES = [name for name in (*CRASHES, *SILENT) if ">>>" in (EXAMPLES / name).read_text()]


def test_the_readme_and_the_programs_agree() -> None:
    assert set(readme()) == {*CRASHES, *SILENT, *OTHERS}
    assert {path.name for path in FIXED.glob("*.py")} == {*CRASHES, *SILENT}
    for name, said in readme().items():
        assert (
            (EXAMPLES / name).exists() and said.wrong and said.repair and said.command.startswith("`semduck ")
        )


@pytest.mark.parametrize("name", CRASHES)
def test_a_crash_is_the_documented_one(name: str) -> None:
    done = run(name)
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 1 and last.startswith(CRASHES[name])
    assert last.split(":")[0].removesuffix("Error") in readme()[name].wrong.title().replace(" ", "")


@pytest.mark.parametrize("name", SILENT)
def test_a_wrong_result_is_only_wrong(name: str) -> None:
    done = run(name)
    assert (done.returncode, done.stderr) == (0, "")
    assert SILENT[name] not in done.stdout
    assert SILENT[name] in run(FIXED / name).stdout


@pytest.mark.parametrize("name", [*CRASHES, *SILENT])
def test_the_repaired_program_runs_and_differs(name: str) -> None:
    fixed = run(FIXED / name)
    assert (fixed.returncode, fixed.stderr) == (0, "")
    assert fixed.stdout != run(name).stdout
    assert run("-m", "doctest", FIXED / name).returncode == 0


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_docstring_examples_show_the_bug(name: str) -> None:
    assert run("-m", "doctest", name).returncode == 1


@pytest.mark.parametrize(
    ("name", "target", "typed"),
    [
        ("invoice.py", ["invoice.py"], ""),
        ("shopping_list.py", ["shopping_list.py"], ""),
        ("asks_input.py", ["asks_input.py"], LAPS),
        ("shop/", ["-m", "shop"], ""),
    ],
)
def test_what_to_state_is_not_so_yet(name: str, target: list[str], typed: str) -> None:
    values, expected = seen(readme()[name].state, target, typed)
    assert len(values) == 1 and values != [expected]


@pytest.mark.parametrize("name", SILENT)
def test_what_to_state_is_so_after_the_repair(name: str) -> None:
    state = readme()[name].state
    line = int(re.findall(r"\d+", state)[-1])
    text = (EXAMPLES / name).read_text().splitlines()[line - 1]
    moved = (FIXED / name).read_text().splitlines().index(text) + 1
    state = state.replace(f"@{line}", f"@{FIXED / name}:{moved}")
    values, expected = seen(state, [str(FIXED / name)])
    assert values == [expected]


def test_the_package_charges_shipping_where_it_should_not() -> None:
    assert "shipping            4.90\nto pay             54.90" in run("-m", "shop").stdout
    assert "shipping            0.00" in run("-m", "shop", "mug=4").stdout
    assert run("-m", "doctest", "shop/pricing.py").returncode == 1


def test_the_project_has_exactly_one_failing_test() -> None:
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=EXAMPLES / "pytest_project")
    assert "1 failed, 4 passed" in done.stdout and "test_night_shift" in done.stdout


def test_the_median_of_typed_laps_is_wrong() -> None:
    done = run("asks_input.py", typed=LAPS)
    assert (done.returncode, done.stderr) == (0, "") and "median 58.0" in done.stdout
    assert "Ada did not run." in run("asks_input.py", typed="Ada\n").stdout


def test_threads_fail_the_same_way_every_time() -> None:
    for _ in range(3):
        done = run("threads.py")
        assert done.stdout == "sign: 2 words\n" and "AssertionError: every text has a count" in done.stderr


def test_the_coroutine_is_not_awaited() -> None:
    assert (
        "TypeError: unsupported operand type(s) for +: 'coroutine' and 'float'"
        in run("async_tasks.py").stderr
    )
