"""Processes that the program starts: each is told to the log, as the step that starts it goes on.

Runs inside the recorded process. The functions that make processes are stood in for; a fork is seen through
python's own hooks. (An audit hook would see them all, but makes every `id()` in the process some hundred
nanoseconds slower.)
"""

from __future__ import annotations

import os
import sys
from _thread import get_ident
from mmap import mmap

from . import origins
from .instead import instead, stand_in, when_loaded
from .kinds import mro
from .passing import Apart, isolated
from .tail import Full

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .follow import Recorder

DEADLY = (9, 15)
SLOTS = 512  # forked children whose process ids may be unknown at once
EXECUTABLES, FOLDER, ENVIRONMENT = 1, 4, 5  # arguments of fork_exec
OS = ("os", "posix")


class Starts:
    """Tells them, numbered from 1. passing: what children are given; `Apart` when they are not followed."""

    def __init__(self, recorder: Recorder, passing: Apart) -> None:
        self.recorder, self.passing = recorder, passing
        self.count = 0
        self.by_us: set[int] = set()  # threads in a function that stands in: its fork is no other start
        self.forking = 0, origins.FORK, ""  # number, how and what of the fork that is being made
        self._pids: mmap | None = None  # where forked children write their ids
        self._unknown: list[int] = []  # starts whose process id is not known yet

    def hook(self) -> None:
        """See processes that are started other than by a fork."""
        when_loaded("_posixsubprocess", self._hook_subprocess)
        for name in ("posix_spawn", "posix_spawnp"):
            stand_in(OS, name, self._spawn)
        stand_in(OS, "system", self._system)
        for name in ("execv", "execve"):
            stand_in(OS, name, self._become)
        if self.passing.follows:  # multiprocessing ends its children so
            stand_in(OS, "_exit", self._leave)
            stand_in(OS, "kill", self._kill)
            stand_in(OS, "abort", self._abort)

    def _hook_subprocess(self, module: Any) -> None:
        real = module.fork_exec
        module.fork_exec = instead(real, self._fork_exec)
        known: Any = sys.modules.get("subprocess")
        if getattr(known, "_fork_exec", None) is real:  # loaded before the program
            known._fork_exec = module.fork_exec

    # -- the log -------------------------------------------------------------------------------------------

    def tell(self, start: int, how: str, what: str, pid: int | None = None) -> None:
        """A process has been started."""
        told = {"n": start, "how": how, "what": what}
        self.recorder.note(["K", told if pid is None else {**told, "pid": pid}])

    def _next(self) -> int:
        self.settle()
        self.count += 1
        return self.count

    def settle(self) -> None:
        """Tell the ids that forked children have written meanwhile."""
        for start in self._unknown[:]:
            assert self._pids is not None
            at = start % SLOTS * 4
            pid = int.from_bytes(self._pids[at : at + 4], "little")
            if pid:
                self._unknown.remove(start)
                self.recorder.note(["K", {"n": start, "pid": pid}])

    def drain(self) -> None:
        """What comes next may end the process without a word."""
        probes = self.recorder.probes
        if probes is not None:
            try:
                probes.stream.drain()
            except Full as full:
                self.recorder.give_up(str(full))

    def _safely(self, function: Any, otherwise: Any, *arguments: Any) -> Any:
        """A fault of ours never reaches the program: recording ends then, and says so."""
        try:
            return function(*arguments)
        except Exception as error:
            self.recorder.failed(error)
            return otherwise

    # -- forks, see forks.py -------------------------------------------------------------------------------

    def next_fork(self, frame: Any) -> tuple[int, str, str]:
        """Number, how and what of a fork that is about to be made by the call of `frame`."""
        if get_ident() in self.by_us or not self.recorder.on:
            return 0, origins.BECOMES, ""
        start = self._next()
        self._pids = self._pids or mmap(-1, 4 * SLOTS)
        self._pids[start % SLOTS * 4 : start % SLOTS * 4 + 4] = bytes(4)
        return start, *self._safely(origins.origin, (origins.FORK, ""), frame)

    def in_parent(self, forking: tuple[int, str, str]) -> None:
        """A child was forked."""
        start, how, what = forking
        if start and self.recorder.on:
            self._unknown.append(start)
            self.tell(start, origins.RUN if how == origins.BECOMES else how, what)

    def in_child(self) -> bool:
        """We are that child. Will it go on as a program of its own, worth a recording?"""
        start, how, _ = self.forking
        if start and self._pids is not None:
            at = start % SLOTS * 4
            self._pids[at : at + 4] = os.getpid().to_bytes(4, "little")
        self._unknown = []
        return bool(start) and how != origins.BECOMES

    # -- functions that are stood in for -------------------------------------------------------------------

    def _fork_exec(self, real: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Of _posixsubprocess, which makes the processes of subprocess and multiprocessing."""
        if not self.recorder.on or len(arguments) <= ENVIRONMENT:
            return real(*arguments, **named)
        start = self._next()
        how, what = self._safely(origins.origin, (origins.FORK, ""), sys._getframe(2))
        given = list(arguments)
        follow = what != origins.TRACKER and not isolated(given[0])
        around = self.passing.around(start) if follow and given[ENVIRONMENT] is None else Apart().around(0)
        if follow:
            variables = given[ENVIRONMENT]
            given[ENVIRONMENT] = self._safely(self.passing.listed, variables, variables, start)
        self.by_us.add(get_ident())
        try:
            with around:
                pid = real(*given, **named)
        finally:
            self.by_us.discard(get_ident())
        if how == origins.FORK:
            how, what = origins.RUN, self._safely(origins.command, "", arguments[0])
        if _runnable(given[EXECUTABLES], given[FOLDER]):
            self.tell(start, how, what, pid)
        return pid

    def _spawn(self, real: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """posix_spawn(path, words, environment, ...)"""
        if not self.recorder.on or len(arguments) < 3:
            return real(*arguments, **named)
        start, given = self._next(), list(arguments)
        passing = Apart() if isolated(given[1]) else self.passing
        with Apart().around(0) if given[2] is not None else passing.around(start):  # None: since 3.13
            given[2] = self._safely(passing.mapped, given[2], given[2], start)
            pid = real(*given, **named)
        self.tell(start, origins.RUN, self._safely(origins.command, "", given[1]), pid)
        return pid

    def _system(self, real: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """system(command)"""
        text = arguments[0] if arguments else named.get("command")
        if not self.recorder.on or not (type(text) is str or type(text) is bytes):
            return real(*arguments, **named)
        start = self._next()
        self.tell(start, origins.SYSTEM, origins.line(text))
        with self.passing.around(start):
            return real(*arguments, **named)

    def _become(self, real: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """execv(path, words), execve(path, words, environment): this process becomes another program."""
        alone = not self.recorder.on  # the child that os.spawnv has forked: told by its parent
        if len(arguments) < 2 or (alone and self.forking[1] != origins.BECOMES):
            return real(*arguments, **named)
        start = self.forking[0] if alone else self._next()
        given = list(arguments)
        if not alone:
            self.tell(start, origins.BECOMES, self._safely(origins.command, "", given[1]), os.getpid())
            self.drain()
        if len(given) > 2 and not isolated(given[1]):
            given[2] = self._safely(self.passing.mapped, given[2], given[2], start)
        try:
            with Apart().around(0) if isolated(given[1]) else self.passing.around(start):
                return real(*given, **named)
        finally:  # it did not
            if not alone:
                self.recorder.note(["K", {"n": start, "failed": True}])

    def _leave(self, real: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """_exit(code)"""
        if self.recorder.on:
            code = arguments[0] if arguments else named.get("status")
            self.settle()
            self.recorder.note(["Q", code if type(code) is int else None])
            self.drain()
        return real(*arguments, **named)

    def _kill(self, real: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """kill(process, signal)"""
        if len(arguments) == 2 and type(arguments[0]) is int and _number(arguments[1]) in DEADLY:
            if arguments[0] == os.getpid():
                self.drain()
            else:
                self.passing.before_killing(arguments[0])
        return real(*arguments, **named)

    def _abort(self, real: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """abort()"""
        self.drain()
        return real(*arguments, **named)


def _number(value: Any) -> int:
    """Of a signal, which may be a member of an enum; 0 when it is no int."""
    return int.__add__(value, 0) if any(k is int for k in mro(type(value))) else 0


def _runnable(paths: Any, folder: Any) -> bool:
    """Is one of the files there, as far as that can be said?"""
    if type(paths) not in (list, tuple) or not all(type(p) in (str, bytes) for p in paths):
        return True
    return any(os.access(p, os.X_OK) or (folder is not None and os.fsdecode(p)[:1] != "/") for p in paths)
