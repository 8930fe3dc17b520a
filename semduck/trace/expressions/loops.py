"""Comprehensions, as closures over a Scope."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from semduck.trace.expressions.operands import EvaluateError, Operand
from semduck.trace.expressions.operations import true
from semduck.trace.expressions.scope import Scope

Run = Callable[[Scope], Operand]
LENGTH = 5000  # elements of a comprehension


class Loops:
    """The part of the compiler for them."""

    def compile(self, node: ast.expr) -> Run:
        """The closure of an expression. Raises EvaluateError."""
        raise NotImplementedError

    def _GeneratorExp(self, node: ast.GeneratorExp) -> Run:
        return self._loop(node.elt, node.generators)

    def _ListComp(self, node: ast.ListComp) -> Run:
        return self._loop(node.elt, node.generators)

    def _loop(self, result: ast.expr, loops: list[ast.comprehension]) -> Run:
        element = self.compile(result)
        parts = [(_target(g.target), self.compile(g.iter), [self.compile(i) for i in g.ifs]) for g in loops]

        def turns(scope: Scope, level: int) -> Iterator[Operand]:
            if level == len(parts):
                yield element(scope)
                return
            target, values, tests = parts[level]
            for value in scope.reader().elements(values(scope)):
                scope.turns -= 1
                if scope.turns < 0:
                    raise EvaluateError("the comprehension is too long")
                target(scope, value)
                if all(true(test(scope), scope.seen) for test in tests):
                    yield from turns(scope, level + 1)

        def run(scope: Scope) -> Operand:
            outer, found = dict(scope.bound), []
            try:
                for value in turns(scope, 0):
                    found.append(value)
                    if len(found) > LENGTH:
                        raise EvaluateError("the comprehension is too long")
            finally:
                scope.bound = outer
            return found

        return run


def _target(node: ast.expr) -> Callable[[Scope, Operand], None]:
    if isinstance(node, ast.Name):
        name = node.id

        def bind(scope: Scope, value: Operand) -> None:
            scope.bound[name] = value

        return bind
    if not isinstance(node, ast.Tuple):
        raise EvaluateError(f"{text_of(node)} is not supported here")
    parts = [_target(part) for part in node.elts]

    def unpack(scope: Scope, value: Operand) -> None:
        values = scope.reader().elements(value)
        if len(values) != len(parts):
            raise EvaluateError("the elements do not fit the loop's names")
        for part, one in zip(parts, values, strict=True):
            part(scope, one)

    return unpack


def text_of(node: ast.expr) -> str:
    """Source of an expression, at most 60 characters."""
    text = ast.unparse(node)
    return text if len(text) < 60 else text[:59] + "…"
