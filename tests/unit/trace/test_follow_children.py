# ruff: noqa: E501 - program texts read better on long lines
"""With follow_children every python process a program starts leaves a recording, linked both ways."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from oracle.harness import PATIENCE
from test_children import EXECUTOR, FORK, POOL, SPAWNV, WORK, process, same, target

from semduck.trace.model import ChildProcess, Kind
from semduck.trace.offspring import MOST
from semduck.trace.recording import Recording
from semduck.trace.run import Run
from semduck.trace.target import Limits

RUN = "import subprocess, sys\nfor n in range(2):\n    subprocess.run([sys.executable, 'worker.py', str(n)], check=True)\n"
WORKER = "import sys\nimport helper\n\ndef main(n):\n    return helper.double(n) + 1\n\nprint(main(int(sys.argv[1])), flush=True)\n"
HELPER = "def double(n):\n    return n * 2\n"


def followed(text: str, folder: Path) -> Recording:
    """The recording of a program whose children are recorded, too. It does what it does in plain python."""
    (folder / "worker.py").write_text(WORKER)
    (folder / "helper.py").write_text(HELPER)
    return same(target(text, folder), folder / "out" / "run.duck", follow=True).recording


def below(recording: Recording) -> Iterator[tuple[ChildProcess, Recording]]:
    """All recordings of children, children of children, ..."""
    for told in recording.child_processes():
        for path in told.recordings:
            child = Recording.open(path)
            assert child.parent is not None and child.parent.recording == recording.path.resolve()
            assert child.parent.start == told.number
            walkable(child)
            yield told, child
            yield from below(child)


def walkable(recording: Recording) -> None:
    """Every step of it answers."""
    for k in range(len(recording)):
        assert recording.step(k).number == k
        recording.locals(k)
        recording.stack(k)


def results(recording: Recording, function: str) -> list[object]:
    """What the calls of a function returned that this process itself made."""
    first = recording.forked or 0
    return [c.result.literal for c in recording.calls_of(function) if c.call.first >= first and c.result]


def test_subprocesses_are_recorded_with_their_modules(tmp_path: Path) -> None:
    recording = followed(RUN, tmp_path)
    children = [child for _, child in below(recording)]
    assert [c.argv for c in children] == [["worker.py", "0"], ["worker.py", "1"]]
    for n, child in enumerate(children):
        assert {f.name for f in child.files} == {"worker.py", "helper.py"}
        assert results(child, "main") == [2 * n + 1] and results(child, "double") == [2 * n]
        assert child.ending.kind == "exit" and "".join(p.text for p in child.output()) == f"{2 * n + 1}\n"
        assert not Path(f"{child.path}.tail").exists()


@pytest.mark.parametrize("text", [POOL, EXECUTOR], ids=["pool", "executor"])
def test_workers_of_a_pool_tell_what_they_worked_on(text: str, tmp_path: Path) -> None:
    children = [child for _, child in below(followed(text, tmp_path))]
    assert len(children) == (4 if text is POOL else 2)
    done = sorted(r for child in children for r in results(child, "work"))  # type: ignore[type-var]
    assert done == ([0, 0, 1, 3, 6, 10, 15, 21] if text is POOL else [3, 6])


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_process_of_multiprocessing_is_recorded(method: str, tmp_path: Path) -> None:
    found = [child for _, child in below(followed(process(method), tmp_path))]
    assert [results(child, "work") for child in found] == [[6]]
    (call,) = [c for c in found[0].calls_of("work") if c.call.first >= (found[0].forked or 0)]
    assert [v.text for _, v in found[0].history("total", call.call.frame)] == ["0", "1", "3", "6"]


@pytest.mark.parametrize("text", [SPAWNV, FORK], ids=["spawnv", "fork"])
def test_a_fork_is_recorded_and_what_it_was_made_for_is_not(text: str, tmp_path: Path) -> None:
    found = [child for _, child in below(followed(text, tmp_path))]
    if text is SPAWNV:  # its child runs no file of the program
        assert found == []
        return
    (child,) = found
    assert child.ending.code == 5 and child.forked is not None
    assert child.locals(len(child) - 1)["x"].literal == 1
    assert child.locals(child.forked)["pid"].literal == 0


def test_a_forked_child_knows_the_past_and_the_parent_nothing_of_it(tmp_path: Path) -> None:
    text = (
        "import os\nxs = []\nfor i in range(9000):\n    if i % 3 == 0: xs.append(i % 7)\npid = os.fork()\nif pid == 0:\n    xs.append('child')\n"
        "    xs.append(len(xs))\n    os._exit(0)\nos.waitpid(pid, 0)\nfor i in range(3000):\n    xs[i] = 'parent'\n"
    )
    recording = followed(text, tmp_path)
    told = recording.child_processes()[0]
    child = Recording.open(told.recordings[0])
    start = child.forked
    assert start == told.step + 1
    for k in (5, 4000, 17_000, start - 1):
        for name in ("i", "xs"):
            assert child.locals(k)[name] == recording.locals(k)[name]
        assert child.step(k) == recording.step(k)
    assert child.locals(len(child) - 1)["xs"].length == 3002
    assert child.evaluate(len(child) - 1, "xs[-2]").literal == "child"
    end = len(recording) - 1
    assert recording.locals(end)["xs"].length == 3000
    assert recording.evaluate(end, "xs[2999]").literal == "parent"


def test_children_of_children(tmp_path: Path) -> None:
    text = (
        "import os, subprocess, sys\n" + WORK + "if len(sys.argv) < 3:\n    level = sys.argv[1:] + ['x']\n"
        "    pid = os.fork()\n    if pid == 0:\n        work(len(level))\n"
        "        sys.stdout.flush()\n        subprocess.run([sys.executable, 'main.py', *level])\n        os._exit(0)\n"
        "    os.waitpid(pid, 0)\nelse:\n    work(5)\n"
    )
    found = list(below(followed(text, tmp_path)))
    assert [told.how for told, _ in found] == ["fork", "subprocess", "fork", "subprocess"]
    assert results(found[-1][1], "work") == [10] and found[-1][1].argv == ["main.py", "x", "x"]


def test_python_below_a_shell_is_found(tmp_path: Path) -> None:
    text = "import os, sys\nos.system(sys.executable + ' worker.py 3; ' + sys.executable + ' worker.py 4')\n"
    recording = followed(text, tmp_path)
    (told,) = recording.child_processes()
    assert [Recording.open(p).argv for p in told.recordings] == [["worker.py", "3"], ["worker.py", "4"]]


@pytest.mark.parametrize(
    ("end", "kind"),
    [("raise ValueError('no')", "exception"), ("os.kill(os.getpid(), 9)", "broken"), ("os._exit(4)", "exit"),
     ("import ctypes\n    ctypes.string_at(0)", "broken"), ("import sys\n    sys.exit(2)", "exit"), ("os.abort()", "broken")],
    ids=["raise", "kill", "_exit", "segfault", "exit", "abort"],
)  # fmt: skip
@pytest.mark.parametrize("way", ["fork", "run"])
def test_however_a_child_ends_it_can_be_walked(way: str, end: str, kind: str, tmp_path: Path) -> None:
    body = f"    xs = []\n    for i in range(40):\n        xs.append(i)\n    {end}\n"
    if way == "fork":
        text = f"import os\npid = os.fork()\nif pid == 0:\n{body}print(os.waitpid(pid, 0)[1])\n"
    else:
        text = "import subprocess, sys\nprint(subprocess.run([sys.executable, 'child.py']).returncode)\n"
        (tmp_path / "child.py").write_text(f"import os\nif True:\n{body}")
    ((_, child),) = below(followed(text, tmp_path))
    assert child.ending.kind == kind
    assert child.locals(len(child) - 1)["xs"].length == 40
    if kind == "exception":
        assert child.ending.detail == "ValueError: no"


def test_a_child_that_is_killed_from_outside(tmp_path: Path) -> None:
    text = (
        "import os, signal, time\npid = os.fork()\nif pid == 0:\n    xs = []\n    while True:\n        xs.append(len(xs))\n"
        "        time.sleep(0.001)\ntime.sleep(0.5)\nos.kill(pid, signal.SIGKILL)\nprint(os.waitpid(pid, 0)[1])\n"
    )
    ((told, child),) = below(followed(text, tmp_path))
    assert child.ending.kind == "broken" and child.pid == told.pid
    assert (child.locals(len(child) - 1)["xs"].length or 0) > 20


def test_a_limit_ends_the_recording_of_a_child_not_the_child(tmp_path: Path) -> None:
    program = target("import multiprocessing as mp\n" + WORK + "if __name__ == '__main__':\n    for m in ('fork', 'spawn'):\n"
                     "        with mp.get_context(m).Pool(1) as p:\n            print(p.map(work, [200_000, 2]), flush=True)\n", tmp_path)  # fmt: skip
    run = Run(program, Limits(max_steps=800), tmp_path / "run.duck", follow_children=True)
    run.start()
    assert run.wait(PATIENCE).kind == "exit"
    assert run.stdout == b"[19999900000, 1]\n" * 2
    found = [c for _, c in below(run.recording) if any(c.calls_of("work"))]
    assert {c.ending.kind for c in found} <= {"limit", "exit"} and len(found) == 2  # it may end before it is noticed
    assert all(len(c) <= 800 for c in found)
    assert any("800 steps" in c.ending.detail for c in found)


def test_so_many_are_recorded_and_the_rest_is_told(tmp_path: Path) -> None:
    count = MOST + 6
    text = f"import os\nfor n in range({count}):\n    pid = os.fork()\n    if not pid:\n        os._exit(0)\n    os.waitpid(pid, 0)\n"
    told = followed(text, tmp_path).child_processes()
    assert len(told) == count and sum(len(c.recordings) for c in told) == MOST
    assert all(c.pid for c in told)


def test_what_still_runs_is_left_readable(tmp_path: Path) -> None:
    text = (
        "import os, time\npid = os.fork()\nif pid == 0:\n    os.close(0); os.close(1); os.close(2)\n    x = 5\n    time.sleep(60)\n    os._exit(0)\n"
        "time.sleep(0.3)\nprint(pid)\n"
    )
    run = Run(target(text, tmp_path), Limits(), tmp_path / "run.duck", follow_children=True)
    run.start()
    run.wait(PATIENCE)
    (told,) = run.recording.child_processes()
    try:
        assert told.pid is not None and Path(f"{told.recordings[0]}.tail").exists()
        child = Recording.open(told.recordings[0])
        assert child.locals(len(child) - 1)["x"].literal == 5
    finally:
        os.kill(told.pid or 0, signal.SIGKILL)


@pytest.mark.parametrize("recorder", ["probes", "trace"])
def test_a_fork_in_a_thread_and_under_the_tracing_recorder(recorder: str, tmp_path: Path) -> None:
    text = (
        "import os, threading\n"
        + WORK
        + "def forks():\n    pid = os.fork()\n    if not pid:\n        work(4)\n        os._exit(0)\n"
        "    os.waitpid(pid, 0)\n\nt = threading.Thread(target=forks)\nt.start()\nt.join()\nforks()\n"
    )
    run = Run(
        target(text, tmp_path), Limits(), tmp_path / "run.duck", follow_children=True, recorder=recorder
    )
    run.start()
    run.wait(PATIENCE)
    assert [results(child, "work") for _, child in below(run.recording)] == [[6], [6]]


def test_stopping_the_program_ends_its_children_too(tmp_path: Path) -> None:
    text = "import os, time\npid = os.fork()\nx = 0\nwhile True:\n    x += 1\n    time.sleep(0.01)\n"
    run = Run(target(text, tmp_path), Limits(), tmp_path / "run.duck", follow_children=True)
    run.start()
    end = time.monotonic() + PATIENCE
    while len(run.recording) < 40 and time.monotonic() < end:
        run.poll()
        run.recording.refresh()
        time.sleep(0.02)
    run.stop()
    assert run.wait(PATIENCE).kind == "stopped"
    ((_, child),) = below(run.recording)
    assert child.forked and len(child) > child.forked and child.step(len(child) - 1).kind is Kind.LINE
