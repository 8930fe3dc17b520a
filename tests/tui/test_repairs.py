"""The repair screen: letters of git, nothing written before w."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from semduck.tui.app import SemduckApp
from semduck.tui.screens.ask import Confirm
from semduck.tui.screens.help import Help
from semduck.tui.screens.main import Main
from semduck.tui.screens.repair import Repair
from tests.tui.driving import frame, keys, started, toasts, until
from tests.tui.fake import FakeSession, repair_of

Build = Callable[..., SemduckApp]


@pytest.fixture
def found(session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    """A session whose search finds two repairs."""
    monkeypatch.setattr("semduck.tui.screens.repair.STAY", 0.01)
    session.repairs = [
        repair_of(session.path, "len(values) - size", "len(values) - size + 1"),
        SimpleNamespace(tried=40, total=90, done=False),
        repair_of(session.path, "total = 0", "total = 1", "the initial value is wrong"),
    ]
    return session


async def opened(pilot: Pilot[int]) -> Repair:
    """The repair screen after the search."""
    await started(pilot)
    await keys(pilot, "f")
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    assert isinstance(pilot.app.screen, Repair)
    return pilot.app.screen


async def test_diff_reason_and_evidence(found: FakeSession, app_of: Build) -> None:
    async with app_of(found).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        text = frame(pilot)
        assert "Repair 1 of 2" in text
        assert "range stops one short" in text
        assert "3 -     for start in range(len(values) - size):" in text
        assert "3 +     for start in range(len(values) - size + 1):" in text
        assert "Tried in a copy · your file is unchanged" in text
        assert "crash gone" in text and "3 calls unchanged" in text
        assert "strong evidence" in text


async def test_decide_and_move_on(found: FakeSession, app_of: Build) -> None:
    async with app_of(found).run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await keys(pilot, "n")
        await until(pilot, lambda: screen.at == 1)
        await keys(pilot, "y")
        assert found.decisions == ["rejected", "accepted"]
        assert "1 accepted · 1 rejected · 0 to decide" in frame(pilot)
        await keys(pilot, "k")
        assert screen.at == 0


async def test_write_records_again_and_says_the_difference(found: FakeSession, app_of: Build) -> None:
    async with app_of(found).run_test(notifications=True) as pilot:
        await opened(pilot)
        await keys(pilot, "w")
        assert "nothing is accepted yet" in toasts(pilot)
        await keys(pilot, "y", "w")
        assert isinstance(pilot.app.screen, Main)
        assert found.log[-3:] == ["write", "record", ("start", True)]
        assert "line 3 now runs with size 3" in toasts(pilot)


async def test_a_refused_write_is_shown_and_nothing_is_left(found: FakeSession, app_of: Build) -> None:
    found.refuse = "average.py changed since it was recorded; ctrl+r records it again"
    async with app_of(found).run_test(notifications=True) as pilot:
        await opened(pilot)
        await keys(pilot, "y", "w")
        assert found.refuse in toasts(pilot)
        assert isinstance(pilot.app.screen, Repair)
        assert "write" not in found.log


async def test_a_file_edited_meanwhile_shows_no_stale_diff(found: FakeSession, app_of: Build) -> None:
    async with app_of(found).run_test(size=(80, 24)) as pilot:
        await started(pilot)
        found.path.write_text("# edited\n")
        await keys(pilot, "f")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "changed since it was recorded" in frame(pilot)


async def test_undo_goes_back_and_records_again(found: FakeSession, app_of: Build) -> None:
    async with app_of(found).run_test(notifications=True) as pilot:
        await opened(pilot)
        await keys(pilot, "u")
        assert isinstance(pilot.app.screen, Main)
        assert "undo" in found.log and "record" in found.log
        assert "brought back the file" in toasts(pilot)


async def test_try_again_and_edit(found: FakeSession, app_of: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    def edit(self: Any, path: Path, line: int) -> bool:
        assert line == 3
        path.write_text(path.read_text().replace("size + 1", "size + 2"))
        return True

    monkeypatch.setattr(Repair, "run_editor", edit)
    async with app_of(found).run_test() as pilot:
        await opened(pilot)
        await keys(pilot, "t")
        await pilot.app.workers.wait_for_complete()
        await keys(pilot, "e")
        await pilot.app.workers.wait_for_complete()
        assert ("tried", 0) in found.log
        edited = next(entry[1] for entry in found.log if entry[0] == "edited")
        assert "len(values) - size + 2" in edited


async def test_escape_stops_a_search_at_once(found: FakeSession, app_of: Build) -> None:
    release = threading.Event()

    def slow() -> Iterator[Any]:
        found.proposals, found.decisions = [], []
        yield SimpleNamespace(tried=7, total=90, done=False)
        release.wait(10)
        yield SimpleNamespace(tried=8, total=90, done=True)

    found.find_repairs = slow  # type: ignore[method-assign]
    async with app_of(found).run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await keys(pilot, "f")
        screen = pilot.app.screen
        assert isinstance(screen, Repair)
        await until(pilot, lambda: "7 of 90 tried" in frame(pilot))
        await keys(pilot, "escape")
        assert not screen.searching
        assert pilot.app.screen is screen
        await keys(pilot, "escape")
        assert isinstance(pilot.app.screen, Main)
        release.set()


async def test_without_repairs_it_says_what_to_do(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert "No repair to show" in frame(pilot)
        await keys(pilot, "y", "n", "j", "k", "t", "e", "s", "w")
        assert pilot.app.screen is screen


async def test_a_search_that_dies_leaves_the_app_alive(session: FakeSession, app_of: Build) -> None:
    def broken() -> Iterator[Any]:
        yield SimpleNamespace(tried=1, total=2, done=False)
        raise RuntimeError("out of luck")

    session.find_repairs = broken  # type: ignore[method-assign]
    async with app_of(session).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "The search failed: RuntimeError: out of luck" in frame(pilot)


async def test_quit_asks_only_for_accepted_repairs(found: FakeSession, app_of: Build) -> None:
    app = app_of(found)
    async with app.run_test() as pilot:
        await opened(pilot)
        await keys(pilot, "y", "q")
        await keys(pilot, "q")
        assert isinstance(pilot.app.screen, Confirm)
        await keys(pilot, "n")
        assert isinstance(pilot.app.screen, Main)
        await keys(pilot, "q", "y")
    assert not app.is_running


async def test_quit_without_a_question(session: FakeSession, app_of: Build) -> None:
    app = app_of(session)
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("q")
    assert not app.is_running


async def test_help_of_the_repairs(found: FakeSession, app_of: Build) -> None:
    async with app_of(found).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await keys(pilot, "?")
        assert isinstance(pilot.app.screen, Help)
        assert "accept it" in frame(pilot)


async def test_the_list_of_repairs_opens_one(found: FakeSession, app_of: Build) -> None:
    async with app_of(found).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await keys(pilot, "q", "6", "j", "enter")
        assert isinstance(pilot.app.screen, Repair)
        assert pilot.app.screen.at == 1
