"""The whole path in a real terminal, by keys alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Terminal

pytestmark = pytest.mark.terminal
SIZES = [(120, 36), (80, 24)]
CRASH = "AssertionError: a week has five"


def step_of(screen: str) -> int:
    """The step the first line tells."""
    found = re.search(r"step (\d+)/", screen)
    assert found, screen
    return int(found[1])


@pytest.mark.parametrize("size", SIZES)
def test_walk_repair_write_undo_quit(terminal: Terminal, examples: Path, size: tuple[int, int]) -> None:
    program = examples / "moving_average.py"
    before = program.read_bytes()
    terminal.run("moving_average.py", size=size)
    screen = terminal.wait(lambda now: CRASH in now and "▶  24" in now)

    at = step_of(screen)
    terminal.keys("N")
    terminal.wait(lambda now: step_of(now) < at)
    terminal.keys("g")
    terminal.wait("step 1/")
    terminal.keys("n")
    terminal.wait(lambda now: step_of(now) > 1)
    terminal.keys("x")
    terminal.wait(lambda now: step_of(now) == at)

    terminal.keys("f")
    terminal.wait("len(values) - window + 1):")
    assert program.read_bytes() == before
    terminal.keys("y")
    terminal.wait("1 accepted")
    assert program.read_bytes() == before
    terminal.keys("w")
    terminal.wait("First difference")
    assert program.read_bytes() == before.replace(b"len(values) - window)", b"len(values) - window + 1)")
    terminal.wait("ended")

    terminal.keys("f")
    terminal.wait("Repairs")
    terminal.keys("u")
    terminal.wait(CRASH)
    assert program.read_bytes() == before

    terminal.keys("q")
    screen = terminal.wait("exit 0.")
    assert screen.splitlines()[0] == "before"
    assert "semduck" not in screen


@pytest.mark.parametrize("size", SIZES)
def test_expect_a_value(terminal: Terminal, size: tuple[int, int]) -> None:
    terminal.run("moving_average.py", size=size)
    terminal.wait(CRASH)
    terminal.keys("3", "j", "=")
    terminal.wait("averages == ")
    terminal.keys("C-u")
    terminal.type("len 5")
    terminal.keys("Enter")
    screen = terminal.wait("✗")
    assert "averages" in screen


def test_input_is_asked_in_the_app(terminal: Terminal) -> None:
    terminal.run("asks_input.py")
    screen = terminal.wait("enter sends")
    assert "Runner:" in screen  # the program's own prompt
    terminal.keys("Escape", "n", "n")
    terminal.wait("waits for input")
    terminal.keys("C-q")
    terminal.wait("exit ")


def test_an_endless_loop_is_stopped_and_walked(terminal: Terminal, examples: Path) -> None:
    (examples / "endless.py").write_text("n = 0\nwhile True:\n    n += 1\n")
    terminal.run("endless.py")
    terminal.wait("running…")
    terminal.wait(lambda now: "step" in now and not re.search(r"/\d{1,2} ", now.splitlines()[0]))
    terminal.keys("n")
    terminal.keys("Escape")
    terminal.wait("stopped")
    terminal.keys("G", "N")
    terminal.keys("q")
    terminal.wait("exit 0.")


def test_a_syntax_error_is_shown_and_repaired_in_the_editor(terminal: Terminal, examples: Path) -> None:
    (examples / "broken.py").write_text("x = 1\nif x\n    print(x)\n")
    editor = examples / "edit.sh"
    editor.write_text('#!/bin/sh\nprintf "x = 1\\nif x:\\n    print(x)\\n" > "$2"\n')
    editor.chmod(0o755)
    terminal.run("broken.py", size=(80, 24), EDITOR=str(editor), VISUAL="")
    screen = terminal.wait("^ SyntaxError")
    assert "if x" in screen
    terminal.keys("e")
    terminal.wait("Record it again?")
    terminal.keys("y")
    terminal.wait("ended")
    terminal.keys("q")
    terminal.wait("exit 0.")


def test_resizing(terminal: Terminal) -> None:
    terminal.run("moving_average.py")
    terminal.wait(CRASH)
    terminal.resize(80, 24)
    terminal.wait("Duck  State  Stack")
    terminal.resize(50, 12)
    terminal.wait("Too small")
    terminal.resize(120, 36)
    terminal.wait("Duck says")
    terminal.keys("q")
    terminal.wait("exit 0.")


def test_function_keys_reach_the_app(terminal: Terminal) -> None:
    terminal.run("moving_average.py")
    terminal.wait(CRASH)
    terminal.keys("Home")
    terminal.wait("step 1/")
    terminal.keys("F11")
    terminal.wait(lambda now: step_of(now) > 1)
    terminal.keys("F1")
    terminal.wait("step over: the next line")
