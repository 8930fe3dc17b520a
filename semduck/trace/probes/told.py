"""What all helpers of the probes share: the lists, and how values go to the log.

Runs inside the recorded process.
"""

from __future__ import annotations

from _thread import get_ident

from .. import bounds
from ..kinds import ATOM_IDS, atom, ref
from ..tail import text_of
from . import build as b
from .plans import Plans

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

    from ..effects import LineInfo
    from ..follow import Recorder
    from .asks import Statement

NoneType = type(None)
NEAR = 50  # calls between two counts of the frames on the stack


class Told:
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
        self.full: list[int] = []  # not empty while the program has to wait, or to begin anew
        self.slow = self.anew = False  # wait for what was told to be written; begin anew
        self.quiet: list[int] = self.heap.quiet
        self.deep: list[int] = []  # not empty beyond the program's stack limit: calls run without probes
        self.suspended: dict[int, tuple[int, int, int, list[int]]] = {}  # address of a frame -> see `yielded`
        self.keys = self.heap.suspended.keys  # address of a generator's frame -> its number in the log
        self.depths: dict[int, int] = {}  # of frames that can wait, by address: frames below when they began
        self.bodies: list[Any] = []  # namespaces of class bodies that run
        self.held: list[tuple[tuple[int, int], dict[str, Any]]] = []  # (statement, depth), what it may unbind
        self.helpers: list[Any] = [None] * (b.LAST + 1)
        self.statements: dict[int, Statement] = {}
        self.globals: dict[int, dict[str, Any]] = {}  # of the module a code object belongs to, by its number
        self.unit: dict[int, tuple[int, int]] = {}  # first code of a file -> (first, last) code
        self.lines: dict[int, dict[int, LineInfo] | None] = {}  # effects by line, by number of a code object
        self.numbers: dict[int, int] = {}  # id of a code object -> its number, or -1
        self.kept: list[Any] = []  # whose addresses are known
        self.plans = Plans(self)

    def value(self, value: Any) -> Any:
        """How a value goes to the log."""
        try:
            kind = type(value)
            if kind is str:
                return "=" + value if len(value) <= bounds.text else "@" + text_of(atom(value))
            shadow = self.shadows.get(id(value))
            if shadow is not None and shadow.type is kind:
                watch = shadow.watch
                if watch is not None:
                    if shadow.steady and watch() is value:
                        return shadow.shown
                elif shadow.pin is value:
                    return shadow.shown
            elif kind is int or kind is float or kind is NoneType or kind is bool:
                return value
            elif (kind is tuple or kind is list) and self.least >= 0:
                shown = self.plans.writes.fresh(value, kind)
                if shown is not None:
                    return shown
            with self.lock:
                heap = self.heap
                heap.begin()
                token = heap.token(value)
                ops = heap.take()
                if ops:
                    self.buffer.append("!" + text_of(ops))
            return "@" + text_of(ref(token))
        except Exception as error:
            self.fault(error)
            return None

    def changed(self, value: Any) -> Any:
        """The same for a value that may have been changed in place."""
        try:
            if id(type(value)) not in ATOM_IDS:
                with self.lock:
                    self.heap.begin()
                    self.heap.again(value)
                    ops = self.heap.take()
                    if ops:
                        self.buffer.append("!" + text_of(ops))
            return self.value(value)
        except Exception as error:
            self.fault(error)
            return None

    def _names(self, found: dict[str, Any], tag: tuple[Any, ...] = ("l",)) -> None:
        with self.lock:
            heap = self.heap
            heap.begin()
            ops = [[*tag, name, ref(heap.token(value))] for name, value in found.items()]
            ops = heap.take() + ops
            if ops:
                self.buffer.append("!" + text_of(ops))

    def fault(self, error: Exception) -> None:
        """A fault of ours never reaches the program: recording ends here and says so."""
        self.give_way()
        self.recorder.failed(error)

    @staticmethod
    def names_of(frame: FrameType) -> dict[str, Any]:
        """All local names of a frame."""
        return locals_of(frame, None)

    def give_way(self) -> None:
        """From now on calls run without probes."""
        raise NotImplementedError

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


def locals_of(frame: FrameType, wanted: tuple[str, ...] | None) -> dict[str, Any]:
    """Local names of a running frame. Before 3.13 python keeps the dict it gives: it is emptied again."""
    given = frame.f_locals
    if wanted is None:
        found = dict(given)
    else:
        found = {n: given[n] for n in wanted if n in given}
    if type(given) is dict and frame.f_code.co_flags & 1:
        given.clear()
    return found
