"""Where a session keeps things between runs: expectations of each program, recordings while it is open."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

from semduck.repair.model import Expectation
from semduck.trace.offspring import SUFFIX
from semduck.trace.target import Target


class SessionStore:
    """A state folder. Nothing here is needed to go on: what cannot be read or written is left out."""

    def __init__(self, state_dir: Path | None, keep: Path | None = None) -> None:
        self.root = (
            state_dir
            or Path(tempfile.gettempdir()) / f"semduck-{os.getuid() if hasattr(os, 'getuid') else 0}"
        )
        self._runs: Path | None = None
        self._keep = keep
        self._count = 0

    @property
    def keeps(self) -> bool:
        """Do recordings stay when the session ends?"""
        return self._keep is not None

    @property
    def journal(self) -> Path:
        """Folder of the undo journal."""
        return self.root / "journal"

    def new_recording(self, target: Target | None = None) -> Path:
        """A path for the next recording of this session; without a target, one that need not be kept.

        Raises OSError.
        """
        if self._keep is not None and target is not None:
            return self._kept(self._keep, Path(target.spec.partition("::")[0]).stem)
        if self._runs is None:
            folder = self.root / "recordings"
            folder.mkdir(parents=True, exist_ok=True)
            _sweep(folder)
            self._runs = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=folder))
        self._count += 1
        return self._runs / f"run-{self._count}.duck"

    @staticmethod
    def _kept(folder: Path, name: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        taken = {entry.name for entry in folder.iterdir()}
        numbered = (f"{name}-{number}.duck" for number in range(1, len(taken) + 2))
        return folder / next(n for n in numbered if n not in taken and n + SUFFIX not in taken)

    def _file(self, target: Target) -> Path:
        what = f"{target.kind}\0{(target.cwd / target.spec).resolve()}"
        return self.root / "expectations" / (hashlib.sha256(what.encode()).hexdigest()[:24] + ".json")

    def load(self, target: Target) -> list[Expectation]:
        """Expectations stated about this program earlier."""
        try:
            rows = json.loads(self._file(target).read_text("utf-8"))
            return [
                Expectation(**{**row, "file": Path(row["file"]) if row["file"] else None}) for row in rows
            ]
        except (OSError, ValueError, TypeError, KeyError):
            return []

    def save(self, target: Target, expectations: list[Expectation]) -> None:
        """Keep them for the next run. A full disk loses them, nothing else."""
        rows = [{**asdict(e), "file": str(e.file) if e.file else None} for e in expectations]
        path = self._file(target)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            side = path.with_suffix(f".{os.getpid()}")
            side.write_text(json.dumps(rows), "utf-8")
            side.replace(path)

    def close(self) -> None:
        """Remove this session's recordings."""
        if self._runs is not None:
            shutil.rmtree(self._runs, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove recordings of sessions that were killed."""
    for entry in folder.iterdir():
        pid = entry.name.partition("-")[0]
        if pid.isdigit() and not _alive(int(pid)):
            shutil.rmtree(entry, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
