"""The sys.settrace recorder: every event of the user's frames, with the exact difference of state.

Runs inside the recorded process. Event kinds and operations: docs/recording-format.md.
"""

from __future__ import annotations

from _thread import get_ident
from sys import settrace

from .frames import OPTIMIZED, Followed, Resume
from .kinds import ref
from .leaving import CALL, EXCEPTION, LINE, RESUME, UNWIND, YIELD, ends_a_loop, leaving, starts
from .resolve import MISSING
from .statements import HIDDEN
from .tail import Full
from .tracing import Tracing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

    from .frames import FileInfo

ROOM = 60  # stack entries our trace functions may need


class Recorder(Tracing):
    """Turns trace events into log events. `on_stop(why)` ends the program at a limit."""

    # -- events ------------------------------------------------------------------------------------------

    def dispatch(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The global trace function: called when any frame begins or goes on."""
        if event != "call" or not self.on:
            return None
        code = frame.f_code
        if self.probes is not None and self._has_probes(frame, code):
            return None
        info: Any = self.files.get(code.co_filename, MISSING)
        if info is None:
            if not self.hooked_threads:
                self.hook_threads()
            return None
        try:
            with self.lock:
                if info is MISSING:
                    if self.finalizing():  # modules are gone, and this is none of the program's files
                        return None
                    info = self.register.file(code.co_filename)
                    if info is None:
                        return None
                if code.co_name in HIDDEN:
                    return None
                return self._enter(frame, code, info)
        except Full as full:
            self.give_up(str(full))
        except RecursionError:
            pass
        except Exception as error:
            self.failed(error)
        return None

    def _has_probes(self, frame: FrameType, code: CodeType) -> bool:
        """Does the code tell what it does by itself? The first such frame is the program's first."""
        if not self.begun and self.main is not None and code.co_name == "<module>":
            if self.files.get(code.co_filename) is not None:
                self.first()
                self.main.begins(frame)
                if not self.tracing:
                    settrace(None)
        runtime = self.probes.runtime
        if runtime.number(code) < 0 or get_ident() != runtime.thread:
            return False
        if not self.begun:
            self.first()
            if not self.tracing:
                settrace(None)
        return True

    def enter(self, frame: FrameType) -> None:
        """A function that is monitored is called or goes on."""
        file = self.register.file_of(frame.f_code.co_filename)
        if file is not None:
            self._enter(frame, frame.f_code, file)

    def _enter(self, frame: FrameType, code: CodeType, file: FileInfo) -> Any:
        if not self.begun:
            self.first()
        followed = self.live.get(id(frame))
        if followed is not None and followed.suspended and followed.info.code is code:
            codes = followed.info.opcodes
            if codes is None or not starts(frame, codes):  # else one where a dead one was
                return self._go_on(followed, frame)
        parent = self.absorb_parent(frame)
        depth = self._stack_depth(frame, parent)
        if depth > self.limit() - ROOM:  # beyond the program's own limit: its error is near, must be its own
            if self.tracing or self.probes is None or self.traced:
                frame.f_trace = Resume(self)  # type: ignore[assignment]
                settrace(None)
            return None
        info, register = self.register.code(code, file), self.register
        lane, space = register.lane(parent is None), register.space(frame.f_globals)
        followed = self.live[id(frame)] = Followed(self, self.frames, info, lane, space, depth)
        self.frames += 1
        if parent is not None:
            followed.caller, followed.nested = parent.fid, parent.nested + 1
            followed.drawn = parent.drawn if parent.pending is None else parent.drawn | parent.pending.drawn
        followed.depth = followed.nested
        if self.probes is not None and not lane.number:
            followed.depth += len(self.probes.runtime.stack)
        self.log.emit(["F", followed.fid, info.number, followed.caller, lane.number, space.number])
        ops = self.absorb(followed, frame, False)
        if self.suspended.frames:
            ops += self.suspended.now(id(frame), code, "running")
        self._step([CALL, followed.fid, followed.at, ops])
        if self.probes is not None:
            self.probes.runtime.traced_begins()
        return followed.local

    def _go_on(self, followed: Followed, frame: FrameType) -> Any:
        """A generator or coroutine is entered again."""
        followed.suspended = False
        followed.lane = self.register.lane()
        if self.probes is not None:
            self.probes.runtime.bindings_of(frame.f_back)
        parent = self.absorb_parent(frame)
        ops = self.absorb(followed, frame, False)
        ops += self.suspended.now(id(frame), frame.f_code, "running")
        self._step([RESUME, followed.fid, followed.at, ops, None, parent.fid if parent else -1])
        if self.probes is not None:
            self.probes.runtime.traced_begins()
        return followed.local

    def _stack_depth(self, frame: FrameType, parent: Followed | None) -> int:
        """Frames on the stack, counted from the nearest one whose depth is known."""
        count, back = 1, frame.f_back
        while back is not None:
            known = self.live.get(id(back))
            if known is not None and known is parent:
                return known.stack + count
            count, back = count + 1, back.f_back
        return count

    def absorb_parent(self, frame: FrameType) -> Followed | None:
        """A call begins in the middle of its caller's line: record what that changed. Returns the caller."""
        back = frame.f_back
        direct = on_stack = True
        while back is not None:
            parent = self.live.get(id(back))
            if parent is not None and parent.info.code is back.f_code:
                if not direct:
                    parent.deep = True  # library code in between may change anything it was given
                early = self.absorb(parent, back, on_stack)
                if early:
                    self.log.emit(["E", parent.fid, early])
                return parent
            on_stack = on_stack and (self.probes is None or self.probes.runtime.number(back.f_code) < 0)
            direct = direct and back.f_code.co_name in HIDDEN
            back = back.f_back
        return None

    def line(self, followed: Followed, frame: FrameType) -> None:
        """A line is about to run."""
        followed.raised = False
        if not followed.begins(frame):
            return
        ops = self.absorb(followed, frame)
        number = followed.at
        lines = followed.info.lines
        followed.pending = pending = lines.get(number) if lines is not None else None
        if pending is not None:
            followed.held = self.hold(followed, frame, pending.rebound) if pending.rebound else None
        elif lines is None:  # the source cannot be read: any line may do anything
            followed.deep = True
        self._step([LINE, followed.fid, number, ops] if ops else [LINE, followed.fid, number])

    def exception(self, followed: Followed, frame: FrameType, arg: Any) -> None:
        """An exception is raised in, or arrives at, the frame. The end of a `for` is none."""
        if ends_a_loop(frame, arg[0]):
            return
        if self.probes is not None:
            self.probes.runtime.lambdas(arg[1], arg[2])
        ops = self.absorb(followed, frame)
        self.heap.begin()
        token, fresh = self.raised_token(arg[1], arg[2])
        ops += self.heap.take()
        followed.raised = followed.threw = True
        self._step([EXCEPTION, followed.fid, followed.at, ops, ref(token), 1 if fresh else 0])

    def raised_token(self, value: Any, trace: Any) -> tuple[Any, bool]:
        """The exception's token, and whether it begins here: raised here, or in code that is not recorded."""
        heap, fresh = self.heap, self._fresh(trace)
        known = heap.shadows.get(id(value))
        if fresh and known is not None and known.was_raised:
            del heap.shadows[id(value)]  # a new exception where a dead one was
        if fresh and known is None:
            heap.deep(value)  # it may hold what a library has changed
        token = heap.token(value)
        token.was_raised = True
        return token, fresh

    def _fresh(self, trace: Any) -> bool:
        """Was it raised here (or in code that is not recorded), not in another recorded frame?"""
        trace = trace and trace.tb_next
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_name not in HIDDEN and self.files.get(code.co_filename) is not None:
                return False
            trace = trace.tb_next
        return True

    def leave(self, followed: Followed, frame: FrameType, arg: Any, kind: int = -1) -> None:
        """The frame returns, yields, or is left by an exception. kind: which of these, if it is known."""
        ops = self.absorb(followed, frame)
        kind = leaving(followed, frame, arg) if kind < 0 else kind
        if not frame.f_code.co_flags & OPTIMIZED:
            arg = None  # of a class body: a cell python needs
            self.heap.filled(followed.visible(frame))
        heap = self.heap
        heap.begin()
        token = heap.token(arg)
        ops += heap.take()
        over: list[Any] = []  # what holds only behind this step: a generator is finished when it has returned
        if self.suspended.frames and kind == YIELD:
            ops += self.suspended.now(id(frame), frame.f_code, f"suspended at line {frame.f_lineno}")
        elif self.suspended.frames:
            over = self.suspended.now(id(frame), frame.f_code, "finished")
        if self.probes is not None:
            self.probes.runtime.traced_ends()
        followed.suspended = kind == YIELD
        if kind != YIELD:
            followed.closed, followed.held = True, None
            self.live.pop(id(frame), None)
            if followed.alone:
                self.end_one()
        self._mark_library_caller(frame)
        if kind == UNWIND:
            self._step([UNWIND, followed.fid, followed.at, ops])
        else:
            self._step([kind, followed.fid, followed.at, ops, ref(token)])
        if over:
            self.log.emit(["E", -1, over])

    def _mark_library_caller(self, frame: FrameType) -> None:
        back = frame.f_back
        while back is not None and back.f_code.co_name in HIDDEN:
            back = back.f_back
        if back is None or id(back) in self.live:
            return
        while back is not None:
            parent = self.live.get(id(back))
            if parent is not None:
                parent.deep = True
                return
            back = back.f_back
