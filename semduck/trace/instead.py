"""Functions that stand where others stood: called like them, named like them, absent from tracebacks.

Runs inside the recorded process.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from typing import Any

    Told = Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]  # (the real one, arguments, by name)

HERE = __file__[: -len("instead.py")]


def stand_in(modules: Iterable[str], name: str, told: Told) -> None:
    """Let calls of a function go through `told`, wherever one of the modules is loaded and has it."""
    made = None
    for module in modules:
        found = sys.modules.get(module)
        real = getattr(found, name, None) if found is not None else None
        if real is not None:
            made = made or instead(real, told)
            setattr(found, name, made)


def instead(real: Any, told: Told) -> Any:
    """A function like `real` that calls `told`. An exception leaves it as it would have left `real`."""

    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return told(real, arguments, named)
        except BaseException as error:
            error.__traceback__ = _beyond(error.__traceback__)
            raise  # an exception that is raised again adds no entry

    for name in ("__name__", "__qualname__", "__module__", "__doc__"):
        setattr(call, name, getattr(real, name, None))
    return call


def _beyond(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(HERE):
        trace = trace.tb_next
    return trace


def when_loaded(name: str, change: Callable[[Any], None]) -> None:
    """Change a module written in C as soon as it is loaded."""
    if name in sys.modules:
        change(sys.modules[name])
        return
    loader: Any = sys.modules["_frozen_importlib_external"].ExtensionFileLoader
    real = loader.exec_module

    def exec_module(self: Any, module: Any) -> None:
        real(self, module)
        if module.__name__ == name:
            change(module)

    # Frames of importlib are left out of tracebacks; this one stands among them.
    exec_module.__code__ = exec_module.__code__.replace(co_filename=real.__code__.co_filename)
    exec_module.__qualname__, exec_module.__module__ = real.__qualname__, real.__module__
    loader.exec_module = exec_module
