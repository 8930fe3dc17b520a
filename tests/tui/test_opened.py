"""The app on a recording made earlier."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from semduck.session import Session
from semduck.trace.opened import Opened
from semduck.trace.run import record
from semduck.trace.target import Target
from semduck.tui.app import SemduckApp
from semduck.tui.screens.repair import Repair
from tests.tui.conftest import AVERAGE
from tests.tui.driving import frame, keys, started, toasts, until

Build = Callable[..., SemduckApp]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session on a recording of the moving average, whose last line fails."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "average.py").write_text(AVERAGE + "assert len(readings) == 5\n")
    target = Target("script", "average.py", cwd=folder, python=sys.executable, root=folder)
    record(target, out=tmp_path / "run.duck").close()
    session = Session(target, state_dir=tmp_path / "state", opened=Opened(tmp_path / "run.duck"))
    yield session
    session.close()


async def test_walking_searching_history_and_values(session: Session, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36), notifications=True) as pilot:
        main = await started(pilot)
        await until(pilot, lambda: not session.running and main.source.view.line == 20)
        assert "AssertionError" in frame(pilot)
        await keys(pilot, "g", "n", "n", "n")
        assert main.source.view.line == 19
        await keys(pilot, "s", "s")
        assert "moving_average" in frame(pilot)
        await keys(pilot, "3", "h")
        assert "values in this call" in frame(pilot)
        await keys(pilot, "escape", "5")
        assert "averages [" in frame(pilot)


async def test_repairs_and_a_new_run_where_the_files_are(session: Session, app_of: Build) -> None:
    async with app_of(session).run_test(size=(80, 24), notifications=True) as pilot:
        main = await started(pilot)
        await until(pilot, lambda: not session.running)
        await keys(pilot, "f")
        assert isinstance(pilot.app.screen, Repair)
        await keys(pilot, "q")
        assert session.recording is not None
        source = session.recording.main_file
        assert source is not None
        source.write_text(AVERAGE)
        main.look_at_disk()
        await keys(pilot, "f")
        assert pilot.app.screen is main
        assert "changed since it was recorded; ctrl+r records again" in toasts(pilot)
        assert main.notice == "average.py changed since: shown as it was recorded"
        await keys(pilot, "ctrl+r")
        await until(pilot, lambda: session.ours and not session.running)
        assert session.recording.ending.code == 0


async def test_without_the_files_all_but_a_run_works(session: Session, app_of: Build) -> None:
    (session.target.cwd / "average.py").unlink()
    async with app_of(session).run_test(size=(80, 24), notifications=True) as pilot:
        main = await started(pilot)
        await until(pilot, lambda: not session.running)
        main.look_at_disk()
        await pilot.pause()
        assert main.notice == "average.py is not here: shown as it was recorded"
        assert "assert len(readings) == 5" in frame(pilot)
        for key, said in (("ctrl+r", "it cannot run here: "), ("e", "average.py is not here to be edited")):
            pilot.app.clear_notifications()
            await keys(pilot, key)
            assert said in toasts(pilot)
        assert pilot.app.screen is main


async def test_the_same_words_are_one_toast(session: Session, app_of: Build) -> None:
    async with app_of(session).run_test(notifications=True) as pilot:
        await started(pilot)
        await until(pilot, lambda: not session.running)
        await keys(pilot, "G", *"nnnsc", "g", *"NNSC")
        said = toasts(pilot).splitlines()
        assert sorted(said) == ["already at the first step", "already at the last step"]
