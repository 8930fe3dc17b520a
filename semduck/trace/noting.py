"""Takes down what every step writes; see written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from semduck.trace.pending import LINE, LOCAL, MODULE, OBJECT, Pending
from semduck.trace.replay import Ref, State
from semduck.trace.runs import Runs
from semduck.trace.store import Event, Moment

PENDING = 50_000  # writes kept in memory
NAME_BITS, LINE_BITS = 22, 30
WHOLE, BEGINNINGS = "S", ("S", "N")  # an operation of our own: the object as it is
TINY, SMALL, OFTEN = 64, 64, 4096  # elements; operations between two of those
LONG = 20_000  # operations of one object: beyond this, replaying everything is not slower
MASK = (1 << NAME_BITS) - 1
RESULT, ENTRY = HIDDEN = "return", "yield"  # in place of names: what a frame gave back, and who resumed it
RESULTS, RESUME = (2, 4), 5  # steps
UNBOUND: Any = ...  # in place of a ref: the name was deleted

Key = int  # what is written: a name of a frame or module, an object, a line that runs


def line_key(file: int, line: int) -> Key:
    """The key of a line of a file."""
    return (file << LINE_BITS | min(line, (1 << LINE_BITS) - 1)) << 2 | LINE


def object_key(oid: int) -> Key:
    """The key of an object."""
    return oid << 2 | OBJECT


def operations(moment: Moment) -> Iterator[tuple[int, Event]]:
    """(frame, operation) of a step and of what was noted before it, in their order. Frame -1: nobody's."""
    for before in moment.before:
        if before[0] != "W":
            owner = before[1] if before[0] == "E" else -1
            for op in before[2]:
                yield owner, op
    event = moment.event
    if len(event) > 3 and event[3]:
        for op in event[3]:
            yield event[1], op


