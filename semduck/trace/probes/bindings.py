"""Helpers for names that are bound.

Runs inside the recorded process.
"""

from __future__ import annotations

from sys import _getframe

from ..kinds import ref
from ..statements import HIDDEN
from ..tail import text_of
from .told import Told, locals_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any


class Bindings(Told):
    """A layer of the Runtime."""

    def result(self, site: str, value: Any) -> Any:
        """A value on its way out of a function."""
        shown = value if type(value) is int else self.value(value)
        self.buffer.append(site)
        self.buffer.append(shown)
        return value

    bound = result

    def class_names(self, names: tuple[str, ...]) -> None:
        """Names bound in a class body."""
        space: Any = _getframe(1).f_locals
        if any(k is dict for k in type.__dict__["__mro__"].__get__(type(space))):
            self._names({n: dict.__getitem__(space, n) for n in names if dict.__contains__(space, n)})

    def free(self, names: tuple[str, ...]) -> int:
        """Variables of enclosing functions, as the call sees them."""
        self._names(locals_of(_getframe(1), names))
        return 0

    def shared(self, names: tuple[str, ...]) -> None:
        """Names of enclosing functions were bound: calls on the stack that have them show it, too."""
        frame: FrameType | None = _getframe(1)
        ops, wanted, place = [], set(names), 0
        with self.lock:
            self.heap.begin()
            while frame is not None:
                code = frame.f_code
                if self.number(code) >= 0 or (
                        self.recorder.files.get(code.co_filename) is not None and code.co_name not in HIDDEN):
                    if not wanted.isdisjoint(code.co_cellvars + code.co_freevars):
                        for name, value in locals_of(frame, names).items():
                            self.heap.again(value)
                            shown = ref(self.heap.token(value))
                            ops.append(["c", place, name, shown])
                    place += 1
                frame = frame.f_back
            ops = self.heap.take() + ops
        self.buffer.append("!" + text_of(ops))

    def closed(self, names: tuple[str, ...]) -> None:
        """Names that functions take from this one were bound: those functions show it."""
        functions = self.heap.closures.over(names) if self.heap.closures.by_name else ()
        if functions:
            with self.lock:
                self.heap.begin()
                for function in functions:
                    self.heap.again(function)
                ops = self.heap.take()
            if ops:
                self.buffer.append("!" + text_of(ops))

    def star(self) -> None:
        """`from x import *`: any name of the module may be new."""
        frame = _getframe(1)
        space = self.recorder.register.space(frame.f_globals)
        names = {n: v for n, v in list(frame.f_globals.items()) if n[:2] != "__"}
        self._names(names, ("g", space.number))
