"""A small project with tests of every sort, and pytest started on it as a user would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from semduck import locations
from semduck.trace.recording import Recording

ROOT = Path(__file__).parents[3]
FILES = {
    "pytest.ini": "[pytest]\naddopts = --strict-markers\nmarkers =\n    slow: takes long\n",
    "conftest.py": """\
import pytest


@pytest.fixture(scope="module")
def base():
    made = [1]
    yield made
    made.clear()


@pytest.fixture
def extra(base):
    base.append(2)
    yield base
    base.pop()
""",
    "shop.py": "def price(n):\n    return n + 1\n",
    "test_a.py": """\
import unittest

import pytest
from shop import price


def test_one(extra):
    assert extra == [1, 2]


def test_two(base):
    assert price(2) == 4


@pytest.mark.parametrize("n", [1, 2])
def test_each(n):
    assert n == 1


class TestBox:
    def test_raises(self):
        with pytest.raises(ValueError):
            int("a")


class TestOld(unittest.TestCase):
    def setUp(self):
        self.there = 3

    def test_there(self):
        self.assertEqual(self.there, 3)


@pytest.mark.skip(reason="no loop here")
async def test_later():
    pass


@pytest.mark.xfail
def test_known():
    assert price(1) == 0


@pytest.fixture
def broken():
    raise RuntimeError("no set-up")


def test_error(broken):
    pass
""",
    "test_b.py": "from shop import price\n\n\ndef test_three():\n    assert price(2) == 3\n",
}
WORDS = ("-m", "pytest", "-p", "semduck.pytest_plugin")


def made(folder: Path) -> Path:
    """The project in a folder."""
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


def pytest_run(
    folder: Path, *words: str, start: tuple[str, ...] = WORDS, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Plain pytest with our plugin and no other."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment}
    for name in ("PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "PYTEST_VERSION"):
        if name not in environment:
            env.pop(name, None)
    return subprocess.run(
        [sys.executable, *start, *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


def recorded(folder: Path) -> Recording:
    """What the last `pytest --semduck` in a folder recorded."""
    return Recording.open(locations.recordings() / f"pytest-{folder.name}.duck")


def without_times(text: str) -> str:
    """pytest's output without what differs between two runs: seconds, and the line they lengthen."""
    return re.sub(r"=+( .* )in [\d.]+s( .*)?=+", r"=\1=", re.sub(r"in [\d.]+s\b", "in 1s", text))


def functions(recording: Recording, first: int | None, last: int | None) -> set[str]:
    """Names of the functions in which these steps are."""
    if first is None or last is None:
        return set()
    return {step.function for step in recording.steps(first, last + 1)}
