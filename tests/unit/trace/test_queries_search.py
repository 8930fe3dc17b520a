# ruff: noqa: E501 - program texts and tables read better on long lines
"""Conditions over the whole run: against python's own eval, and against looking at every step."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from oracle import live, slow
from oracle.harness import ENV, PROGRAMS, Lab, recorded

from semduck.trace.evaluate import EvaluateError
from semduck.trace.queries import watched
from semduck.trace.recording import Recording, Where
from semduck.trace.target import Target

HOSTILE = """\
import threading

LIMIT = 3
ring = [1]
ring.append(ring)
total = 0


class Node:
    count = 0

    def __init__(self, value, next=None):
        self.value, self.next = value, next
        Node.count += 1


def build(n):
    return Node(n, build(n - 1) if n > 0 else None)


def counter():
    seen = 0
    def bump(by):
        nonlocal seen
        seen += by
        return seen
    for i in range(5):
        bump(i)
    return seen


def numbers(n):
    i = 0
    while i < n:
        got = yield i
        i += 1


def shadow(total):
    total += 1
    del total
    try:
        return total
    except UnboundLocalError:
        return LIMIT


def worker(out):
    global total
    for i in range(3):
        out.append(i)
        total += i


chain = build(4)
node = chain
grid = [[0, 0], [0, 0]]
d = {"k": [1], (1, 2): "pair"}
while node is not None:
    grid[node.value % 2][0] += 1
    d["k"].append(node.value)
    node = node.next
del node
counter()
out = []
for x in numbers(4):
    out.append(x)
shadow(1)
thread = threading.Thread(target=worker, args=(out,))
thread.start(), thread.join()
xs, ys = [1, 2], None
ys = xs
ys += [3]
xs = sorted(xs, reverse=True)
node = "again"
done = True
"""
CONDITIONS = [
    "total > 1", "len(out) >= 3 and out[-1] % 2 == 0", "node is None", "node is not None and node.value < 3",
    "i == 2", "n == 0 or n == 3", "grid[1][0] > 0", "d['k'][-1:] == [3]", "sum(d['k']) > 6", "x in out", "not out",
    "0 < total <= 3", "isinstance(node, str)", "isinstance(node, Node)", "max(xs) == 3 and xs[0] == 3", "xs is ys",
    "any(v > 2 for v in out)", "all(row[0] > 0 for row in grid)", "[v * 2 for v in xs][:2] == [6, 4]", "LIMIT if total else n",
    "seen > 3", "ring[1][1][0] == 1", "d[1, 2] == 'pair' and total == 0", "abs(-total) == 1", "chain.next.next.value == 2",
    "sorted(out) == out and len(out) > 2", "self.value == 2", "min(out) == 0",
    "{1, 2} == {2, 1} and total == 3", "Node.count == 3", "got is None", "by == seen", "total ** 2 == 9",
]  # fmt: skip


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search") / "main.py"
    path.write_text(HOSTILE)
    return path


@pytest.fixture(scope="module")
def recording(program: Path) -> Recording:
    return recorded(
        Target("script", str(program), cwd=program.parent), program.parent / "o" / "run.duck"
    ).recording


@pytest.fixture(scope="module")
def rows(program: Path) -> list[list[object]]:
    """Lines as python itself runs them, with what each condition is there. The thread is not traced."""
    out = program.parent / "rows.json"
    subprocess.run(
        [sys.executable, live.__file__ or "", str(out), str(program), *CONDITIONS], env=ENV, check=True
    )
    found: list[list[object]] = json.loads(out.read_text())
    return found


@pytest.mark.parametrize("number", range(len(CONDITIONS)), ids=CONDITIONS)
def test_conditions_hold_where_python_says_so(
    recording: Recording, rows: list[list[object]], number: int
) -> None:
    lines = [s for s in recording.steps(0, len(recording)) if s.kind.value == "line" and s.thread == 0]
    assert [s.line for s in lines] == [line for line, _ in rows]
    found = set(recording.steps_where(CONDITIONS[number]))
    told = [s.number in found for s in lines]
    assert told == [holds[number] for _, holds in rows]
    assert number > 20 or any(told)


@pytest.mark.parametrize("condition", [*CONDITIONS, "changed(out)", "changed(ring)", "changed(total) and total > 1", "changed(chain)",
                                       "changed(node.value)", "changed(grid[0]) or changed(grid[1][0])", "not changed(x)", "changed(seen)",
                                       "changed(len(out))", "changed(d) and i == 1"])  # fmt: skip
def test_remembering_changes_no_answer(recording: Recording, condition: str) -> None:
    found = list(recording.steps_where(condition))
    assert found == slow.where(recording, condition)
    if found:
        middle = found[len(found) // 2]
        assert list(recording.steps_where(condition, start=middle)) == found[len(found) // 2 :]
        assert recording.first_where(condition, start=middle + 1) == next(
            (k for k in found if k > middle), None
        )
        assert recording.last_where(middle - 1, condition) == next(
            (k for k in reversed(found) if k < middle), None
        )
        assert recording.last_where(len(recording), condition) == found[-1]


@pytest.mark.parametrize(
    "name",
    [
        "accounts",
        "aliasing",
        "linked_list",
        "generators",
        "closures",
        "circular",
        "recursion",
        "class_bodies",
        "async_basic",
        "threads_lock",
    ],
)
def test_over_other_programs(lab: Lab, name: str) -> None:
    recording = lab.recorded(PROGRAMS / f"{name}.py").recording
    names = sorted(
        {n for c in recording.calls() for n in recording.names(recording.span(c.frame)[1], c.frame)}
    )
    for name_ in names[:: max(1, len(names) // 12)]:
        for condition in (
            f"changed({name_})",
            f"{name_} is None",
            f"len({name_}) > 1",
            f"{name_}.value == 1",
        ):
            try:
                found = list(recording.steps_where(condition))
            except EvaluateError:
                found = []
            assert found == slow.where(recording, condition), condition


def test_restricted(recording: Recording, program: Path) -> None:
    everywhere = list(recording.steps_where("i >= 0"))
    inside = list(recording.steps_where("i >= 0", Where(function="numbers")))
    assert inside == [k for k in everywhere if recording.step(k).function == "numbers"]
    line = HOSTILE.splitlines().index("        bump(i)") + 1
    there = list(recording.steps_where("i >= 3", Where(line=line, file=program)))
    assert there == recording.steps_of_line(program, line)[3:]
    call = next(c for c in recording.calls() if c.function == "counter.<locals>.bump")
    assert {recording.frame_at(k) for k in recording.steps_where("by == 0", Where(frame=call.frame))} == {
        call.frame
    }
    assert not list(recording.steps_where("i >= 0", Where(file=Path("other.py"))))


@pytest.mark.parametrize("condition", ["print(total)", "total.bit_length() > 1", "lambda: 1", "f'{total}' == '1'", "total :=", "out.append(1)",
                                       "__import__('os')", "total @ 2 > 1", "[*out] == []", "await x", "len(out, out)", "(yield)", "{**d}"])  # fmt: skip
def test_what_is_not_supported_is_said(recording: Recording, condition: str) -> None:
    with pytest.raises(EvaluateError) as raised:
        recording.first_where(condition)
    assert "\n" not in str(raised.value)


def test_a_condition_that_makes_no_sense_anywhere_is_said(recording: Recording) -> None:
    with pytest.raises(EvaluateError, match="its own code"):
        list(recording.steps_where("chain == 3"))
    with pytest.raises(EvaluateError, match="no order"):
        list(recording.steps_where("d < 3"))
    assert list(recording.steps_where("nowhere > 3")) == []


EVIL = """\
class Evil:
    def __getattribute__(self, name): print("called", name); return 1
    def __eq__(self, other): print("eq"); return True
    def __len__(self): print("len"); return 1
    def __bool__(self): print("bool"); return True
