"""Helpers for generators, whose frames wait and go on.

Runs inside the recorded process.
"""

from __future__ import annotations

import sys
from sys import _getframe, exc_info

from ..kinds import ref
from ..tail import text_of
from . import build as b
from .failures import Failures
from .told import locals_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

# From 3.13 on python does not wake a generator to close it, unless it waits inside a try or with.
SILENT = sys.version_info >= (3, 13)


class Waiting(Failures):
    """A layer of the Runtime."""

    def began(self) -> None:
        """A frame that can wait begins."""
        try:
            frame = _getframe(1)
            key = self.keys[id(frame)] = self.recorder.frames
            self.recorder.frames += 1
            self.depths[id(frame)] = len(self.stack) - 1
            self.buffer.append("#" + text_of(["begins", key]))
            ops = self.heap.suspended.now(id(frame), frame.f_code, "running")
            if ops:
                self.buffer.append("!" + text_of(ops))
        except Exception as error:
            self.fault(error)

    def yielded(self, code: int, line: int, value: Any) -> Any:
        """A value goes out, and the frame waits until it is resumed."""
        try:
            frame = _getframe(1)
            at, depth = id(frame), len(self.stack)
            key = self.keys[at]
            with self.lock:
                self.heap.begin()
                token = self.heap.token(value)
                ops = self.heap.take()
            ops += self.heap.suspended.now(at, frame.f_code, f"suspended at line {frame.f_lineno}")
            self.buffer.append("#" + text_of(["yield", code, key, ops, ref(token)]))
            mine = [p for p in self.pending if p[1] == depth]
            if mine:
                self.pending[:] = [p for p in self.pending if p[1] != depth]
            self.suspended[at] = (key, code, line, [p[0] for p in mine])
            self.stack.pop()
            return value
        except Exception as error:
            self.fault(error)
            return value

    def resumed(self, free: tuple[str, ...], sent: Any) -> Any:
        """The frame goes on. free: its names of enclosing functions."""
        try:
            frame = _getframe(1)
            self._goes_on(frame)
            if free:
                self._names(locals_of(frame, free))
            return sent
        except Exception as error:
            self.fault(error)
            return sent

    def ended(self) -> None:
        """A frame that can wait is about to end."""
        try:
            frame = _getframe(1)
            ops = self.heap.suspended.now(id(frame), frame.f_code, "finished")
            if ops:
                self.buffer.append("!" + text_of(ops))
            self.keys.pop(id(frame), None)
            self.depths.pop(id(frame), None)
        except Exception as error:
            self.fault(error)

    def _goes_on(self, frame: FrameType, closes: bool = False) -> None:
        found = self.suspended.pop(id(frame), None)
        if found is None:
            return
        key, code, line, pending = found
        back = frame.f_back
        if self.pending and back is not None:
            self.parent()
        self.bindings_of(back, closes)  # it may be closed because a store took the last reference
        self.stack.append((b.MARK, code))
        self.pending += [(number, len(self.stack)) for number in pending]
        ops = self.heap.suspended.now(id(frame), frame.f_code, "running")
        self.buffer.append("#" + text_of(["resume", key, line, ops]))

    def thrown_into(self, frame: FrameType, leaves: bool) -> bool:
        """An exception was raised at the `yield` where a frame waited. True when nobody is told of it."""
        if id(frame) not in self.suspended:
            return False
        if leaves and SILENT and type(exc_info()[1]) is GeneratorExit:
            self.suspended.pop(id(frame))
            self.stack.append(None)
            return True
        self._goes_on(frame, type(exc_info()[1]) is GeneratorExit)
        return False
