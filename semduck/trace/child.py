"""In the recorded process: make the recorder, listen to the streams, say how it ended.

`begin_from` is called by startup/sitecustomize.py before python runs the program; `run` records a program in
a process that is already running (the fork server of trials). Works on any Python >= 3.11, whether or not
semduck is installed there.
"""

from __future__ import annotations

import marshal
import os
import sys

from semduck.trace import forks, streams
from semduck.trace.follow import Recorder
from semduck.trace.parts import Parts
from semduck.trace.passing import Apart, Passing
from semduck.trace.starts import Starts
from semduck.trace.tail import Full, Tail
from semduck.trace.tracing import hide
from semduck.trace.widening import Wide

HOW = ("probes", "keep", "wide")  # told as they are

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    from semduck.trace.offspring import Row

    Config = dict[str, Any]  # written by run.py


class Files:
    """Which files are the user's: below the roots, or the program itself; never an installed package."""

    def __init__(self, config: Config) -> None:
        self.roots = [r.rstrip("/") + "/" for r in config["roots"]]
        self.main = config["main"]
        self.include, self.exclude = config["include"], config["exclude"]
        stdlib = os.path.realpath(os.__file__)
        self.stdlib = os.path.dirname(stdlib) + "/"
        self.own = os.path.dirname(os.path.dirname(os.path.realpath(__file__))) + "/"

    def __call__(self, filename: str) -> bool:
        if not filename or filename[0] == "<":
            return False
        path = os.path.realpath(filename)
        if path in self.main:
            return True
        if path.startswith(self.own) or not path.endswith((".py", ".pyw")):
            return False
        if any(_matches(path, pattern) for pattern in self.exclude):
            return False
        if any(_matches(path, pattern) for pattern in self.include):
            return True
        installed = "/site-packages/" in path or "/dist-packages/" in path or path.startswith(self.stdlib)
        return not installed and any(path.startswith(root) for root in self.roots)


def _matches(path: str, pattern: str) -> bool:
    """Glob with * and ?, without importing fnmatch; matches the whole path or its end."""
    def rest(i: int, j: int) -> bool:
        while j < len(pattern):
            if pattern[j] == "*":
                return any(rest(k, j + 1) for k in range(i, len(path) + 1))
            if i >= len(path) or pattern[j] not in ("?", path[i]):
                return False
            i, j = i + 1, j + 1
        return i == len(path)

    return any(rest(i, 0) for i in range(len(path)) if i == 0 or path[i - 1] == "/")


