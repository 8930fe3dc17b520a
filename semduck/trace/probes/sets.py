"""Sets of constants keep their order when the main program goes through a compiled file.

Runs inside the recorded process. Python makes `{"a", "b", "c"}` from a frozenset among the constants. Written
to a file and read again it may have another order, and the program would print another one. So the program is
given the frozensets python made when it compiled the source as it is.
"""

from __future__ import annotations

import _ast

from . import build as b
from .scopes import every

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType
    from typing import Any

FOLDED = 3  # so many constants, and the compiler makes a frozenset of them
Code = type((lambda: 0).__code__)


class Sets:
    """The frozensets among the constants of a plain code object. `known[i]`: what HELPERS[FROZEN] gives."""

    def __init__(self, plain: CodeType) -> None:
        self.known: list[frozenset[Any]] = []
        self.places: dict[frozenset[Any], int] = {}
        for found in _frozensets(plain):
            self.places.setdefault(frozenset(map(_key, found)), len(self.known))
            self.known.append(found)

    def keep_order(self, tree: Any) -> Any:
        """The same tree with such sets taken from `known`."""
        for node in every(tree.body):
            if isinstance(node, (_ast.For, _ast.comprehension)):
                place = self._place(node.iter)
                if place is not None:
                    node.iter = _frozen(node.iter, place)
            if not isinstance(node, _ast.Compare):  # asked only whether something is in them
                self._replace(node)
        return tree

    def _replace(self, parent: Any) -> None:
        for field in parent._fields:
            value = getattr(parent, field, None)
            if isinstance(value, list):
                setattr(parent, field, [self._unfolded(v) for v in value])
            elif isinstance(value, _ast.Set):
                setattr(parent, field, self._unfolded(value))

    def _unfolded(self, node: Any) -> Any:
        place = self._place(node)
        if place is None or len(node.elts) < FOLDED:
            return node
        return b.place(_ast.Set(elts=[_ast.Starred(value=_frozen(node, place), ctx=b.LOAD)]), node)

    def _place(self, node: Any) -> int | None:
        if not isinstance(node, _ast.Set):
            return None
        try:
            values = frozenset(map(_literal, node.elts))  # of 1 and True only the first is kept
        except ValueError:
            return None
        return self.places.get(frozenset(map(_key, values)))


def _frozen(node: Any, place: int) -> Any:
    return b.place(_ast.Subscript(value=b.helper(b.FROZEN), slice=b.constant(place), ctx=b.LOAD), node)


def _frozensets(code: CodeType) -> Iterator[frozenset[Any]]:
    for constant in code.co_consts:
        if type(constant) is frozenset:
            yield constant
        elif type(constant) is Code:
            yield from _frozensets(constant)


def _key(value: Any) -> tuple[Any, ...]:
    if type(value) is tuple:
        return ("tuple", *map(_key, value))
    return type(value).__name__, repr(value)


def _literal(node: Any) -> Any:
    """What the compiler makes of an expression. Raises ValueError when it is no plain constant."""
    if isinstance(node, _ast.Constant):
        return node.value
    if isinstance(node, _ast.Tuple):
        return tuple(map(_literal, node.elts))
    if isinstance(node, _ast.UnaryOp) and isinstance(node.op, _ast.USub):
        value: Any = getattr(node.operand, "value", None)
        if type(value) in (int, float, complex):
            return -value
    raise ValueError
