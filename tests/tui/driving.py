"""Helpers of the screen tests: start, press, read."""

from __future__ import annotations

from collections.abc import Callable

from textual.pilot import Pilot

from semduck.tui.screens.main import Main


async def started(pilot: Pilot[int]) -> Main:
    """The main screen after the recording began."""
    await pilot.pause()
    await pilot.pause()
    assert isinstance(pilot.app.screen, Main)
    return pilot.app.screen


async def keys(pilot: Pilot[int], *names: str) -> None:
    """Press keys and let the panes settle."""
    for name in names:
        await pilot.press(name)
    await pilot.pause()
    await pilot.pause()


def toasts(pilot: Pilot[int]) -> str:
    """Everything said so far."""
    return "\n".join(note.message for note in pilot.app._notifications)


def frame(pilot: Pilot[int]) -> str:
    """The screen as plain text."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


async def until(pilot: Pilot[int], true: Callable[[], object]) -> None:
    """Wait until something holds; fails after ten seconds."""
    for _ in range(1000):
        if true():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never came true\n" + frame(pilot) + "\n" + toasts(pilot))
