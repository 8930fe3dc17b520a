# ruff: noqa: E501 - program texts and tables read better on long lines
"""The state at a step does not depend on how one got there, and moving about keeps its promises."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from oracle.harness import PROGRAMS, Lab, recorded

from semduck.trace.model import Kind
from semduck.trace.recording import Recording
from semduck.trace.target import Target

CHOSEN = ["closures", "generators", "grids", "recursion", "threads_lock", "exceptions", "id_reuse", "class_bodies",
          "accounts", "collections_all", "linked_list"]  # fmt: skip


def look(recording: Recording, k: int) -> tuple[object, ...]:
    """Everything there is to ask about one step."""
    return (
        recording.step(k), recording.locals(k), recording.globals(k), recording.stack(k), recording.changes(k),
        [recording.locals(k, f.frame) for f in recording.stack(k)],
    )  # fmt: skip


@pytest.fixture(params=CHOSEN)
def recording(request: pytest.FixtureRequest, lab: Lab) -> Recording:
    return lab.recorded(PROGRAMS / f"{request.param}.py").recording


def fresh(recording: Recording) -> Recording:
    """The same recording with nothing read yet."""
    return Recording.open(recording.path)


def test_any_order_gives_the_same_state(recording: Recording) -> None:
    walked = [look(recording, k) for k in range(len(recording))]
    order = [k for _ in range(2) for k in range(len(recording))]
    random.Random(5).shuffle(order)
    jumper = fresh(recording)
    wrong = [k for k in order if look(jumper, k) != walked[k]]
    assert not wrong, f"steps {sorted(set(wrong))[:20]} differ when jumped to"


def test_backwards_gives_the_same_state(recording: Recording) -> None:
    walked = [look(recording, k) for k in range(len(recording))]
    again = fresh(recording)
    wrong = [k for k in reversed(range(len(recording))) if look(again, k) != walked[k]]
    assert not wrong, f"steps {wrong[:20]} differ when walked to backwards"


def test_changes_are_all_that_differs(recording: Recording) -> None:
    """A name is in changes(k) exactly when its picture, or whether it exists, differs from the last step."""
    for k in range(1, len(recording)):
        if recording.step(k).frame != recording.step(k - 1).frame:
            continue
        before, after = recording.locals(k - 1), recording.locals(k)
        differ = {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)}
        told = {c.path.split(".")[0].split("[")[0] for c in recording.changes(k)}
        assert differ <= told, f"step {k}: {differ - told} changed, told {told}"


def test_last_and_next_change_agree_with_history(recording: Recording) -> None:
    for call in recording.calls()[:12]:
        steps = recording.call_steps(call.frame)
        for name in list(recording.locals(steps[-1], call.frame))[:4]:
            told = [k for k, _ in recording.history(name, call.frame)]
            assert told == sorted(set(told))
            for k in steps[:: max(1, len(steps) // 5)]:
                past = [h for h in told if h <= k]
                ahead = [h for h in told if h > k]
                assert recording.last_change(k, name, call.frame) == (past[-1] if past else None), (
                    name,
                    k,
                    told,
                )
                assert recording.next_change(k, name, call.frame) == (ahead[0] if ahead else None), (
                    name,
                    k,
                    told,
                )


def test_history_values_are_those_at_their_steps(recording: Recording) -> None:
    for call in recording.calls()[:12]:
        last = recording.call_steps(call.frame)[-1]
        for name in list(recording.locals(last, call.frame))[:4]:
            for k, value in recording.history(name, call.frame):
                assert recording.locals(k, call.frame)[name] == value, (name, k)


def test_call_tree_fits_the_steps(recording: Recording) -> None:
    calls = recording.calls()
    assert [c.first for c in calls] == sorted(c.first for c in calls)
    for call in calls:
        steps = recording.call_steps(call.frame)
        assert steps[0] == call.first
        assert [recording.step(k).frame for k in steps] == [call.frame] * len(steps)
        if call.last is not None:
            assert steps[-1] == call.last
            assert recording.step(call.last).kind in (Kind.RETURN, Kind.UNWIND)
        if call.parent is not None:
            assert call in recording.children(call.parent)
            assert recording.call(call.parent).first < call.first
    assert sum(len(recording.call_steps(c.frame)) for c in calls) == len(recording)


def test_steps_of_line_are_its_line_steps(recording: Recording) -> None:
    by_line: dict[tuple[Path, int], list[int]] = {}
    for step in recording.steps(0, len(recording)):
        if step.kind is Kind.LINE:
            by_line.setdefault((step.file, step.line), []).append(step.number)
    for (file, line), numbers in by_line.items():
        assert list(recording.steps_of_line(file, line)) == numbers


def test_results_and_arguments(recording: Recording) -> None:
    for call in recording.calls():
        last = recording.step(call.last) if call.last is not None else None
        expected = last.value if last is not None and last.kind is Kind.RETURN else None
        assert recording.result(call.frame) == expected
        bound = recording.locals(call.first, call.frame)  # names of an enclosing call may be among them
        assert all(bound[name] == value for name, value in recording.arguments(call.frame).items())


LOOP = """\
def slow(n):
    total = 0
    for i in range(n):
        total += i
    return total


def outer(xs):
    xs.append(1)
    r = slow({n})
    xs.append(2)
    return r


print(outer([]))
"""


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    """More steps than fit in one chunk, in memory of a step back, or in a bounded look back."""
    home = tmp_path_factory.mktemp("long")
    (home / "loop.py").write_text(LOOP.format(n=12_000))
    yield recorded(Target("script", "loop.py", cwd=home), home / "out" / "run.duck").recording


def test_long_seeks(long: Recording) -> None:
    loop = long.steps_of_line(next(iter(long.files)), 4)
    assert len(loop) == 12_000
    picks = [0, 1, 11_999, 5, 6_000, 5_999, 11_998, 4_095, 4_096, 4_097, 2, 8_191, 8_193]
    for i in picks:
        values = long.locals(loop[i])
        assert (values["i"].literal, values["total"].literal) == (i, i * (i - 1) // 2)


def test_caller_keeps_its_line_however_long_the_call(long: Recording) -> None:
    deep = long.steps_of_line(next(iter(long.files)), 4)[-1]
    assert [(f.function, f.line) for f in long.stack(deep)] == [("slow", 4), ("outer", 10), ("<module>", 15)]


def test_changes_far_away(long: Recording) -> None:
    last = len(long) - 1
    calls = {c.function: c for c in long.calls()}
    inner, outer = calls["slow"], calls["outer"]
    at = long.last_change(last, "n", inner.frame)
    assert at == inner.first
    assert long.next_change(0, "n", inner.frame) == inner.first
    assert long.next_change(inner.first, "n", inner.frame) is None
    grown = [k for k, _ in long.history("xs", outer.frame)]
    assert [long.locals(k, outer.frame)["xs"].length for k in grown] == [0, 1, 2]
    middle = long.steps_of_line(next(iter(long.files)), 4)[6_000]
    assert long.last_change(middle, "xs", outer.frame) == grown[1]
    assert long.next_change(middle, "xs", outer.frame) == grown[2]
