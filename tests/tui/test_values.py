"""The selected value: expecting, opening, its history and its changes."""

from __future__ import annotations

from collections.abc import Callable

from textual.widgets import Input, Tree

from semduck.tui.app import SemduckApp
from semduck.tui.screens.ask import Ask, Choose, Open
from tests.tui.driving import frame, keys, started, toasts
from tests.tui.fake import FakeSession

Build = Callable[..., SemduckApp]


async def select(pilot, name: str):  # type: ignore[no-untyped-def]
    """Put the cursor of the state pane on a name, by keys."""
    main = await started(pilot)
    main.session.goto(15)
    main.repaint()
    await keys(pilot, "3")
    names = [row.name for row in main.state.rows]
    await keys(pilot, *["j"] * names.index(name))
    return main


async def test_an_expectation_is_prefilled_stored_and_marked(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36), notifications=True) as pilot:
        main = await select(pilot, "start")
        await keys(pilot, "=")
        assert isinstance(pilot.app.screen, Ask)
        assert pilot.app.screen.query_one(Input).value == "start == 1"
        await keys(pilot, "backspace", "2", "enter")
        assert [e.text() for e in session.expectations] == ["start == 2 at line 5"]
        assert "✗ start == 2 at line 5, but it is 1" in toasts(pilot)
        row = next(row for row in main.state.rows if row.name == "start")
        assert (row.mark, row.said, row.expected) == ("miss", "2", True)


async def test_a_bad_expectation_says_what_to_type(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(notifications=True) as pilot:
        await select(pilot, "size")
        await keys(pilot, "=", *["backspace"] * 4, "enter")
        assert "type size == VALUE" in toasts(pilot)
        assert not session.expectations


async def test_escape_takes_nothing_over(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test() as pilot:
        main = await select(pilot, "size")
        await keys(pilot, "=", "escape")
        assert pilot.app.screen is main
        assert not session.expectations


async def test_history_jumps_to_a_step(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(80, 24)) as pilot:
        main = await select(pilot, "out")
        await keys(pilot, "h")
        assert isinstance(pilot.app.screen, Choose)
        assert "[[3, 5]]" in frame(pilot)
        await keys(pilot, "k", "k", "enter")
        assert pilot.app.screen is main
        assert session.recording.locals(session.cursor)["out"].text == "[]"


async def test_changes_of_the_selected_value(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await select(pilot, "out")
        await keys(pilot, "{", "{")
        earlier = session.cursor
        assert earlier < 15
        await keys(pilot, "}")
        assert session.cursor > earlier
        await keys(pilot, "y")
        assert session.cursor == earlier
        assert main.state.selected == "out"


async def test_the_selected_name_survives_steps(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await select(pilot, "size")
        await keys(pilot, "N", "N")
        assert main.state.selected == "size"


async def test_a_value_opens_as_a_tree(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(80, 24)) as pilot:
        main = await select(pilot, "values")
        await keys(pilot, "enter")
        assert isinstance(pilot.app.screen, Open)
        root = pilot.app.screen.query_one(Tree).root
        assert [str(node.label).split()[0] for node in root.children] == ["0", "1", "2", "3"]
        await keys(pilot, "escape")
        assert pilot.app.screen is main
