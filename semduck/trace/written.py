"""By step: when each name and object was written, and to what; when each line ran.

Filled while the recording is taken in. The last part is in memory, what came before lies sorted in an unnamed
file, in runs of neighbouring steps: looking one thing up is a binary search in each run.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

from semduck.trace.replay import Ref, State
from semduck.trace.runs import BLOCK, Part, Pending, Runs
from semduck.trace.store import Event, Moment

PENDING = 50_000  # writes kept in memory
NAME_BITS, LINE_BITS = 22, 30
WHOLE, BEGINNINGS = "S", ("S", "N")  # an operation of our own: the object as it is
TINY, SMALL, OFTEN = 16, 64, 4096  # elements; operations between two of those
LONG = 20_000  # operations of one object: beyond this, replaying everything is not slower
MASK = (1 << NAME_BITS) - 1
LOCAL, MODULE, OBJECT, LINE = range(4)  # the last two bits of a key
RESULT, ENTRY = HIDDEN = "return", "yield"  # in place of names: what a frame returned or yielded, who resumed it
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


class Written:
    """See the module. Values: of names refs or UNBOUND, of objects operations, of lines None."""

    def __init__(self) -> None:
        self.classes: dict[str, list[int]] = {}  # name -> objects
        self._names: dict[str, int] = {}
        self._labels: list[str] = []
        self._runs = Runs()
        self._pending = Pending(0)
        self._limit = PENDING
        self._module_keys: set[Key] = set()
        self._deleted: set[Key] = set()  # names that were unbound at some time

    # -- keys ----------------------------------------------------------------------------------------------

    def key(self, cell: Any) -> Key | None:
        """The key of a cell (see expressions.scope); None when no such name was ever written."""
        if type(cell) is int:
            return object_key(cell)
        number = self._names.get(cell[1])
        return None if number is None else _name_key(cell[0], number)

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
            self._pending.add(_name_key(event[1], self._number(RESULT)), step, event[4])
        elif event[0] == RESUME:
            self._pending.add(_name_key(event[1], self._number(ENTRY)), step, event[5])
        if not moment.before and not (len(moment.event) > 3 and moment.event[3]):
            return
        for owner, op in operations(moment):
            what = op[0]
            if what == "l":
                self._bind(step, owner, op[1], op[2], state.frames.get(owner))
            elif what == "g":
                self._bind(step, -1 - op[1], op[2], op[3], state.spaces.get(op[1]))
            elif what == "o":
                self._bind(step, op[1], op[2], op[3], state.frames.get(op[1]))
            elif what == "x" and len(op) > 2:
                self._bind(step, -1 - op[1], op[-1], UNBOUND, state.spaces.get(op[1]))
            elif what == "x":
                self._bind(step, owner, op[-1], UNBOUND, state.frames.get(owner))
            else:
                self._change(step, op, state)
                if what == "N" and op[2] == "class":
                    self.classes.setdefault(op[4], []).append(op[1])

    def _flush(self, step: int) -> None:
        try:
            self._runs.add(self._pending, step)
        except OSError:  # no room on the disk: it stays in memory
            self._limit *= 2
        else:
            self._pending = Pending(step)
            self._limit = PENDING

    def ran(self, step: int, file: int, line: int) -> None:
        """A line is about to run at a step."""
        self._pending.add(line_key(file, line), step, None)

    def _change(self, step: int, op: Event, state: State) -> None:
        """An operation on an object; now and then, what the object was before it, so that few are replayed."""
        key, thing, pending = object_key(op[1]), state.things.get(op[1]), self._pending
        if thing is not None and op[0] != "N":
            count, size = len(pending.rows.get(key, ())) // 2, len(thing.items)
            often = SMALL if size <= SMALL else OFTEN
            if count % often == often - 1 or (not count and size <= TINY):
                pending.add(key, step, [WHOLE, thing.kind, thing.type, thing.text, thing.attrs, thing.items[:],
                                        thing.length])
                pending.count += size // 8
        pending.add(key, step, op)
        if op[0] == "p":
            pending.count += len(op[4]) // 8  # long ones need more room

    def ops(self, key: Key, k: int) -> list[Event] | None:
        """Operations on an object up to step k that make it what it is there; None when they are very many."""
        found: list[Event] = []
        for part in reversed(self.parts(0, k + 1)):
            steps, start, stop = part.steps(key)
            at = bisect_right(steps, k - part.first, start, stop) - start
            while at > 0:
                low = max(0, at - BLOCK)
                block = part.values(key, low, at)
                begin = next((i for i in reversed(range(len(block))) if block[i][0] in BEGINNINGS), None)
                found = block[begin or 0 :] + found
                if begin is not None:
                    return found
                if len(found) > LONG:
                    return None
                at = low
        return found

    def _bind(self, step: int, place: int, name: str, ref: Ref, names: dict[str, Ref] | None) -> None:
        if place < 0 and names is None and ref is UNBOUND:
            return
        key = _name_key(place, self._number(name))
        old = UNBOUND if names is None else names.get(name, UNBOUND)
        if place < 0:
            self._module_keys.add(key)
        if ref is UNBOUND:
            self._deleted.add(key)
        self._pending.drop(key, step)  # the last write of a step counts
        if not same(old, ref):
            self._pending.add(key, step, ref)

    # -- asking --------------------------------------------------------------------------------------------

    def parts(self, start: int, stop: int) -> list[Part]:
        """What covers steps start <= k < stop, in their order."""
        found: list[Part] = [*self._runs.between(start, stop)]
        return [*found, self._pending] if stop > self._pending.first else found

    def latest(self, keys: set[Key], k: int, since: int = 0) -> int | None:
        """Largest step <= k, and >= since, at which one of them was written."""
        for part in reversed(self.parts(since, k + 1)):
            best = -1
            for key in part.held(keys):
                steps, start, stop = part.steps(key)
                at = bisect_right(steps, k - part.first, start, stop) - 1
                if at >= start:
                    best = max(best, part.first + steps[at])
            if best >= 0:
                return best if best >= since else None
        return None

    def soonest(self, keys: set[Key], k: int, stop: int) -> int | None:
        """Smallest step > k, and < stop, at which one of them was written."""
        for part in self.parts(k + 1, stop):
            best = stop
            for key in part.held(keys):
                steps, start, end = part.steps(key)
                at = bisect_right(steps, k - part.first, start, end)
                if at < end:
                    best = min(best, part.first + steps[at])
            if best < stop:
                return best
        return None

    def postings(self, key: Key, start: int, stop: int) -> Iterator[tuple[list[int], list[Any]]]:
        """(steps, values) of its writes at start <= k < stop, part by part."""
        for part in self.parts(start, stop):
            steps, a, b = part.steps(key)
            if a < b:
                low = bisect_right(steps, start - part.first - 1, a, b)
                high = bisect_right(steps, stop - part.first - 1, a, b)
                if low < high:
                    first = part.first
                    yield [first + s for s in steps[low:high]], part.values(key, low - a, high - a)

    def steps_of(self, key: Key, start: int, stop: int) -> Iterator[int]:
        """The steps alone."""
        for part in self.parts(start, stop):
            steps, a, b = part.steps(key)
            first = part.first
            yield from (k for s in steps[a:b] if start <= (k := first + s) < stop)

    def value(self, key: Key, k: int, since: int = 0) -> Any:
        """What it was last written to at or before step k; UNBOUND when it never was."""
        for part in reversed(self.parts(since, k + 1)):
            steps, a, b = part.steps(key)
            at = bisect_right(steps, k - part.first, a, b) - 1
            if at >= a:
                return part.values(key, at - a, at - a + 1)[0]
        return UNBOUND

    def names(self, place: int, k: int, since: int, rank: dict[str, int]) -> dict[str, Ref]:
        """Bound names of a frame, or of module -1 - place, at step k, in the order they were bound."""
        low, high = _name_key(place, 0), _name_key(place, MASK)
        begun: dict[Key, int] = {}
        for part in self.parts(since, k + 1):
            for key in part.within(low, high):
                if key & 3 == low & 3 and key not in begun and self._labels[key >> 2 & MASK] not in HIDDEN:
                    steps, start, stop = part.steps(key)
                    if start < stop and part.first + steps[start] <= k:
                        begun[key] = part.first + steps[start]
        found: dict[str, tuple[int, int, Ref]] = {}
        for key, step in begun.items():
            ref, name = self.value(key, k, since), self._labels[key >> 2 & MASK]
            if ref is not UNBOUND:
                found[name] = self._bound_at(key, k, step), rank.get(name, 0), ref
        return {name: row[2] for name, row in sorted(found.items(), key=lambda pair: pair[1][:2])}

    def _bound_at(self, key: Key, k: int, first: int) -> int:
        """The step since which a name has been bound."""
        if key not in self._deleted:
            return first
        rows = [row for part in self.postings(key, first, k + 1) for row in zip(*part, strict=True)]
        gone = max((i for i, (_, ref) in enumerate(rows) if ref is UNBOUND), default=-1)
        return int(rows[gone + 1][0])

    def close(self) -> None:
        """Let go of the file."""
        self._runs.close()


def _name_key(place: int, number: int) -> Key:
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
