"""Calls of the program's functions with other arguments, in a copy."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from semduck.repair.attempt import Attempted, Attempts
from semduck.repair.server import TrialError
from semduck.trace.run import record
from semduck.trace.target import Limits, Target

PROGRAM = """\
import math
from dataclasses import dataclass

@dataclass
class Point:
    x: int

def double(n):
    return [n * 2, math.floor(n)]

def point(n):
    return Point(n)

def fails(n):
    raise ValueError(f"not {n}")

def endless(n):
    while True:
        n += 1

def leaves(n):
    import os
    os._exit(3)

def count(n):
    yield from range(n)

async def later(n):
    return n + 1

def writes(n):
    with open("precious.txt", "w") as file:
        file.write("gone")
    return n

if __name__ == "__main__":
    print(double(2))
"""
Run = Callable[..., Attempted]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    (tmp_path / "precious.txt").write_text("kept")
    target = Target("script", "program.py", cwd=tmp_path, python=sys.executable)
    attempts = Attempts(record(target, Limits()), target)
    yield lambda call, wrapper="": attempts.run(file, call, wrapper)
    attempts.close()


def test_results_come_back_as_pictures(run: Run) -> None:
    found = run("double(3)")
    assert found.value is not None and found.value.literal == [6, 3]
    found = run("point(4)")
    assert found.value is not None and found.value.text == "Point(x=4)"
    assert run("count(3)", "list").value.literal == [0, 1, 2]  # type: ignore[union-attr]
    assert run("later(3)", "asyncio.run").value.literal == 4  # type: ignore[union-attr]


def test_what_goes_wrong_is_one_line(run: Run) -> None:
    assert run("fails(3)").problem == "it raises ValueError: not 3"
    assert run("double()").problem.startswith("it raises TypeError: double() missing")
    assert run("leaves(1)").problem == "it ended without a result"
    assert run("endless(1)").problem == "it does not end within 5 s"
    assert run("double(1)").value is not None  # the next one is not troubled


def test_only_the_copy_is_written(run: Run, tmp_path: Path) -> None:
    found = run("writes(1)")
    assert found.value is not None
    assert (tmp_path / "precious.txt").read_text() == "kept"


def test_a_file_that_is_no_module(tmp_path: Path) -> None:
    file = tmp_path / "not-a-module.py"
    file.write_text("def f(n):\n    return n\nf(1)\n")
    target = Target("script", file.name, cwd=tmp_path, python=sys.executable)
    attempts = Attempts(record(target, Limits()), target)
    with pytest.raises(TrialError, match="cannot be imported"):
        attempts.run(file, "f(2)")
    attempts.close()
