"""What to run and within which limits. Plain data, shared by recorder, trials and session."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one recorded run. Reaching one keeps what was recorded. 0 = no limit."""

    max_steps: int = 5_000_000
    max_seconds: float = 0.0  # wall clock
    max_bytes: int = 2_000_000_000  # of the recording on disk
    keep_first: int = 0  # with keep_last: of an endless run, about so many steps of its beginning are kept,
    keep_last: int = 0  # and so many of its end; max_steps does not count then. Both 0: all are kept

    @property
    def bounded(self) -> bool:
        """Are only the beginning and the end kept?"""
        return bool(self.keep_first or self.keep_last)


@dataclass(frozen=True, slots=True)
class Target:
    """A program to run as plain `python` would.

    kind: "script" (`spec` is a path), "module" (`spec` as after -m) or "pytest" (`spec` is a node id;
    further ids and options in `args`). python: interpreter to use. root: files below it are recorded
    (site-packages and the standard library never, unless they are the program itself).
    """

    kind: str
    spec: str
    args: tuple[str, ...] = ()
    cwd: Path = field(default_factory=Path.cwd)
    python: str = ""
    root: Path | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
