"""Python expression -> closures over a Scope. What is not supported is said at once."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from semduck.trace.expressions.access import Access
from semduck.trace.expressions.functions import FUNCTIONS, call, is_instance
from semduck.trace.expressions.loops import Loops, Run, text_of
from semduck.trace.expressions.operands import EvaluateError, Operand
from semduck.trace.expressions.operations import BINARY, UNARY, binary, compare, true, unary
from semduck.trace.expressions.scope import TURNS, Scope


class Expression:
    """A compiled expression. changed: the arguments of its changed(...) calls, in order."""

    def __init__(self, text: str, allow_changed: bool = False) -> None:
        try:
            tree = ast.parse(text.strip(), mode="eval").body
            compiler = _Compiler()
            self.names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
            self.run = compiler.compile(tree)
        except EvaluateError:
            raise
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise EvaluateError(f"cannot read {text!r}: try a name, an attribute or an element") from None
        self.text, self.changed = text.strip(), compiler.changed
        if self.changed and not allow_changed:
            raise EvaluateError("changed() is for searches: it has no value of its own")

    @classmethod
    @lru_cache(maxsize=4096)
    def of(cls, node: ast.expr) -> Expression:
        """The expression of a part of a source."""
        return cls(ast.unparse(node))

    def value(self, scope: Scope) -> Operand:
        """Its value. Raises EvaluateError."""
        scope.turns = TURNS
        try:
            return self.run(scope)
        except RecursionError:
            raise EvaluateError("the value is nested too deeply") from None


class _Compiler(Access, Loops):
    """One method for each node: `_Name`, `_Attribute`, ..."""

    def __init__(self) -> None:
        self.changed: list[Run] = []

    def compile(self, node: ast.expr) -> Run:
        """The closure of an expression."""
        method = getattr(self, "_" + type(node).__name__, None)
        if method is None:
            raise EvaluateError(f"{text_of(node)} is not supported here")
        run: Run = method(node)
        return run

    def _Constant(self, node: ast.Constant) -> Run:
        value = node.value
        return lambda scope: value

    def _Name(self, node: ast.Name) -> Run:
        name = node.id
        return lambda scope: scope.name(name)

    def _sequence(self, node: ast.List | ast.Tuple, maker: Callable[[Any], Operand]) -> Run:
        parts = [self.compile(p) for p in node.elts]
        return lambda scope: maker([p(scope) for p in parts])

    def _List(self, node: ast.List) -> Run:
        return self._sequence(node, list)

    def _Tuple(self, node: ast.Tuple) -> Run:
        return self._sequence(node, tuple)

    def _Set(self, node: ast.Set) -> Run:
        parts = [self.compile(p) for p in node.elts]
        return lambda scope: _hashed(lambda: {scope.reader().python(p(scope)) for p in parts})

    def _Dict(self, node: ast.Dict) -> Run:
        if None in node.keys:
            raise EvaluateError(f"{text_of(node)} is not supported here")
        parts = [(self.compile(k), self.compile(v)) for k, v in zip(node.keys, node.values, strict=True) if k]
        return lambda scope: _hashed(
            lambda: {scope.reader().python(k(scope)): scope.reader().python(v(scope)) for k, v in parts}
        )

    # -- operators -----------------------------------------------------------------------------------------

    def _BoolOp(self, node: ast.BoolOp) -> Run:
        parts = [self.compile(v) for v in node.values]
        stop = isinstance(node.op, ast.Or)

        def run(scope: Scope) -> Operand:
            for part in parts[:-1]:
                value = part(scope)
                if true(value, scope.seen) == stop:
                    return value
            return parts[-1](scope)

        return run

    def _UnaryOp(self, node: ast.UnaryOp) -> Run:
        value, name = self.compile(node.operand), type(node.op).__name__
        if name == "Not":
            return lambda scope: not true(value(scope), scope.seen)
        assert name in UNARY
        return lambda scope: unary(name, value(scope))

    def _BinOp(self, node: ast.BinOp) -> Run:
        name = type(node.op).__name__
        if name not in BINARY:
            raise EvaluateError(f"{text_of(node)} is not supported here")
        left, right = self.compile(node.left), self.compile(node.right)
        return lambda scope: binary(name, left(scope), right(scope))

    def _Compare(self, node: ast.Compare) -> Run:
        first = self.compile(node.left)
        names = [type(op).__name__ for op in node.ops]
        rest = list(zip(names, map(self.compile, node.comparators), strict=True))

        def run(scope: Scope) -> Operand:
            left = first(scope)
            for name, part in rest:
                right = part(scope)
                if not compare(name, left, right, scope.reader()):
                    return False
                left = right
            return True

        return run

    def _IfExp(self, node: ast.IfExp) -> Run:
        test, body, orelse = (self.compile(n) for n in (node.test, node.body, node.orelse))
        return lambda scope: body(scope) if true(test(scope), scope.seen) else orelse(scope)

    # -- calls and comprehensions --------------------------------------------------------------------------

    def _Call(self, node: ast.Call) -> Run:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        starred = any(isinstance(a, ast.Starred) for a in node.args)
        if name == "isinstance" and len(node.args) == 2:
            return self._isinstance(node)
        if name == "changed" and len(node.args) == 1 and not node.keywords:
            return self._changed(node.args[0])
        if name not in FUNCTIONS or node.keywords or starred or not node.args:
            raise EvaluateError(
                f"{text_of(node)} is more than a name, attribute, element or {', '.join(FUNCTIONS)}"
            )
        arguments = [self.compile(a) for a in node.args]
        return lambda scope: call(name, [a(scope) for a in arguments], scope.reader())

    def _isinstance(self, node: ast.Call) -> Run:
        value, wanted = self.compile(node.args[0]), node.args[1]
        types = wanted.elts if isinstance(wanted, ast.Tuple) else [wanted]
        if not all(isinstance(t, (ast.Name, ast.Attribute)) for t in types):
            raise EvaluateError("isinstance() takes names of types here")
        names = tuple(text_of(t).rpartition(".")[2] for t in types)
        return lambda scope: is_instance(value(scope), names)

    def _changed(self, node: ast.expr) -> Run:
        number = len(self.changed)
        self.changed.append(self.compile(node))
        return lambda scope: scope.changed[number]


def _hashed(make: Callable[[], Operand]) -> Operand:
    try:
        return make()
    except TypeError as error:
        raise EvaluateError(str(error)) from None