e = Evil()
xs = [e]
big = 2
"""


def test_nothing_of_the_program_runs_and_nothing_explodes(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(EVIL)
    done = recorded(Target("script", "main.py", cwd=tmp_path), tmp_path / "o" / "run.duck")
    for condition in ("e == 1", "len(e)", "not e", "e", "xs == [1]", "1 in xs", "e < 1"):
        with pytest.raises(EvaluateError):
            assert not list(done.recording.steps_where(condition)), condition
    assert list(done.recording.steps_where("e in xs and xs == [e]"))
    assert done.outcome.stdout == b""
    for condition in ("big ** 9999999999 > 1", "big << 9999999999", "'x' * 10**10 == ''"):
        with pytest.raises(EvaluateError):
            list(done.recording.steps_where(condition))


LONG = """\
def step(out, i):
    if i % 10 == 0:
        out.append(i)
    return i * 2


def main():
    out, total = [], 0
    for i in range(16000):
        total += step(out, i)
    return total


main()
"""


def test_a_hundred_thousand_steps_take_seconds(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(LONG)
    recording = recorded(Target("script", "main.py", cwd=tmp_path), tmp_path / "o" / "run.duck").recording
    assert len(recording) > 95_000
    for condition in ("len(out) > 1590", "total > 10**8 and i % 2 == 1", "changed(out) and i > 15_000"):
        begun = time.process_time()
        assert list(recording.steps_where(condition))
        assert time.process_time() - begun < 8  # about 1.5 where nothing else runs


FLICKER = """\
flag = 0


def turn(n):
    global flag
    flag = n
    flag = 0
    flag = n


def main():
    for i in range(20):
        turn(i % 3)
    return flag


main()
"""


@pytest.mark.parametrize("kept", [3, 50_000])
def test_what_comes_and_goes_while_another_call_runs(
    tmp_path: Path, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "KEPT", kept)
    (tmp_path / "main.py").write_text(FLICKER)
    recording = recorded(Target("script", "main.py", cwd=tmp_path), tmp_path / "o" / "run.duck").recording
    for condition in ("flag == 1", "flag > 0", "flag == n", "flag >= 0", "i == 5 and flag", "n == 2"):
        assert list(recording.steps_where(condition)) == slow.where(recording, condition), condition
