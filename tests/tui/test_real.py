"""The screens on the real session: what the fake cannot show."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.widgets import Tree

from semduck.session import Session
from semduck.trace.target import Limits, Target
from semduck.tui.app import SemduckApp
from semduck.tui.screens.ask import Open
from tests.tui.driving import keys, started, until

Build = Callable[..., SemduckApp]
EXAMPLES = Path(__file__).parents[2] / "data" / "examples"


@pytest.fixture
def open_session(tmp_path: Path) -> Iterator[Callable[[str], Session]]:
    """Open a session on a program text or on an example by name."""
    opened: list[Session] = []

    def build(program: str) -> Session:
        if (EXAMPLES / program).is_file():
            shutil.copy(EXAMPLES / program, tmp_path / "program.py")
        else:
            (tmp_path / "program.py").write_text(program)
        target = Target("script", "program.py", cwd=tmp_path)
        opened.append(Session(target, state_dir=tmp_path / "state"))
        return opened[-1]

    yield build
    for session in opened:
        session.close()


async def test_a_crash_is_where_we_stand(open_session: Callable[[str], Session], app_of: Build) -> None:
    session = open_session("moving_average.py")
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await until(pilot, lambda: not session.running and main.source.view.line == 24)
        assert "AssertionError: a week has five spans" in main.source.row(24).plain
        assert main.output.past() == 4
        await until(pilot, lambda: main.duck.sentences)
        await keys(pilot, "u")
        assert main.source.view.line == 28


async def test_input_goes_to_the_program(open_session: Callable[[str], Session], app_of: Build) -> None:
    session = open_session("name = input('name? ')\nprint('hello', name)\n")
    async with app_of(session).run_test(size=(80, 24)) as pilot:
        main = await started(pilot)
        await until(pilot, lambda: session.waiting_for_input and main.query_one("#stdin").display)
        await keys(pilot, *"duck", "enter")
        await until(pilot, lambda: not session.running)
        await pilot.pause(0.2)
        text = "\n".join(main.output.row(i).plain for i in range(main.output.count()))
        assert "hello duck" in text


async def test_escape_stops_an_endless_loop(open_session: Callable[[str], Session], app_of: Build) -> None:
    session = open_session("n = 0\nwhile True:\n    n += 1\n")
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await until(pilot, lambda: session.recording is not None and len(session.recording) > 100)
        await keys(pilot, "n", "n", "escape")
        await until(pilot, lambda: not session.running)
        await until(pilot, lambda: "stopped" in main.status.status.state)
        await keys(pilot, "G")
        assert session.cursor > 50


async def test_an_expectation_is_checked_against_the_run(
    open_session: Callable[[str], Session], app_of: Build
) -> None:
    session = open_session("total = 0\nfor i in range(3):\n    total += i\nprint(total)\n")
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await until(pilot, lambda: not session.running)
        await keys(pilot, ":", "l", "4", "enter", "3")
        main.state.choose("total")
        await keys(pilot, "=", "backspace", "6", "enter")
        row = next(row for row in main.state.rows if row.name == "total")
        assert (row.mark, row.said, row.traced) == ("miss", "6", "3")
        assert main.status.status.misses == 1


async def test_all_of_a_value_is_recorded_again(
    open_session: Callable[[str], Session], app_of: Build
) -> None:
    session = open_session("xs = list(range(6000))\nmore = [xs, 'y' * 3000]\nprint(len(xs))\n")
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await until(pilot, lambda: not session.running)
        session.goto(3)
        main.repaint()
        await keys(pilot, "3", "enter")
        opened = pilot.app.screen
        assert isinstance(opened, Open) and "runs the program" not in str(opened)
        assert "w: run the program again" in str(opened.query_one(".box").border_subtitle)
        await keys(pilot, "w")
        await until(pilot, lambda: isinstance(pilot.app.screen, Open) and pilot.app.screen is not opened)
        await pilot.pause()
        again = pilot.app.screen
        assert len(again.query_one(Tree).root.children) == 6000
        await keys(pilot, "w")  # it is all there already
        assert pilot.app.screen is again
        await keys(pilot, "escape")
        assert pilot.app.screen is main


async def test_missing_steps_are_shown(tmp_path: Path, app_of: Build) -> None:
    (tmp_path / "program.py").write_text("x = 0\nwhile x < 300_000:\n    x += 1\n")
    target = Target("script", "program.py", cwd=tmp_path)
    limits = Limits(keep_first=300, keep_last=600)
    session = Session(target, limits=limits, state_dir=tmp_path / "state")
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await until(pilot, lambda: not session.running)
        await pilot.pause(0.2)
        assert session.recording is not None and session.recording.gaps()
        gap, missing = session.recording.gaps()[0]
        assert main.timeline.marks.gap in main.timeline.render().plain
        assert f"about {missing:,} steps were not kept" in main.status.status.state
        session.goto(gap)
        assert "x" in (session.previous_change("x") or "x was")
    session.close()
