"""Helpers for exceptions on their way.

Runs inside the recorded process.
"""

from __future__ import annotations

from sys import _getframe, exc_info

from ..kinds import ref
from ..tail import text_of
from .questions import Questions
from .told import locals_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any


HERE = __file__[: -len("probes/failures.py")]


class Failures(Questions):
    """A layer of the Runtime."""

    def failed(self, code: int) -> None:
        """An exception is on its way through a frame: tell it, unless it was told here already."""
        try:
            if self.suspended:
                self.thrown_into(_getframe(1), False)
            error = exc_info()[1]
            self.strip(error)
            key = (id(error), len(self.stack))
            if error is None or key in self.flying:
                return
            self.flying.append(key)
            self._tell(error, code, _getframe(1))
        except Exception as error:
            self.fault(error)

    def left(self, code: int) -> None:
        """An exception leaves the frame."""
        try:
            if self.suspended and self.thrown_into(_getframe(1), True):
                return
            self.strip(exc_info()[1])
            self.failed_in(code, _getframe(1))
            error, depth = exc_info()[1], len(self.stack)
            self.flying[:] = [k for k in self.flying if k[0] != id(error) or k[1] != depth]
            self.buffer.append("#" + text_of(["left", code]))
        except Exception as error:
            self.fault(error)

    def failed_in(self, code: int, frame: FrameType) -> None:
        error = exc_info()[1]
        key = (id(error), len(self.stack))
        if error is not None and key not in self.flying:
            self.flying.append(key)
            self._tell(error, code, frame)

    @staticmethod
    def strip(error: BaseException | None) -> None:
        """Take our frames out of a traceback: a signal may have come while we were at work."""
        trace = None if error is None else error.__traceback__
        while trace is not None:
            inner = trace.tb_next
            while inner is not None and inner.tb_frame.f_code.co_filename.startswith(HERE):
                inner = inner.tb_next
            if inner is not trace.tb_next:
                trace.tb_next = inner
            trace = inner

    def thrown_into(self, frame: FrameType, leaves: bool) -> bool:
        """An exception was raised at the `yield` where a frame waited. True when nobody is told of it."""
        raise NotImplementedError

    def handled(self, all_here: int = 0) -> None:
        """An exception was caught, or swallowed by a with or a finally."""
        try:
            if all_here:
                depth = len(self.stack)
                self.flying[:] = [k for k in self.flying if k[1] != depth]
            else:
                error = id(exc_info()[1])
                self.flying[:] = [k for k in self.flying if k[0] != error]
        except Exception as error:
            self.fault(error)

    def again(self) -> None:
        """A bare `raise`."""
        try:
            key = (id(exc_info()[1]), len(self.stack))
            if key not in self.flying:
                self.flying.append(key)
        except Exception as error:
            self.fault(error)

    def _tell(self, error: BaseException, code: int, frame: FrameType) -> None:
        with self.lock:
            self._tell_now(error, code, frame)

    def _tell_now(self, error: BaseException, code: int, frame: FrameType) -> None:
        self.pending[:] = [p for p in self.pending if p[1] < len(self.stack)]
        self.held[:] = [h for h in self.held if h[0][1] < len(self.stack)]
        recorder, heap, trace = self.recorder, self.heap, error.__traceback__
        self.lambdas(error, trace)
        lines = self.lines.get(code)
        info = lines.get(frame.f_lineno if trace is None else trace.tb_lineno) if lines else None
        module = frame.f_locals is frame.f_globals
        names = frame.f_globals if module else locals_of(frame, None)
        heap.begin()
        ops: list[Any] = []
        if info is not None:
            if recorder.absorber.look(info, names, frame.f_globals) == "everything":
                self._everything(frame)
            tag = ["g", recorder.register.space(frame.f_globals).number] if module else ["l"]
            for name in info.bound:
                if name in names:
                    ops.append([*tag, name, ref(heap.token(names[name]))])
        ops = heap.take() + ops
        heap.begin()
        token, fresh = recorder.raised_token(error, trace)
        ops += heap.take()
        self.buffer.append("#" + text_of(["failed", code, ops, ref(token), 1 if fresh else 0]))

    def lambdas(self, error: BaseException, trace: TracebackType | None) -> None:
        """Tell of the lambdas that an exception came through on its way to where `trace` begins.

        They cannot do that themselves: they are expressions.
        """
        try:
            passed: list[tuple[int, Any]] = []
            trace = trace and trace.tb_next
            while trace is not None:
                code = trace.tb_frame.f_code
                number = self.number(code)
                if number >= 0 and code.co_name == "<lambda>":
                    passed.append((number, trace))
                elif self.recorder.files.get(code.co_filename) is not None:
                    break
                trace = trace.tb_next
            for number, at in reversed(passed):
                self.heap.begin()
                token, fresh = self.recorder.raised_token(error, at)
                ops = self.heap.take()
                self.buffer.append("#" + text_of(["failed", number, ops, ref(token), 1 if fresh else 0]))
                self.buffer.append("#" + text_of(["left", number]))
        except Exception as error:
            self.fault(error)
