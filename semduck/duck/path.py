"""The way one call went: its own steps as arrays, and the statements and loops they form."""

from __future__ import annotations

import ast
import weakref
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from semduck.duck import shape
from semduck.duck.changes import Delta, deltas, inner, quiet
from semduck.duck.recorded import Recorded
from semduck.trace.model import Call, Kind, Step, Value

WINDOW = 200_000  # own steps looked at; a longer call is told around the cursor
_KEPT = 4_000  # states kept per call
_CALLS = 64  # calls kept per recording
_ENDED = -1
_ROUNDS = 32  # runs of loops kept per call
_LONG = 2_000  # own steps from which on the items are kept
_KINDS = {
    Kind.LINE: 0,
    Kind.CALL: 1,
    Kind.RETURN: 2,
    Kind.EXCEPTION: 3,
    Kind.YIELD: 4,
    Kind.RESUME: 5,
    Kind.UNWIND: 6,
}
LINE, CALL, RETURN, EXCEPTION, YIELD, RESUME, UNWIND = range(7)


@dataclass(slots=True)
class Plain:
    """One run of a statement: own steps [start, stop)."""

    start: int
    stop: int
    spot: shape.Spot | None


@dataclass(slots=True)
class Round:
    """One run of a whole loop: own steps [start, stop). starts: (header, first body) of each iteration."""

    start: int
    stop: int
    node: shape.Loop
    starts: list[tuple[int, int]] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    clear: bool = True  # the iterations can be told apart
    end: str = "done"  # done | break | return | raise | left | running

    def body(self, n: int) -> tuple[int, int]:
        """Own steps of iteration n (from 0), its header step not included."""
        first = self.starts[n][1]
        if n + 1 < len(self.starts):
            return first, self.starts[n + 1][0] if self.heads else self.starts[n + 1][1]
        later = bisect_left(self.heads, first)
        return first, self.heads[later] if later < len(self.heads) else self.stop

    def iteration(self, at: int) -> int:
        """The iteration (from 0) that own step `at` is in, -1 before the first."""
        return bisect_right(self.starts, at, key=lambda pair: pair[0]) - 1


Item = Plain | Round


