"""Walking with the keys: what the session is asked, what the panes show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from semduck.tui.app import SemduckApp
from semduck.tui.screens.main import Main
from tests.tui.driving import keys, started, toasts, until
from tests.tui.fake import FakeSession

Build = Callable[..., SemduckApp]


async def test_first_paint_comes_before_the_program_runs(session: FakeSession, app_of: Build) -> None:
    app = app_of(session)
    async with app.run_test() as pilot:
        seen: list[bool] = []
        original = session.start

        def start(*, interactive: bool) -> None:
            source = app.screen.query_one("#source")
            seen.append("def windows" in source.row(0).plain)  # type: ignore[attr-defined]
            original(interactive=interactive)

        session.start = start  # type: ignore[method-assign]
        await started(pilot)
    assert seen in ([True], [])
    assert session.log[0] == ("start", True)


@pytest.mark.parametrize(
    ("key", "how"),
    [
        ("n", "over"), ("f10", "over"), ("s", "into"), ("f11", "into"), ("r", "out"),
        ("c", "run"), ("f5", "run"),
        ("N", "back_over"), ("S", "back_into"), ("R", "back_out"), ("C", "back_run"),
        ("g", "first"), ("home", "first"), ("G", "last"), ("end", "last"), ("x", "next_exception"),
    ],
)  # fmt: skip
async def test_keys_move(session: FakeSession, app_of: Build, key: str, how: str) -> None:
    async with app_of(session).run_test() as pilot:
        await started(pilot)
        await keys(pilot, key)
    assert how in session.log


async def test_the_panes_follow_a_step(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await keys(pilot, *"nnnnnnnnnnn")
        assert main.source.view.line == session.recording.step(11).line
        assert [row.name for row in main.state.rows] == ["values", "size", "out", "start"]
        assert [row.function for row in main.stack.rows] == ["windows", "moving_average", "<module>"]
        assert main.status.status.step == 11
        assert main.output.past() == 0


async def test_changed_rows_are_marked_by_a_character(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await keys(pilot, *"nnnnnnnnnn")
        changed = [row.name for row in main.state.rows if row.changed]
        assert changed
        index = [row.name for row in main.state.rows].index(changed[0])
        assert main.state.marks.changed in main.state.row(index).plain


async def test_at_the_end_the_reason_is_said(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(notifications=True) as pilot:
        await started(pilot)
        await keys(pilot, "G", "n")
        assert "already at the last step" in toasts(pilot)


async def test_goto_step_and_line(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(notifications=True) as pilot:
        await started(pilot)
        await keys(pilot, ":", "1", "2", "enter")
        assert session.cursor == 12
        await keys(pilot, ":", "l", "9", "enter")
        assert session.recording.step(session.cursor).line == 9
        await keys(pilot, ":", "q", "enter")
        assert "neither a step like 120 nor a line like l42" in toasts(pilot)
        await keys(pilot, ":", "9", "9", "9", "enter")
        assert "there is no step" in toasts(pilot)


async def test_run_to_cursor_and_breakpoint_work_on_the_cursor_line(
    session: FakeSession, app_of: Build
) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await keys(pilot, *["j"] * 8)
        assert main.source.cursor_line == 9
        await keys(pilot, "t")
        assert session.recording.step(session.cursor).line == 9
        await keys(pilot, "b")
        assert session.breakpoints == {(session.path, 9)}
        assert main.source.marks.breakpoint in main.source.row(8).plain
        await keys(pilot, "f9")
        assert not session.breakpoints


async def test_a_click_on_the_gutter_sets_a_breakpoint(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        await started(pilot)
        await pilot.click("#source", offset=(3, 2))
        await pilot.pause()
        assert session.breakpoints == {(session.path, 2)}


async def test_frames(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await keys(pilot, *"nnnnnnnnnn", "u")
        assert main.stack.rows[1].selected
        assert main.source.view.line == 10
        assert not main.source.view.top
        await keys(pilot, "d")
        assert main.stack.rows[0].selected
        await keys(pilot, "4", "j", "j", "enter")
        assert session.frame == main.stack.rows[2].frame


async def test_search_wraps(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test() as pilot:
        main = await started(pilot)
        await keys(pilot, "/", *"total", "enter")
        assert main.source.cursor_line == 11
        await keys(pilot, "full_stop")
        assert main.source.cursor_line == 13
        await keys(pilot, "comma", "comma")
        assert main.source.cursor_line == 14


async def test_misses(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(notifications=True) as pilot:
        await started(pilot)
        await keys(pilot, "]")
        assert "forecasts nothing" in toasts(pilot)
        session.miss_list = [4, 9]
        await keys(pilot, "]", "]")
        assert session.cursor == 9
        await keys(pilot, "[")
        assert session.cursor == 4


async def test_forecasts_carry_marks(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        said = SimpleNamespace(
            text="out is empty.", file=session.path, line=2, step=1, occurrence=1, source="forecast"
        )
        verdicts = (
            SimpleNamespace(mark="miss", name="out", said="[]", traced="[1]", reason=""),
            SimpleNamespace(mark="hit", name="size", said="2", traced="2", reason=""),
            SimpleNamespace(mark="unknown", name="", said="it works", traced="", reason="no value named"),
        )
        session.utterance_list = [SimpleNamespace(utterance=said, verdicts=verdicts, current=True)]
        await keys(pilot, "n")
        text = "\n".join(main.duck.row(i).plain for i in range(main.duck.count()))
        assert "✗ out: said []  traced [1]" in text
        assert "✓ size = 2" in text
        assert "· it works: no value named" in text
        assert main.source.view.verdicts == {2: "miss"}
        assert (main.status.status.hits, main.status.status.misses) == (1, 1)


async def test_held_keys_make_few_paints(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test() as pilot:
        main = await started(pilot)
        paints = []
        paint = main.paint
        main.paint = lambda: (paints.append(1), paint())[1]  # type: ignore[method-assign]
        for _ in range(20):
            main.action_move("over")
        await pilot.pause()
        assert session.cursor == 20
        assert len(paints) <= 2


async def test_play_steps_and_pauses(
    session: FakeSession, app_of: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("semduck.tui.screens.moves.PLAY_EVERY", 0.01)
    async with app_of(session).run_test() as pilot:
        main = await started(pilot)
        await keys(pilot, "space")
        await until(pilot, lambda: session.cursor >= 3)
        await keys(pilot, "space")
        assert main._play is None


@pytest.mark.parametrize("key", ["a", "m", "i"])
async def test_keys_of_the_model_say_so(session: FakeSession, app_of: Build, key: str) -> None:
    async with app_of(session).run_test(notifications=True) as pilot:
        await started(pilot)
        await keys(pilot, key)
        assert "no model is chosen" in toasts(pilot)


async def test_an_exception_is_written_below_its_line(session: FakeSession, app_of: Build) -> None:
    session.path.write_text("values = []\nprint(values[3])\n")
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await keys(pilot, "x")
        assert main.source.view.line == 2
        assert "IndexError: list index out of range" in main.source.row(2).plain
        assert main.source.line_at(3) == 3
        assert main.status.status.mood == "bad"


async def test_calls_and_output_lead_to_their_step(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await keys(pilot, "7", "j", "j", "enter")
        assert session.cursor == session.recording.calls()[2].first
        assert "windows(values=[3, 5, 8, 6], size=2)  → [[3, 5], [5, 8]]" in main.calls.row(2).plain
        await keys(pilot, "5", "enter")
        assert session.cursor == main.output.steps[0]


async def test_a_missing_file_is_one_clear_line(tmp_path: Path, session: FakeSession, app_of: Build) -> None:
    session.path.unlink()
    session.error = "average.py: no such file"
    async with app_of(session).run_test(size=(80, 24), notifications=True) as pilot:
        main = await started(pilot)
        assert main.status.status.state == "average.py: no such file"
        await keys(pilot, "n", "=", "h", "enter", "f")
        assert "no such file" in toasts(pilot)
        assert isinstance(pilot.app.screen, Main)


async def test_a_syntax_error_shows_line_caret_and_message(session: FakeSession, app_of: Build) -> None:
    session.path.write_text("x = 1\nif x\n    y = 2\n")
    session.error = "average.py:2: SyntaxError: expected ':'"
    session.syntax = SimpleNamespace(file=session.path, line=2, column=5, message="expected ':'", text="if x")
    async with app_of(session).run_test(size=(80, 24)) as pilot:
        main = await started(pilot)
        remark = main.source.row(2).plain
        assert remark.strip() == "^ SyntaxError: expected ':'"
        assert remark.index("^") == main.source.margin_width + 4
