"""Begin recording before the program does: found through PYTHONPATH by a python started as usual.

So the program is run by python itself, with no frame, argument or import of ours below it. The variables
and the path entry that led here are put back first; a real `sitecustomize` runs as if we were not there.
Must be readable for old versions of Python, which are told that they are too old.
"""

import sys


def _restore() -> "tuple[str | None, str | None]":
    """Undo what was added to the environment. The configuration's path, None when there is none; of a child
    of a recorded program, what it was told."""
    import os

    here = os.path.dirname(__file__)
    sys.path[:] = [p for p in sys.path if p != here]
    config = os.environ.pop("SEMDUCK_RECORD", None)
    follow = os.environ.pop("SEMDUCK_FOLLOW", None)
    path = os.environ.pop("SEMDUCK_PYTHONPATH", None)
    if path is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = path
    return config, follow


class _Apart:
    """Imports the recorder with builtins of its own: the program may replace those that all others share."""

    @staticmethod
    def find_spec(name, path=None, target=None):  # type: ignore[no-untyped-def]
        machinery = sys.modules["_frozen_importlib_external"]
        spec = machinery.PathFinder.find_spec(name, path) if name.startswith("semduck") else None
        if spec is not None:
            kind = type(spec.loader)
            spec.loader.__class__ = type("Loader", (kind,), {"create_module": _Apart.create})  # noqa: F821
        return spec

    @staticmethod
    def create(loader, spec):  # type: ignore[no-untyped-def]
        module = type(sys)(spec.name)
        module.__dict__["__builtins__"] = vars(sys.modules["builtins"]).copy()
        return module


def _plainly(compiled: str, spec: str) -> None:
    """The compiled file python was started with was not made: start it once more with the program itself."""
    import os

    arguments = [spec if a == compiled else a for a in sys.orig_argv[1:]]
    os.execv(sys.executable, [sys.executable, *arguments])


def _begin() -> None:
    import os

    compiled, _, spec = os.environ.pop("SEMDUCK_PROGRAM", "").partition(os.pathsep)
    config, follow = _restore()  # noqa: F821 (removed at the end, after this has run)
    if config is None and (follow is None or sys.version_info < (3, 11)):
        return
    if sys.version_info < (3, 11):  # noqa: UP036
        version = sys.version.split()[0]
        sys.stderr.write("semduck: recording needs Python 3.11 or newer, this is " + version + "\n")
        sys.stderr.flush()
        os._exit(2)
    before = set(sys.modules)
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    sys.path.insert(0, root)
    sys.meta_path.insert(0, _Apart)  # noqa: F821
    try:
        if config is None:
            from semduck.trace import enrolling
        from semduck.trace import child
        from semduck.trace.probes import launch  # noqa: F401

        sys.path.remove(root)
        sys.meta_path.remove(_Apart)  # noqa: F821
        if config is not None:
            child.begin_from(config)
        elif follow is not None:
            enrolling.join(follow)
    except Exception as error:  # the program runs all the same; the host is told why it is not recorded
        sys.path[:] = [p for p in sys.path if p != root]
        sys.meta_path[:] = [f for f in sys.meta_path if f is not _Apart]  # noqa: F821
        if config is not None:
            with open(config + ".error", "w") as file:
                file.write(type(error).__name__ + ": " + str(error))
        if compiled and not os.path.exists(compiled):
            _plainly(compiled, spec)  # noqa: F821
    finally:
        for name in set(sys.modules) - before:
            del sys.modules[name]


def _real() -> bool:
    """Run the sitecustomize this one hides, if there is one."""
    spec = sys.modules["_frozen_importlib_external"].PathFinder.find_spec("sitecustomize", sys.path)
    if spec is not None and spec.loader is not None and hasattr(spec.loader, "get_code"):
        globals()["__file__"], globals()["__spec__"] = spec.origin, spec
        exec(spec.loader.get_code("sitecustomize"), globals())
        return True
    return False


_begin()
__semduck_only__ = not _real()
del _Apart, _begin, _plainly, _real, _restore
