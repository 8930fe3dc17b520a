"""One expression of one frame, watched over the steps: does its value change?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from semduck.trace.expressions.operands import Clipped, EvaluateError, Held, Operand
from semduck.trace.expressions.scope import Cell, Scope
from semduck.trace.model import Value
from semduck.trace.replay import Ref, State


class Gone:
    """Stands for an expression that has no value."""


GONE = Gone()


class Watch:
    """`look` at a step; `settled` says whether a later step can have changed anything.

    An object counts as changed when anything it reaches is. What it reaches is kept as a superset that
    only grows; a hit in it is checked.
    """

    def __init__(self, run: Callable[[Scope], Operand]) -> None:
        self.run = run
        self.value: Operand = GONE
        self.seen: set[Cell] = set()
        self.reach: set[int] = set()
        self.stable = True

    def look(self, scope: Scope) -> Operand:
        """Evaluate, and remember what was looked at."""
        scope.seen, scope.stable = set(), True
        try:
            self.value = self.run(scope)
        except EvaluateError:
            self.value = GONE
        self.seen, self.stable = scope.seen, scope.stable
        return self.value

    def begin(self, scope: Scope) -> Operand:
        """The first look."""
        value = self.look(scope)
        self.reach = set()
        extend(scope.state, roots(value), self.reach)
        return value

    def concerned(self, cells: list[Cell]) -> bool:
        """Could a step that writes these cells have changed the value?"""
        if not self.stable:
            return True
        seen, reach = self.seen, self.reach
        return any(c in seen or c in reach for c in cells)

    def step(self, scope: Scope, hits: set[int], put: Callable[[set[int]], list[Ref]]) -> bool:
        """Look again after steps that wrote objects in reach. Did the value change?

        put: what was put into objects, at least.
        """
        old, new = self.value, self.look(scope)
        if not alike(old, new):
            extend(scope.state, roots(new), self.reach)
            return True
        if not hits:
            return False
        if reaches(scope.state, roots(new), hits):
            extend(scope.state, put(hits), self.reach)
            return True
        self.reach = set()  # it held what is no longer reached
        extend(scope.state, roots(new), self.reach)
        return False


def alike(old: Operand, new: Operand) -> bool:
    """The same object, or equal plain values of the same type."""
    if old is new:
        return True
    if type(old) is not type(new):
        return False
    if type(old) is Held:
        return bool(old.oid == new.oid)
    if isinstance(old, (list, tuple)):
        return len(old) == len(new) and all(map(alike, old, new))
    if type(old) in (float, complex):
        return repr(old) == repr(new)
    if type(old) is Clipped:
        return (old.kind, old.start, old.length) == (new.kind, new.start, new.length)
    return bool(old == new)


def roots(value: Operand) -> list[Ref]:
    """The objects in an operand."""
    if type(value) is Held:
        return [[value.oid]]
    if type(value) is Value:
        return [[part.identity] for _, part in value.children if part.identity is not None]
    if isinstance(value, (list, tuple)):
        return [ref for part in value for ref in roots(part)]
    return []


def extend(state: State, refs: list[Ref], reach: set[int]) -> None:
    """Add the objects that refs lead to."""
    work: list[Any] = list(refs)
    while work:
        ref = work.pop()
        if type(ref) is list and len(ref) == 1 and type(ref[0]) is int and ref[0] not in reach:
            reach.add(ref[0])
            thing = state.things.get(ref[0])
            if thing is not None:
                work += state.kids(thing)


def reaches(state: State, refs: list[Ref], wanted: set[int]) -> bool:
    """Does one of the refs lead to one of the objects? Breadth first: near ones are found at once."""
    layer, seen = list(refs), set[int]()
    while layer:
        deeper: list[Any] = []
        for ref in layer:
            if type(ref) is list and len(ref) == 1 and ref[0] not in seen:
                if ref[0] in wanted:
                    return True
                seen.add(ref[0])
                thing = state.things.get(ref[0])
                if thing is not None:
                    deeper += state.kids(thing)
        layer = deeper
    return False
