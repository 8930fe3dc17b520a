"""What a recorder has, and how it tells the log: events, output, and that recording ends.

Runs inside the recorded process.
"""

from __future__ import annotations

import sys
from _thread import RLock
from sys import _getframe, gettrace, settrace

from .absorb import Absorber
from .monitor import Monitor
from .register import Register
from .snapshot import Heap
from .tail import Full

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .frames import Followed
    from .parts import Turning
    from .tail import Tail

SWEEP = 100_000  # shadows held before the unreachable ones are forgotten
PIECE = 100_000  # bytes of output in one event
Method = type((lambda self: None).__get__(0))
HERE = __file__[: -len("telling.py")]


class Telling:
    """The lowest layer of the Recorder."""

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
        self.monitor = Monitor(self)  # type: ignore[arg-type] # of functions without probes
        self.main: Any = None  # probes.launch.Main, until it begins
        self.on, self.begun, self.hooked_threads = True, False, False
        self.steps = self.frames = 0
        self.sweep_at = SWEEP
        self.on_stop: Callable[[str], None] = _nothing
        self.limit, self.finalizing = sys.getrecursionlimit, sys.is_finalizing

    # -- beginning and ending ----------------------------------------------------------------------------

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

    def trace(self, function: Any) -> None:
        """Trace this thread, or no longer; a trace function of the program's own stays."""
        found: Any = gettrace()
        if found is None or (type(found) is Method and found.__self__ is self):
            settrace(function)

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


def _nothing(why: str) -> None:
    """Until somebody else says what ends the program."""
