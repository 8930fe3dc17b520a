"""What to run and within which limits. Plain data, shared by recorder, trials and session."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


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

    kind: "script" (`spec` is a path), "module" (`spec` as after -m) or "pytest" (`spec` is a node id, or
    "" when pytest chooses; further ids and options in `args`). launcher: words that start pytest, and
    options of python before them; none: `-m pytest`. python: interpreter to use. root: files below it are
    recorded (site-packages and the standard library never, unless they are the program itself).
    """

    kind: str
    spec: str
    args: tuple[str, ...] = ()
    cwd: Path = field(default_factory=Path.cwd)
    python: str = ""
    root: Path | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    launcher: tuple[str, ...] = ()


def pytest_words(target: Target) -> list[str]:
    """What comes after `python` to run pytest on a target."""
    return [*(target.launcher or ("-m", "pytest")), *filter(None, [target.spec])]


def described(target: Target) -> dict[str, object]:
    """A target as a recording keeps it; folder and interpreter are kept anyway."""
    return {
        "kind": target.kind,
        "spec": target.spec,
        "args": list(target.args),
        "root": str(target.root) if target.root else "",
        "include": list(target.include),
        "exclude": list(target.exclude),
        "launcher": list(target.launcher),
    }


def restored(told: dict[str, Any], cwd: Path, python: str) -> Target:
    """The target that `described` told of. Raises KeyError or TypeError."""
    words = {name: tuple(map(str, told[name])) for name in ("args", "include", "exclude", "launcher")}
    if told["kind"] not in ("script", "module", "pytest"):
        raise KeyError("kind")
    root = Path(told["root"]) if told["root"] else None
    return Target(str(told["kind"]), str(told["spec"]), cwd=cwd, python=python, root=root, **words)