class Way:
    """Own steps of one call, grown as the recording grows."""

    def __init__(self, recording: Recorded, frame: int, skip: int = 0) -> None:
        self.recording, self.frame, self.skip = recording, frame, skip
        self.call: Call = recording.call(frame)
        file = recording.files.get(self.call.file)
        self.source = shape.source(file.text if file else "")
        self.owner = self.source.owner(self.call.function, self.call.line)
        self._rounds: tuple[int, list[Round]] = (0, [])  # those asked for last, and how long the way was then
        self.numbers, self.lines, self.kinds = array("q"), array("l"), bytearray()
        self._of_line: dict[int, list[int]] = {}
        self._states: dict[int, dict[str, Value]] = {}
        self._children: tuple[int, list[Call], list[int]] = (-1, [], [])
        self.said: dict[tuple[int, int], str] = {}
        self._mentioned: dict[str, bool] = {}
        self.cut_end = False
        self._last_items: tuple[tuple[int, int, int, int], list[Item]] | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    def extend(self, steps: Sequence[int]) -> None:
        """Take in the steps that came meanwhile; `steps` are all of the call so far."""
        if len(steps) == self.skip + len(self.numbers):
            return
        stop = min(len(steps), self.skip + WINDOW)
        self.cut_end = stop < len(steps)
        new = steps[self.skip + len(self.numbers) : stop]
        for step in self._read(new):
            at, kind = len(self.numbers), _KINDS[step.kind]
            self.numbers.append(step.number)
            self.lines.append(step.line)
            self.kinds.append(kind)
            if kind == LINE:
                self._of_line.setdefault(step.line, []).append(at)
        self.call = self.recording.call(self.frame)

    def _read(self, numbers: Sequence[int]) -> Iterator[Step]:
        if numbers and numbers[-1] - numbers[0] < 3 * len(numbers):
            return (s for s in self.recording.steps(numbers[0], numbers[-1] + 1) if s.frame == self.frame)
        return map(self.recording.step, numbers)

    def mentions(self, word: str) -> bool:
        """Does any recorded file contain `word`?"""
        found = self._mentioned.get(word)
        if found is None:
            found = any(word in file.text for file in self.recording.files.values())
            self._mentioned[word] = found
        return found

    def changes(self, start: int, after: int, named: Collection[str] = ()) -> list[Delta]:
        """What changed between two own steps, without the inner works of library objects."""
        found = deltas(self.state(start), self.state(after), named)
        return [d for d in found if not quiet(d) and (inner(d) is None or self.mentions(inner(d) or ""))]

    def spot(self, at: int) -> shape.Spot | None:
        """The statement of own step `at`."""
        return self.source.spot(self.owner, self.lines[at]) if self.owner else None

    def index(self, step: int) -> int:
        """Own index of the last own step <= `step`; -1 when there is none."""
        return bisect_right(self.numbers, step) - 1

    def occurrence(self, at: int) -> int:
        """How many times the line of own step `at` had begun to run in this call, this time included."""
        found = self._of_line.get(self.lines[at], [])
        return max(1, bisect_right(found, at))

    def of_line(self, line: int) -> list[int]:
        """Own indices of the LINE steps of `line`."""
        return self._of_line.get(line, [])

    def state(self, at: int) -> dict[str, Value]:
        """Names at own step `at`: locals, and the module names that the code mentions."""
        found = self._states.get(at)
        if found is None:
            step = self.numbers[at]
            found = dict(self.recording.locals(step, self.frame))
            if self.call.function != "<module>":
                found = {**self.recording.globals(step, self.frame), **found}
            if len(self._states) > _KEPT:
                self._states.clear()
            self._states[at] = found
        return found

    def children(self, at: int, until: int) -> list[Call]:
        """Calls that began between own steps `at` and `until` (to the end when until is past it)."""
        size = len(self.recording)
        if self._children[0] != size:
            calls = sorted(self.recording.children(self.frame), key=lambda c: c.first)
            self._children = size, calls, [c.first for c in calls]
        _, calls, firsts = self._children
        stop = self.numbers[until] if until < len(self.numbers) else size
        return calls[bisect_left(firsts, self.numbers[at]) : bisect_left(firsts, stop)]

    # -- statements and loops ----------------------------------------------------------------------------

    def items(self, lo: int, hi: int, depth: int) -> list[Item]:
        """Statements and loops of own steps [lo, hi), which lie inside `depth` loops."""
        key = (lo, hi, depth, len(self))
        if hi - lo < _LONG:
            return self._items(lo, hi, depth)
        if self._last_items is None or self._last_items[0] != key:
            self._last_items = key, self._items(lo, hi, depth)
        return self._last_items[1]

    def _items(self, lo: int, hi: int, depth: int) -> list[Item]:
        found: list[Item] = []
        at = lo
        while at < hi:
            if self.kinds[at] != LINE:
                at += 1
                continue
            spot = self.spot(at)
            item = (
                self._round(at, hi, depth) if spot and len(spot.chain) > depth else self._plain(at, hi, spot)
            )
            found.append(item)
            at = item.stop
        return found

    def statement(self, at: int) -> Plain:
        """The run of the statement that begins at own step `at`."""
        return self._plain(at, len(self), self.spot(at))

    def round_of(self, at: int) -> Round | None:
        """The run of the loop whose header stands at own step `at`."""
        spot = self.spot(at) if self.kinds[at] == LINE else None
        if spot is None or not spot.header:
            return None
        node, depth, first = spot.chain[-1], len(spot.chain) - 1, at
        if self._rounds[0] != len(self):
            self._rounds = len(self), []
        kept = self._rounds[1]
        if known := next((r for r in kept if r.node is node and r.start <= at < r.stop), None):
            return known
        for i in range(at - 1, -1, -1):
            if self.kinds[i] != LINE:
                continue
            other = self.spot(i)
            if other is None or len(other.chain) <= depth or other.chain[depth] is not node:
                break
            first = i
        kept[:] = [self._round(first, len(self), depth), *kept[: _ROUNDS - 1]]
        return kept[0]

    def _plain(self, at: int, hi: int, spot: shape.Spot | None) -> Plain:
        stop = at + 1
        many = spot is not None and _multiline(spot.node)
        while stop < hi and (self.kinds[stop] != LINE or (many and self._again(stop, spot))):
            stop += 1
        return Plain(at, stop, spot)

    def _again(self, at: int, spot: shape.Spot | None) -> bool:
        other = self.spot(at)
        return other is not None and spot is not None and other.node is spot.node

    def _round(self, at: int, hi: int, depth: int) -> Round:
        first = self.spot(at)
        assert first is not None
        node = first.chain[depth]
        found = Round(at, hi, node, clear=not first.single)
        endless, body, state, last = shape.constant_true(node), node.body[0], "", -1
        stop = at
        while stop < hi:
            if self.kinds[stop] != LINE:
                stop += 1
                continue
            spot = self.spot(stop)
            if spot is None or len(spot.chain) <= depth or spot.chain[depth] is not node:
                break
            if spot.header and len(spot.chain) == depth + 1:
                if state != "head":
                    found.heads.append(stop)
                state = "head"
            else:
                if state == "head" or not found.starts:
                    head = found.heads[-1] if state == "head" else stop
                    found.starts.append((head, stop))
                elif endless and self.lines[stop] == body.lineno:
                    found.starts.append((stop, stop))
                state = "body"
            last = stop
            stop += 1
        found.stop = stop
        if endless and not _told_apart(body, len(found.heads), len(found.starts)):
            found.clear = False
        found.end = self._end(found, last, state)
        return found

    def _end(self, found: Round, last: int, state: str) -> str:
        after = self.kinds[found.stop - 1]
        if found.stop > last + 1 and after in (RETURN, UNWIND):
            return "raise" if after == UNWIND else "done" if state == "head" else "return"
        if found.stop >= len(self.numbers) or self.kinds[found.stop] != LINE:
            return "running"
        if EXCEPTION in self.kinds[last + 1 : found.stop]:
            return "raise"
        spot = self.spot(last)
        if spot is not None and isinstance(spot.node, ast.Break):
            return "break"
        return "done" if state == "head" else "left"


