"""The program and its file: input, stopping, editing, changes on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from semduck.tui import editor
from semduck.tui.app import SemduckApp
from semduck.tui.screens.ask import Confirm
from semduck.tui.screens.files import StdinInput
from semduck.tui.screens.main import Main
from tests.tui.driving import keys, started, toasts
from tests.tui.fake import FakeSession

Build = Callable[..., SemduckApp]


async def test_input_is_asked_for_and_sent(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(80, 24)) as pilot:
        main = await started(pilot)
        session.running = session.waiting_for_input = True
        main.take_in()
        await pilot.pause()
        assert isinstance(main.focused, StdinInput)
        await keys(pilot, "4", "2", "enter")
        assert ("input", "42") in session.log
        main.take_in()
        await pilot.pause()
        assert main.focused is main.source
        assert not main.query_one("#stdin").display


async def test_walking_goes_on_while_the_program_waits(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test() as pilot:
        main = await started(pilot)
        session.running = session.waiting_for_input = True
        main.take_in()
        await keys(pilot, "escape", "n", "n")
        assert session.cursor == 2
        assert "stop" not in session.log
        main.query_one(StdinInput).focus()
        await keys(pilot, "ctrl+d")
        assert "eof" in session.log


async def test_escape_stops_only_a_running_program(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(notifications=True) as pilot:
        await started(pilot)
        await keys(pilot, "escape")
        assert "stop" not in session.log
        session.running = True
        await keys(pilot, "escape")
        assert "stop" in session.log
        assert "what was recorded stays" in toasts(pilot)


@pytest.mark.parametrize(("change", "word"), [("edit", "changed"), ("delete", "deleted")])
async def test_the_status_tells_of_changes_on_disk(
    session: FakeSession, app_of: Build, change: str, word: str
) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        main.look_at_disk()
        assert main.notice == ""
        if change == "edit":
            session.path.write_text("x = 1\n")
        else:
            session.path.unlink()
        main.look_at_disk()
        await pilot.pause()
        assert main.status.status.notice == f"average.py was {word}: ctrl+r records again"


async def test_editing_offers_a_new_recording(
    session: FakeSession, app_of: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(self: Any, path: Path, line: int) -> bool:
        path.write_text("x = 1\ny = x\n")
        return True

    monkeypatch.setattr(Main, "run_editor", edit)
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await keys(pilot, "e")
        assert isinstance(pilot.app.screen, Confirm)
        await keys(pilot, "y")
        assert "record" in session.log
        assert main.source.view.text == "x = 1\ny = x\n"
        assert main.notice == ""


async def test_record_again_by_key(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(notifications=True) as pilot:
        await started(pilot)
        await keys(pilot, "ctrl+r")
        assert "record" in session.log


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("vim", ["vim", "+3", "a.py"]),
        ("code", ["code", "--wait", "--goto", "a.py:3"]),
        ("emacs -nw", ["emacs", "-nw", "+3", "a.py"]),
    ],
)
def test_the_editor_is_told_the_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, expected: list[str]
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", variable)
    assert editor.command(Path("a.py"), 3) == expected


def test_no_editor_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setenv("PATH", "")
    assert editor.command(Path("a.py"), 3) is None
