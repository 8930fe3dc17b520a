"""The events of single functions, from Python 3.12 on: follows what probes cannot, and nothing else pays.

`sys.settrace` makes every call in the process pay, also in libraries; `sys.monitoring` takes the code objects
it is told and leaves the others alone. Exceptions alone can only be heard of everywhere. The events become
steps by the same functions as those of `sys.settrace`. Runs inside the recorded process.
"""

from __future__ import annotations

import sys
from _thread import get_ident

from .leaving import RETURN, UNWIND, YIELD
from .statements import HIDDEN
from .tail import Full

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from .follow import Recorder
    from .frames import Followed

Code = type((lambda: 0).__code__)
TOOLS = (4, 3)  # numbers that Python gives no meaning
HERE = ("PY_START", "PY_RESUME", "LINE", "JUMP", "PY_RETURN", "PY_YIELD", "STOP_ITERATION")
EVERYWHERE = ("PY_THROW", "PY_UNWIND", "RAISE")


class Monitor:
    """Follows chosen code objects for one recorder, in the thread it is made in."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder, self.live = recorder, recorder.live
        self.thread, self.tool, self.here = get_ident(), -1, 0
        self.api: Any = getattr(sys, "monitoring", None)

    def watch(self, code: CodeType, has_probes: Callable[[CodeType], bool]) -> bool:
        """Follow `code` and what is defined in it, where it has no probes. False when that is impossible."""
        if code.co_name not in HIDDEN and not has_probes(code):
            if not self._begin():
                return False
            self.api.set_local_events(self.tool, code, self.here)
        inner = [constant for constant in code.co_consts if type(constant) is Code]
        return all([self.watch(constant, has_probes) for constant in inner])

    def _begin(self) -> bool:
        """Take a free tool number and ask for exceptions."""
        if self.tool >= 0 or self.api is None:
            return self.tool >= 0
        free = [tool for tool in TOOLS if self.api.get_tool(tool) is None]
        if not free:
            return False
        self.tool, events = free[0], self.api.events
        self.here = sum(getattr(events, name) for name in HERE)
        self.api.use_tool_id(self.tool, "recorder")
        for name in (*HERE, *EVERYWHERE):
            self.api.register_callback(self.tool, getattr(events, name), getattr(self, "_on_" + name))
        self.api.set_events(self.tool, sum(getattr(events, name) for name in EVERYWHERE))
        return True

    def end(self) -> None:
        """Hear no more."""
        if self.tool >= 0:
            self.api.set_events(self.tool, 0)
            for name in (*HERE, *EVERYWHERE):
                self.api.register_callback(self.tool, getattr(self.api.events, name), None)
            self.api.free_tool_id(self.tool)
            self.tool, self.api = -1, None

    # -- events ------------------------------------------------------------------------------------------

    def _on_PY_START(self, code: CodeType, offset: int) -> None:
        recorder = self.recorder
        if recorder.on and not recorder.tracing and get_ident() == self.thread:
            self._safely(recorder.enter, sys._getframe(1))

    def _on_PY_THROW(self, code: CodeType, offset: int, error: BaseException) -> None:
        recorder = self.recorder
        if recorder.on and not recorder.tracing and self.api.get_local_events(self.tool, code):
            self._safely(recorder.enter, sys._getframe(1))

    def _on_LINE(self, code: CodeType, line: int) -> None:
        frame = sys._getframe(1)
        followed = self._followed(frame, code)
        if followed is not None:
            self._safely(self.recorder.line, followed, frame)

    def _on_JUMP(self, code: CodeType, start: int, end: int) -> None:
        if end < start:  # back to the line it is on: a loop of one line
            frame = sys._getframe(1)
            followed = self._followed(frame, code)
            short = () if followed is None or followed.info.starts is None else followed.info.starts.short
            if followed is not None and frame.f_lineno in short and _line(code, end) == frame.f_lineno:
                self._safely(self.recorder.line, followed, frame)

    def _on_PY_RETURN(self, code: CodeType, offset: int, value: Any) -> None:
        self._leave(sys._getframe(1), code, value, RETURN)

    def _on_PY_YIELD(self, code: CodeType, offset: int, value: Any) -> None:
        self._leave(sys._getframe(1), code, value, YIELD)

    def _on_PY_UNWIND(self, code: CodeType, offset: int, error: BaseException) -> None:
        self._leave(sys._getframe(1), code, None, UNWIND)

    def _on_RAISE(self, code: CodeType, offset: int, error: BaseException) -> None:
        frame = sys._getframe(1)
        followed = self._followed(frame, code)
        if followed is not None:
            arg = type(error), error, error.__traceback__
            self._safely(self.recorder.exception, followed, frame, arg)

    _on_PY_RESUME, _on_STOP_ITERATION = _on_PY_START, _on_RAISE

    def _leave(self, frame: Any, code: CodeType, value: Any, kind: int) -> None:
        followed = self._followed(frame, code)
        if followed is not None:
            self._safely(self.recorder.leave, followed, frame, value, kind)

    def _followed(self, frame: Any, code: CodeType) -> Followed | None:
        recorder = self.recorder
        if recorder.tracing or not recorder.on or get_ident() != self.thread:
            return None
        followed = self.live.get(id(frame))
        return followed if followed is not None and followed.info.code is code else None

    def _safely(self, act: Any, *arguments: Any) -> None:
        """What goes wrong ends the recording, never the program."""
        recorder = self.recorder
        try:
            with recorder.lock:
                act(*arguments)
        except Full as full:
            recorder.give_up(str(full))
        except RecursionError:
            pass  # the program is at its limit: this event is missed, its own error follows
        except Exception as error:
            recorder.failed(error)


def _line(code: CodeType, offset: int) -> int | None:
    return next((line for start, end, line in code.co_lines() if start <= offset < end), None)
