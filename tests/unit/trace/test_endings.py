# ruff: noqa: E501 - program texts and tables read better on long lines
"""However a program ends, it can be walked up to there, and it is said how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from oracle.harness import ENV, PATIENCE, Recorded, recorded

from semduck.trace.model import Kind
from semduck.trace.recording import Recording
from semduck.trace.run import Run, RunError, record
from semduck.trace.target import Limits, Target

FOREVER = "import sys\nn = 0\nxs = []\nprint('on', flush=True)\nwhile True:\n    n += 1\n    xs.append(n)\n    if len(xs) > 40:\n        del xs[:30]\n"


def target(text: str, folder: Path) -> Target:
    (folder / "main.py").write_text(text)
    return Target("script", str(folder / "main.py"), cwd=folder)


def ran(text: str, folder: Path, limits: Limits | None = None) -> Recorded:
    return recorded(target(text, folder), folder / "out" / "run.duck", limits=limits)


def started(text: str, folder: Path) -> Run:
    run = Run(
        target(text, folder), Limits(), folder / "out" / "run.duck", stdin="pipe", stdout="pipe", env=ENV
    )
    run.start()
    return run


def grown(run: Run, steps: int) -> None:
    """Wait until that many steps are there."""
    end = time.monotonic() + PATIENCE
    while len(run.recording) < steps:
        assert time.monotonic() < end, f"only {len(run.recording)} steps"
        run.poll()
        run.recording.refresh()
        time.sleep(0.01)


def walkable(recording: Recording) -> None:
    """Every part of it answers, first to last, also when it is opened anew."""
    for again in (recording, Recording.open(recording.path)):
        count = len(again)
        assert count == len(recording) > 0
        for k in {0, 1, count // 2, count - 2, count - 1} & set(range(count)):
            assert again.step(k).number == k
            assert again.stack(k)
            again.locals(k)
            again.changes(k)
        assert again.ending == recording.ending


@pytest.mark.parametrize(
    ("text", "kind", "code", "part"),
    [
        ("x = 1\n", "exit", 0, "0"),
        ("import sys\nsys.exit(3)\n", "exit", 3, "3"),
        ("import os\nx = [1]\nos._exit(4)\n", "exit", 4, "4"),
        ("import sys\nsys.exit('message')\n", "exit", 1, "1"),
        ("def f():\n    raise ValueError('bad value')\nf()\n", "exception", 1, "ValueError: bad value"),
        ("x = {}\nx['k']\n", "exception", 1, "KeyError: 'k'"),
        ("raise KeyboardInterrupt\n", "exception", -2, "KeyboardInterrupt"),
        ("import os, signal\nx = 1\nos.kill(os.getpid(), signal.SIGTERM)\n", "signal", -15, "SIGTERM"),
        ("import os, signal\nx = 1\nos.kill(os.getpid(), signal.SIGKILL)\n", "signal", -9, "SIGKILL"),
        ("import os\nx = 1\nos.abort()\n", "signal", -6, "SIGABRT"),
        ("import ctypes\nx = [1]\nx.append(2)\nctypes.string_at(0)\n", "signal", -11, "SIGSEGV"),
    ],
    ids=["plain", "exit", "os_exit", "exit_text", "error", "key_error", "interrupt", "term", "kill", "abort", "segfault"],
)  # fmt: skip
def test_kinds_of_ending(text: str, kind: str, code: int, part: str, tmp_path: Path) -> None:
    done = ran(text, tmp_path)
    assert (done.ending.kind, done.ending.code) == (kind, code)
    assert part in done.ending.detail
    walkable(done.recording)


def test_an_exception_ends_where_it_was_raised(tmp_path: Path) -> None:
    done = ran(
        "def f(n):\n    xs = [n]\n    return xs[1]\n\ntry:\n    f(1)\nexcept IndexError:\n    pass\nf(2)\n",
        tmp_path,
    )
    assert done.ending.step is not None
    step = done.recording.step(done.ending.step)
    assert (step.kind, step.function, step.line) == (Kind.EXCEPTION, "f", 3)
    assert done.recording.locals(step.number)["n"].literal == 2
    assert [(r.type_name, r.line, r.handled) for r in done.recording.raised()] == [
        ("IndexError", 3, True),
        ("IndexError", 3, False),
    ]


def test_state_just_before_a_segfault(tmp_path: Path) -> None:
    done = ran("import ctypes\nx = [1]\nx.append(2)\nctypes.string_at(0)\n", tmp_path)
    last = done.recording.step(len(done.recording) - 1)
    assert (last.kind, last.line) == (Kind.LINE, 4)
    assert done.recording.locals(last.number)["x"].literal == [1, 2]


def test_an_endless_loop_stopped_by_the_user(tmp_path: Path) -> None:
    run = started(FOREVER, tmp_path)
    grown(run, 3000)
    run.stop()
    ending = run.wait(PATIENCE)  # how long it takes says more of the machine
    assert ending.kind == "stopped"
    assert run.stdout == b"on\n"
    walkable(run.recording)
    for k in (500, len(run.recording) - 3):
        values = run.recording.locals(k)
        assert values["xs"].literal[-1:] in ([values["n"].literal], [values["n"].literal - 1])


def test_stopping_a_program_that_sleeps_or_waits(tmp_path: Path) -> None:
    for n, text in enumerate(("import time\nx = 1\ntime.sleep(60)\n", "x = 1\ninput('? ')\n", "import threading\nx = 1\n"
                              "e = threading.Event()\ne.wait()\n")):  # fmt: skip
        folder = tmp_path / str(n)
        folder.mkdir()
        run = started(text, folder)
        grown(run, 3)
        run.stop()
        assert run.wait(PATIENCE).kind == "stopped"
        walkable(run.recording)


def test_stopping_a_program_that_ignores_signals_and_has_children(tmp_path: Path) -> None:
    text = (
        "import signal, subprocess, sys\nfor s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):\n    signal.signal(s, signal.SIG_IGN)\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)'])\nprint(p.pid, flush=True)\np.wait()\n"
    )
    run = started(text, tmp_path)
    end = time.monotonic() + PATIENCE
    while not run.stdout and time.monotonic() < end:
        run.poll()
        time.sleep(0.02)
    run.stop()
    assert run.wait(PATIENCE).kind == "stopped"
    child = int(run.stdout)
    time.sleep(0.1)
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_step_limit(tmp_path: Path) -> None:
    done = ran(FOREVER, tmp_path, Limits(max_steps=2000))
    assert done.ending.kind == "limit"
    assert "2,000" in done.ending.detail
    assert len(done.recording) == 2000
    assert done.outcome.stdout == b"on\n"
    walkable(done.recording)


def test_time_limit(tmp_path: Path) -> None:
    begin = time.monotonic()
    done = ran(FOREVER, tmp_path, Limits(max_seconds=1.0))
    assert done.ending.kind == "limit"
    assert time.monotonic() - begin > 0.9
    walkable(done.recording)


def test_a_limit_inside_try_finally_still_ends(tmp_path: Path) -> None:
    text = "def f():\n    while True:\n        try:\n            x = 1\n        except BaseException:\n            pass\n        finally:\n            y = 2\nf()\n"
    done = ran(text, tmp_path, Limits(max_steps=500))
    assert done.ending.kind == "limit"
    walkable(done.recording)


def test_size_limit_keeps_the_start_and_lets_the_program_go_on(tmp_path: Path) -> None:
    text = "xs = []\nfor i in range(30000):\n    xs.append(str(i) * 5)\nprint(len(xs))\n"
    done = ran(text, tmp_path, Limits(max_bytes=60_000))
    assert done.outcome.stdout == b"30000\n"
    assert done.outcome.code == 0
    assert done.ending.kind == "limit"
    assert 100 < len(done.recording) < 60_000
    assert sum(p.stat().st_size for p in (tmp_path / "out").iterdir()) < 400_000
    walkable(done.recording)


@pytest.mark.parametrize("moment", [0.0, 0.013, 0.2, 0.5])
def test_kill_9_at_any_moment_leaves_a_recording(moment: float, tmp_path: Path) -> None:
    run = started(FOREVER, tmp_path)
    grown(run, 200)
    time.sleep(moment)
    assert run._process is not None
    os.kill(run._process.pid, signal.SIGKILL)
    ending = run.wait(PATIENCE)
    assert (ending.kind, ending.code) == ("signal", -9)
    recording = run.recording
    assert len(recording) > 100
    walkable(recording)
    last = recording.locals(len(recording) - 1)
    assert last["xs"].literal[-1] - last["n"].literal in (0, -1)


def test_the_recorder_killed_with_its_program_leaves_a_recording(tmp_path: Path) -> None:
    """Both processes die at once: what was written can be opened, and is called cut short."""
    (tmp_path / "main.py").write_text(FOREVER)
    host = (
        "import sys, time\nfrom pathlib import Path\nfrom semduck.trace.run import Run\nfrom semduck.trace.target import Limits, Target\n"
        "run = Run(Target('script', 'main.py', cwd=Path.cwd()), Limits(), Path('out/run.duck'), stdin='null', stdout='pipe')\n"
        "run.start()\nprint(run._process.pid, flush=True)\ntime.sleep(100)\n"
    )
    root = str(Path(__file__).parents[3])
    process = subprocess.Popen(
        [sys.executable, "-c", host],
        cwd=tmp_path,
        env={**ENV, "PYTHONPATH": root},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    time.sleep(0.8)
    process.kill()
    os.kill(child, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    time.sleep(0.1)
    recording = Recording.open(tmp_path / "out" / "run.duck")
    assert recording.ending.kind == "broken"
    walkable(recording)


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for about two megabytes."""
    place = tmp_path / "tiny"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2200k", "none", str(place)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_told_and_the_program_goes_on(tiny: Path, tmp_path: Path) -> None:
    text = "import random\nrandom.seed(1)\nxs = []\nfor i in range(40000):\n    xs.append(random.random())\n    xs = xs[-30:]\nprint(len(xs))\n"
    done = recorded(target(text, tmp_path), tiny / "run.duck")
    assert (done.outcome.stdout, done.outcome.code, done.outcome.stderr) == (b"30\n", 0, b"")
    assert done.ending.kind == "limit"
    assert "space" in done.ending.detail.lower()
    assert len(done.recording) > 100
    for k in (0, 50, len(done.recording) - 1):
        done.recording.locals(k)


