"""Writes, lines and resumptions are found however the log is cut: against every step looked at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from oracle import slow
from oracle.harness import PROGRAMS, Lab

from semduck.trace import growing
from semduck.trace.queries.writes import written
from semduck.trace.recording import Recording

NAMES = ["accounts", "aliasing", "circular", "class_bodies", "closures", "deletion", "exceptions",
         "generators", "grids", "linked_list", "slots", "sorting", "threads_handoff",
         "async_basic", "generator_locals", "closure_cells", "exception_context", "typed_arrays"]  # fmt: skip


@pytest.fixture(params=["small pieces", "one piece"])
def cut(request: pytest.FixtureRequest, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in NAMES:
        lab.recorded(PROGRAMS / f"{name}.py")  # other tests use them, too
    if request.param == "small pieces":
        monkeypatch.setattr(growing, "ENOUGH", 300)
    yield request.param


def opened(lab: Lab, name: str) -> Recording:
    return Recording.open(lab.recorded(PROGRAMS / f"{name}.py").recording.path)


def cells_by_step(recording: Recording) -> list[set[Any]]:
    return [set(written(moment)) for _, moment in recording.moments(range(len(recording)))]


@pytest.mark.parametrize("name", NAMES)
def test_writes_are_those_of_the_moments(lab: Lab, cut: str, name: str) -> None:
    recording = opened(lab, name)
    rows, pick = cells_by_step(recording), Random(1)
    steps: dict[Any, list[int]] = {}
    for k, cells in enumerate(rows):
        for cell in cells:
            steps.setdefault(cell, []).append(k)
    assert len(steps) > 5
    some = [pick.sample(sorted(steps, key=str), 4) for _ in range(15)]
    for cells in [[cell] for cell in steps] + some:
        every = sorted({k for cell in cells for k in steps[cell]})
        for _ in range(6):
            start, k = sorted(pick.sample(range(len(rows) + 1), 2))
            inside = [s for s in every if start <= s < k]
            assert recording.last_write(set(cells), start, k - 1) == (inside[-1] if inside else None)
            assert recording.next_write(set(cells), start, k) == (inside[0] if inside else None)
            if len(cells) == 1:
                assert list(recording.writes(cells[0], start, k)) == inside
    assert not any(recording.ever_written((-1, f"no such name {i}")) for i in range(50))
    recording.close()


@pytest.mark.parametrize("name", NAMES)
def test_following_meets_every_write_once(lab: Lab, cut: str, name: str) -> None:
    recording = opened(lab, name)
    rows, pick = cells_by_step(recording), Random(2)
    cells = sorted(set().union(*rows), key=str)
    for _ in range(10):
        start, stop = sorted(pick.sample(range(-1, len(rows) + 1), 2))
        following, known = recording.following(start, stop), set(pick.sample(cells, len(cells) // 3))
        following.add(known)
        for k in range(start + 1, stop):
            if pick.random() < 0.1:  # the set grows on the way
                following.now = k - 1
                more = set(pick.sample(cells, 2))
                following.add(more)
                known |= more
            hit = rows[k] & known
            assert (following.peek(k) == k) == bool(hit)
            if hit:
                found = following.next()
                assert found is not None and found[0] == k and set(found[1]) == hit
        assert following.next() is None
    recording.close()


@pytest.mark.parametrize(
    "name", ["accounts", "grids", "linked_list", "generators", "generator_locals", "typed_arrays"]
)
def test_changes_however_it_is_cut(lab: Lab, cut: str, name: str) -> None:
    recording = opened(lab, name)
    last = len(recording) - 1
    for path in list(recording.names(last, 0))[:12]:
        steps = slow.change_steps(recording, path, 0, 0, last)
        for k in range(0, last, 9):
            assert recording.last_change(k, path, 0) == max((s for s in steps if s <= k), default=None)
            assert recording.next_change(k, path, 0) == min((s for s in steps if s > k), default=None)
    recording.close()


@pytest.mark.parametrize(
    "condition", ["changed(node)", "len(values) > 2", "i % 2 == 1", "total > 3 or x is None"]
)
def test_searches_however_it_is_cut(lab: Lab, cut: str, condition: str) -> None:
    for name in ("linked_list", "generators", "sorting"):
        recording = opened(lab, name)
        try:
            found = list(recording.steps_where(condition))
        except ValueError:
            found = []
        assert found == slow.where(recording, condition)
        recording.close()


@pytest.mark.parametrize("name", ["grids", "generators", "async_basic"])
def test_lines_both_ways(lab: Lab, cut: str, name: str) -> None:
    recording = opened(lab, name)
    file = recording.main_file
    assert file is not None
    for line in sorted(recording.executed_lines(file)):
        ran = [s for s in recording.steps(0, len(recording)) if s.kind.value == "line" and s.file == file]
        steps = [s.number for s in ran if s.line == line]
        assert list(recording.steps_of_line(file, line)) == steps
        assert list(recording.runs_of_line(file, line, 5, 90)) == [s for s in steps if 5 <= s < 90]
        for k in range(0, len(recording), 7):
            places = {(file, line), (Path("elsewhere.py"), line)}
            assert recording.line_after(k, places) == min((s for s in steps if s > k), default=None)
            assert recording.line_before(k, places) == max((s for s in steps if s < k), default=None)
    recording.close()


@pytest.mark.parametrize("name", ["generators", "generator_locals", "async_basic"])
def test_who_resumed_a_generator(lab: Lab, cut: str, name: str) -> None:
    recording, found = opened(lab, name), 0
    resumes: dict[int, list[tuple[int, int]]] = {}
    for k, moment in recording.moments(range(len(recording))):
        if moment.event[0] == 5:
            resumes.setdefault(moment.event[1], []).append((k, moment.event[5]))
    for frame, steps in resumes.items():
        first, last = recording.span(frame)
        for k in range(first, last + 1):
            at = bisect_left(steps, (k + 1,)) - 1
            if at >= 0 and steps[at][1] >= 0:
                assert recording.entered(k, frame) == steps[at]
                found += 1
    assert found
    recording.close()


def test_a_recording_that_grows_is_answered_as_far_as_it_is(lab: Lab, cut: str) -> None:
    path = lab.recorded(PROGRAMS / "linked_list.py").recording.path
    live, whole = Recording(path), Recording.open(path)
    names = list(whole.names(len(whole) - 1, 0))
    for _ in range(10 * len(whole)):
        live.refresh(1)  # the first pieces may have no steps
        last = len(live) - 1
        if last + 1 == len(whole):
            break
        for name in names[:6] if last >= 0 else ():
            assert live.last_change(last, name, 0) == whole.last_change(last, name, 0)
    assert [list(live.history(n, 0)) for n in names] == [list(whole.history(n, 0)) for n in names]
