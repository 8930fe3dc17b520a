"""Run a target with our own stdin and stdout, and keep its recording."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from semduck import locations
from semduck.exits import ExitCode, Problem
from semduck.trace.model import Ending
from semduck.trace.recording import Recording
from semduck.trace.run import Run, RunError
from semduck.trace.target import Limits, Target


@dataclass(frozen=True, slots=True)
class Kept:
    """What was recorded. tests: how many of pytest's. trouble: why there are no steps, "" when there are.

    more: lines to add.
    """

    ending: Ending
    steps: int
    tests: int
    trouble: str
    more: str = ""


def place(out: Path | None, name: str) -> Path:
    """Where a recording goes: `out`, which must be new, else in the place of the last one called `name`.

    Raises Problem.
    """
    if out is not None:
        if out.exists():
            raise Problem(f"{out} is already there", "choose another place")
        return out
    names = (name if n == 1 else f"{name}-{n}" for n in count(1))
    paths = (locations.recordings() / f"{found}.duck" for found in names)
    path = next(path for path in paths if not Path(f"{path}.tail").exists())  # that one is being written
    with contextlib.suppress(OSError):  # `keep` will say what is wrong with the place
        path.unlink()
    return path


def keep(
    target: Target,
    limits: Limits,
    path: Path,
    *,
    follow_children: bool = False,
    more: Callable[[Recording], str] = lambda recording: "",
) -> Kept:
    """Run the target to its end. more: what else to say of it. Raises Problem when it cannot be started."""
    run = Run(target, limits, path, stdin="inherit", stdout="inherit", follow_children=follow_children)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sys.stdout.flush()
        run.start()
        _wait(run)
        recording = run.recording
        tests = len({phase.node for phase in recording.tests()})
        trouble = "" if len(recording) else run.trouble or recording.ending.detail
        return Kept(recording.ending, len(recording), tests, trouble, more(recording))
    except (RunError, OSError) as error:
        raise Problem(f"cannot record {target.spec}: {error}", code=ExitCode.PROGRAM) from error
    finally:
        run.close()


def _wait(run: Run) -> None:
    """Ctrl+c reaches the program too; it ends by itself, or at the second ctrl+c by us."""
    try:
        run.wait()
    except KeyboardInterrupt:
        try:
            run.wait()
        except KeyboardInterrupt:
            run.stop()
            run.wait()
