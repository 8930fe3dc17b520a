"""Attributes and elements, as closures over a Scope."""

from __future__ import annotations

import ast

from semduck.trace.expressions.arrays import LOCATORS, located
from semduck.trace.expressions.attributes import attribute
from semduck.trace.expressions.elements import item
from semduck.trace.expressions.loops import Run
from semduck.trace.expressions.operands import Held, Operand, Unsettled
from semduck.trace.expressions.scope import Scope
from semduck.trace.grids import GRIDS


class Access:
    """The part of the compiler for them."""

    def compile(self, node: ast.expr) -> Run:
        """The closure of an expression. Raises EvaluateError."""
        raise NotImplementedError

    def _Attribute(self, node: ast.Attribute) -> Run:
        value, name = self.compile(node.value), node.attr

        def run(scope: Scope) -> Operand:
            try:
                return attribute(scope.state, value(scope), name, scope.seen, scope.classes)
            except Unsettled:
                scope.stable = False
                raise

        return run

    def _Subscript(self, node: ast.Subscript) -> Run:
        if isinstance(node.value, ast.Attribute) and node.value.attr in LOCATORS:
            return self._located(node.value, self.compile(node.slice))
        value, index = self.compile(node.value), self.compile(node.slice)
        return lambda scope: item(value(scope), index(scope), scope.reader())

    def _located(self, node: ast.Attribute, index: Run) -> Run:
        """frame.loc[0, 'a']; elsewhere, `loc` is an attribute as any other."""
        value, other = self.compile(node.value), self.compile(node)

        def run(scope: Scope) -> Operand:
            table = value(scope)
            if type(table) is not Held or table.thing.kind not in GRIDS:
                return item(other(scope), index(scope), scope.reader())
            scope.seen.add(table.oid)
            return located(table, scope.reader().python(index(scope)), scope.state)

        return run

    def _Slice(self, node: ast.Slice) -> Run:
        parts = [self.compile(p) if p else None for p in (node.lower, node.upper, node.step)]
        return lambda scope: slice(*(p(scope) if p else None for p in parts))
