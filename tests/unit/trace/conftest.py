"""Shared by the recorder's tests: the helpers in oracle/ and a place where each program is recorded once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from oracle.harness import Lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Recordings, shared by all tests of the session."""
    return Lab(tmp_path_factory.mktemp("recordings"))
