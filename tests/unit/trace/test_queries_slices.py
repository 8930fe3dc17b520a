
"""Backward slices: against an interpreter that carries the slice of every value along, and by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle.dependence import Generator, Interpreter
from oracle.harness import recorded

from semduck.trace.recording import Recording
from semduck.trace.target import Target


def run(tmp_path: Path, text: str) -> Recording:
    (tmp_path / "main.py").write_text(text)
    return recorded(Target("script", "main.py", cwd=tmp_path), tmp_path / "o" / "run.duck").recording


@pytest.mark.parametrize("seed", range(60))
def test_random_programs(tmp_path: Path, seed: int) -> None:
    text = Generator(seed).program()
    told = Interpreter(text)
    recording = run(tmp_path, text)
    lines = [s.number for s in recording.steps(0, len(recording)) if s.kind.value == "line"]
    assert [recording.step(k).line for k in lines] == told.lines
    numbers = {step: i for i, step in enumerate(lines)}
    end = len(recording) - 1
    for name, (value, wanted) in told.names.items():
        if not isinstance(value, int):
            continue
        assert recording.evaluate(end, name, 0).literal == value, name
        found = recording.slice(end, name, 0)
        assert {numbers[k] for k in found.steps} == wanted, (name, text)
        assert found.complete