def _multiline(node: ast.AST) -> bool:
    first, body = getattr(node, "lineno", 0), getattr(node, "body", None)
    last = body[0].lineno - 1 if isinstance(body, list) and body else getattr(node, "end_lineno", first)
    return bool(last and last > first)


def _told_apart(body: ast.stmt, heads: int, starts: int) -> bool:
    """Can rounds of `while True:` be counted? By its header's steps, or by those of its first line."""
    if heads > 1 or starts <= 1:
        return heads > 1 or not isinstance(body, (*shape.Loop.__args__, ast.With))
    return not isinstance(body, (*shape.Loop.__args__, ast.With)) and not _multiline(body)


class _Known:
    """What is kept of one recording: the own steps of calls, and the ways made of them."""

    def __init__(self) -> None:
        self.steps: dict[int, tuple[int, Sequence[int]]] = {}
        self.ways: dict[tuple[int, int], Way] = {}

    def steps_of(self, recording: Recorded, frame: int) -> Sequence[int]:
        """Own steps of a call; asked for again only while the call may have grown."""
        size = len(recording)
        known = self.steps.get(frame)
        if known is None or known[0] not in (_ENDED, size):
            call = recording.call(frame)
            if len(self.steps) > _CALLS:
                self.steps.clear()
            known = self.steps[frame] = (size if call.last is None else _ENDED, recording.call_steps(frame))
        return known[1]


_known: weakref.WeakKeyDictionary[Recorded, _Known] = weakref.WeakKeyDictionary()


def way(recording: Recorded, frame: int, focus: int | None = None) -> Way:
    """The (cached) way of a call; of a very long one, the part around step `focus`."""
    known = _known.setdefault(recording, _Known())
    steps = known.steps_of(recording, frame)
    skip = 0
    if len(steps) > WINDOW:
        at = bisect_right(steps, focus) if focus is not None else 0
        skip = max(0, (at - WINDOW // 2) // (WINDOW // 4) * (WINDOW // 4))
    found = known.ways.get((frame, skip))
    if found is None:
        if len(known.ways) > _CALLS:
            known.ways.clear()
        found = known.ways[frame, skip] = Way(recording, frame, skip)
    found.extend(steps)
    return found
