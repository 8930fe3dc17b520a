"""Helpers for calls: whether a call runs with probes, and what makes the program wait.

Runs inside the recorded process.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from sys import _getframe

from .bindings import Bindings
from .told import NEAR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

ROOM = 60  # stack entries our helpers may need


class Calls(Bindings):
    """A layer of the Runtime."""

    def module(self, code: int) -> None:
        """A module begins: its code objects see these globals."""
        try:
            if not self.recorder.begun:
                self.recorder.first()
            space = _getframe(1).f_globals
            first, last = self.unit[code]
            for number in range(first, last + 1):
                self.globals[number] = space
            self.recorder.log.tell(["Y", first, last, self.recorder.register.space(space).number])
        except Exception as error:
            self.fault(error)

    def outside(self) -> bool:
        """Must this call run without probes: in another thread, or beyond the program's own stack limit?"""
        try:
            if get_ident() != self.thread or not self.recorder.on:
                return True
            if self.full:
                with self.recorder.log.lock:  # type: ignore[attr-defined]
                    pass
            if self.anew:
                self._begin_anew(_getframe(1).f_back)
            depth = len(self.stack)
            if not -NEAR < depth - self.measured < NEAR:
                self.measured, self.extra, frame = depth, -depth, _getframe(1)
                at: FrameType | None = frame
                while at is not None:
                    self.extra, at = self.extra + 1, at.f_back
            if depth + self.extra > sys.getrecursionlimit() - ROOM - NEAR:
                self.deep.append(1)
                return True
            return False
        except Exception as error:
            self.fault(error)
            return True

    def traced(self) -> None:
        """A function begins that has no probes: trace it, and what it calls, until it ends."""
        try:
            self.recorder.trace_one(_getframe(1))
        except Exception as error:
            self.fault(error)

    def shallow(self) -> None:
        """The call beyond which nothing was recorded has ended."""
        if not self.gave_way:
            self.deep.clear()

    def give_way(self) -> None:
        """The program observes itself: from now on calls run without probes."""
        self.gave_way = True
        self.deep.append(1)

    def drain(self) -> None:
        """The program may be killed by what it does next."""
        self.recorder.log.drain()  # type: ignore[attr-defined]
        self.recorder.log.resume()  # type: ignore[attr-defined]

    def pause(self) -> None:
        """Wait until what was told is written; begin anew when asked. After a fork: begin to write again."""
        try:
            if self.recorder.log.paused:  # type: ignore[attr-defined]
                self.recorder.log.resume()  # type: ignore[attr-defined]
                self.hurry(False)
            with self.recorder.log.lock:  # type: ignore[attr-defined]
                pass
            if self.anew:
                self._begin_anew(_getframe(1))
        except Exception as error:
            self.fault(error)

    def _begin_anew(self, frame: FrameType | None) -> None:
        """frame: the innermost one that has told that it began. Not for code that runs amid our own work."""
        if self.recorder.parts is not None and self.recorder.on and not self.lock._is_owned():
            self.recorder.parts.turn(frame)

    def let_go(self) -> None:
        """The program has ended: its modules can go."""
        self.globals.clear()

    def hurry(self, yes: bool) -> None:
        """The list of probes is too long (or no longer): the program waits at its next round or call."""
        self.slow = yes
        self._ask()

    def ask_anew(self, yes: bool) -> None:
        """Let the program begin anew at its next round or call, or no longer."""
        self.anew = yes
        self._ask()

    def _ask(self) -> None:
        if self.slow or self.anew:
            self.full[:] = [1]
            self.gate[1] = -1
        elif self.full:
            self.full.clear()
            self.gate[1] = self.least

    def open_gate(self) -> None:
        """Other threads may come: from now on every call asks."""
        self.lower_gate(-1)

    def lower_gate(self, calls: int) -> None:
        """Deeper calls than this ask whether they may go on with probes."""
        self.least = min(calls, self.least)
        self.gate[1] = min(self.least, self.gate[1])
