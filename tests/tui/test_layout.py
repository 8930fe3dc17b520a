"""Sizes, panes, focus, help, palette."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from semduck.tui.app import SemduckApp
from semduck.tui.screens.help import Help
from semduck.tui.screens.main import TOO_SMALL
from tests.tui.driving import frame, keys, started
from tests.tui.fake import FakeSession

Build = Callable[..., SemduckApp]


async def test_wide_shows_everything_at_once(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        for pane in (main.source, main.duck, main.state, main.stack):
            assert pane.region.height > 3
        assert main.duck.region.x > main.source.region.x


async def test_narrow_shows_the_source_and_one_pane(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(80, 24)) as pilot:
        main = await started(pilot)
        assert main.duck.display and not main.state.display
        await keys(pilot, "3")
        assert main.state.display and not main.duck.display
        assert main.focused is main.state
        await keys(pilot, "5")
        assert main.output.region.height > 3
        await pilot.click("#narrow-tabs", offset=(10, 0))
        await pilot.pause()
        assert main.state.display


@pytest.mark.parametrize("size", [(59, 24), (80, 15), (20, 6)])
async def test_too_small_says_so(session: FakeSession, app_of: Build, size: tuple[int, int]) -> None:
    async with app_of(session).run_test(size=size) as pilot:
        main = await started(pilot)
        assert main.query_one("#small").display
        assert not main.duck.display
        if size[0] > 40:
            assert TOO_SMALL[:20] in frame(pilot)


async def test_sixty_by_sixteen_is_enough(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(60, 16)) as pilot:
        main = await started(pilot)
        assert not main.query_one("#small").display
        assert main.source.region.height >= 3
        assert main.duck.region.height >= 2


async def test_resizing_changes_the_layout(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert not main.state.display
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        assert main.state.display


async def test_zoom_and_back(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(80, 24)) as pilot:
        main = await started(pilot)
        await keys(pilot, "z")
        assert main.maximized is main.source
        await keys(pilot, "n")
        assert session.cursor == 1
        await keys(pilot, "escape")
        assert main.maximized is None


@pytest.mark.parametrize("key", ["?", "f1"])
async def test_help_lists_the_keys(session: FakeSession, app_of: Build, key: str) -> None:
    async with app_of(session).run_test(size=(80, 40)) as pilot:
        main = await started(pilot)
        await keys(pilot, key)
        assert isinstance(pilot.app.screen, Help)
        assert "n F10" in frame(pilot)
        await keys(pilot, key)
        assert pilot.app.screen is main


async def test_the_palette_has_our_commands(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(100, 30)) as pilot:
        await started(pilot)
        await keys(pilot, "ctrl+p")
        await keys(pilot, *"step: go to")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause(0.3)
        assert "step: Go to a step" in frame(pilot)


async def test_a_long_file_scrolls_like_a_short_one(session: FakeSession, app_of: Build) -> None:
    session.path.write_text("x = 1\n" + "# line\n" * 30_000 + "y = 2\n")
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        await keys(pilot, "G")
        assert "y = 2" in frame(pilot)
        assert main.source.count() == 30_003


async def test_the_footer_fits_80_columns(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(80, 24)) as pilot:
        await started(pilot)
        assert "? Help" in frame(pilot).splitlines()[-1]


async def test_text_can_be_selected_with_the_mouse(session: FakeSession, app_of: Build) -> None:
    async with app_of(session).run_test(size=(120, 36)) as pilot:
        main = await started(pilot)
        start = main.source.margin_width + 1
        await pilot.mouse_down("#source", offset=(start, 1))
        await pilot.hover("#source", offset=(start + 11, 1))
        await pilot.mouse_up("#source", offset=(start + 11, 1))
        await pilot.pause()
        selected = main.get_selected_text() or ""
        assert selected.startswith("def windows")
