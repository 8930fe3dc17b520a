"""Run programs plain, recorded and under the oracle, in fresh processes with the same surroundings."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from oracle.compare import Report, compare, rows_of
from semduck.trace.model import Ending
from semduck.trace.recording import Recording
from semduck.trace.run import Run
from semduck.trace.target import Limits, Target

ORACLE = Path(__file__).with_name("deepcopy_oracle.py")
PROGRAMS = Path(__file__).parent.parent / "programs"
ENV = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}  # e.g. unbuffered streams
ENV |= {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
PATIENCE = 30.0  # seconds until a program counts as hanging


@dataclass(frozen=True)
class Outcome:
    """What a shell sees of a run."""

    stdout: bytes
    stderr: bytes
    code: int | None


@dataclass(frozen=True)
class Recorded:
    """A recorded run: what a shell sees of it, how it ended, and the recording."""

    outcome: Outcome
    ending: Ending
    recording: Recording


def plain(target: Target, stdin: bytes = b"", env: dict[str, str] | None = None) -> Outcome:
    """The program as plain python runs it."""
    how = ["-m", target.spec] if target.kind == "module" else [target.spec]
    done = subprocess.run(
        [target.python or sys.executable, *how, *target.args],
        cwd=target.cwd, input=stdin, capture_output=True, env=env or ENV, timeout=PATIENCE,
    )  # fmt: skip
    return Outcome(done.stdout, done.stderr, done.returncode)


def recorded(
    target: Target,
    out: Path,
    stdin: bytes = b"",
    *,
    env: dict[str, str] | None = None,
    limits: Limits | None = None,
    recorder: str = "probes",
    follow: bool = False,
) -> Recorded:
    """The same program under the recorder. follow: children, too. Raises AssertionError when it hangs."""
    run = Run(
        target, limits or Limits(), out, stdin="pipe", stdout="pipe", env=env or ENV,
        recorder=recorder, follow_children=follow,
    )  # fmt: skip
    run.start()
    run.send_input(stdin.decode("utf-8", "surrogateescape"))
    run.send_eof()
    ending = run.wait(PATIENCE)
    outcome = Outcome(run.stdout, run.stderr, ending.code)
    return Recorded(outcome, ending, run.recording)


def oracle(program: Path, out: Path, stacks: bool = False) -> subprocess.Popen[bytes]:
    """Start the oracle on a program; its rows are in `out` when it ended."""
    env = {**ENV, "ORACLE_STACKS": "1"} if stacks else ENV
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, str(ORACLE), str(out), str(program)],
        cwd=program.parent, env=env, stdin=quiet, stdout=quiet, stderr=quiet,
    )  # fmt: skip


class Lab:
    """Records each program once, and keeps what came out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._recorded: dict[tuple[Path, str], Recorded] = {}

    def recorded(self, program: Path, recorder: str = "probes") -> Recorded:
        """The recording of a program of one file."""
        key = program, recorder
        if key not in self._recorded:
            target = Target("script", str(program), cwd=program.parent)
            out = self.folder / recorder / program.stem / "run.duck"
            self._recorded[key] = recorded(target, out, recorder=recorder)
        return self._recorded[key]

    def plain(self, program: Path) -> Outcome:
        """The same, run by plain python."""
        return plain(Target("script", str(program), cwd=program.parent))

    def report(self, program: Path, stacks: bool = False, recorder: str = "probes") -> Report:
        """The recording of `program` compared with the oracle's rows."""
        rows = self.folder / f"{program.stem}.jsonl"
        process = oracle(program, rows, stacks)
        done = self.recorded(program, recorder)
        process.wait(PATIENCE)
        return compare(program.name, done.recording, rows_of(rows))


def difference(expected: Outcome, seen: Outcome) -> str:
    """ "" when equal, else where they part."""
    for name in ("stdout", "stderr"):
        want, got = getattr(expected, name), getattr(seen, name)
        if want != got:
            at = next(
                (i for i, (a, b) in enumerate(zip(want, got, strict=False)) if a != b),
                min(len(want), len(got)),
            )
            near = slice(max(0, at - 60), at + 200)
            return f"{name} differs at byte {at}:\n  plain    {want[near]!r}\n  recorded {got[near]!r}"
    if expected.code != seen.code:
        return f"exit code: plain {expected.code}, recorded {seen.code}; stderr {seen.stderr[-300:]!r}"
    return ""
