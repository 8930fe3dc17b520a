"""Shared by the duck's tests: helpers beside them, and recordings by the real recorder."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from semduck.trace.recording import Recording
from semduck.trace.run import record
from semduck.trace.target import Limits, Target

sys.path.insert(0, str(Path(__file__).parent))

Recorder = Callable[[str], Recording]


@pytest.fixture
def recorded(tmp_path: Path) -> Recorder:
    """Record a program given as source."""

    def run(source: str) -> Recording:
        program = tmp_path / "program.py"
        program.write_text(source, "utf-8")
        return record(
            Target("script", str(program), cwd=tmp_path), Limits(max_steps=400_000), tmp_path / "run"
        )

    return run
