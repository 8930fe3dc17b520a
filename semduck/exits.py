"""Exit codes, and the one place that writes to stderr. stdout belongs to the result."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell sees. Documented in docs/exit-codes.md."""

    FINE = 0  # the program ran and everything expected is true
    UNMET = 1  # an expectation or a test is not met; for `fix`: no repair was found
    USAGE = 2  # wrong option, file or configuration: nothing was run
    PROGRAM = 3  # the program could not be run, failed, or reached a limit
    NO_MODEL = 4  # the chosen engine could not be loaded
    INTERRUPTED = 130  # ctrl+c


class Problem(Exception):
    """What went wrong and where (`what`), and what to do about it (`todo`), on one line."""

    def __init__(self, what: str, todo: str = "", *, code: ExitCode = ExitCode.USAGE) -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo
        self.code = code

    def line(self) -> str:
        """The whole message as one line, e.g. "no file lop.py; did you mean loop.py?"."""
        text = f"{self.what}; {self.todo}" if self.todo else self.what
        return " ".join(text.split())


def complain(problem: Problem) -> ExitCode:
    """Write the problem to stderr as one line and give back its exit code."""
    note(f"semduck: {problem.line()}")
    return problem.code


def note(text: str = "") -> None:
    """Write text to stderr, after what stdout already holds. A closed stderr is not an error."""
    try:
        sys.stdout.flush()
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass


def emit(text: str) -> None:
    """Write the result to stdout. A reader that left early (`| head`) is not an error."""
    try:
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            sys.stdout.write(text)
        else:
            sys.stdout.flush()
            stream.write(_encoded(text, sys.stdout.encoding or "utf-8"))
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_stdout()
    except OSError as error:
        _drop_stdout()
        raise Problem(f"cannot write the result: {error.strerror}", code=ExitCode.PROGRAM) from error


def nearest(word: str, known: Iterable[str], lead: str = "did you mean ") -> str:
    """A hint with the known word closest to `word`, or "" when none is close."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"{lead}{close[0]}?" if close else ""


def at_terminal() -> bool:
    """Is there someone who can see the app and type?"""
    seen = sys.stdin.isatty() and sys.stdout.isatty()
    return seen and os.environ.get("TERM", "") not in ("dumb", "unknown")


def _encoded(text: str, encoding: str) -> bytes:
    """The exact bytes where surrogates stand for them; else what the terminal cannot show, escaped."""
    try:
        return text.encode(encoding, "surrogateescape")
    except UnicodeEncodeError:
        return text.encode(encoding, "backslashreplace")


def _drop_stdout() -> None:
    """Point stdout at nothing, so that the flush at interpreter exit stays silent."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)
