"""The main program and the modules it imports get their probes; the program sees what plain python shows.

Runs inside the recorded process. Python is started with the path of a compiled file that does not exist yet;
it is written here, before python opens it. So python itself runs the main program, with nothing below it.
"""

from __future__ import annotations

import os
import sys
from _imp import source_hash
from marshal import dumps

from . import build as b
from . import testing
from .install import Probes, quietly
from .sets import Sets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

    from ..follow import Recorder

external: Any = sys.modules["_frozen_importlib_external"]
Code = type((lambda: 0).__code__)


def prepare(recorder: Recorder, config: dict[str, Any]) -> None:
    """Write the compiled main program, watch imports, and begin to empty the list of probes."""
    probes = Probes(recorder)
    probes.stream.on_stop = recorder.on_stop
    probes.runs_pytest = (config.get("target") or {}).get("kind") == "pytest"
    if recorder.parts is not None and recorder.parts.keen:
        probes.runtime.ask_anew(True)
    hook_imports(probes)
    hook_threads(probes)
    if config["compiled"]:
        try:
            Main(probes, config["spec"], config["compiled"])
        except (SyntaxError, ValueError, OSError, RecursionError, MemoryError):
            _as_it_is(config)
    probes.stream.start()


def _as_it_is(config: dict[str, Any]) -> None:
    """The source cannot be compiled: python itself says so, started once more with the file as it is."""
    given = sys.orig_argv
    flags = given[1 : next(i for i, a in enumerate(given) if a in (config["compiled"], config["spec"]))]
    os.environ["SEMDUCK_RECORD"] = config["out"] + ".config"
    path = os.environ.get("PYTHONPATH")
    if path is not None:
        os.environ["SEMDUCK_PYTHONPATH"] = path
    startup = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "startup")
    os.environ["PYTHONPATH"] = startup if path is None else startup + os.pathsep + path
    with open(config["out"] + ".config", "wb") as file:
        file.write(dumps({**config, "probes": False, "compiled": ""}))
    os.unlink(config["out"])
    os.execv(sys.executable, [sys.executable, *flags, config["spec"], *config["args"]])


class Main:
    """The main program: from a source file to what python is about to run."""

    def __init__(self, probes: Probes, spec: str, compiled: str) -> None:
        self.probes, self.spec = probes, spec
        self.path = spec if os.path.isabs(spec) else os.getcwd() + "/" + spec  # as python joins them
        sys.argv[0] = spec
        sys.orig_argv[:] = [spec if a == compiled else a for a in sys.orig_argv]
        with open(spec, "rb") as file:
            data = file.read()
        plain = compile(data, self.path, "exec", 0, True)  # its warnings are the program's
        sets = Sets(plain)
        probes.runtime.helpers[b.FROZEN] = sets.known
        real, probes.lists = probes.lists, {key: list(key) for key in probes.lists}
        code = probes.instrument(data, self.path, sets.keep_order)
        probes.lists = real
        if code is None:
            raise ValueError("the program has to stay as it is")
        self.left_alone = probes.left_alone
        header = external.MAGIC_NUMBER + (1).to_bytes(4, "little") + source_hash(0, data)
        with os.fdopen(os.open(compiled, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(header + dumps(code))
        self.compiled = compiled
        probes.recorder.main = self

    def begins(self, frame: FrameType) -> None:
        """Python has opened the compiled file: make all look as if it were the source."""
        os.unlink(self.compiled)
        names = frame.f_globals
        loader = external.SourceFileLoader
        names["__file__"], names["__cached__"] = self.path, None
        names["__loader__"] = loader("__main__", self.path)
        folder = os.path.dirname(os.path.realpath(self.spec))
        if sys.path and sys.path[0] == os.path.dirname(os.path.realpath(self.compiled)):
            sys.path[0] = folder
        adopt(frame.f_code, self.probes)
        recorder = self.probes.recorder
        if self.probes.runtime.number(frame.f_code) < 0:
            recorder.needs_tracing()
        elif self.left_alone:
            recorder.follow(frame.f_code)


def adopt(code: CodeType, probes: Probes) -> None:
    """The lists that came out of the compiled file take the place of ours."""
    runtime = probes.runtime
    lists = {name: found for name, found in _lists(code)}
    if "buffer" in lists:
        buffer = lists["buffer"]
        buffer[:] = runtime.buffer
        runtime.buffer = probes.stream.buffer = probes.lists[b.BUFFER] = buffer
    for name, key in (("helpers", b.HELPERS), ("stack", b.STACK), ("gate", b.GATE)):
        if name in lists:
            lists[name][:] = probes.lists[key]
            probes.lists[key] = lists[name]
            setattr(runtime, name, lists[name])


def _lists(code: CodeType) -> list[tuple[str, Any]]:
    found = []
    for constant in code.co_consts:
        if type(constant) is list and constant and type(constant[0]) is str:
            if constant[0].startswith("\0semduck "):
                found.append((constant[0][9:], constant))
        elif type(constant) is Code:
            found += _lists(constant)
    return found


def hook_imports(probes: Probes) -> None:
    """Modules of the program are compiled with probes; python's cache of compiled files stays its own."""
    loader, is_user = external.SourceFileLoader, probes.recorder.register.is_user_file
    real = loader.get_code

    def get_code(self: Any, fullname: str) -> Any:
        code = real(self, fullname)
        path = self.path
        if fullname == testing.WHEN and not testing.hook(probes):
            probes.recorder.needs_tracing()
        if code is None or type(self) is not loader or not is_user(path):
            return code
        with open(path, "rb") as file:
            data = file.read()
        return probes.instrument(data, path) or code

    # Frames of importlib are left out of tracebacks; this one stands among them.
    get_code.__code__ = get_code.__code__.replace(co_filename=real.__code__.co_filename)
    get_code.__qualname__ = real.__qualname__
    get_code.__module__ = real.__module__
    loader.get_code = get_code


def hook_threads(probes: Probes) -> None:
    """Threads beside the main one are followed by sys.settrace."""
    import _thread

    for name in ("start_new_thread", "start_joinable_thread"):
        real = getattr(_thread, name, None)
        if real is not None:
            setattr(_thread, name, _started(probes, real))


def _started(probes: Probes, real: Any) -> Any:
    def start(*arguments: Any, **more: Any) -> Any:
        probes.runtime.open_gate()
        probes.recorder.hook_threads()
        return real(*arguments, **more)

    start.__name__, start.__qualname__, start.__module__ = real.__name__, real.__qualname__, "_thread"
    return start


__all__ = ["prepare", "quietly"]
