"""Helpers for names that are bound.

Runs inside the recorded process.
"""

from __future__ import annotations

from sys import _getframe

from ..frames import own_names
from ..kinds import Module, module_dict, mro, ref
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
        try:
            shown = value if type(value) is int else self.value(value)
            self.buffer.append(site)
            self.buffer.append(shown)
            return value
        except Exception as error:
            self.fault(error)
            return value

    bound = result

    def body(self) -> int:
        """A class body begins. Its names are taken once: asking python for them may take `__class__` away."""
        space: Any = {}
        try:
            found: Any = _getframe(1).f_locals
            if any(k is dict for k in mro(type(found))):
                space = found
            self.bodies.append(space)
            names = own_names(dict(dict.items(space)))  # what the metaclass has put there
            if names:
                self._names(names)
            return 0
        except Exception as error:
            self.fault(error)
            return 0

    def body_ends(self) -> None:
        """See Heap.filled."""
        try:
            self.heap.filled(self.bodies.pop())
        except Exception as error:
            self.fault(error)

    def class_names(self, names: tuple[str, ...]) -> None:
        """Names bound in a class body."""
        try:
            space = self.bodies[-1]
            self._names({n: dict.__getitem__(space, n) for n in names if dict.__contains__(space, n)})
        except Exception as error:
            self.fault(error)

    def free(self, names: tuple[str, ...]) -> int:
        """Variables of enclosing functions, as the call sees them."""
        try:
            self._names(locals_of(_getframe(1), names))
            return 0
        except Exception as error:
            self.fault(error)
            return 0

    def drawn(self, name: str, value: Any) -> Any:
        """`name := value` in a generator expression, which runs while any other call may be innermost."""
        try:
            frame = _getframe(1)
            if name in frame.f_code.co_freevars:
                self._shared(frame, (name,))
                self.closed((name,))
            else:
                self._names({name: value}, ("g", self.recorder.register.space(frame.f_globals).number))
            return value
        except Exception as error:
            self.fault(error)
            return value

    def shared(self, names: tuple[str, ...]) -> None:
        """Names of enclosing functions were bound: calls on the stack that have them show it, too."""
        self._shared(_getframe(1), names)

    def _shared(self, frame: FrameType | None, names: tuple[str, ...]) -> None:
        try:
            ops, wanted, place = [], set(names), 0
            with self.lock:
                self.heap.begin()
                while frame is not None:
                    code = frame.f_code
                    traced = self.recorder.files.get(code.co_filename) is not None
                    if self.number(code) >= 0 or (traced and code.co_name not in HIDDEN):
                        if not wanted.isdisjoint(code.co_cellvars + code.co_freevars):
                            for name, value in locals_of(frame, names).items():
                                self.heap.again(value)
                                shown = ref(self.heap.token(value))
                                ops.append(["c", place, name, shown])
                        place += 1
                    frame = frame.f_back
                ops = self.heap.take() + ops
            self.buffer.append("!" + text_of(ops))
        except Exception as error:
            self.fault(error)

    def closed(self, names: tuple[str, ...]) -> None:
        """Names that functions take from this one were bound: those functions show it."""
        try:
            functions = self.heap.closures.over(names) if self.heap.closures.by_name else ()
            if functions:
                with self.lock:
                    self.heap.begin()
                    for function in functions:
                        self.heap.again(function)
                    ops = self.heap.take()
                if ops:
                    self.buffer.append("!" + text_of(ops))
        except Exception as error:
            self.fault(error)

    def imported(self) -> None:
        """A module was imported: python puts modules of a package into the names of that, too."""
        try:
            names = _getframe(1).f_globals
            if type(names) is dict and "__path__" in names:
                prefix = f"{names.get('__name__')}."
                found = {n: v for n, v in list(names.items()) if type(v) is Module}
                found = {n: v for n, v in found.items() if module_dict(v).get("__name__") == prefix + n}
                if found:
                    self._names(found, ("g", self.recorder.register.space(names).number))
        except Exception as error:
            self.fault(error)

    def star(self) -> None:
        """`from x import *`: any name of the module may be new."""
        try:
            frame = _getframe(1)
            space = self.recorder.register.space(frame.f_globals)
            self._names(own_names(frame.f_globals), ("g", space.number))
        except Exception as error:
            self.fault(error)
