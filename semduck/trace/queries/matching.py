"""Two runs, step by step: do the same steps do the same, whatever numbers their objects have?

The numbers of objects depend on addresses in memory. Here objects are matched by what they hold when a name
or another object comes to hold them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from semduck.trace.noting import operations, same
from semduck.trace.replay import Ref, State, Thing, paired
from semduck.trace.store import Event, Moment

NAMELESS = ("module", "function", "type", "generator")  # compared by kind and type only
OBJECTS = 20_000  # compared for one pair


class Matching:
    """Both states, which `step` moves on, and which object is which."""

    def __init__(self, old: State, new: State) -> None:
        self.old, self.new = State.load(old.dump()), State.load(new.dump())
        self._to: dict[int, int] = {oid: oid for oid in self.old.things if oid in self.new.things}
        self._back = dict(self._to)

    def step(self, one: Moment, other: Moment) -> bool:
        """Go on by a step. Is it alike in both?"""
        self.old.apply(one)
        self.new.apply(other)
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
        pairs = {(o, self._to[o]) for o in old if o in self._to}
        pairs |= {(self._back[n], n) for n in new if n in self._back}
        return all(self._pair(o, n, {}) or self._stale(o, n) for o, n in sorted(pairs))

    def _stale(self, o: int, n: int) -> bool:
        """Is one of them no longer held by anything? Its number may stand for a new object."""
        if o in self.old.reachable() and n in self.new.reachable():
            return False
        if self._to.get(o) == n:
            del self._to[o], self._back[n]
        return True

    # -- values --------------------------------------------------------------------------------------------

    def _same(self, one: Ref, other: Ref) -> bool:
        if not _is_object(one) or not _is_object(other):
            return same(one, other)
        if self._to.get(one[0]) == other[0]:
            return True
        found: dict[int, int] = {}
        if not self._pair(one[0], other[0], found):
            return False
        for o, n in found.items():
            self._match(o, n)
        return True

    def _match(self, o: int, n: int) -> None:
        if o in self._to:
            self._back.pop(self._to[o], None)
        if n in self._back:
            self._to.pop(self._back[n], None)
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
                elif self._to.get(a[0]) != b[0]:
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
