"""A bounded copy of the program's project, so that a trial can change and write what it likes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_FILES = 2000
MAX_FILE = 5_000_000  # bytes
MAX_ALL = 200_000_000
SKIP = {
    ".git",
    ".hg",
    ".svn",
    "__pycache__",
    ".venv",
    "venv",
    "env",
    ".tox",
    ".nox",
    "node_modules",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".idea",
    ".vscode",
    "site-packages",
    ".eggs",
    ".cache",
}
Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is copied: files below `root`, and the working directory when that lies elsewhere."""

    root: Path
    files: tuple[Path, ...]
    cwd: Path
    complete: bool


def plan(main: Path | None, recorded: Iterable[Path], cwd: Path, root: Path | None) -> Plan:
    """Choose the largest of project root, working directory and the file's folder that is small enough."""
    cwd = cwd.resolve()
    anchor = main.parent if main is not None else cwd
    options = [p.resolve() for p in (root, cwd, anchor) if p is not None]
    for option in options:
        if not anchor.is_relative_to(option) and option != root:
            continue
        files = _below(option)
        if files is not None:
            return Plan(option, tuple(files), cwd, True)
    kept = [p for p in recorded if p.is_relative_to(anchor)]
    kept += [p for p in sorted(anchor.glob("*.py"))[:MAX_FILES] if p not in kept]
    return Plan(anchor, tuple(kept), cwd, False)


def _below(root: Path) -> list[Path] | None:
    """Regular files below a folder, None when there are too many or they are too large."""
    if root == Path(root.anchor) or root == Path.home():
        return None
    found, size = [], 0
    for path, stat in _walk(root):
        if stat.st_size > MAX_FILE:
            continue
        found.append(path)
        size += stat.st_size
        if len(found) > MAX_FILES or size > MAX_ALL:
            return None
    return found


def _walk(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for folder, names, files in os.walk(root):
        names[:] = [n for n in names if n not in SKIP and not _is_venv(Path(folder, n))]
        for name in files:
            path = Path(folder, name)
            try:
                if path.is_file():
                    yield path, path.stat()
            except OSError:
                continue


def _is_venv(folder: Path) -> bool:
    return (folder / "pyvenv.cfg").exists()


class Copy:
    """One copy of the project, brought back to its first state after every trial."""

    def __init__(self, made: Plan, place: Path) -> None:
        self.plan = made
        self.place = place / "project"
        self.scratch = place / "scratch"
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.place.mkdir(parents=True, exist_ok=True)
        for path in made.files:
            self._fetch(path)
        self.cwd = (
            self.path(made.cwd) if made.cwd.is_relative_to(made.root) else self._elsewhere(place / "cwd")
        )
        self.cwd.mkdir(parents=True, exist_ok=True)
        self._stamps = dict(self._look())

    def _elsewhere(self, cwd: Path) -> Path:
        """The working directory's own small files, when it lies outside the project."""
        cwd.mkdir()
        for path in sorted(self.plan.cwd.iterdir())[:200] if self.plan.cwd.is_dir() else ():
            if path.is_file() and path.stat().st_size <= MAX_FILE // 5:
                shutil.copy2(path, cwd / path.name)
        return cwd

    def path(self, original: Path) -> Path:
        """Where a file of the project lies in the copy."""
        if original.is_relative_to(self.plan.root):
            return self.place / original.relative_to(self.plan.root)
        return original

    def original(self, copied: Path) -> Path:
        """The project's file behind a file of the copy."""
        return (
            self.plan.root / copied.relative_to(self.place) if copied.is_relative_to(self.place) else copied
        )

    def _fetch(self, path: Path) -> None:
        there = self.path(path)
        try:
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, there)
        except OSError:
            return  # unreadable for us: the program will say so itself

    def put(self, original: Path, data: bytes) -> None:
        """Swap one file's content in the copy."""
        there = self.path(original)
        there.unlink(missing_ok=True)
        there.write_bytes(data)

    def restore(self) -> None:
        """Undo everything the last trial left behind."""
        now = dict(self._look())
        for name in now.keys() - self._stamps.keys():
            Path(name).unlink(missing_ok=True)
        lost = [name for name, stamp in self._stamps.items() if now.get(name) != stamp]
        for name in lost:
            Path(name).unlink(missing_ok=True)
            self._fetch(self.original(Path(name)))
        if lost:
            self._stamps |= {name: stamp for name, stamp in self._look() if name in set(lost)}

    def _look(self) -> Iterator[tuple[str, Stamp]]:
        folders = [str(self.place)]
        while folders:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        yield entry.path, _stamp(entry)


def _stamp(entry: os.DirEntry[str]) -> Stamp:
    try:
        stat = entry.stat(follow_symlinks=False)
    except OSError:
        return (0, -1)
    return (stat.st_mtime_ns, stat.st_size)
