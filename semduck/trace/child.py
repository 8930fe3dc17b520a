"""Entry point of the recorded process: `python child.py CONFIG`, CONFIG a marshalled dict.

Runs on any Python >= 3.11, whether or not semduck is installed there. Leaves no module of ours in
`sys.modules` and no path of ours in `sys.path`, then runs the program as plain python would.
"""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.stderr.write(f"semduck: recording needs Python 3.11 or newer, this is {sys.version.split()[0]}\n")
        sys.exit(2)
    _before = set(sys.modules)
    if not sys.flags.safe_path:
        del sys.path[0]  # our own folder
    sys.path.insert(0, __file__[: -len("/semduck/trace/child.py")])

import marshal
import os
import zlib  # noqa: F401  (tail needs it; taken out of sys.modules below with the rest)

from semduck.trace import streams
from semduck.trace.follow import Recorder
from semduck.trace.tail import Tail

if __name__ == "__main__":
    for _name in set(sys.modules) - _before:
        del sys.modules[_name]
    del sys.path[0]

OWN = 4  # stack entries below the program's first frame that plain python does not have


class Files:
    """Which files are the user's: below the roots, or the program itself; never an installed package."""

    def __init__(self, config):
        self.roots = [r.rstrip("/") + "/" for r in config["roots"]]
        self.main = config["main"]
        self.include, self.exclude = config["include"], config["exclude"]
        library = os.path.realpath(os.__file__)
        self.library = os.path.dirname(library) + "/"
        self.own = os.path.dirname(os.path.dirname(os.path.realpath(__file__))) + "/"

    def __call__(self, filename):
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
        installed = "/site-packages/" in path or "/dist-packages/" in path or path.startswith(self.library)
        return not installed and any(path.startswith(root) for root in self.roots)


def _matches(path, pattern):
    """Glob with * and ?, without importing fnmatch; matches the whole path or its end."""
    def rest(i, j):
        while j < len(pattern):
            if pattern[j] == "*":
                return any(rest(k, j + 1) for k in range(i, len(path) + 1))
            if i >= len(path) or pattern[j] not in ("?", path[i]):
                return False
            i, j = i + 1, j + 1
        return i == len(path)

    return any(rest(i, 0) for i in range(len(path)) if i == 0 or path[i - 1] == "/")


