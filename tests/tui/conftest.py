"""Sessions and settings for the screens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from semduck.config import Settings
from semduck.trace.target import Target
from semduck.tui.app import SemduckApp
from tests.tui.fake import FakeSession

AVERAGE = """\
def windows(values, size):
    out = []
    for start in range(len(values) - size):
        out.append(values[start:start + size])
    return out


def moving_average(values, size):
    averages = []
    for window in windows(values, size):
        total = 0
        for value in window:
            total += value
        averages.append(total / size)
    return averages


readings = [3, 5, 8, 6]
print("averages", moving_average(readings, 2))
"""


@pytest.fixture
def session(tmp_path: Path) -> FakeSession:
    """The moving average example, not yet started."""
    path = tmp_path / "average.py"
    path.write_text(AVERAGE)
    return FakeSession(Target("script", "average.py", cwd=tmp_path))


@pytest.fixture
def app_of() -> Callable[..., SemduckApp]:
    """Build an app without animation on any session."""

    def build(session: Any, **settings: Any) -> SemduckApp:
        return SemduckApp(session, Settings(animation=False, **settings))

    return build
