"""Where to stand when a run is over, and whether a program that was recorded elsewhere can run here."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from semduck.trace.opened import Opened
from semduck.trace.queries import tests
from semduck.trace.recording import Recording
from semduck.trace.run import Run
from semduck.trace.target import Target
from semduck.trace.walk import Walk


def failure(recording: Recording, target: Target) -> int | None:
    """The step at which a run failed, None when it did not. For pytest, the first failing test."""
    ending = recording.ending
    if ending.kind == "exception":
        return ending.step
    failed = tests.first_failed(recording) if ending.kind == "exit" and ending.code else None
    if failed is not None:
        return tests.place(recording, failed)
    if target.kind == "pytest" and ending.code:
        steps = [r.step for r in recording.raised() if not r.handled]
        return steps[-1] if steps else None
    if ending.kind in ("signal", "limit", "stopped", "broken"):
        return Walk(recording).last()
    return None


def nothing_recorded(run: Run | Opened | None, recording: Recording, target: Target) -> str:
    """Why a run that is over has no step, one line."""
    name = target.spec or "this program"
    if run is not None and run.trouble:
        return f"{name} ran, but could not be recorded: {run.trouble}"
    said = run.stderr.decode("utf-8", "replace").strip().splitlines() if run else []
    return f"nothing of {name} was recorded: {said[-1] if said else recording.ending.detail}"


def obstacle(recording: Recording) -> str:
    """Why the program of an opened recording cannot run here, one line; "" when it can."""
    target = recording.target
    if target is None:
        return "this recording does not say how its program was started"
    if not target.cwd.is_dir():
        return f"it cannot run here: it ran in {target.cwd}, which is not there"
    if target.kind == "script" and not (target.cwd / target.spec).exists():
        return f"it cannot run here: {target.cwd / target.spec} is not there"
    if not os.access(target.python, os.X_OK):
        return f"it cannot run here: its Python, {target.python}, is not there"
    return ""


def outdated(recording: Recording) -> str:
    """Why repairs cannot be tried on the files of a recording, one line; "" when they are as recorded."""
    for path, file in recording.files.items():
        now = sha256(path)
        if now != file.sha256:
            done = "changed since it was recorded; ctrl+r records again" if now else "is not there"
            return f"no repairs: {path} {done}"
    return ""


def sha256(path: Path) -> str:
    """Of the bytes of a file, "" when they cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