def read_source(filename):
    """Bytes of a source file, b"" when it cannot be read."""
    try:
        with open(filename, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _ender(recorder, output):
    """What ends the program at a limit or when the host asks: its buffers are flushed, nothing else runs."""
    def end(why):
        recorder.on = False
        sys.settrace(None)
        for text in output:
            try:
                text.flush()
            except Exception:
                pass
        recorder.log.last_words(["L", why])
        os._exit(3 if why == "limit" else 130)

    return end


def _room_below():
    """Our frames below the program take stack; the program must see, and reach, its own limit."""
    real_get, real_set = sys.getrecursionlimit, sys.setrecursionlimit

    def getrecursionlimit():
        return real_get() - OWN

    def setrecursionlimit(limit, /):
        real_set(limit + OWN if type(limit) is int and 0 < limit < 1 << 30 else limit)

    getrecursionlimit.__module__ = setrecursionlimit.__module__ = "sys"
    real_set(real_get() + OWN)
    sys.getrecursionlimit, sys.setrecursionlimit = getrecursionlimit, setrecursionlimit
    return real_get


def _hide_tracing(recorder):
    """The program sees no trace function unless it sets one."""
    real = sys.gettrace

    def gettrace():
        found = real()
        return None if found == recorder.dispatch else found

    gettrace.__module__ = "sys"
    sys.gettrace = gettrace


def _trim(trace):
    """The traceback without our frames."""
    own = __file__
    while trace is not None and trace.tb_frame.f_code.co_filename == own:
        trace = trace.tb_next
    entry = trace
    while entry is not None:  # the ears on the streams
        while entry.tb_next is not None and entry.tb_next.tb_frame.f_code.co_filename == streams.__file__:
            entry.tb_next = entry.tb_next.tb_next
        entry = entry.tb_next
    return trace


def _ending(recorder):
    """Note how the program ends and let python end it the way it always does."""
    hook = sys.excepthook

    def excepthook(kind, error, trace):
        trace = _trim(trace)
        error.__traceback__ = trace
        if hook is sys.__excepthook__:
            hook(kind, error, trace)
            return
        try:
            hook(kind, error, trace)
        except Exception as second:  # said as python says it, without our frame
            sys.stderr.write("Error in sys.excepthook:\n")
            sys.__excepthook__(type(second), second.with_traceback(_trim(second.__traceback__)), None)
            sys.stderr.write("\nOriginal exception was:\n")
            sys.__excepthook__(kind, error, trace)

    sys.excepthook = excepthook


def _main_module(path, spec=None):
    """A fresh `__main__`, as python makes it for a script."""
    module = type(sys)("__main__")
    loader = sys.modules["_frozen_importlib_external"].SourceFileLoader
    module.__dict__.update(
        __file__=path, __builtins__=__builtins__, __cached__=None, __spec__=spec, __package__=None,
        __loader__=loader("__main__", path), __annotations__={},
    )
    if not isinstance(__builtins__, type(sys)):
        module.__dict__["__builtins__"] = __import__("builtins")
    sys.modules["__main__"] = module
    return module


def _script(path, args):
    sys.argv = [path, *args]
    sys.orig_argv[1:] = sys.argv
    if os.path.isdir(path):
        sys.path.insert(0, path)
        return _runpy("__main__", False)
    if not sys.flags.safe_path:
        sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
    if not os.path.isabs(path):
        path = os.getcwd() + "/" + path
    module = _main_module(path)
    with open(path, "rb") as file:
        source = file.read()
    if sys.version_info >= (3, 13):
        del module.__dict__["__annotations__"]
    try:
        code = compile(source, path, "exec", 0, True)
    except (SyntaxError, ValueError):  # let python itself say so, in its own words
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.argv])
    return lambda: exec(code, module.__dict__)


def _module(name, args):
    sys.argv = ["-m", *args]
    sys.orig_argv[1:] = ["-m", name, *args]
    if not sys.flags.safe_path:
        sys.path.insert(0, os.getcwd())
    return _runpy(name, True)


def _runpy(name, alter_argv):
    module = type(sys)("__main__")
    module.__dict__["__builtins__"] = __import__("builtins")
    if sys.version_info < (3, 13):
        module.__dict__["__annotations__"] = {}
    sys.modules["__main__"] = module
    import runpy

    return lambda: runpy._run_module_as_main(name, alter_argv)


def run(config):
    """Record the program of `config` in this process. Does not return when the program ends it."""
    recorder = Recorder(Tail(config["out"], config["max_bytes"]), Files(config), set(config["modules"]),
                        read_source, config["max_steps"])
    recorder.log.emit(["M", {"version": 1, "python": sys.version.split()[0], "argv": config["shown"],
                             "cwd": os.getcwd(), "pid": os.getpid(), "main": config["main"],
                             "executable": sys.executable}])
    recorder.limit = _room_below()
    _hide_tracing(recorder)
    output = streams.listen(recorder)
    recorder.on_stop = _ender(recorder, output)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _forked(recorder))
    try:
        start = (_script if config["kind"] == "script" else _module)(config["spec"], config["args"])
        recorder.start()
        start()
    except SystemExit:
        raise
    except BaseException as error:
        _uncaught(recorder, error)
        raise


def _uncaught(recorder, error):
    with recorder.lock:
        if recorder.on:
            heap = recorder.heap
            heap.begin()
            token = heap.token(error)
            heap.drain()
            recorder.log.emit(["U", [token.oid], heap.ops])
            heap.ops = []
    _ending(recorder)


def _forked(recorder):
    recorder.on = False
    sys.settrace(None)
    streams.silence()


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as _file:
        _config = marshal.load(_file)
    os.unlink(sys.argv[1])
    run(_config)