class Noting:
    """Values: of names refs or UNBOUND, of objects operations, of lines None."""

    def __init__(self) -> None:
        self.classes: dict[str, list[int]] = {}  # name -> objects
        self._names: dict[str, int] = {}
        self._labels: list[str] = []
        self._runs = Runs()
        self._pending = Pending(0)
        self._limit = PENDING
        self._module_keys: set[Key] = set()
        self._deleted: set[int] = set()  # numbers of names that were unbound at some time, somewhere

    # -- keys ----------------------------------------------------------------------------------------------

    def key(self, cell: Any) -> Key | None:
        """The key of a cell (see expressions.scope); None when no such name was ever written."""
        if type(cell) is int:
            return object_key(cell)
        number = self._names.get(cell[1])
        return None if number is None else name_key(cell[0], number)

    def keys(self, cells: Iterable[Any]) -> set[Key]:
        """The keys of cells."""
        return {key for cell in cells if (key := self.key(cell)) is not None}

    def ever(self, cell: Any) -> bool:
        """May the cell have been written? True for some that were not."""
        key = self.key(cell)
        return key is not None and (key & 3 != MODULE or key in self._module_keys)

    def _number(self, name: str) -> int:
        found = self._names.get(name)
        if found is None:
            found = self._names[name] = len(self._labels)
            self._labels.append(name)
        return found

    # -- filling -------------------------------------------------------------------------------------------

    def note(self, step: int, moment: Moment, state: State) -> None:
        """Take in a step. state: before it."""
        if self._pending.count >= self._limit:
            self._flush(step)
        event = moment.event
        if event[0] in RESULTS:
            self._pending.add(name_key(event[1], self._number(RESULT)), step, event[4])
        elif event[0] == RESUME:
            self._pending.add(name_key(event[1], self._number(ENTRY)), step, event[5])
        if moment.before:
            for owner, op in operations(moment):
                self._operation(step, owner, op, state)
        elif len(event) > 3 and event[3]:
            frame = event[1]
            names = state.frames.get(frame)
            for op in event[3]:
                if op[0] == "l":
                    self._bind(step, frame, op[1], op[2], names)
                else:
                    self._operation(step, frame, op, state)

    def _operation(self, step: int, owner: int, op: Event, state: State) -> None:
        what = op[0]
        if what in ("p", "N", "T", "Y"):
            self._change(step, op, state)
            if what == "N" and op[2] == "class":
                self.classes.setdefault(op[4], []).append(op[1])
        elif what == "l":
            self._bind(step, owner, op[1], op[2], state.frames.get(owner))
        elif what == "g":
            self._bind(step, -1 - op[1], op[2], op[3], state.spaces.get(op[1]))
        elif what == "o":
            self._bind(step, op[1], op[2], op[3], state.frames.get(op[1]))
        elif what == "x" and len(op) > 2:
            self._bind(step, -1 - op[1], op[-1], UNBOUND, state.spaces.get(op[1]))
        elif what == "x":
            self._bind(step, owner, op[-1], UNBOUND, state.frames.get(owner))

    def _flush(self, step: int) -> None:
        try:
            self._runs.add(self._pending, step)
        except OSError:  # no room on the disk: it stays in memory
            self._limit *= 2
        else:
            self._pending = Pending(step)
            self._limit = PENDING

    def ran(self, step: int, code: int, line: int) -> bool:
        """A line is about to run at a step. False: say with `line_of` which file that is, and again."""
        row = self._pending.lines.get((code, line))
        if row is None:
            return False
        row.append(step - self._pending.first)
        self._pending.count += 1
        return True

    def line_of(self, code: int, file: int, line: int) -> None:
        """The key of a line of a code object."""
        rows, key = self._pending.rows, line_key(file, line)
        self._pending.lines[code, line] = rows.setdefault(key, [])

    def _change(self, step: int, op: Event, state: State) -> None:
        """An operation on an object; now and then what it was before, so that few need to be replayed."""
        key, thing, pending = object_key(op[1]), state.things.get(op[1]), self._pending
        row = pending.rows.get(key, ())
        first = not row or row[-2] != step - pending.first  # of this step: `state` is before all
        if thing is not None and op[0] != "N" and first:
            count, size = len(row) // 2, len(thing.items)
            often = SMALL if size <= SMALL else OFTEN
            if size <= TINY if not count else count % often in (0, often - 1):  # 0: they often come in pairs
                whole = [WHOLE, thing.kind, thing.type, thing.text, thing.attrs, thing.items[:], thing.length]
                whole.append(thing.frame)
                pending.add(key, step, whole)
                pending.count += size // 8
        pending.add(key, step, op)
        if op[0] == "p":
            pending.count += len(op[4]) // 8  # long ones need more room

    def _bind(self, step: int, place: int, name: str, ref: Ref, names: dict[str, Ref] | None) -> None:
        if place < 0 and names is None and ref is UNBOUND:
            return
        number = self._names.get(name)
        key = name_key(place, self._number(name) if number is None else number)
        if place < 0:
            self._module_keys.add(key)
        if ref is UNBOUND:
            self._deleted.add(key >> 2 & MASK)
        row = self._pending.rows.get(key)
        if row and row[-2] == step - self._pending.first:
            del row[-2:]  # the last write of a step counts
        if not same(UNBOUND if names is None else names.get(name, UNBOUND), ref):
            self._pending.add(key, step, ref)

    def close(self) -> None:
        """Let go of the file."""
        self._runs.close()


def name_key(place: int, number: int) -> Key:
    """The key of a name of a frame, or of module -1 - place."""
    if place < 0:
        return ((-1 - place) << NAME_BITS | number) << 2 | MODULE
    return (place << NAME_BITS | number) << 2 | LOCAL


def same(old: Ref, new: Ref) -> bool:
    """The same object, or equal plain values of the same type."""
    if old is new:
        return True
    if type(old) is not type(new):
        return False
    return repr(old) == repr(new) if type(old) is float else bool(old == new)
