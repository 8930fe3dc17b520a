"""A project to run pytest in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.plugin.project import made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Passing, failing, skipped, parametrized and old-fashioned tests, with fixtures."""
    folder = tmp_path / "shop"
    folder.mkdir()
    return made(folder)
