"""The cells an expression reads when it runs at a step, told from its syntax and the recorded state."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from semduck.trace.expressions.scope import Scope
from semduck.trace.queries.slicing.objects import UNKNOWN, Objects, Read
from semduck.trace.queries.slicing.parts import Comprehensions

WHOLE = (
    "len",
    "sum",
    "min",
    "max",
    "sorted",
    "list",
    "tuple",
    "set",
    "dict",
    "any",
    "all",
    "print",
    "str",
    "repr",
    "enumerate",
    "zip",
    "reversed",
    "join",
    "abs",
    "int",
    "float",
    "frozenset",
)  # read it all
REFERENCE = ("isinstance", "id", "type", "callable", "append", "add", "setdefault")  # only keep what they get
SHALLOW = ("len", "bool", "range")


class Reads(Objects):
    """Walks one expression. is_recorded(name): did the statement call a recorded function of that name?"""

    def __init__(self, scope: Scope, is_recorded: Callable[[str], bool]) -> None:
        super().__init__(scope)
        self.is_recorded = is_recorded

    def of(self, node: ast.expr | None, depth: int, exact: bool = True) -> Iterator[Read]:
        """What the expression reads. depth: see statements.values_for."""
        if node is None or isinstance(node, ast.Constant):
            return
        method = getattr(self, "_" + type(node).__name__, None)
        if method is not None:
            yield from method(node, depth, exact)
        elif isinstance(node, Comprehensions):
            yield from self._comprehension(node, exact)
        else:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield from self.of(child, depth, exact)

    # -- places --------------------------------------------------------------------------------------------

    def _Name(self, node: ast.Name, depth: int, exact: bool) -> Iterator[Read]:
        if node.id in self.hidden:
            return
        scope = self.scope
        local = scope.state.frames.get(scope.frame, {})
        if node.id in local or (scope.own is not None and node.id in scope.own):
            yield Read((scope.frame, node.id), node.id, exact)
        elif node.id in scope.state.spaces.get(scope.space, {}):
            yield Read((-1 - scope.space, node.id), node.id, exact)
        yield from self.below(self.value(node), node.id, depth, exact)

    def _Attribute(self, node: ast.Attribute, depth: int, exact: bool) -> Iterator[Read]:
        yield from self._place(node, node.value, node.attr, depth, exact)

    def _Subscript(self, node: ast.Subscript, depth: int, exact: bool) -> Iterator[Read]:
        yield from self.of(node.slice, 1, exact)
        key = UNKNOWN if isinstance(node.slice, ast.Slice) else self.value(node.slice)
        yield from self._place(node, node.value, key, depth, exact)

    def _place(self, node: ast.expr, base: ast.expr, key: Any, depth: int, exact: bool) -> Iterator[Read]:
        owner, text = self.value(base), ast.unparse(node)
        cell = self.cell(owner, key, isinstance(node, ast.Attribute))
        if cell is None:
            yield from self.of(base, 1, exact)
            return
        yield from self.of(base, 0, exact)
        yield Read(cell, text, exact)
        yield from self.below(self.value(node), text, depth, exact)

    def _Starred(self, node: ast.Starred, depth: int, exact: bool) -> Iterator[Read]:
        yield from self.of(node.value, max(1, depth), exact)

    # -- operators -----------------------------------------------------------------------------------------

    def _BinOp(self, node: ast.BinOp, depth: int, exact: bool) -> Iterator[Read]:
        yield from self.of(node.left, 2, exact)
        yield from self.of(node.right, 2, exact)

    def _Compare(self, node: ast.Compare, depth: int, exact: bool) -> Iterator[Read]:
        identity = all(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops)
        for part in (node.left, *node.comparators):
            yield from self.of(part, 0 if identity else 2, exact)

    def _BoolOp(self, node: ast.BoolOp, depth: int, exact: bool) -> Iterator[Read]:
        for part in node.values:
            yield from self.of(part, max(1, depth), exact)
            decided = self._truth(part)
            if decided is not None and decided == isinstance(node.op, ast.Or):
                return  # the rest did not run
            exact = exact and decided is not None

    def _IfExp(self, node: ast.IfExp, depth: int, exact: bool) -> Iterator[Read]:
        yield from self.of(node.test, 1, exact)
        truth = self._truth(node.test)
        for part, ran in ((node.body, truth is not False), (node.orelse, truth is not True)):
            if ran:
                yield from self.of(part, depth, exact and truth is not None)

    def _JoinedStr(self, node: ast.JoinedStr, depth: int, exact: bool) -> Iterator[Read]:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from self.of(part.value, 2, exact)

    def _List(self, node: ast.List | ast.Tuple | ast.Set, depth: int, exact: bool) -> Iterator[Read]:
        for part in node.elts:
            yield from self.of(part, max(0, depth - 1), exact)

    _Tuple = _Set = _List

    def _Yield(self, node: ast.Yield, depth: int, exact: bool) -> Iterator[Read]:
        yield from self.of(node.value, 0, False)

    # -- calls ---------------------------------------------------------------------------------------------

    def _Call(self, node: ast.Call, depth: int, exact: bool) -> Iterator[Read]:
        name = called_name(node)
        if self.is_recorded(name):  # what it was passed is read by the call itself
            yield from self.of(node.func if isinstance(node.func, ast.Name) else None, 0, exact)
            return
        if isinstance(node.func, ast.Attribute):
            yield from self.of(node.func.value, 1, exact)
        else:
            yield from self.of(node.func, 0, exact)
        deep = 0 if name in REFERENCE else 1 if name in SHALLOW else 2
        sure = exact and (name in REFERENCE or name in WHOLE or name in SHALLOW)
        for part in (*node.args, *(k.value for k in node.keywords)):
            yield from self.of(part, deep, sure)

    def _comprehension(self, node: Any, exact: bool) -> Iterator[Read]:
        outer = set(self.hidden)
        for loop in node.generators:
            yield from self.of(loop.iter, 2, exact and not loop.ifs)
            self.hidden |= {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
            for test in loop.ifs:
                yield from self.of(test, 1, False)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            yield from self.of(part, 1, exact)
        self.hidden = outer

    def _Lambda(self, node: ast.Lambda, depth: int, exact: bool) -> Iterator[Read]:
        outer = set(self.hidden)
        self.hidden |= {a.arg for a in (*node.args.args, *node.args.posonlyargs, *node.args.kwonlyargs)}
        yield from self.of(node.body, 0, False)
        self.hidden = outer


def value_calls(node: ast.AST, is_recorded: Callable[[str], bool]) -> Iterator[ast.Call]:
    """Calls whose results a value is made of: not those that only made the arguments of a recorded call."""
    if isinstance(node, ast.Call):
        yield node
        if is_recorded(called_name(node)):
            return
    for child in ast.iter_child_nodes(node):
        yield from value_calls(child, is_recorded)


def called_name(node: ast.Call) -> str:
    """The last part of the name of what is called."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""
