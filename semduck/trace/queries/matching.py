"""Two runs, step by step: do the same steps do the same, whatever numbers their objects have?

The numbers of objects depend on addresses in memory. Here objects are matched by what they hold when a name
or another object comes to hold them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from semduck.trace.queries.writes import operations
from semduck.trace.reader.entry import same
from semduck.trace.replay import Ref, State, Thing, paired
from semduck.trace.store import Event, Moment

NAMELESS = ("module", "function", "type", "generator")  # compared by kind and type only
OBJECTS = 20_000  # compared for one pair


class Matching:
    """Which object is which, as `step` goes on. shared: objects below this number are the same in both."""

    def __init__(self, shared: int) -> None:
        self.old, self.new = State(), State()
        self._shared = shared
        self._to: dict[int, int | None] = {}  # what became of others; None: it has no partner any more
        self._back: dict[int, int | None] = {}

    def step(self, states: tuple[State, State], one: Moment, other: Moment) -> bool:
        """Is the next step alike in both? states: at it."""
        self.old, self.new = states
        old, new = list(operations(one)), list(operations(other))
        return (
            self._results(one.event, other.event)
            and self._bindings(_bound(old), _bound(new))
            and self._touched(_objects(old), _objects(new))
        )

    def _results(self, one: Event, other: Event) -> bool:
        return (
            one[:2] == other[:2]
            and one[5:] == other[5:]
            and len(one[4:]) == len(other[4:])
            and all(map(self._same, one[4:5], other[4:5]))
        )

    def _bindings(self, old: list[Any], new: list[Any]) -> bool:
        if [row[:2] for row in old] != [row[:2] for row in new]:
            return False
        return all(self._same(a[2], b[2]) for a, b in zip(old, new, strict=True))

    def _touched(self, old: set[int], new: set[int]) -> bool:
        """Do objects that were written still hold the same?"""
        pairs = {(o, n) for o in old if (n := self._partner(o)) is not None}
        pairs |= {(o, n) for n in new if (o := self._origin(n)) is not None}
        return all(self._pair(o, n, {}) or self._stale(o, n) for o, n in sorted(pairs))

    def _stale(self, o: int, n: int) -> bool:
        """Is one of them no longer held by anything? Its number may stand for a new object."""
        if o in self.old.reachable() and n in self.new.reachable():
            return False
        if self._partner(o) == n:
            self._to[o] = self._back[n] = None
        return True

    def _partner(self, o: int) -> int | None:
        """Which object of the new run an old one is."""
        return self._to.get(o, o if o < self._shared else None)

    def _origin(self, n: int) -> int | None:
        """Which object of the old run a new one is."""
        return self._back.get(n, n if n < self._shared else None)

    # -- values --------------------------------------------------------------------------------------------

    def _same(self, one: Ref, other: Ref) -> bool:
        if not _is_object(one) or not _is_object(other):
            return same(one, other)
        if self._partner(one[0]) == other[0]:
            return True
        found: dict[int, int] = {}
        if not self._pair(one[0], other[0], found):
            return False
        for o, n in found.items():
            self._match(o, n)
        return True

    def _match(self, o: int, n: int) -> None:
        left, lost = self._partner(o), self._origin(n)
        if left is not None:
            self._back[left] = None
        if lost is not None:
            self._to[lost] = None
        self._to[o], self._back[n] = n, o

    def _pair(self, o: int, n: int, found: dict[int, int]) -> bool:
        """Do the objects hold the same? found: pairs below them that are new."""
        work, seen = [(o, n)], {o: n}
        while work and len(seen) < OBJECTS:
            o, n = work.pop()
            found[o] = n
            one, other = self.old.things.get(o), self.new.things.get(n)
            if one is None or other is None:
                if one is not other:
                    return False
                continue
            if not _head(one, other):
                return False
            for a, b in zip(_parts(one), _parts(other), strict=True):
                if not _is_object(a) or not _is_object(b):
                    if not same(a, b):
                        return False
                elif a[0] in seen:
                    if seen[a[0]] != b[0]:
                        return False
                elif self._partner(a[0]) != b[0]:
                    seen[a[0]] = b[0]
                    work.append((a[0], b[0]))
        return True


def _head(one: Thing, other: Thing) -> bool:
    if (one.kind, one.type, one.length) != (other.kind, other.type, other.length):
        return False
    if len(one.items) != len(other.items) or (one.attrs is None) != (other.attrs is None):
        return False
    return one.kind in NAMELESS or one.text == other.text


def _parts(thing: Thing) -> list[Ref]:
    """What it holds; of sets in an order of our own, for theirs depends on the run."""
    attributes = [] if thing.attrs is None else [[thing.attrs]]
    if thing.kind in ("set", "frozenset"):
        return sorted(thing.items, key=lambda ref: "" if _is_object(ref) else repr(ref)) + attributes
    return ([part for pair in thing.items for part in pair] if paired(thing) else thing.items) + attributes


def _bound(ops: Iterable[tuple[int, Event]]) -> list[tuple[Any, str, Ref]]:
    """(place, name, ref) of names bound or unbound."""
    found: list[tuple[Any, str, Ref]] = []
    for owner, op in ops:
        if op[0] == "l":
            found.append((owner, op[1], op[2]))
        elif op[0] in ("g", "o"):
            found.append(((op[0], op[1]), op[2], op[3]))
        elif op[0] == "x":
            found.append((tuple(op[:-1]) if len(op) > 2 else owner, op[-1], ["x", 0]))
    return found


def _objects(ops: Iterable[tuple[int, Event]]) -> set[int]:
    return {op[1] for _, op in ops if op[0] in ("p", "T")}


def _is_object(ref: Ref) -> bool:
    return type(ref) is list and len(ref) == 1
