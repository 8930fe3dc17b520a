"""When to trace: the whole process, one function while it runs, or only what sys.monitoring is told.

Runs inside the recorded process.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from sys import gettrace, settrace

from .telling import Telling

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any


class Tracing(Telling):
    """A layer of the Recorder."""

    def dispatch(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The trace function."""
        raise NotImplementedError

    def start(self) -> None:
        """Record from here on, in this thread and in those to come.

        Where probes tell what happens, tracing is not needed, but to see the compiled main program begin.
        """
        if self.probes is None or self.main is not None or self.tracing:
            settrace(self.dispatch)

    def hook_threads(self) -> None:
        threading: Any = sys.modules.get("threading")
        if threading is not None and hasattr(threading, "settrace"):
            self.hooked_threads = True
            if threading._trace_hook is None:
                threading._trace_hook = self.dispatch
                hide(threading, "gettrace", self.dispatch)

    def needs_tracing(self) -> None:
        """Some functions of the program have no probes: follow them by sys.settrace, in every thread."""
        if not self.tracing:
            self.tracing = True
            self.trace(self.dispatch)
            frame: FrameType | None = sys._getframe(1)
            while frame is not None:  # those that were monitored up to now
                followed = self.live.get(id(frame))
                if followed is not None and followed.info.code is frame.f_code:
                    frame.f_trace = followed.local
                frame = frame.f_back

    def trace_one(self, frame: FrameType) -> None:
        """A function begins that has no probes: trace until it ends, unless that is done anyway."""
        if self.tracing or not self.on or get_ident() != self.probes.runtime.thread:
            return
        followed = self.live.get(id(frame))
        if gettrace() != (self.dispatch if self.traced else None):
            return  # the program's own trace function
        if followed is None or followed.info.code is not frame.f_code:
            local = self.dispatch(frame, "call", None)
            followed = self.live.get(id(frame))
            if local is None or followed is None:
                return
            frame.f_trace = local
        followed.alone = True
        self.traced += 1
        settrace(self.dispatch)

    def end_one(self) -> None:
        """A function that was traced by itself ends."""
        self.traced -= 1
        if not self.traced and not self.tracing:
            self.trace(None)

    def follow(self, code: CodeType) -> None:
        """Code that is about to run has functions without probes: follow these."""
        runtime = self.probes.runtime
        if not self.tracing and not self.monitor.watch(code, lambda inner: runtime.number(inner) >= 0):
            self.needs_tracing()


def hide(module: Any, name: str, hidden: Any) -> None:
    """Let a function of a module give None where it would give `hidden`."""
    real = getattr(module, name)

    def gettrace() -> Any:
        found = real()
        return None if found == hidden else found

    gettrace.__module__ = module.__name__
    setattr(module, name, gettrace)
