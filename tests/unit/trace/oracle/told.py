"""Small programs recorded to their end, and questions asked of the recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oracle.harness import ENV, difference, plain, recorded
from semduck.trace.model import Change, Value
from semduck.trace.recording import Recording
from semduck.trace.target import Target


def record(text: str, folder: Path) -> Recording:
    """A recording of a program that must end by itself, and be recorded to its end."""
    (folder / "p.py").write_text(text)
    done = recorded(Target("script", "p.py", cwd=folder), folder / "out" / "run.duck")
    assert done.ending.kind == "exit" and done.ending.code == 0, (done.ending, done.outcome.stderr.decode())
    return done.recording


def at_end(recording: Recording) -> dict[str, Value]:
    return recording.locals(len(recording) - 1)


def after(recording: Recording, line: int) -> list[tuple[str, str, str]]:
    """(path, before, after) of what a line of the module changed, looked at one step later."""
    (k,) = recording.steps_of_line(next(iter(recording.files)), line)
    frame = recording.step(k).frame
    later = next(n for n in range(k + 1, len(recording)) if recording.step(n).frame == frame)
    return [row for n in range(k + 1, later + 1) for row in map(_row, recording.changes(n))]


def _row(change: Change) -> tuple[str, str, str]:
    return change.path, change.before.text if change.before else "", change.after.text if change.after else ""


def line_of(text: str, mark: str) -> int:
    """Number of the line that ends with a mark."""
    (found,) = (n for n, line in enumerate(text.split("\n"), 1) if line.endswith(f"# {mark}"))
    return found


def same_as_plain(text: str, folder: Path) -> str:
    """Output of a program that must be the same with and without recording."""
    (folder / "p.py").write_text(text)
    target = Target("script", "p.py", cwd=folder)
    done = recorded(target, folder / "out" / "run.duck", env=ENV)
    assert done.ending.kind == "exit", (done.ending, done.outcome.stderr.decode())
    problem = difference(plain(target, env=ENV), done.outcome)
    assert not problem, problem
    return done.outcome.stdout.decode()


def expected(text: str, expression: str) -> Any:
    """What python says at the end of the program."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, "p.py", "exec"), names)
    return eval(expression, names)
