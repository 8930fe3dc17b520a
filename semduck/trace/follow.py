"""The sys.settrace recorder: every event of the user's frames, with the exact difference of state.

Runs inside the recorded process. Event kinds and operations: docs/recording-format.md.
"""

from __future__ import annotations

import sys
from _thread import RLock, get_ident
from sys import _getframe, gettrace, settrace

from .absorb import Absorber
from .frames import OPTIMIZED, Followed, Resume
from .kinds import ref
from .leaving import CALL, EXCEPTION, LINE, RESUME, UNWIND, YIELD, ends_a_loop, leaving
from .monitor import Monitor
from .register import Register
from .resolve import MISSING
from .snapshot import Heap
from .statements import HIDDEN
from .tail import Full

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
    from typing import Any

    from .frames import FileInfo
    from .parts import Turning
    from .tail import Tail

SWEEP = 100_000  # shadows held before the unreachable ones are forgotten
ROOM = 60  # stack entries our trace functions may need
PIECE = 100_000  # bytes of output in one event
Method = type((lambda self: None).__get__(0))
HERE = __file__[: -len("follow.py")]


class Recorder:
    """Turns trace events into log events. `on_stop(why)` ends the program at a limit."""

    def __init__(self, log: Tail, is_user_file: Callable[[str], bool], user_modules: set[str],
                 read_source: Callable[[str], bytes], max_steps: int) -> None:
        self.log, self.max_steps = log, max_steps
        self.heap = Heap(user_modules)
        self.register = Register(log, is_user_file, user_modules, read_source)
        self.files = self.register.files
        self.register.on_source = self.heap.holders.begin
        self.live: dict[int, Followed] = {}  # by address of the frame
        self.absorber = Absorber(self.heap, self.register, self.live)
        self.suspended = self.heap.suspended
        self.suspended.is_user_code, self.suspended.live = self.register.is_user_code, self.live
        self.absorb, self.hold = self.absorber.absorb, self.absorber.hold
        self.probes: Any = None  # probes.install.Probes, when the program's code has them
        self.parts: Turning | None = None  # begins anew when it is time
        self.lock: Any = RLock()
        self.deferred: list[list[Any]] = []  # output of finalizers that ran while an event was being written
        self.tracing = False  # every call is traced
        self.traced = 0  # calls of functions that are traced one by one, see `trace_one`
        self.monitor = Monitor(self)  # of functions without probes
        self.main: Any = None  # probes.launch.Main, until it begins
        self.on, self.begun, self.hooked_threads = True, False, False
        self.steps = self.frames = 0
        self.sweep_at = SWEEP
        self.on_stop: Callable[[str], None] = _nothing
        self.limit, self.finalizing = sys.getrecursionlimit, sys.is_finalizing

    # -- beginning and ending ----------------------------------------------------------------------------

    def start(self) -> None:
        """Record from here on, in this thread and in those to come.

        Where probes tell what happens, tracing is not needed, but to see the compiled main program begin.
        """
        if self.probes is None or self.main is not None or self.tracing:
            settrace(self.dispatch)

    def first(self) -> None:
        """The program begins: the module that started us disappears, unless it hides a real one."""
        self.begun = True
        module = sys.modules.get("sitecustomize")
        if module is not None and getattr(module, "__semduck_only__", None) is not None:
            if module.__dict__.pop("__semduck_only__"):
                del sys.modules["sitecustomize"]

    def let_go(self) -> None:
        """The program has ended, but for what its objects do when they die: nothing here keeps them alive."""
        with self.lock:
            self.heap.let_go()
            for names in (*self.register.spaces.values(), *self.live.values()):
                names.bindings.clear()  # type: ignore[attr-defined]

    def give_up(self, reason: str) -> None:
        """Stop recording, let the program go on, and leave a note when there is still room for it."""
        self.on = False
        self.trace(None)
        self.monitor.end()
        if self.probes is not None:
            self.probes.runtime.give_way()
        try:
            self.log.last_words(["L", reason[:500]])
        except Exception:
            pass  # what was recorded so far has to speak for itself

    def failed(self, error: Exception) -> None:
        """A fault of ours never reaches the program: recording ends here and says so."""
        trace = error.__traceback__
        assert trace is not None
        while trace.tb_next is not None:
            trace = trace.tb_next
        if not trace.tb_frame.f_code.co_filename.startswith(HERE):  # a signal handler of the program raised
            self.give_up("a signal handler raised an exception: nothing after it was recorded")
            raise error.with_traceback(trace)
        where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        self.give_up(f"the recorder failed ({type(error).__name__} in {where}) and recorded nothing more")

    def hook_threads(self) -> None:
        threading: Any = sys.modules.get("threading")
        if threading is not None and hasattr(threading, "settrace"):
            self.hooked_threads = True
            if threading._trace_hook is None:
                threading._trace_hook = self.dispatch
                hide(threading, "gettrace", self.dispatch)

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

    def trace(self, function: Any) -> None:
        """Trace this thread, or no longer; a trace function of the program's own stays."""
        found: Any = gettrace()
        if found is None or (type(found) is Method and found.__self__ is self):
            settrace(function)

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
        heap = self.heap
        heap.begin()
        token = heap.token(arg)
        ops += heap.take()
        if self.suspended.frames:
            state = f"suspended at line {frame.f_lineno}" if kind == YIELD else "finished"
            ops += self.suspended.now(id(frame), frame.f_code, state)
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

    # -- log ---------------------------------------------------------------------------------------------

    def _step(self, event: list[Any]) -> None:
        self.log.emit(event, True)
        self.steps += 1
        while self.deferred:
            self.log.emit(self.deferred.pop(0))
        if self.steps >= self.max_steps > 0:
            self.on_stop("limit")
        elif self.log.stop_asked():
            self.on_stop("stopped")
        elif self.parts is not None and self.parts.due():
            self.parts.turn(_getframe(1))
        elif self.probes is None and len(self.heap.shadows) > self.sweep_at:
            self._sweep()

    def _sweep(self) -> None:
        roots = [t for f in list(self.live.values()) for t in f.bindings.values()]
        roots += [t for s in self.register.spaces.values() for t in s.bindings.values()]
        kept = len(self.heap.sweep(roots))
        self.sweep_at = max(SWEEP, 2 * kept)
        self.log.emit(["W"])

    def output(self, stream: int, data: bytes | memoryview) -> None:
        """The program wrote bytes: stream 1 or 2; 0 is what it read."""
        for start in range(0, len(data), PIECE):
            piece = bytes(data[start : start + PIECE])
            if self.parts is None or self.parts.hears(len(piece)):
                self.note(["O", stream, piece.decode("latin-1")])
            else:
                self.note(["D", len(piece)])

    def waiting(self, yes: bool) -> None:
        """The program waits for input, or no longer does."""
        self.note(["I", 1 if yes else 0])

    def note(self, event: list[Any]) -> None:
        """Write an event that is no step. It may come while a step is being written."""
        if not self.on:
            return
        if self.lock._is_owned():
            self.deferred.append(event)
            return
        with self.lock:
            try:
                self.log.emit(event)
            except Full as full:
                self.give_up(str(full))


def hide(module: Any, name: str, hidden: Any) -> None:
    """Let a function of a module give None where it would give `hidden`."""
    real = getattr(module, name)

    def gettrace() -> Any:
        found = real()
        return None if found == hidden else found

    gettrace.__module__ = module.__name__
    setattr(module, name, gettrace)


def _nothing(why: str) -> None:
    """Until somebody else says what ends the program."""
