"""Trials: a copy is run within limits, put back afterwards, and judged outside of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from semduck.repair import oracle
from semduck.repair.copying import plan
from semduck.repair.look import matches
from semduck.repair.model import Expectation
from semduck.repair.propose import _run
from semduck.repair.server import Worker
from semduck.repair.trial import Case, Change, Verdict
from semduck.trace.run import record
from semduck.trace.target import Limits, Target


def case_of(folder: Path, text: str, *wanted: str, name: str = "program.py") -> Case:
    file = folder / name
    file.write_text(text)
    target = Target("script", name, cwd=folder, python=sys.executable)
    recording = record(target, Limits(max_seconds=5))
    stated = [oracle.parse(w, file) for w in wanted]
    return Case(recording, target, [*stated, *oracle.automatic(recording, target)])


def tried(case: Case, new: str, **limits: float) -> Verdict:
    worker = case.worker()
    case.cpu, case.wall = limits.get("cpu", 5.0), limits.get("wall", 10.0)
    assert case.recording.main_file
    try:
        return _run(worker, case.judge(worker, Change(case.recording.main_file, new.encode())))
    finally:
        worker.close()


CRASHES = "print('one')\nx = 1 / 0\nprint(x)\n"


def test_a_patch_that_ends_the_crash_passes(tmp_path: Path) -> None:
    verdict = tried(case_of(tmp_path, CRASHES), CRASHES.replace("/ 0", "/ 2"))
    assert verdict.trial.outcome == "passed"
    assert verdict.trial.output == "one\n0.5\n"
    assert verdict.reached and verdict.prefix_kept


def test_a_swallowed_crash_is_noticed(tmp_path: Path) -> None:
    verdict = tried(case_of(tmp_path, CRASHES), "raise SystemExit\n")
    assert verdict.trial.outcome == "passed"
    assert not verdict.reached and not verdict.prefix_kept


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("while True: pass\n", "timeout"),
        ("import time\ntime.sleep(60)\n", "timeout"),
        ("import os\nos.abort()\n", "crashed"),
        ("x = 'a' * 10**11\n", "failed"),
        ("import sys\nsys.exit(3)\n", "failed"),
        ("while True: print('x' * 10000)\n", "failed"),
        ("import os\nos._exit(0)\n", "passed"),
        ("import os, time\nif os.fork(): time.sleep(60)\nelse:\n    while True: pass\n", "timeout"),
    ],
)
def test_limits(tmp_path: Path, text: str, outcome: str) -> None:
    started = time.monotonic()
    verdict = tried(case_of(tmp_path, CRASHES), text, cpu=0.5, wall=2.0)
    assert verdict.trial.outcome in (outcome, "crashed" if outcome == "failed" else outcome)
    assert time.monotonic() - started < 15


def test_nothing_a_trial_starts_is_left(tmp_path: Path) -> None:
    mark = f"semduck-left-{os.getpid()}"
    sleeper = f"[sys.executable, '-c', 'import time; time.sleep(50)', '{mark}']"
    text = f"import subprocess, sys\nsubprocess.Popen({sleeper})\n"
    tried(case_of(tmp_path, CRASHES), text)
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert not [
        line for line in listed.splitlines() if mark in line and "-c" in line and "ps -eo" not in line
    ]


def test_the_project_is_untouched_and_the_copy_is_put_back(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("1")
    case = case_of(tmp_path, CRASHES)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    worker = case.worker()
    try:
        write = "open('data.txt', 'w').write('2')\nopen('new.txt', 'w').write('n')\n"
        read = "import os\nprint(open('data.txt').read(), os.path.exists('new.txt'))\n"
        assert case.recording.main_file
        _run(worker, case.judge(worker, Change(case.recording.main_file, write.encode())))
        verdict = _run(worker, case.judge(worker, Change(case.recording.main_file, read.encode())))
    finally:
        worker.close()
    assert verdict.trial.output == "1 False\n"
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == before
    assert not worker.folder.exists()


def test_secrets_stay_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_TOKEN", "x")
    monkeypatch.setenv("PLAIN", "y")
    verdict = tried(
        case_of(tmp_path, CRASHES), "import os\nprint('MY_API_TOKEN' in os.environ, os.environ['PLAIN'])\n"
    )
    assert verdict.trial.output == "False y\n"


def test_values_are_checked_on_the_moved_line(tmp_path: Path) -> None:
    text = "total = 1\nprint(total)\n"
    case = case_of(tmp_path, text, "total == 2 @ 2")
    worker = case.worker()
    from semduck.repair.model import Edit

    edit = Edit(10, 10, b"total += 1\n")
    new = b"total = 1\ntotal += 1\nprint(total)\n"
    assert case.recording.main_file
    try:
        change = Change(case.recording.main_file, new, (edit,), text.encode())
        assert _run(worker, case.judge(worker, change)).trial.outcome == "passed"
    finally:
        worker.close()


def test_a_users_module_wins_over_the_library(tmp_path: Path) -> None:
    (tmp_path / "random.py").write_text("def pick():\n    return 'mine'\n")
    verdict = tried(case_of(tmp_path, "import random\n" + CRASHES), "import random\nprint(random.pick())\n")
    assert verdict.trial.output == "mine\n"


def test_recorded_calls_are_compared(tmp_path: Path) -> None:
    text = "def twice(n):\n    return n * 2\ndef half(n):\n    return n / 0\nprint(twice(2), twice(3))\n"
    text += "half(1)\n"
    case = case_of(tmp_path, text)
    trial = tried(case, text.replace("/ 0", "/ 2")).trial
    assert (trial.calls_unchanged, trial.calls_changed) == (2, 0)
    trial = tried(case, text.replace("/ 0", "/ 2").replace("n * 2", "n + 2")).trial
    assert (trial.calls_unchanged, trial.calls_changed) == (1, 1)


def test_input_is_given_again(tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text("n = input()\nprint(n)\n1 / 0\n")
    from semduck.trace.run import Run

    target = Target("script", file.name, cwd=tmp_path, python=sys.executable)
    run = Run(target, Limits(), stdin="pipe")
    run.start()
    run.send_input("42\n")
    run.send_eof()
    run.wait(10)
    case = Case(run.recording, target, [Expectation("no-crash")])
    assert tried(case, "n = input()\nprint(n)\n").trial.output == "42\n"


def test_a_command_is_an_expectation(tmp_path: Path) -> None:
    (tmp_path / "check.sh").write_text("grep -q 2 program.py\n")
    case = case_of(tmp_path, "x = 1\n")
    case.add(Expectation("command", "sh check.sh"))
    assert tried(case, "x = 1\n").trial.outcome == "failed"
    assert tried(case, "x = 2\n").trial.outcome == "passed"


def test_plan_is_bounded(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    (tmp_path / "big").write_bytes(b"0" * 6_000_000)
    main = tmp_path / "program.py"
    main.write_text("")
    made = plan(main, [main], tmp_path, None)
    assert made.files == (main,) and made.complete
    for n in range(2100):
        (tmp_path / f"f{n}.txt").write_text("")
    made = plan(main, [main], tmp_path, None)
    assert made.files == (main,) and not made.complete


def test_doctest_comparison() -> None:
    assert matches("3", "3\n") and not matches("3", "4\n")
    assert matches("<Foo at ...>", "<Foo at 0x12>\n")
    assert matches(
        "Traceback (most recent call last):\n  ...\nValueError: x", "Traceback (...)\nValueError: x\n"
    )


def test_worker_refuses_a_python_that_is_not_there(tmp_path: Path) -> None:
    from semduck.repair.trial import TrialError

    case = case_of(tmp_path, CRASHES)
    with pytest.raises(TrialError, match="cannot be run"):
        Worker(case.plan, str(tmp_path / "no-python"), [], [], b"")
