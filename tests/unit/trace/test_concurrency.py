# ruff: noqa: E501 - program texts and tables read better on long lines
"""Threads, tasks and processes: every lane is whole, and the program is not slowed into another order."""

from __future__ import annotations

import collections
from pathlib import Path

import pytest
from oracle.harness import Recorded, difference, plain, recorded

from semduck.trace.model import Kind
from semduck.trace.target import Target


def record_text(text: str, folder: Path, stdin: bytes = b"") -> Recorded:
    """Record `text` as main.py; its output must be plain python's."""
    (folder / "main.py").write_text(text)
    target = Target("script", str(folder / "main.py"), cwd=folder)
    done = recorded(target, folder / "out" / "run.duck", stdin)
    assert difference(plain(target, stdin), done.outcome) == ""
    return done


MANY = """\
import threading

start = threading.Barrier({n})
totals = {{}}


def work(name):
    mine = []
    start.wait()
    for i in range(40):
        mine.append(i * name)
    totals[name] = sum(mine)


threads = [threading.Thread(target=work, args=(n,)) for n in range({n})]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(totals.items()))
"""


@pytest.mark.parametrize("count", [2, 5])
def test_every_thread_is_a_lane_with_all_its_steps(count: int, tmp_path: Path) -> None:
    recording = record_text(MANY.format(n=count), tmp_path).recording
    lanes = collections.Counter(s.thread for s in recording.steps(0, len(recording)))
    assert sorted(lanes) == list(range(count + 1))
    assert len({lanes[n] for n in range(1, count + 1)}) == 1
    for call in recording.calls():
        if call.function == "work":
            assert call.parent is None
            steps = recording.call_steps(call.frame)
            last = recording.locals(steps[-1])
            assert last["mine"].literal == [i * last["name"].literal for i in range(40)]
            appended = [recording.locals(k)["mine"].length for k in steps if "mine" in recording.locals(k)]
            assert appended == sorted(appended)


def test_a_crowd_of_short_threads(tmp_path: Path) -> None:
    text = (
        "import threading\nseen = []\n\ndef w(i):\n    seen.append(i)\n\n"
        "for i in range(60):\n    t = threading.Thread(target=w, args=(i,)); t.start(); t.join()\nprint(seen == list(range(60)))\n"
    )
    recording = record_text(text, tmp_path).recording
    assert sum(c.function == "w" for c in recording.calls()) == 60
    assert recording.globals(recording.calls()[-1].last or 0)["seen"].length == 60


def test_thread_pool_results(tmp_path: Path) -> None:
    text = (
        "from concurrent.futures import ThreadPoolExecutor\n\ndef square(x):\n    y = x * x\n    return y\n\n"
        "with ThreadPoolExecutor(3) as pool:\n    print(list(pool.map(square, range(20))))\n"
    )
    recording = record_text(text, tmp_path).recording
    results = {recording.arguments(c.frame)["x"].literal: recording.result(c.frame) for c in recording.calls()
               if c.function == "square"}  # fmt: skip
    assert {x: v.literal for x, v in results.items() if v is not None} == {x: x * x for x in range(20)}


def test_exception_in_a_thread_is_told(tmp_path: Path) -> None:
    text = (
        "import threading\nthreading.excepthook = lambda a: print('hook', a.exc_type.__name__)\n\ndef w():\n    xs = [1]\n"
        "    xs[3]\n\nt = threading.Thread(target=w)\nt.start()\nt.join()\n"
    )
    recording = record_text(text, tmp_path).recording
    (raised,) = [r for r in recording.raised() if r.type_name == "IndexError"]
    assert (raised.line, raised.handled) == (6, False)


TASKS = """\
import asyncio


async def ticker(name, n, log):
    for i in range(n):
        log.append((name, i))
        await asyncio.sleep(0)
    return name * n


async def main():
    log = []
    got = await asyncio.gather(ticker("a", 3, log), ticker("b", 2, log))
    return got, log


print(asyncio.run(main()))
"""


def test_tasks_are_suspended_and_resumed(tmp_path: Path) -> None:
    recording = record_text(TASKS, tmp_path).recording
    for call in recording.calls():
        kinds = [recording.step(k).kind for k in recording.call_steps(call.frame)]
        flow = [k for k in kinds if k in (Kind.CALL, Kind.YIELD, Kind.RESUME, Kind.RETURN, Kind.UNWIND)]
        assert flow[0] is Kind.CALL and flow[-1] is Kind.RETURN, (call.function, flow)
        middle = flow[1:-1]
        assert middle == [Kind.YIELD, Kind.RESUME] * (len(middle) // 2), (call.function, flow)
    results = [recording.result(c.frame) for c in recording.calls() if c.function == "ticker"]
    assert [r.literal for r in results if r is not None] == ["aaa", "bb"]


def test_suspended_frames_keep_their_locals(tmp_path: Path) -> None:
    text = (
        "def gen(n):\n    box = []\n    for i in range(n):\n        box.append(i)\n        yield box\n\na = gen(3)\nb = gen(3)\n"
        "x = next(a)\ny = next(b)\nz = next(a)\ny.append('outside')\nprint(x, y, z)\n"
    )
    recording = record_text(text, tmp_path).recording
    first, second = (c.frame for c in recording.calls() if c.function == "gen")
    end = recording.calls()[0].last  # the generators are closed after it
    assert end is not None
    assert recording.locals(end, first)["box"].literal == [0, 1]
    assert recording.locals(end, second)["box"].literal == [0, "outside"]
    resumed = [k for k in recording.call_steps(first) if recording.step(k).kind is Kind.RESUME]
    assert recording.locals(resumed[0], first)["i"].literal == 0


def test_generators_resumed_in_another_thread(tmp_path: Path) -> None:
    text = (
        "import threading\n\ndef gen():\n    xs = []\n    while len(xs) < 3:\n        xs.append(len(xs))\n        yield xs\n\n"
        "g = gen()\nnext(g)\nt = threading.Thread(target=next, args=(g,)); t.start(); t.join()\nprint(next(g))\n"
    )
    recording = record_text(text, tmp_path).recording
    (call,) = [c for c in recording.calls() if c.function == "gen"]
    lengths = [recording.locals(k, call.frame).get("xs") for k in recording.call_steps(call.frame)]
    assert [v.length for v in lengths if v is not None][-1] == 3


def test_a_forked_child_leaves_the_recording_alone(tmp_path: Path) -> None:
    text = (
        "import os, sys\nxs = []\nfor i in range(3):\n    sys.stdout.flush()\n    pid = os.fork()\n    if pid == 0:\n"
        "        for j in range(500):\n            xs.append(j)\n        os._exit(0)\n    os.waitpid(pid, 0)\n    xs.append(i)\nprint(xs)\n"
    )
    recording = record_text(text, tmp_path).recording
    end = len(recording) - 1
    assert recording.locals(end)["xs"].literal == [0, 1, 2]
    assert len(recording.steps_of_line(next(iter(recording.files)), 8)) == 0
    assert recording.ending.kind == "exit"
