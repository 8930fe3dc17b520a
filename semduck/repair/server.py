"""The host's side of the fork server: one worker, one copy of the project, one job at a time."""

from __future__ import annotations

import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from semduck.repair.copying import Copy, Plan

SERVER = Path(__file__).with_name("trial_child.py")
SECRET = re.compile(
    r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE|COOKIE|_AUTH|^AUTH|SESSION_KEY", re.I
)
MAX_OUTPUT = 2_000_000  # bytes a trial may write into one file
MAX_RECORDING = 60_000_000
START = 30.0  # seconds a server may take to start


class TrialError(Exception):
    """Trials cannot be run. One line."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run in the copy. mode: program | record | pytest | examples | command. cpu, wall: seconds."""

    mode: str
    args: tuple[str, ...] = ()
    cpu: float = 10.0
    wall: float = 30.0
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """How a job ended. code: as subprocess reports it. late: stopped at a limit."""

    code: int
    cpu: float
    wall: float
    late: bool
    stdout: bytes
    stderr: bytes


def environment(plan: Plan, copy: Copy, roots: list[Path]) -> dict[str, str]:
    """The user's environment without what looks like a secret, pointing into the copy."""
    kept = {name: value for name, value in os.environ.items() if not SECRET.search(name)}
    paths = [str(copy.path(root)) for root in roots]
    for entry in filter(None, kept.get("PYTHONPATH", "").split(os.pathsep)):
        paths.append(str(copy.path(Path(entry).resolve())))
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": kept.get("PYTHONHASHSEED", "0"),
        "TMPDIR": str(copy.scratch),
    }


class Worker:
    """A server process with its copy. Use `submit`, then `ready`/`collect`; `close` kills everything."""

    def __init__(self, plan: Plan, python: str, roots: list[Path], preload: list[str], stdin: bytes) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="semduck-trial-")).resolve()
        try:
            self.copy = Copy(plan, self.folder)
            self.inputs = self.folder / "stdin"
            self.inputs.write_bytes(stdin)
            self._process = self._start(python or sys.executable, environment(plan, self.copy, roots))
            self._send({"preload": preload})
        except (OSError, TrialError) as error:
            self._remove()
            raise TrialError(f"trials cannot be run: {error}") from None
        self._buffer = b""
        self._ready = False
        self._record = False

    def _start(self, python: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [python, str(SERVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.copy.cwd,
            env=env,
            start_new_session=True,
        )

    def fileno(self) -> int:
        """Readable when a job is done."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise TrialError(f"the trial process is gone ({error.strerror})") from None

    def submit(self, job: Job) -> None:
        """Start a job; the copy must hold what it should run. The first one waits for the server to be up."""
        if not self._ready:
            self._answer(START)
            self._ready = True
        scratch = self.copy.scratch
        self._record = job.mode == "record"
        self._send(
            {
                "mode": job.mode,
                "args": list(job.args),
                "cpu": job.cpu,
                "wall": job.wall,
                "memory": _memory(),
                "file_size": MAX_RECORDING if self._record else MAX_OUTPUT,
                "cwd": str(self.copy.cwd),
                "stdin": str(self.inputs),
                "stdout": str(self.folder / "stdout"),
                "stderr": str(self.folder / "stderr"),
                "moved": [str(self.copy.plan.root), str(self.copy.place)],
                "report": str(scratch / "report"),
                **job.extra,
            }
        )

    def collect(self) -> Reply:
        """The reply to the submitted job; waits for it."""
        answer = self._answer(600.0)
        code, cpu, late = answer["code"], answer["cpu"], answer["late"]
        late = late or code in (-signal.SIGPROF, -signal.SIGXCPU)
        said = [_read(self.folder / name) for name in ("stdout", "stderr")]
        return Reply(code, cpu, answer["wall"], late, said[0], said[1])

    def _answer(self, seconds: float) -> dict[str, Any]:
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if not selector.select(max(0.0, until - time.monotonic())):
                    raise TrialError("the trial process does not answer")
                data = os.read(self.fileno(), 1 << 16)
                if not data:
                    raise TrialError("the trial process ended")
                self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        """Kill the server and what it runs, and remove the copy."""
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()  # the server kills the running trial's group and ends
            except OSError:
                pass
        try:
            self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._remove()

    def _remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()[:MAX_OUTPUT]
    except OSError:
        return b""


def _memory() -> int:
    """Address space a trial may use, in bytes."""
    try:
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        physical = 8 << 30
    return min(4 << 30, max(1 << 30, physical // 2))
