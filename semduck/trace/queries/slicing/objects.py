"""The cells that stand for an attribute or element, and for what an object holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from semduck.trace.expressions.arrays import position
from semduck.trace.expressions.attributes import class_of
from semduck.trace.expressions.compiler import Expression
from semduck.trace.expressions.operands import EvaluateError, Held, Operand
from semduck.trace.expressions.operations import true
from semduck.trace.expressions.scope import Cell, Scope
from semduck.trace.grids import named
from semduck.trace.replay import paired

FIXED = ("function", "module", "class", "type")
UNKNOWN = object()
OBJECTS = 200  # below one value


@dataclass(frozen=True, slots=True)
class Read:
    """A cell that is read; see questions. name: as in the source."""

    cell: Cell
    name: str
    exact: bool = True


class Objects:
    """Looks at one scope. hidden: names of comprehensions and lambdas, which have no recorded value."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.hidden: set[str] = set()

    def value(self, node: ast.expr) -> Operand:
        """Its value at the step, or UNKNOWN."""
        if any(isinstance(n, ast.Name) and n.id in self.hidden for n in ast.walk(node)):
            return UNKNOWN
        try:
            return Expression.of(node).value(self.scope)
        except EvaluateError:
            return UNKNOWN

    def below(self, value: Operand, name: str, depth: int, exact: bool) -> Iterator[Read]:
        """The object itself (depth 1) and what it reaches (depth 2)."""
        if type(value) is not Held or depth < 1 or value.thing.kind in FIXED:
            return
        layer, seen = [value.oid], {value.oid}
        while layer and len(seen) <= OBJECTS:
            for oid in layer:
                yield from (Read(cell, name, exact) for cell in self._content(oid))
            if depth < 2:
                return
            layer = self._next(layer, seen)

    def _content(self, oid: int) -> Iterator[Cell]:
        """Cells of an object: each element, and how many there are; else the object as a whole."""
        thing = self.scope.state.things.get(oid)
        if thing is None or thing.kind in ("set", "frozenset") or not 0 < len(thing.items) <= OBJECTS:
            yield oid
            return
        keys = [item[0] for item in thing.items] if paired(thing) else list(range(len(thing.items)))
        if any(type(key) is list for key in keys):
            yield oid
            return
        yield ("shape", oid)
        yield from (("item", oid, key) for key in keys)
        if thing.attrs is not None:
            yield thing.attrs

    def _next(self, layer: list[int], seen: set[int]) -> list[int]:
        things, found = self.scope.state.things, []
        for oid in layer:
            for ref in self.scope.state.kids(things[oid]) if oid in things else ():
                if type(ref) is list and len(ref) == 1 and ref[0] not in seen:
                    seen.add(ref[0])
                    found.append(ref[0])
        return found

    def cell(self, owner: Operand, key: Any, attribute: bool) -> Cell | None:
        """The cell of an attribute or element; None when it is not one place."""
        if type(owner) is not Held:
            return None
        thing = owner.thing
        if attribute:
            return self._attribute_cell(owner, key)
        if thing.kind == "dict" and (key is None or isinstance(key, (str, int, float, bytes))):
            return ("item", owner.oid, key)
        if thing.kind in ("list", "tuple", "deque") and isinstance(key, int):
            return ("item", owner.oid, key + (thing.length if key < 0 else 0))
        return self._array_cell(owner, key) if thing.kind == "array" else None

    @staticmethod
    def _array_cell(owner: Held, key: Any) -> Cell | None:
        try:
            return ("item", owner.oid, position(owner.thing, key))
        except EvaluateError:
            return None

    def _attribute_cell(self, owner: Held, name: str) -> Cell | None:
        things, holder = self.scope.state.things, owner.thing.attrs
        if name in named(owner.thing):
            return ("item", owner.oid, named(owner.thing).index(name))
        if owner.thing.kind == "function":
            return None
        for oid in (owner.oid, holder, class_of(self.scope.state, owner.thing, self.scope.classes)):
            thing = things.get(oid) if oid is not None else None
            if thing is not None and paired(thing) and thing.kind != "dict":
                if any(key == name for key, _ in thing.items):
                    return ("item", oid, name)
        return None

    def _truth(self, node: ast.expr) -> bool | None:
        value = self.value(node)
        try:
            return None if value is UNKNOWN else true(value, set())
        except EvaluateError:
            return None
