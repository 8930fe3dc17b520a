"""`semduck open` and `pytest --semduck` in a real terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Terminal

pytestmark = pytest.mark.terminal
SIZES = [(120, 36), (80, 24)]
CRASH = "AssertionError: a week has five"


@pytest.mark.parametrize("size", SIZES)
def test_a_recording_from_elsewhere(terminal: Terminal, examples: Path, size: tuple[int, int]) -> None:
    words = [sys.executable, "-m", "semduck", "record", "-o", "run.duck", "moving_average.py"]
    subprocess.run(words, cwd=examples, capture_output=True, check=False)
    (examples / "moving_average.py").unlink()
    terminal.run("open", "run.duck", size=size)
    terminal.wait(lambda now: CRASH in now and "▶  24" in now)
    terminal.keys("N", "N")
    terminal.wait(lambda now: "▶  22" in now)
    terminal.keys("f")
    terminal.wait("it cannot run here")
    terminal.keys("q")
    assert terminal.wait("exit 0.").splitlines()[0] == "before"


@pytest.mark.parametrize("size", SIZES)
def test_pytest_offers_the_app(terminal: Terminal, examples: Path, size: tuple[int, int]) -> None:
    (examples / "test_it.py").write_text(
        "def test_fine():\n    assert 1\n\n\ndef test_bad():\n    n = 3\n    assert n == 4\n"
    )
    terminal.run(
        "-q", "-p", "semduck.pytest_plugin", "--semduck", "test_it.py",
        size=size, module="pytest", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
    )  # fmt: skip
    screen = terminal.wait("enter opens it, q leaves")
    assert "1 failed, 1 passed" in screen and "of 2 tests are recorded: semduck open " in screen
    terminal.keys("Enter")
    terminal.wait(lambda now: "▶   7" in now and "AssertionError: assert 3 == 4" in now)
    terminal.keys("q")
    assert "1 failed, 1 passed" in terminal.wait("exit 1.")


def test_leaving_the_offer(terminal: Terminal, examples: Path) -> None:
    (examples / "test_it.py").write_text("def test_fine():\n    assert 1\n")
    terminal.run(
        "-q", "-p", "semduck.pytest_plugin", "--semduck", "test_it.py",
        module="pytest", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
    )  # fmt: skip
    terminal.wait("enter opens it, q leaves")
    terminal.keys("q", "Enter")
    terminal.wait("exit 0.")