def test_no_room_at_all_is_one_line(tiny: Path, tmp_path: Path) -> None:
    with (tiny / "filler").open("wb") as filler, pytest.raises(OSError):
        while True:
            filler.write(b"x" * 65536)
            filler.flush()
    try:
        done = recorded(target("x = 1\nprint(x)\n", tmp_path), tiny / "run.duck")
    except RunError as error:
        assert "space" in str(error).lower() and "\n" not in str(error)
    else:
        assert done.ending.kind in ("limit", "broken", "exit")
        assert b"Traceback" not in done.outcome.stderr


@pytest.mark.parametrize("spec", ["nowhere.py", "folder"])
def test_what_cannot_run_ends_as_python_ends(spec: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    try:
        recording = record(Target("script", spec, cwd=tmp_path), out=tmp_path / "out" / "run.duck")
    except RunError as error:
        assert "\n" not in str(error)
    else:
        assert recording.ending.code not in (0, None)


def test_a_python_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("x = 1\n")
    run = Run(
        Target("script", "main.py", cwd=tmp_path, python="/nowhere/python"), Limits(), tmp_path / "out" / "r"
    )
    with pytest.raises(RunError) as raised:
        run.start()
    assert "\n" not in str(raised.value)


def test_a_damaged_recording_is_refused_or_read_up_to_there(tmp_path: Path) -> None:
    done = ran("xs = []\nfor i in range(9000):\n    xs.append(i)\n    xs = xs[-5:]\n", tmp_path)
    data = done.recording.path.read_bytes()
    for n, broken in enumerate((b"", b"not a recording", data[: len(data) // 2], data[:-7], data[:20])):
        path = tmp_path / f"broken{n}.duck"
        path.write_bytes(broken)
        try:
            recording = Recording.open(path)
        except Exception as error:
            assert type(error).__name__ == "RecordingError", repr(error)
            assert "\n" not in str(error)
        else:
            whole = len(recording) == len(done.recording)  # only the index was cut
            assert recording.ending.kind == ("exit" if whole else "broken")
            for k in range(0, len(recording), 997):
                recording.locals(k)


def test_flipped_bytes_never_crash(tmp_path: Path) -> None:
    done = ran("xs = []\nfor i in range(3000):\n    xs.append(i)\n    xs = xs[-5:]\n", tmp_path)
    data = done.recording.path.read_bytes()
    for at in range(3, len(data), max(1, len(data) // 60)):
        path = tmp_path / "flipped.duck"
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        try:
            recording = Recording.open(path)
            for k in range(0, len(recording), 1501):
                recording.locals(k)
        except Exception as error:
            assert type(error).__name__ == "RecordingError", (at, repr(error))
