"""A real terminal: tmux on a socket of its own, without the user's configuration."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0  # seconds until something must be on the screen


class Terminal:
    """One tmux session that runs one command and then keeps its screen."""

    def __init__(self, socket: str, home: Path, cwd: Path) -> None:
        self._tmux = ["tmux", "-f", "/dev/null", "-L", socket]
        self._home, self._cwd = home, cwd

    def run(
        self, *arguments: str, size: tuple[int, int] = (120, 36), module: str = "semduck", **environment: str
    ) -> None:
        """Run semduck, or another module; when it ended, "exit CODE." is printed below what it left."""
        words = " ".join([sys.executable, "-m", module, *arguments])
        settings = {"SEMDUCK_HOME": str(self._home), "PYTHONPATH": str(ROOT), **environment}
        settings = {"LC_ALL": "C.UTF-8", **settings}
        pairs = [word for name, value in settings.items() for word in ("-e", f"{name}={value}")]
        width, height = size
        shell = f"echo before; {words}; echo exit $?.; exec sleep 600"
        place = ["-x", str(width), "-y", str(height), "-c", str(self._cwd)]
        self._call("new-session", "-d", *place, *pairs, "sh", "-c", shell)

    def _call(self, *words: str) -> str:
        # COLUMNS and LINES would fix the size for ever; NO_COLOR and the editor are the test's own business.
        mine = ("COLUMNS", "LINES", "NO_COLOR", "EDITOR", "VISUAL", "TMUX")
        clean = {name: value for name, value in os.environ.items() if name not in mine}
        done = subprocess.run(
            [*self._tmux, *words], capture_output=True, text=True, check=True, timeout=20, env=clean
        )
        return done.stdout

    def keys(self, *names: str) -> None:
        """Press keys, by their tmux names; letters stand for themselves."""
        for name in names:
            self._call("send-keys", *(["-l", name] if len(name) == 1 else [name]))
            time.sleep(0.05)

    def type(self, text: str) -> None:
        """Type a text."""
        self._call("send-keys", "-l", text)

    def screen(self) -> str:
        """What is on the screen now."""
        return self._call("capture-pane", "-p")

    def resize(self, width: int, height: int) -> None:
        """Change the size of the window."""
        self._call("resize-window", "-x", str(width), "-y", str(height))

    def wait(self, text: str | Callable[[str], object]) -> str:
        """The screen as soon as it holds a text; AssertionError with the screen when it never does."""
        true = text if callable(text) else lambda screen: text in screen
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            screen = self.screen()
            if true(screen):
                return screen
            time.sleep(0.1)
        raise AssertionError(f"never saw {text!r}:\n{self.screen()}")

    def close(self) -> None:
        """End everything on this socket."""
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, check=False, timeout=20)


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """A copy of the example programs."""
    folder = tmp_path / "examples"
    shutil.copytree(ROOT / "data" / "examples", folder)
    return folder


@pytest.fixture
def terminal(tmp_path: Path, examples: Path) -> Iterator[Terminal]:
    """A terminal in the folder of the examples."""
    found = Terminal(f"semduck-{tmp_path.name}", tmp_path / "home", examples)
    yield found
    found.close()
