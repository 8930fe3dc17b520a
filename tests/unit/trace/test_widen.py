"""A range of steps recorded again with wider bounds: the same steps, all of the values, or one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle.harness import recorded

from semduck.cli import run_cli
from semduck.trace.recording import Recording
from semduck.trace.target import Limits, Target
from semduck.trace.widen import WidenError, Wider, whole, widen

PROGRAM = """\
import sys

class Thing:
    def __init__(self, n):
        self.rows = [[i, str(i)] for i in range(n)]
        self.text = "ab" * 60_000

def build(n):
    big = list(range(n))
    table = {i: [i] for i in range(7000)}
    nested = [[list(range(6000))], {"k": "y" * 5000}]
    thing = Thing(6000)
    for i in range(70):
        nested[0][0][5500] = i
        long = "x" * 100_000
    big.append(long)
    return len(big)

line = sys.stdin.readline()
print(build(20_000), line)
"""
BOTH = pytest.mark.parametrize("recorder", ["trace", "probes"])


def record(text: str, home: Path, recorder: str, stdin: bytes = b"", **limits: int) -> Recording:
    home.mkdir(exist_ok=True)
    (home / "main.py").write_text(text)
    target = Target("script", "main.py", cwd=home)
    done = recorded(target, home / "out" / "run.duck", stdin, recorder=recorder, limits=Limits(**limits))
    return done.recording


@BOTH
def test_wide_values_are_whole(recorder: str, tmp_path: Path) -> None:
    recording = record(PROGRAM, tmp_path, recorder, b"hello\n")
    file = tmp_path / "main.py"
    (step,) = recording.steps_of_line(file, 17)
    narrow, (early,) = whole(recording, step, "big"), recording.steps_of_line(file, 11)
    assert narrow.more == 20_001 - 5000
    wide = widen(recording, step, step)
    assert wide.step(step).line == 17 and len(wide) > step
    big = list(range(20_000))
    assert [v.literal for _, v in whole(wide, step, "big").children] == [*big, "x" * 100_000]
    assert whole(wide, step, "long").literal == "x" * 100_000
    assert whole(wide, step, "table").literal == {i: [i] for i in range(7000)}
    nested = [[list(range(6000))], {"k": "y" * 5000}]
    nested[0][0][5500] = 69  # type: ignore[index]
    assert whole(wide, step, "nested").literal == nested
    assert whole(wide, step, "thing.text").literal == "ab" * 60_000
    assert len(whole(wide, step, "thing.rows").children) == 6000
    if recorder == "trace":
        assert whole(wide, early, "big").more == 20_000 - 5000  # only these steps are wide
        assert wide.begun_anew() == [step]
    assert wide.gaps() == []
    assert [s.line for s in wide.steps(0, step)] == [s.line for s in recording.steps(0, step)]
    wide.close()


@BOTH
def test_a_range_in_the_middle(recorder: str, tmp_path: Path) -> None:
    recording = record(PROGRAM, tmp_path, recorder, b"hello\n")
    steps = recording.steps_of_line(tmp_path / "main.py", 15)
    first, last = steps[40], steps[60]
    wide = widen(recording, first, last, Wider(items=10_000))
    for number in (40, 50, 60):
        held = whole(wide, steps[number], "nested[0][0]").literal
        assert isinstance(held, list) and (len(held), held[5500]) == (6000, number)
    assert whole(wide, last, "big").more == 10_000
    wide.close()


@pytest.mark.parametrize(
    "text",
    [
        "import random\nfor i in range(50):\n    x = random.random()\nprint(x)\n",
        "import time\nstart = time.time_ns()\nfor i in range(50):\n    x = i\n",
        "import os\nn = os.getpid() % 7\nfor i in range(n + 1):\n    x = os.getpid()\nprint(x)\n",
    ],
)
def test_a_program_that_differs_between_runs(text: str, tmp_path: Path) -> None:
    recording = record(text, tmp_path, "probes")
    with pytest.raises(WidenError, match=r"differs from the recorded one at step \d+") as caught:
        widen(recording, len(recording) - 1, len(recording) - 1)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_recorded_again(tmp_path: Path) -> None:
    loop = "x = 0\nwhile x < 3000:\n    x += 1\n"
    recording = record(loop, tmp_path, "trace", keep_first=100, keep_last=200)
    with pytest.raises(WidenError, match="steps are missing before step 100"):
        widen(recording, 150, 160)
    assert whole(widen(recording, 50, 60), 55, "x").literal == recording.evaluate(55, "x").literal
    with pytest.raises(WidenError, match="there are"):
        widen(recording, 0, len(recording))
    (tmp_path / "main.py").write_text(loop + "\n")
    with pytest.raises(WidenError, match=r"main.py is not what it was"):
        widen(recording, 5, 5)


def test_an_exception_a_generator_and_a_deep_stack(tmp_path: Path) -> None:
    text = (
        "def deep(n):\n    here = list(range(5000 + n))\n    if n:\n        return deep(n - 1)\n"
        "    g = gen()\n    next(g)\n    try:\n        raise ValueError('v' * 3000)\n"
        "    except ValueError as e:\n        kept = e\n    return next(g)\n"
        "def gen():\n    own = list(range(6000))\n    yield 1\n    yield len(own)\n"
        "print(deep(30))\n"
    )
    recording = record(text, tmp_path, "probes")
    (step,) = recording.steps_of_line(tmp_path / "main.py", 11)
    wide = widen(recording, step, step)
    frames = wide.stack(step)
    assert [f.line for f in frames] == [f.line for f in recording.stack(step)]
    for depth in (0, 12, 30):
        assert len(whole(wide, step, "here", frames[depth].frame).children) == 5000 + depth
    (inside,) = recording.steps_of_line(tmp_path / "main.py", 15)
    wide = widen(recording, inside, inside)
    assert len(whole(wide, inside, "own").children) == 6000
    wide.close()


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = record("xs = list(range(6000))\ny = 1\n", tmp_path, "probes")
    out = tmp_path / "wide.duck"
    run = str(recording.path)
    assert run_cli(["widen", run, "2", "xs", "-o", str(out)]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"xs = {list(range(6000))}\n"
    assert "again" in printed.err and out.exists()
    assert len(whole(Recording.open(out), 2, "xs").children) == 6000
    assert run_cli(["widen", run, "2..3", "--items", "5500"]) == 0
    assert capsys.readouterr().out.startswith("xs = [0, 1,")
    assert run_cli(["widen", run, "one", "xs"]) == 2
    assert "write 120 or 120..140" in capsys.readouterr().err
    assert run_cli(["widen", run, "99"]) == 3
    assert run_cli(["widen", run, "2", "nothing"]) == 2