def read_source(filename: str) -> bytes:
    """Bytes of a source file, b"" when it cannot be read."""
    try:
        with open(filename, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _ender(recorder: Recorder, output: tuple[Any, Any]) -> Callable[[str], None]:
    """What ends the program at a limit or when the host asks: its buffers are flushed, nothing else runs."""
    def end(why: str) -> None:
        recorder.on = False
        recorder.trace(None)
        for text in output:
            try:
                text.flush()
            except Exception:
                pass
        recorder.log.last_words(["L", why])
        os._exit(3 if why == "limit" else 130)

    return end


def begin_from(path: str) -> None:
    """Record from here on, as the marshalled dict in the file `path` says. That file is removed."""
    with open(path, "rb") as file:
        config = marshal.load(file)
    os.unlink(path)
    starts = begin(config)
    starts.recorder.log.host = os.getppid()
    if config.get("probes"):
        from semduck.trace.probes import launch

        launch.prepare(starts.recorder, config)
    starts.hook()
    starts.recorder.start()


def begin(config: Config, row: Row | None = None) -> Starts:
    """A recorder for this process, its streams heard, its end noted. Not started yet. row: of a child."""
    before = set(sys.modules)
    folder = config.get("children")
    passing = Passing(folder, row.number if row else 0, config["probes"]) if folder else Apart()
    tail = Tail(config["out"], config["max_bytes"], passing.lock() if row else None)
    recorder = Recorder(tail, Files(config), set(config["modules"]), read_source, config["max_steps"])
    if config.get("keep"):
        recorder.parts = Parts(recorder, tail, *config["keep"])
    elif config.get("wide"):
        recorder.parts = Wide(recorder, tail, config["wide"])
    meta = _meta(config, row)
    recorder.log.emit(["M", meta])
    hide(sys, "gettrace", recorder.dispatch)  # the program sees no trace function unless it sets one
    recorder.on_stop = _ender(recorder, streams.listen(recorder))
    starts = Starts(recorder, passing)
    if hasattr(os, "register_at_fork"):
        forks.Forks(recorder, tail, starts, meta)
    import atexit

    atexit.register(_finish, starts)
    for name in set(sys.modules) - before:
        del sys.modules[name]
    return starts


def _meta(config: Config, row: Row | None) -> dict[str, Any]:
    """What the log says of this process."""
    meta = {"version": 1, "python": sys.version.split()[0], "argv": config["shown"], "cwd": os.getcwd(),
            "pid": os.getpid(), "main": config["main"], "executable": sys.executable,
            "max_steps": config["max_steps"], "target": config.get("target"),
            **{key: config[key] for key in HOW if key in config}}
    if config.get("children"):
        meta["follows"] = True
    return meta if row is None else {**meta, **forks.told(row)}


def _finish(starts: Starts) -> None:
    """The last exit function: what python has just printed a traceback of is what ended the program."""
    recorder = starts.recorder
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if isinstance(error, BaseException) and _from_the_top(error.__traceback__):
        _uncaught(recorder, error)
    streams.hurry()
    starts.settle()
    if starts.passing.follows:
        recorder.note(["Q", None])
    recorder.let_go()
    if recorder.probes is not None:
        recorder.probes.finish()


def _from_the_top(trace: TracebackType | None) -> bool:
    """Did it leave the main program? Test runners, too, note the last exception they caught."""
    if trace is None:
        return False
    frame = trace.tb_frame
    return "runpy" in frame.f_code.co_filename or frame.f_globals.get("__name__") == "__main__"


def _uncaught(recorder: Recorder, error: BaseException) -> None:
    with recorder.lock:
        if recorder.on:
            heap = recorder.heap
            heap.begin()
            token = heap.token(error)
            try:
                recorder.log.emit(["U", [token.oid], heap.take()])
            except Full as full:
                recorder.give_up(str(full))


def run(config: Config) -> None:
    """Record the program of `config` in this process, with our frames below it."""
    recorder = begin(config).recorder
    start = (_script if config["kind"] == "script" else _module)(config["spec"], config["args"])
    recorder.start()
    try:
        start()
    except SystemExit:
        raise
    except BaseException as error:
        _uncaught(recorder, error)
        _hide_our_frames()
        raise


def _hide_our_frames() -> None:
    """The traceback python is about to print begins at the program."""
    hook = sys.excepthook

    def excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
            trace = trace.tb_next
        error.__traceback__ = trace
        hook(kind, error, trace)

    sys.excepthook = excepthook


def _script(path: str, args: list[str]) -> Callable[[], None]:
    sys.argv = [path, *args]
    sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
    path = os.path.abspath(path)
    module = type(sys)("__main__")
    loader = sys.modules["_frozen_importlib_external"].SourceFileLoader
    module.__dict__.update(__file__=path, __builtins__=__import__("builtins"), __cached__=None,
                           __loader__=loader("__main__", path))
    sys.modules["__main__"] = module
    code = compile(read_source(path), path, "exec", 0, True)
    return lambda: exec(code, module.__dict__)


def _module(name: str, args: list[str]) -> Callable[[], None]:
    sys.argv = ["-m", *args]
    sys.path.insert(0, os.getcwd())
    module = type(sys)("__main__")
    sys.modules["__main__"] = module
    module.__dict__["__builtins__"] = __import__("builtins")
    import runpy

    run_module: Any = runpy._run_module_as_main  # type: ignore[attr-defined]
    return lambda: run_module(name, True)
