"""Helpers that find out what a statement changed.

Runs inside the recorded process.
"""

from __future__ import annotations

from _thread import get_ident
from _weakref import ref as weak
from sys import _getframe

from ..frames import own_names
from ..kinds import ref
from ..leaving import POP_EXCEPT
from ..readers import READERS
from ..tail import text_of
from .calls import Calls
from .told import locals_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType
    from typing import Any

    from .asks import Statement

CHANGING = frozenset(READERS) | {"bytearray"}
TRACED = -1  # in place of a statement: a frame without probes
NOTHING: dict[str, Any] = {}


class Questions(Calls):
    """A layer of the Runtime."""

    def waits(self, number: int) -> None:
        """The statement may call the program's code when its own changes are half done."""
        try:
            self.pending.append((number, len(self.stack)))
        except Exception as error:
            self.fault(error)

    def parent(self) -> None:
        """A call begins while a statement of its caller is half done."""
        try:
            number, depth = self.pending[-1]
            if depth != len(self.stack) - 1 and depth != len(self.stack):
                return
            if number == TRACED:
                with self.lock:
                    self.recorder.absorb_parent(_getframe(1))
                return
            statement = self.statements[number]
            frame: FrameType | None = _getframe(2)
            while frame is not None and self.number(frame.f_code) != statement.code:
                frame = frame.f_back
            if frame is not None:
                self._look(statement, self._all_names(statement, frame), frame)
        except Exception as error:
            self.fault(error)

    def traced_begins(self) -> None:
        """A frame without probes runs in our thread: calls come in the middle of whatever its line does."""
        if get_ident() == self.thread:
            self.pending.append((TRACED, len(self.stack)))

    def traced_ends(self) -> None:
        """It returns, waits or is left."""
        if get_ident() == self.thread:
            for at in range(len(self.pending) - 1, -1, -1):
                if self.pending[at][0] == TRACED:
                    del self.pending[at:]
                    return

    def effects(self, number: int, *values: Any) -> None:
        """What did the statement change? values: of the names it mentions."""
        try:
            statement = self.statements[number]
            if not statement.planned:
                statement.plan, statement.planned = self.plans.of(statement), True
            plan = statement.plan
            if plan is not None and not self.exotic and self.least >= 0 and not self.held:
                if plan(values, self.globals.get(statement.code, NOTHING)):
                    if self.pending:
                        self._done(number)
                    self.quiet[number] = 1
                    return
            if number < len(self.quiet):
                self.quiet[number] = 0
            names: Any = self.globals.get(statement.code, {}) if statement.module else dict(
                zip(statement.names, values, strict=True))
            if self.held and self.held[-1][0] == (number, len(self.stack)):
                self._look_at_held(number, names)
            self._look(statement, names, None)
            self._done(number)
        except Exception as error:
            self.fault(error)

    def effects_locals(self, number: int) -> None:
        """The same, where names may have no value."""
        try:
            statement, frame = self.statements[number], _getframe(1)
            names = self._all_names(statement, frame)
            if self.held and self.held[-1][0] == (number, len(self.stack)):
                self._look_at_held(number, names)
            self._look(statement, names, frame)
            self._done(number)
        except Exception as error:
            self.fault(error)

    def hold(self, number: int) -> None:
        """The statement about to run may change an object and take its name from it."""
        try:
            statement, frame = self.statements[number], _getframe(1)
            names = frame.f_globals if statement.module else locals_of(frame, tuple(statement.info.rebound))
            held = {}
            for name in statement.info.rebound:
                value = names.get(name)
                shadow = self.heap.shadows.get(id(value))
                if shadow is not None and shadow.type is type(value) and shadow.kind in CHANGING:
                    held[name] = value if shadow.watch is None else shadow.watch
            if held:
                self.held.append(((number, len(self.stack)), held))
        except Exception as error:
            self.fault(error)

    def _look_at_held(self, number: int, names: Mapping[str, Any]) -> None:
        """The same question with the objects that had the names before."""
        held = self.held.pop()[1]
        statement = self.statements[number]
        old = {n: v() if type(v) is weak else v for n, v in held.items()}
        self._look(statement, {**names, **{n: v for n, v in old.items() if v is not None}}, None)

    def half(self) -> None:
        """A finalizer begins: the statement it interrupts may have bound and stored already what it does."""
        try:
            self.bindings_of(_getframe(1).f_back, True)
        except Exception as error:
            self.fault(error)

    def bindings_of(self, frame: FrameType | None, stores: bool = False) -> None:
        """Tell what the names are that the line of a frame binds, if probes tell what it does.

        stores: what it has changed, too, where it binds nothing.
        """
        try:
            while frame is not None and self.number(frame.f_code) < 0:
                if self.recorder.files.get(frame.f_code.co_filename) is not None:
                    return
                frame = frame.f_back
            lines = None if frame is None else self.lines.get(self.number(frame.f_code))
            info = lines.get(frame.f_lineno) if lines and frame is not None else None
            if info is None or frame is None or not (info.bound or (stores and info.effects)):
                return
            if frame.f_code.co_code[frame.f_lasti] == POP_EXCEPT:
                return  # its statements are done, and probes have told that the exception's name is gone
            module = frame.f_locals is frame.f_globals
            names = frame.f_globals if module else locals_of(frame, None)
            with self.lock:
                self.heap.begin()
                if self.recorder.absorber.look(info, names, frame.f_globals) == "everything":
                    self._everything(frame)
                ops = self.heap.take()
                if ops:
                    self.buffer.append("!" + text_of(ops))
            tag = ("g", self.recorder.register.space(frame.f_globals).number) if module else ("l",)
            self._names({n: names[n] for n in info.bound - info.inner if n in names}, tag)
        except Exception as error:
            self.fault(error)

    def _done(self, number: int) -> None:
        if self.pending and self.pending[-1][0] == number:
            self.pending.pop()

    def _all_names(self, statement: Statement, frame: FrameType) -> Mapping[str, Any]:
        return frame.f_globals if statement.module else locals_of(frame, None)

    def _look(self, statement: Statement, names: Mapping[str, Any], frame: FrameType | None) -> None:
        if self.recorder.log.paused:  # type: ignore[attr-defined]
            self.recorder.log.resume()  # type: ignore[attr-defined]
        with self.lock:
            self._look_now(statement, names, frame)

    def _look_now(self, statement: Statement, names: Mapping[str, Any], frame: FrameType | None) -> None:
        heap = self.heap
        heap.begin()
        globals_ = self.globals.get(statement.code)
        if globals_ is None:  # the program has ended, its modules are being taken down
            return
        how = self.recorder.absorber.look(statement.info, names, globals_)
        if how == "everything":
            self._everything(frame or _getframe(3))
        ops = self._rebound(globals_) if how else []
        ops = heap.take() + ops
        if ops:
            self.buffer.append("!" + text_of(ops))

    def _rebound(self, globals_: dict[str, Any]) -> list[Any]:
        """Names of the module that other code may have bound. Too many are no harm."""
        space = self.recorder.register.space(globals_)
        ops: list[Any] = []
        tag = ["g", space.number]
        self.recorder.absorber.bind(space.bindings, globals_, tag, ops)
        return ops

    def _everything(self, frame: FrameType | None) -> None:
        """Anything may have changed: look at all names of the stack and of their modules."""
        absorber, seen = self.recorder.absorber, set()
        while frame is not None:
            if self.number(frame.f_code) >= 0:
                if frame.f_locals is not frame.f_globals:
                    absorber.reach(locals_of(frame, None))
                if id(frame.f_globals) not in seen:
                    seen.add(id(frame.f_globals))
                    absorber.reach(frame.f_globals)
                    space = self.recorder.register.space(frame.f_globals)
                    names = own_names(frame.f_globals).items()
                    self.heap.ops += [["g", space.number, n, ref(self.heap.token(v))] for n, v in names]
            frame = frame.f_back
