"""Run one call of the program's function with other arguments, in a copy, and look at what it gives.

The child gets source and a call with literals; what comes back is a recording, which is inert. Whether the
result is the wanted one is decided here, from the recorded value.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from semduck.repair.server import Job, TrialError, Worker
from semduck.repair.trial import Case, import_root
from semduck.trace.model import Value
from semduck.trace.recording import Recording, RecordingError
from semduck.trace.target import Target

CPU, WALL = 5.0, 15.0  # seconds for one call
_DRIVER = """\
import sys
sys.path.insert(0, {root!r})
import {module} as tried
answer = {call}
"""


@dataclass(frozen=True, slots=True)
class Attempted:
    """value: what the call gave; None when it failed, and `problem` says how, in one line."""

    call: str
    value: Value | None
    problem: str = ""
    seconds: float = 0.0


class Attempts:
    """Calls of functions of one recorded program. Close it; it has a process and a copy of the files."""

    def __init__(self, recording: Recording, target: Target) -> None:
        self._case = Case(recording, target, [])
        self._worker: Worker | None = None

    def run(self, file: Path, call: str, wrapper: str = "") -> Attempted:
        """Evaluate `call` in the module of `file`. wrapper: "list" or "asyncio.run". Raises TrialError."""
        if self._worker is None:
            self._worker = self._case.worker()
        worker = self._worker
        worker.copy.restore()
        driver, out = worker.copy.scratch / "tried_call.py", worker.folder / "run.duck"
        driver.write_text(self._driver(worker, file, call, wrapper), "utf-8")
        worker.submit(Job("record", (), CPU, WALL, {"folders": [str(file.parent)],
                          "config": self._config(worker, driver, out)}))  # fmt: skip
        reply = worker.collect()
        if reply.late:
            return Attempted(call, None, f"it does not end within {CPU:g} s", reply.wall)
        return self._outcome(call, out, reply.wall)

    def _driver(self, worker: Worker, file: Path, call: str, wrapper: str) -> str:
        root = import_root(file)
        module = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        if not all(part.isidentifier() for part in module.split(".")):
            raise TrialError(f"{file.name} cannot be imported: its name is no module name")
        tree = ast.parse(call, mode="eval")
        assert isinstance(tree.body, ast.Call)
        tree.body.func = ast.parse(f"tried.{ast.unparse(tree.body.func)}", mode="eval").body
        text = ast.unparse(tree)
        if wrapper == "asyncio.run":
            text = f"__import__('asyncio').run({text})"
        elif wrapper:
            text = f"{wrapper}({text})"
        return _DRIVER.format(root=str(worker.copy.path(root)), module=module, call=text)

    @staticmethod
    def _config(worker: Worker, driver: Path, out: Path) -> dict[str, object]:
        return {
            "out": str(out), "roots": [str(driver.parent)], "main": [str(driver)], "include": [],
            "exclude": [], "modules": ["__main__"], "kind": "script", "spec": str(driver), "args": [],
            "shown": [str(driver)], "max_bytes": 20_000_000, "max_steps": 100_000,
        }  # fmt: skip

    @staticmethod
    def _outcome(call: str, out: Path, seconds: float) -> Attempted:
        try:
            recording = Recording.open(out)
        except (RecordingError, OSError):
            return Attempted(call, None, "it ended before anything could be seen", seconds)
        try:
            raised = [r for r in recording.raised() if not r.handled]
            if raised:
                error = raised[-1]
                said = f"{error.type_name}: {error.message}" if error.message else error.type_name
                return Attempted(call, None, f"it raises {' '.join(said.split())[:200]}", seconds)
            last = len(recording) - 1
            answer = recording.globals(last, 0).get("answer") if last >= 0 else None
            if answer is None:
                answer = recording.locals(last, 0).get("answer") if last >= 0 else None
            return Attempted(call, answer, "" if answer is not None else "it ended without a result", seconds)
        finally:
            recording.close()

    def close(self) -> None:
        """End the process and remove the copy."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
