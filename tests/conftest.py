"""Every test has its own home for semduck, and no setting of the machine reaches it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("semduck", deadline=None)
settings.load_profile("semduck")


@pytest.fixture(autouse=True)
def semduck_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty SEMDUCK_HOME; no SEMDUCK_* variable and no active virtual environment."""
    for variable in [name for name in os.environ if name.startswith("SEMDUCK_")]:
        monkeypatch.delenv(variable)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    home = tmp_path_factory.mktemp("semduck-home")
    monkeypatch.setenv("SEMDUCK_HOME", str(home))
    return home


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that drive a real terminal need tmux."""
    if shutil.which("tmux"):
        return
    skip = pytest.mark.skip(reason="needs tmux")
    for item in items:
        if "terminal" in item.keywords:
            item.add_marker(skip)
