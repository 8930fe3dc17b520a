"""What the probes call: values, effects and exceptions, as text for the stream.

Runs inside the recorded process. The stream holds only str, int, float, bool and None, so that recording
makes no work for the garbage collector. Its elements: docs/recording-format.md, "Probes".
"""

from __future__ import annotations

import builtins
import sys
from _thread import get_ident
from _weakref import ref as weak
from sys import _getframe, exc_info

from ..kinds import ATOM_IDS, TEXT, Function, Module, atom, ref
from ..readers import READERS
from ..resolve import MISSING
from ..statements import HIDDEN
from ..tail import text_of
from . import build as b
from .plans import Plans

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType, TracebackType
    from typing import Any

    from ..effects import LineInfo
    from ..follow import Recorder
    from .asks import Statement

CHANGING = frozenset(READERS) | {"bytearray"}
NoneType = type(None)
# From 3.13 on python does not wake a generator to close it, unless it waits inside a try or with.
SILENT = sys.version_info >= (3, 13)
NOTHING: dict[str, Any] = {}
NEAR = 50  # calls between two counts of the frames on the stack
ROOM = 60  # stack entries our helpers may need


class Runtime:
    """The lists that stand in the program's code as constants, and the helpers behind them."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder, self.heap = recorder, recorder.heap
        self.shadows = self.heap.shadows
        self.lock = recorder.lock
        self.resolver = recorder.absorber.resolver
        self.buffer: list[Any] = []
        self.stack: list[Any] = []
        self.gate: list[int] = [0, 64]
        self.least = 64  # what the gate is while nobody hurries
        self.gave_way = False
        self.thread = get_ident()
        self.measured, self.extra = -NEAR, 0  # depth at which frames were counted, those without probes
        self.exotic: list[int] = self.heap.exotic
        self.flying: list[tuple[int, int]] = []  # (id of exception, depth): told, not handled
        self.pending: list[tuple[int, int]] = []  # (statement, depth): what it changes is half done
        self.full: list[int] = []  # not empty while the program has to wait for what it told to be written
        self.quiet: list[int] = []  # by statement: 1 when no code of the program can run while it is half done
        self.deep: list[int] = []  # not empty beyond the program's stack limit: calls there run without probes
        self.suspended: dict[int, tuple[int, int, int, list[int]]] = {}  # address of a frame -> see `yielded`
        self.keys = self.heap.suspended.keys  # address of a generator's frame -> its number in the log
        self.held: list[tuple[int, dict[str, Any]]] = []  # (statement, objects it may change and unbind)
        self.helpers: list[Any] = [None] * 40
        self.statements: dict[int, Statement] = {}
        self.globals: dict[int, dict[str, Any]] = {}  # of the module a code object belongs to, by its number
        self.unit: dict[int, tuple[int, int]] = {}  # first code of a file -> (first, last) code
        self.lines: dict[int, dict[int, LineInfo] | None] = {}  # effects by line, by number of a code object
        self.numbers: dict[int, int] = {}  # id of a code object -> its number, or -1
        self.kept: list[CodeType] = []
        self.plans = Plans(self)
        self._fill()

    def _fill(self) -> None:
        places = {
            b.TYPE: type, b.INT: int, b.LEN: len, b.VALUE: self.value, b.RESULT: self.result,
            b.BOUND: self.bound, b.FAILED: self.failed, b.LEFT: self.left, b.HANDLED: self.handled,
            b.AGAIN: self.again, b.EFFECTS: self.effects, b.EFFECTS_LOCALS: self.effects_locals,
            b.OUTSIDE: self.outside, b.PARENT: self.parent, b.CLASS_NAMES: self.class_names, b.FREE: self.free,
            b.MODULE: self.module, b.STAR: self.star, b.WAITS: self.waits,
            b.EXOTIC: self.exotic, b.FLYING: self.flying, b.PENDING: self.pending,
            b.DEEP: self.deep, b.SHALLOW: self.shallow, b.DRAIN: self.drain, b.FULL: self.full, b.PAUSE: self.pause, b.FROZEN: [], b.HOLD: self.hold, b.HALF: self.half, b.CHANGED: self.changed, b.QUIET: self.quiet, b.SHARED: self.shared,
            b.YIELDED: self.yielded, b.RESUMED: self.resumed, b.LATER: [], b.ENDED: self.ended, b.BEGAN: self.began,
            b.CLOSED: self.closed}
        for place, helper in places.items():
            self.helpers[place] = helper

    # -- values --------------------------------------------------------------------------------------------

    def value(self, value: Any) -> Any:
        """How a value goes to the log."""
        kind = type(value)
        if kind is str:
            return "=" + value if len(value) <= TEXT else "@" + text_of(atom(value))
        if kind is int or kind is float or kind is NoneType or kind is bool:
            return value
        shadow = self.shadows.get(id(value))
        if shadow is not None and shadow.type is kind:
            if shadow.pin is value or (shadow.steady and shadow.watch is not None and shadow.watch() is value):
                return shadow.shown
        with self.lock:
            heap = self.heap
            heap.begin()
            token = heap.token(value)
            ops = heap.take()
            if ops:
                self.buffer.append("!" + text_of(ops))
        return "@" + text_of(ref(token))

    def changed(self, value: Any) -> Any:
        """The same for a value that may have been changed in place."""
        if id(type(value)) not in ATOM_IDS:
            with self.lock:
                self.heap.begin()
                self.heap.again(value)
                ops = self.heap.take()
                if ops:
                    self.buffer.append("!" + text_of(ops))
        return self.value(value)

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
        self._names(_locals(_getframe(1), names))
        return 0

    def _names(self, found: dict[str, Any], tag: tuple[Any, ...] = ("l",)) -> None:
        with self.lock:
            heap = self.heap
            heap.begin()
            ops = [[*tag, name, ref(heap.token(value))] for name, value in found.items()]
            ops = heap.take() + ops
            if ops:
                self.buffer.append("!" + text_of(ops))

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
                        for name, value in _locals(frame, names).items():
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

    # -- frames --------------------------------------------------------------------------------------------

    def module(self, code: int) -> None:
        """A module begins: its code objects see these globals."""
        space = _getframe(1).f_globals
        first, last = self.unit[code]
        for number in range(first, last + 1):
            self.globals[number] = space
        self.recorder.log.emit(["Y", first, last, self.recorder.register.space(space).number])

    def outside(self) -> bool:
        """Must this call run without probes: in another thread, or beyond the program's own stack limit?"""
        if get_ident() != self.thread or not self.recorder.on:
            return True
        if self.full:
            self.pause()
        depth = len(self.stack)
        if not -NEAR < depth - self.measured < NEAR:
            self.measured, self.extra, frame = depth, -depth, _getframe(1)
            at: FrameType | None = frame
            while at is not None:
                self.extra, at = self.extra + 1, at.f_back
        if depth + self.extra > sys.getrecursionlimit() - ROOM - NEAR:
            self.deep.append(1)
            return True
        return False

    def shallow(self) -> None:
        """The call beyond which nothing was recorded has ended."""
        if not self.gave_way:
            self.deep.clear()

    def give_way(self) -> None:
        """The program observes itself: from now on calls run without probes."""
        self.gave_way = True
        self.deep.append(1)

    def drain(self) -> None:
        """The program may be killed by what it does next."""
        self.recorder.log.drain()  # type: ignore[attr-defined]
        self.recorder.log.resume()  # type: ignore[attr-defined]

    def pause(self) -> None:
        """Wait until what was told is written."""
        with self.recorder.log.lock:  # type: ignore[attr-defined]
            pass

    def let_go(self) -> None:
        """The program has ended: its modules can go."""
        self.globals.clear()

    def hurry(self, yes: bool) -> None:
        """The list of probes is too long (or no longer): the program has to wait at its next round or call."""
        if yes:
            self.full.append(1)
            self.gate[1] = -1
        elif self.full:
            self.full.clear()
            self.gate[1] = self.least

    def open_gate(self) -> None:
        """Other threads may come: from now on every call asks."""
        self.lower_gate(-1)

    def lower_gate(self, calls: int) -> None:
        """Deeper calls than this ask whether they may go on with probes."""
        self.least = min(calls, self.least)
        self.gate[1] = min(self.least, self.gate[1])

    def waits(self, number: int) -> None:
        """The statement may call the program's code when its own changes are half done."""
        self.pending.append((number, len(self.stack)))

    def parent(self) -> None:
        """A call begins while a statement of its caller is half done."""
        number, depth = self.pending[-1]
        if depth != len(self.stack) - 1 and depth != len(self.stack):
            return
        statement = self.statements[number]
        frame: FrameType | None = _getframe(2)
        while frame is not None and self.number(frame.f_code) != statement.code:
            frame = frame.f_back
        if frame is not None:
            self._look(statement, self._all_names(statement, frame), frame)

    def number(self, code: CodeType) -> int:
        """Number of a code object with probes, else -1."""
        found = self.numbers.get(id(code))
        if found is None:
            found = -1
            for constant in code.co_consts:
                if type(constant) is tuple and len(constant) == 2 and constant[0] == b.MARK:
                    found = constant[1]
            self.numbers[id(code)] = found
            self.kept.append(code)
        return found

    # -- generators ----------------------------------------------------------------------------------------

    def began(self) -> None:
        """A frame that can wait begins."""
        frame = _getframe(1)
        key = self.keys[id(frame)] = self.recorder.frames
        self.recorder.frames += 1
        self.buffer.append("#" + text_of(["begins", key]))
        ops = self.heap.suspended.now(id(frame), frame.f_code, "running")
        if ops:
            self.buffer.append("!" + text_of(ops))

    def yielded(self, code: int, line: int, value: Any) -> Any:
        """A value goes out, and the frame waits until it is resumed."""
        frame = _getframe(1)
        at, depth = id(frame), len(self.stack)
        key = self.keys[at]
        with self.lock:
            self.heap.begin()
            token = self.heap.token(value)
            ops = self.heap.take()
        ops += self.heap.suspended.now(at, frame.f_code, f"suspended at line {frame.f_lineno}")
        self.buffer.append("#" + text_of(["yield", code, key, ops, ref(token)]))
        mine = [p for p in self.pending if p[1] == depth]
        if mine:
            self.pending[:] = [p for p in self.pending if p[1] != depth]
        self.suspended[at] = (key, code, line, [p[0] for p in mine])
        self.stack.pop()
        return value

    def resumed(self, free: tuple[str, ...], sent: Any) -> Any:
        """The frame goes on. free: its names of enclosing functions."""
        frame = _getframe(1)
        self._goes_on(frame)
        if free:
            self._names(_locals(frame, free))
        return sent

    def ended(self) -> None:
        """A frame that can wait is about to end."""
        frame = _getframe(1)
        ops = self.heap.suspended.now(id(frame), frame.f_code, "finished")
        if ops:
            self.buffer.append("!" + text_of(ops))
        self.keys.pop(id(frame), None)

    def _goes_on(self, frame: FrameType) -> None:
        found = self.suspended.pop(id(frame), None)
        if found is None:
            return
        key, code, line, pending = found
        back = frame.f_back
        if self.pending and back is not None and self.number(back.f_code) < 0:
            self.parent()
        self.bindings_of(back)
        self.stack.append((b.MARK, code))
        self.pending += [(number, len(self.stack)) for number in pending]
        ops = self.heap.suspended.now(id(frame), frame.f_code, "running")
        self.buffer.append("#" + text_of(["resume", key, line, ops]))

    def _thrown_into(self, frame: FrameType, leaves: bool) -> bool:
        """An exception was raised at the `yield` where a frame waited. True when nobody is to be told of it."""
        if id(frame) not in self.suspended:
            return False
        if leaves and SILENT and type(exc_info()[1]) is GeneratorExit:
            self.suspended.pop(id(frame))
            self.stack.append(None)
            return True
        self._goes_on(frame)
        return False

    # -- effects -------------------------------------------------------------------------------------------

    def effects(self, number: int, *values: Any) -> None:
        """What did the statement change? values: of the names it mentions."""
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
        if self.held and self.held[-1][0] == number:
            self._look_at_held(number, names)
        self._look(statement, names, None)
        self._done(number)

    def effects_locals(self, number: int) -> None:
        """The same, where names may have no value."""
        statement, frame = self.statements[number], _getframe(1)
        names = self._all_names(statement, frame)
        if self.held and self.held[-1][0] == number:
            self._look_at_held(number, names)
        self._look(statement, names, frame)
        self._done(number)

    def hold(self, number: int) -> None:
        """The statement about to run may change an object and take its name from it."""
        statement, frame = self.statements[number], _getframe(1)
        names = frame.f_globals if statement.module else _locals(frame, tuple(statement.info.rebound))
        held = {}
        for name in statement.info.rebound:
            value = names.get(name)
            shadow = self.heap.shadows.get(id(value))
            if shadow is not None and shadow.type is type(value) and shadow.kind in CHANGING:
                held[name] = value if shadow.watch is None else shadow.watch
        if held:
            self.held.append((number, held))

    def _look_at_held(self, number: int, names: Mapping[str, Any]) -> None:
        """The same question with the objects that had the names before."""
        held = self.held.pop()[1]
        statement = self.statements[number]
        old = {n: v() if type(v) is weak else v for n, v in held.items()}
        self._look(statement, {**names, **{n: v for n, v in old.items() if v is not None}}, None)

    def half(self) -> None:
        """A finalizer begins: the statement it interrupts may have bound its names already."""
        self.bindings_of(_getframe(2))

    def bindings_of(self, frame: FrameType | None) -> None:
        """Tell what the names are that the line of a frame binds, if probes tell what it does."""
        while frame is not None and self.number(frame.f_code) < 0:
            if self.recorder.files.get(frame.f_code.co_filename) is not None:
                return
            frame = frame.f_back
        lines = None if frame is None else self.lines.get(self.number(frame.f_code))
        info = lines.get(frame.f_lineno) if lines and frame is not None else None
        if info is None or frame is None or not info.bound:
            return
        module = frame.f_locals is frame.f_globals
        names = frame.f_globals if module else _locals(frame, None)
        with self.lock:
            self.heap.begin()
            if self.recorder.absorber.look(info, names, frame.f_globals) == "everything":
                self._everything(frame)
            ops = self.heap.take()
            if ops:
                self.buffer.append("!" + text_of(ops))
        tag = ("g", self.recorder.register.space(frame.f_globals).number) if module else ("l",)
        self._names({n: names[n] for n in info.bound if n in names}, tag)

    def _done(self, number: int) -> None:
        if self.pending and self.pending[-1][0] == number:
            self.pending.pop()

    def _all_names(self, statement: Statement, frame: FrameType) -> Mapping[str, Any]:
        return frame.f_globals if statement.module else _locals(frame, None)

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
        space, ops = self.recorder.register.space(globals_), []
        tag = ["g", space.number]
        self.recorder.absorber.bind(space.bindings, globals_, tag, ops)
        return ops

    def _everything(self, frame: FrameType | None) -> None:
        """Anything may have changed: look at all names of the stack and of their modules."""
        absorber, seen = self.recorder.absorber, set()
        while frame is not None:
            if self.number(frame.f_code) >= 0:
                if frame.f_locals is not frame.f_globals:
                    absorber.reach(_locals(frame, None))
                if id(frame.f_globals) not in seen:
                    seen.add(id(frame.f_globals))
                    absorber.reach(frame.f_globals)
                    space = self.recorder.register.space(frame.f_globals)
                    names = [(n, v) for n, v in list(frame.f_globals.items()) if n[:2] != "__"]
                    self.heap.ops += [["g", space.number, n, ref(self.heap.token(v))] for n, v in names]
            frame = frame.f_back

    # -- exceptions ----------------------------------------------------------------------------------------

    def failed(self, code: int) -> None:
        """An exception is on its way through a frame: tell it, unless it was told here already."""
        if self.suspended:
            self._thrown_into(_getframe(1), False)
        error = exc_info()[1]
        key = (id(error), len(self.stack))
        if error is None or key in self.flying:
            return
        self.flying.append(key)
        self._tell(error, code, _getframe(1))

    def left(self, code: int) -> None:
        """An exception leaves the frame."""
        if self.suspended and self._thrown_into(_getframe(1), True):
            return
        self.failed_in(code, _getframe(1))
        error, depth = exc_info()[1], len(self.stack)
        self.flying[:] = [k for k in self.flying if k[0] != id(error) or k[1] != depth]
        self.buffer.append("#" + text_of(["left", code]))

    def failed_in(self, code: int, frame: FrameType) -> None:
        error = exc_info()[1]
        key = (id(error), len(self.stack))
        if error is not None and key not in self.flying:
            self.flying.append(key)
            self._tell(error, code, frame)

    def handled(self, all_here: int = 0) -> None:
        """An exception was caught, or swallowed by a with or a finally."""
        if all_here:
            depth = len(self.stack)
            self.flying[:] = [k for k in self.flying if k[1] != depth]
        else:
            error = id(exc_info()[1])
            self.flying[:] = [k for k in self.flying if k[0] != error]

    def again(self) -> None:
        """A bare `raise`."""
        key = (id(exc_info()[1]), len(self.stack))
        if key not in self.flying:
            self.flying.append(key)

    def _tell(self, error: BaseException, code: int, frame: FrameType) -> None:
        with self.lock:
            self._tell_now(error, code, frame)

    def _tell_now(self, error: BaseException, code: int, frame: FrameType) -> None:
        self.pending[:] = [p for p in self.pending if p[1] < len(self.stack)]
        self.held.clear()
        recorder, heap, trace = self.recorder, self.heap, error.__traceback__
        self.lambdas(error, trace)
        lines = self.lines.get(code)
        info = lines.get(frame.f_lineno if trace is None else trace.tb_lineno) if lines else None
        module = frame.f_locals is frame.f_globals
        names = frame.f_globals if module else _locals(frame, None)
        heap.begin()
        ops: list[Any] = []
        if info is not None:
            if recorder.absorber.look(info, names, frame.f_globals) == "everything":
                self._everything(frame)
            tag = ["g", recorder.register.space(frame.f_globals).number] if module else ["l"]
            for name in info.bound:
                if name in names:
                    ops.append([*tag, name, ref(heap.token(names[name]))])
        ops = heap.take() + ops
        heap.begin()
        token, fresh = recorder.raised_token(error, trace)
        ops += heap.take()
        self.buffer.append("#" + text_of(["failed", code, ops, ref(token), 1 if fresh else 0]))


    def lambdas(self, error: BaseException, trace: TracebackType | None) -> None:
        """Lambdas the exception came through on its way to the frame where `trace` begins: an expression cannot
        tell of them by itself."""
        passed: list[tuple[int, Any]] = []
        trace = trace and trace.tb_next
        while trace is not None:
            code = trace.tb_frame.f_code
            number = self.number(code)
            if number >= 0 and code.co_name == "<lambda>":
                passed.append((number, trace))
            elif self.recorder.files.get(code.co_filename) is not None:
                break
            trace = trace.tb_next
        for number, at in reversed(passed):
            self.heap.begin()
            token, fresh = self.recorder.raised_token(error, at)
            ops = self.heap.take()
            self.buffer.append("#" + text_of(["failed", number, ops, ref(token), 1 if fresh else 0]))
            self.buffer.append("#" + text_of(["left", number]))


def _locals(frame: FrameType, wanted: tuple[str, ...] | None) -> dict[str, Any]:
    """Local names of a running frame. Before 3.13 python keeps the dict it gives: it is emptied again."""
    given = frame.f_locals
    if wanted is None:
        found = dict(given)
    else:
        found = {n: given[n] for n in wanted if n in given}
    if type(given) is dict and frame.f_code.co_flags & 1:
        given.clear()
    return found


__all__ = ["MISSING", "Function", "Module", "Runtime", "builtins", "sys"]
