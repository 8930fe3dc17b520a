"""The index of writes: states put together from it are the replayed ones, however its parts are cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from oracle import slow
from oracle.harness import PROGRAMS, Lab

from semduck.trace import noting, runs, written
from semduck.trace.recording import Recording
from semduck.trace.render import Renderer
from semduck.trace.written import Written

NAMES = ["accounts", "aliasing", "circular", "class_bodies", "closures", "deletion", "exceptions",
         "generators", "grids", "linked_list", "slots", "sorting", "threads_handoff",
         "async_basic", "generator_locals", "closure_cells", "exception_context", "typed_arrays"]  # fmt: skip


@pytest.fixture(params=["small parts", "one part"])
def cut(request: pytest.FixtureRequest, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in NAMES:
        lab.recorded(PROGRAMS / f"{name}.py")  # other tests use them, too
    if request.param == "small parts":
        monkeypatch.setattr(noting, "PENDING", 40)
        monkeypatch.setattr(noting, "TINY", 3)
        monkeypatch.setattr(noting, "SMALL", 4)
        monkeypatch.setattr(noting, "OFTEN", 7)
        monkeypatch.setattr(runs, "BLOCK", 3)
        monkeypatch.setattr(written, "LONG", 6)
    yield request.param


def opened(lab: Lab, name: str) -> Recording:
    return Recording.open(lab.recorded(PROGRAMS / f"{name}.py").recording.path)


@pytest.mark.parametrize("name", NAMES)
def test_a_glimpse_is_the_replayed_state(lab: Lab, cut: str, name: str) -> None:
    recording = opened(lab, name)
    for k in range(0, len(recording), max(1, len(recording) // 40)):
        glimpse, state = recording.glimpse(k), recording.state(k)
        for table, other in ((state.frames, glimpse.frames), (state.spaces, glimpse.spaces)):
            for number, names in table.items():
                if number < 0 or (table is state.frames and not names):
                    continue
                seen = other.get(number)
                assert seen is not None and dict(seen.items()) == names, (k, number)
                for key, ref in names.items():
                    assert key in seen and seen[key] == ref
                    assert Renderer(glimpse).value(ref) == Renderer(state).value(ref), (k, key)
        assert glimpse.frames.get(10**6) is None and glimpse.things.get(10**6) is None
    recording.close()


@pytest.mark.parametrize(
    "name", ["accounts", "grids", "linked_list", "generators", "generator_locals", "typed_arrays"]
)
def test_changes_however_it_is_cut(lab: Lab, cut: str, name: str) -> None:
    recording = opened(lab, name)
    last = len(recording) - 1
    for path in list(recording.names(last, 0))[:12]:
        steps = slow.change_steps(recording, path, 0, 0, last)
        assert [
            k
            for k in range(0, last, 9)
            if recording.last_change(k, path, 0) != max((s for s in steps if s <= k), default=None)
        ] == []
        assert [
            k
            for k in range(0, last, 9)
            if recording.next_change(k, path, 0) != min((s for s in steps if s > k), default=None)
        ] == []
    recording.close()


def test_lines_both_ways(lab: Lab, cut: str) -> None:
    recording = opened(lab, "grids")
    file = recording.main_file
    assert file is not None
    for line in sorted(recording.executed_lines(file)):
        ran = [s for s in recording.steps(0, len(recording)) if s.kind.value == "line" and s.file == file]
        steps = [s.number for s in ran if s.line == line]
        assert recording.steps_of_line(file, line) == steps
        for k in range(0, len(recording), 7):
            places = {(file, line), (Path("elsewhere.py"), line)}
            assert recording.line_after(k, places) == min((s for s in steps if s > k), default=None)
            assert recording.line_before(k, places) == max((s for s in steps if s < k), default=None)
    recording.close()


def test_a_full_disk_costs_memory_but_no_answer(lab: Lab, cut: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, data: bytes) -> int:
        raise OSError("no room")

    whole = opened(lab, "accounts")
    monkeypatch.setattr(runs.Runs, "_write", full)
    recording = opened(lab, "accounts")
    for name in whole.names(len(whole) - 1, 0):
        assert list(recording.history(name, 0)) == list(whole.history(name, 0))


def test_a_recording_that_grows_is_answered_as_far_as_it_is(lab: Lab, cut: str) -> None:
    path = lab.recorded(PROGRAMS / "linked_list.py").recording.path
    growing, whole = Recording(path), Recording.open(path)
    names = list(whole.names(len(whole) - 1, 0))
    while growing.refresh(1) and len(growing) < len(whole):
        for name in names[:6]:
            last = len(growing) - 1
            assert growing.last_change(last, name, 0) == whole.last_change(last, name, 0)
    assert [list(growing.history(n, 0)) for n in names] == [list(whole.history(n, 0)) for n in names]


def test_nothing_is_asked_of_an_empty_index() -> None:
    empty = Written()
    assert empty.latest({4}, 10) is None and empty.soonest({4}, 0, 10) is None
    assert empty.key((0, "x")) is None and empty.names(0, 5, 0, {}) == {}
    empty.close()
