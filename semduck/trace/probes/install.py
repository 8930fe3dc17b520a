"""Put probes into the program's code: the main program's before python opens it, modules' as they load.

Runs inside the recorded process.
"""

from __future__ import annotations

import sys
from marshal import dumps

from ..effects import ONLY_AST
from ..frames import FileInfo
from . import build as b
from .rewrite import Rewriter
from .runtime import Runtime
from .scopes import every
from .sites import Sites
from .stream import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from ..follow import Recorder

Code = type((lambda: 0).__code__)


# A file that speaks of one of these stays as it is: they show or copy the code of functions, or watch it run.
OBSERVERS = frozenset("""
__code__ co_code co_consts co_names dis bytecode CodeType tracemalloc cloudpickle dill joblib loky ray dask
pyspark numba njit jit settrace setprofile cProfile profile pdb bdb set_trace breakpoint monitoring
settrace_all_threads setprofile_all_threads coverage viztracer
""".split())
# In a file that speaks of one of these, generators may go on in another thread than the one they began in.
THREADS = frozenset("threading _thread Thread concurrent ThreadPool ThreadPoolExecutor to_thread".split())


def mentioned(tree: Any) -> set[str]:
    """Names, attributes and modules a file speaks of."""
    found: set[str] = set()
    for node in every(tree.body):
        for field in ("id", "attr", "module", "name"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                found.add(value.partition(".")[0])
    return found


class Last:
    """Writes, when it dies, what the objects of the program have told that died before it."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream

    def __del__(self) -> None:
        try:
            self.stream.last()
        except Exception:
            pass  # the file is full


class Probes:
    """Instruments files for one recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.runtime = runtime = Runtime(recorder)
        self.sites = Sites()
        self.left_alone = False  # functions of the file that was instrumented last are not followed by probes
        self.runtime.statements = self.sites.effects  # type: ignore[assignment]
        self.tail: Any = recorder.log
        self.runs_pytest = False  # is that the program?
        self.stream = Stream(self.tail, runtime.buffer, self._failed, recorder.max_steps)
        self.stream.hurry, self.stream.ask = runtime.hurry, runtime.ask_anew
        self.stream.parts = recorder.parts
        recorder.log = recorder.register.log = self.stream  # type: ignore[assignment]
        recorder.probes = self
        recorder.absorber.probed = runtime.number
        recorder.register.lane()  # the main thread is number 0
        self.lists = {b.BUFFER: runtime.buffer, b.HELPERS: runtime.helpers, b.STACK: runtime.stack,
                      b.GATE: runtime.gate}

    def instrument(self, data: bytes, filename: str,
                   change: Callable[[Any], Any] | None = None) -> CodeType | None:
        """Code with probes for a source; None when it stays as it is. change: of the tree, at the end."""
        register = self.recorder.register
        try:
            tree: Any = quietly(data, filename, ONLY_AST)
            file = register.file(filename)
            if file is None:
                return None
            watched = mentioned(tree)
            if watched & OBSERVERS:  # their reports would show our helpers
                self.runtime.give_way()
                self.recorder.needs_tracing()
                return None
            if "setrecursionlimit" in watched:
                self.runtime.lower_gate(8)
            rewriter = Rewriter(tree, self.sites, self._next_code, waits=not watched & THREADS)
            tree = rewriter.rewrite()
            code = quietly(tree if change is None else change(tree), filename, 0)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.recorder.needs_tracing()
            return None
        code = self._adopt(code, file, rewriter)
        self.left_alone = rewriter.needs_tracing
        if self.left_alone:
            self.recorder.follow(code)
        return code

    def _failed(self, why: str) -> None:
        self.recorder.give_up(why)

    def forked(self) -> None:
        """In the child of a fork, which is not recorded."""
        self.runtime.give_way()
        self.stream.forked()

    def finish(self) -> None:
        """The program has ended, but for what its objects do when they die."""
        self.runtime.let_go()
        self.stream.finish()
        # Python empties this dictionary when all else is gone: then what died in between has been told.
        sys.__dict__["_semduck_last"] = Last(self.stream)

    def _next_code(self) -> int:
        register = self.recorder.register
        register.code_count += 1
        return register.code_count - 1

    def _adopt(self, code: CodeType, file: FileInfo, rewriter: Rewriter) -> CodeType:
        """Our lists become constants of the code; its code objects and probes are told to the log."""
        codes = rewriter.codes
        self.runtime.quiet += [0] * (len(self.sites.effects) - len(self.runtime.quiet))
        for number in codes:
            self.runtime.unit[number] = codes[0], codes[-1]
            self.runtime.lines[number] = file.lines
        told: dict[int, CodeType] = {}
        code = self._finish(code, told)
        for number in sorted(told):
            self.recorder.register.tell(number, told[number], file)
        fresh, self.sites.fresh = self.sites.fresh, []
        self.recorder.log.tell(["P", self.sites.count - len(fresh), fresh])
        return code

    def _finish(self, code: CodeType, told: dict[int, CodeType]) -> CodeType:
        constants, mark = [], -1
        for constant in code.co_consts:
            if type(constant) is Code:
                constant = self._finish(constant, told)
            elif type(constant) is tuple and constant in self.lists:
                constant = self.lists[constant]
            elif type(constant) is tuple and len(constant) == 2 and constant[0] == b.MARK:
                mark = constant[1]
            constants.append(constant)
        code = code.replace(co_consts=tuple(constants))
        if mark >= 0:
            told[mark] = code
        return code


def quietly(source: Any, filename: str, flags: int) -> Any:
    """compile() without warnings: python has given them for the program's own text."""
    import _warnings

    filters = getattr(sys.modules.get("warnings", _warnings), "filters", [])
    quiet = ("ignore", None, Warning, None, 0)
    filters.insert(0, quiet)
    getattr(_warnings, "_filters_mutated", lambda: None)()
    try:
        return compile(source, filename, "exec", flags, dont_inherit=True)
    finally:
        filters.remove(quiet)
        getattr(_warnings, "_filters_mutated", lambda: None)()


__all__ = ["Probes", "dumps", "quietly"]
