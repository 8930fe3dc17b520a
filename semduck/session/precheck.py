"""Can this file be run at all? Said in one line before a process is started."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

from semduck.session.types import SyntaxProblem
from semduck.trace.target import Target


def check(target: Target) -> tuple[str | None, SyntaxProblem | None]:
    """(error, syntax problem) of a script target; (None, None) when it can be started."""
    if target.kind != "script":
        return None, None
    path = target.cwd / target.spec
    if path.is_dir():
        return f"{target.spec} is a directory; name the file to run, or use -m for a package", None
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return f"{target.spec}: no such file", None
    except PermissionError:
        return f"{target.spec}: no permission to read it", None
    except OSError as error:
        return f"{target.spec}: {error.strerror}", None
    wrong, problem = _syntax(path, data, target.spec)
    if wrong and _fine_elsewhere(target, path):
        return None, None
    return wrong, problem


def _fine_elsewhere(target: Target, path: Path) -> bool:
    """Does the program's own interpreter, when it is another one, know this syntax?"""
    if not target.python or Path(target.python).resolve() == Path(sys.executable).resolve():
        return False
    check = "import sys; compile(open(sys.argv[1], 'rb').read(), sys.argv[1], 'exec')"
    try:
        done = subprocess.run(
            [target.python, "-W", "ignore", "-c", check, str(path)], capture_output=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _syntax(path: Path, data: bytes, shown: str) -> tuple[str | None, SyntaxProblem | None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(data, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        line = error.lineno or 1
        text = (error.text or _line(data, line)).rstrip("\n")
        problem = SyntaxProblem(path, line, max(1, error.offset or 1), error.msg or "invalid syntax", text)
        return f"{shown}:{line}: {type(error).__name__}: {error.msg}", problem
    except ValueError as error:  # null bytes, before 3.12
        line = data[: max(0, data.find(b"\0"))].count(b"\n") + 1
        return f"{shown}:{line}: {error}", SyntaxProblem(path, line, 1, str(error), _line(data, line))
    except (RecursionError, MemoryError):
        return f"{shown}: too deeply nested to be compiled", None
    return None, None


def _line(data: bytes, number: int) -> str:
    lines = data.decode("latin-1").splitlines()
    return lines[number - 1].replace("\0", "␀") if 0 < number <= len(lines) else ""
