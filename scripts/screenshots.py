"""Make the pictures of the docs: the app on an example, once per theme and for each main screen.

python scripts/screenshots.py [FOLDER]        (default: docs/screenshots)
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from textual.pilot import Pilot

from semduck.config import Settings
from semduck.session import Session
from semduck.trace.target import Target
from semduck.tui import themes
from semduck.tui.app import SemduckApp

ROOT = Path(__file__).parents[1]
EXAMPLE = "moving_average.py"
WIDE, NARROW = (120, 36), (80, 24)
PATIENCE = 60.0  # seconds for a search
STEP = ("g", ":", "l", "1", "4", "enter", "n", "n", "n")  # inside the loop of the call

PICTURES: dict[str, tuple[tuple[int, int], str, Sequence[str]]] = {
    "crash": (WIDE, "", ()),
    "step": (WIDE, "", STEP),
    "repair": (WIDE, "", ("f",)),
    "narrow": (NARROW, "", STEP),
    "repair-narrow": (NARROW, "", ("f",)),
    "help": (WIDE, "", ("?",)),
}


async def picture(name: str, size: tuple[int, int], theme: str, keys: Sequence[str], folder: Path) -> None:
    """One SVG, from a fresh session on a copy of the example."""
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copy(ROOT / "data" / "examples" / EXAMPLE, scratch)
        session = Session(Target("script", EXAMPLE, cwd=Path(scratch)), state_dir=Path(scratch) / "state")
        app = SemduckApp(session, Settings(animation=False, theme=theme))
        async with app.run_test(size=size) as pilot:
            await settled(pilot, lambda: session.recording is not None and not session.running)
            for key in keys:
                await pilot.press(key)
            await settled(pilot, lambda: not getattr(app.screen, "searching", False))
            app.save_screenshot(f"{name}.svg", str(folder))
        session.close()


async def settled(pilot: Pilot[int], done) -> None:  # type: ignore[no-untyped-def]
    """Wait until something is done and painted."""
    for _ in range(int(PATIENCE / 0.05)):
        await pilot.pause(0.05)
        if done():
            break
    await pilot.pause(0.3)


def main() -> None:
    """Write every picture."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    every = dict(PICTURES) | {
        f"theme-{name}": (WIDE, name, STEP) for name in themes.load().themes if name != themes.DEFAULT
    }
    for name, (size, theme, keys) in every.items():
        asyncio.run(picture(name, size, theme, keys, folder))
        print(folder / f"{name}.svg")


if __name__ == "__main__":
    main()
