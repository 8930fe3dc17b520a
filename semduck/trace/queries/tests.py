"""Tests of a recorded pytest run: which failed first, and where."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from semduck.trace.model import Phase, Raised

if TYPE_CHECKING:
    from semduck.trace.recording import Recording


def first_failed(recording: Recording) -> Phase | None:
    """The first phase of a test that failed."""
    return next((phase for phase in recording.tests() if phase.outcome == "failed"), None)


def raised_in(recording: Recording, phase: Phase) -> Raised | None:
    """The exception that made a phase fail: the last one in it that nobody caught."""
    if phase.first is None or phase.last is None:
        return None
    inside = [r for r in recording.raised() if phase.first <= r.step <= phase.last and not r.handled]
    return inside[-1] if inside else None


def place(recording: Recording, phase: Phase) -> int | None:
    """The step to stand on for a phase that failed: its raise, else its last step."""
    raised = raised_in(recording, phase)
    return phase.last if raised is None else raised.step


def typed(phase: Phase, cwd: Path) -> str:
    """The id of its test as one types it in a folder; pytest's own ids start from its rootdir."""
    inner = phase.node.partition("::")[2]
    if phase.file is None or not inner:
        return phase.node
    return f"{os.path.relpath(phase.file, cwd)}::{inner}"


def passed(recording: Recording, test: str) -> bool | None:
    """Whether a test, by its id as typed where it ran, passed; None when it did not run or was cut short."""
    outcomes = [p.outcome for p in recording.tests() if test in (p.node, typed(p, recording.cwd))]
    if "failed" in outcomes:
        return False
    return True if outcomes and "" not in outcomes else None
