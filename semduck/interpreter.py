"""Which Python runs the program, and whether it can."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from semduck.exits import ExitCode, Problem

OLDEST = (3, 11)
PROBE = (
    "import sys, json, importlib.util as u;"
    "print(json.dumps([list(sys.version_info[:2]), u.find_spec('pytest') is not None]))"
)


@dataclass(frozen=True, slots=True)
class Probe:
    """What an interpreter says of itself."""

    version: tuple[int, int]
    has_pytest: bool


def choose(asked: str, root: Path | None) -> str:
    """Path of the interpreter: asked > $VIRTUAL_ENV > .venv of the project > semduck's own.

    Raises Problem when there is no such interpreter or it is older than 3.11.
    """
    if asked:
        found = which(os.path.expanduser(asked))
        if found is None:
            raise Problem(f"no Python interpreter {asked}", "give a path or a name on PATH to --python")
        python = os.path.abspath(found)
    else:
        python = _environment_python(root) or sys.executable
    if not _same(python, sys.executable):
        _demand_version(python)
    return python


def probe(python: str) -> Probe:
    """Ask `python` for its version and whether it has pytest. Raises Problem when it does not run."""
    try:
        done = subprocess.run(
            [python, "-c", PROBE], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL
        )
        version, has_pytest = json.loads(done.stdout.strip().splitlines()[-1])
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        raise Problem(f"{python} does not run as a Python interpreter", "see --python") from error
    return Probe((version[0], version[1]), has_pytest)


def demand_pytest(python: str) -> None:
    """Raises Problem, one line with the command to type, when `python` cannot import pytest."""
    if not probe(python).has_pytest:
        todo = f"install it with {python} -m pip install pytest, or choose another with --python"
        raise Problem(f"{python} has no pytest", todo, code=ExitCode.PROGRAM)


def _environment_python(root: Path | None) -> str | None:
    places = [os.environ.get("VIRTUAL_ENV") or "", str(root / ".venv") if root else ""]
    for place in filter(None, places):
        for name in ("bin/python", "Scripts/python.exe"):
            python = os.path.join(place, name)
            if os.access(python, os.X_OK):
                return python
    return None


def _same(one: str, other: str) -> bool:
    """Whether both are the same file in the same environment (a venv's python is a link)."""
    places = [(os.path.realpath(os.path.dirname(path)), os.path.realpath(path)) for path in (one, other)]
    return places[0] == places[1]


def _demand_version(python: str) -> None:
    version = probe(python).version
    if version < OLDEST:
        older = ".".join(map(str, version))
        raise Problem(f"{python} is Python {older} and recording needs 3.11 or newer", "choose with --python")
