"""How the recorder is passed on to the python processes a program starts (--follow-children).

Runs inside the recorded process. What python needs to find us is in the environment of such a child only:
`os.environ` of the program never has it, and the C environment only while a child is being made.
"""

from __future__ import annotations

import os

from .catching_up import hold, let_catch_up
from .offspring import VARIABLE, Offspring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    from .offspring import Row

STARTUP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "startup")
PATH, KEPT, RUN = "PYTHONPATH", "SEMDUCK_PYTHONPATH", "SEMDUCK_RECORD"
WITH_WORD = "WX"  # options of python that take a word


class Apart:
    """Children are not followed: nothing is passed on."""

    follows = False

    def claim(self, pid: int, start: int) -> Row | None:
        """No recording for a forked child."""
        return None

    def take(self, row: Row) -> str:
        """Where a recording is that was claimed."""
        raise NotImplementedError

    def lock(self) -> Callable[[int], None] | None:
        """What marks a child's recording as being written."""
        return None

    def before_killing(self, pid: int) -> None:
        """A process is about to get a deadly signal."""

    def listed(self, environment: Any, start: int) -> Any:
        """An environment as a list of bytes, or None for that of this process."""
        return environment

    def mapped(self, environment: Any, start: int) -> Any:
        """An environment as a dict."""
        return environment

    def around(self, start: int) -> Around:
        """While the environment of this process is what a child gets."""
        return Around({}, {})


class Passing(Apart):
    """Python children find us. number: of the recording this process writes. streams: is what is told put
    into a list first?"""

    follows = True

    def __init__(self, folder: str, number: int, streams: bool) -> None:
        self.offspring, self.number, self._streams = Offspring(folder), number, streams
        self._variables: dict[bytes, bytes] = os.environ._data  # type: ignore[attr-defined]

    def claim(self, pid: int, start: int) -> Row | None:
        """A recording for a forked child. Raises OSError."""
        return self.offspring.claim(pid, self.number, start)

    def take(self, row: Row) -> str:
        """From now on this process writes that recording: where it is."""
        self.number = row.number
        return self.offspring.path(row)

    def lock(self) -> Callable[[int], None]:
        """A lock on the open file."""
        return hold

    def before_killing(self, pid: int) -> None:
        """A child of ours has a moment to write down what it did until now."""
        if self._streams:
            let_catch_up(self.offspring, pid)

    def _added(self, path: str | None, start: int) -> dict[str, str]:
        """The variables of a child that would have `path` for its PYTHONPATH."""
        value = os.pathsep.join([self.offspring.folder, str(self.number), str(start)])
        added = {VARIABLE: value, PATH: os.pathsep.join([STARTUP, path]) if path else STARTUP}
        return added if path is None else {**added, KEPT: path}

    def listed(self, environment: Any, start: int) -> Any:
        """The list with what python needs; None stays, see `around`."""
        if type(environment) is not list or not all(type(v) is bytes for v in environment):
            return environment
        found = [v.partition(b"=") for v in environment]
        if any(name == RUN.encode() for name, _, _ in found):
            return environment  # for a recorder inside the recorded program
        path = next((os.fsdecode(value) for name, _, value in found if name == PATH.encode()), None)
        others = [v for v in environment if not v.startswith(PATH.encode() + b"=")]
        return others + [os.fsencode(f"{n}={v}") for n, v in self._added(path, start).items()]

    def mapped(self, environment: Any, start: int) -> Any:
        """The same for a dict, or os.environ; what else it may be stays."""
        if environment is os.environ:
            environment = {os.fsdecode(k): os.fsdecode(v) for k, v in self._variables.items()}
        if type(environment) is not dict or not all(type(k) in (str, bytes) for k in environment):
            return environment
        plain = {os.fsdecode(k): v for k, v in environment.items()}
        path = plain.pop(PATH, None)
        if RUN in plain or type(path) not in (str, bytes, type(None)):
            return environment
        return {**plain, **self._added(None if path is None else os.fsdecode(path), start)}

    def around(self, start: int) -> Around:
        """The C environment of this process has the variables for a moment."""
        if RUN.encode() in self._variables:
            return Around({}, {})
        given = self._variables.get(PATH.encode())
        path = None if given is None else os.fsdecode(given)
        return Around(self._added(path, start), {} if path is None else {PATH: path})


class Around:
    """A context: variables of the C environment are set, and put back at the end."""

    def __init__(self, added: dict[str, str], before: dict[str, str]) -> None:
        self._added, self._before = added, before

    def __enter__(self) -> None:
        for name, value in self._added.items():
            os.putenv(name, value)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self._added:
            if name in self._before:
                os.putenv(name, self._before[name])
            else:
                os.unsetenv(name)


def isolated(arguments: Any) -> bool:
    """Is it a python that would not look for us, and would show our variables to its program?"""
    if type(arguments) not in (list, tuple) or not all(type(a) in (str, bytes) for a in arguments[:30]):
        return False
    words = [os.fsdecode(a) for a in arguments[:30]]
    if not words or "python" not in os.path.basename(words[0]):
        return False
    skip = False
    for word in words[1:]:
        if skip:
            skip = False
        elif word[:1] != "-" or word[:2] in ("--", "-c", "-m") or word == "-":
            return False
        elif any(letter in "IES" for letter in word[1:].partition("W")[0].partition("X")[0]):
            return True
        else:
            skip = word[-1] in WITH_WORD
    return False
