"""The statements of a source by line: what each stores, reads, and which headers decide whether it runs."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import cast

from semduck.trace.queries.handlers import parsed
from semduck.trace.queries.slicing.parts import Branching, Loops, Node, Scopes, own_parts, stored, targets


class Statement:
    """One statement. first, last: the lines of its own part, without the bodies of a compound one.

    controls: headers that decide whether it runs, innermost first. handlers: is it in an except clause?
    """

    def __init__(self, node: Node, controls: list[ast.stmt], handled: ast.ExceptHandler | None) -> None:
        self.node, self.controls, self.handled = node, controls, handled
        self.first, self.last = node.lineno, _own_end(node)
        self.names = frozenset(stored(node))
        self.places = [t for t in targets(node) if isinstance(t, (ast.Attribute, ast.Subscript))]


class Statements:
    """All statements of a source."""

    def __init__(self, text: str) -> None:
        self._by_line: dict[int, list[Statement]] = {}
        self._all: list[Statement] = []
        tree = parsed(text)
        if tree is not None:
            self._block(tree.body, [], None)

    def at(self, line: int) -> list[Statement]:
        """Statements whose own part lies on a line, in source order; those that only contain it left out."""
        return self._by_line.get(line, [])

    def all(self) -> list[Statement]:
        """All of them, in source order."""
        return self._all

    def _add(self, statement: Statement) -> None:
        self._all.append(statement)
        for line in range(statement.first, statement.last + 1):
            self._by_line.setdefault(line, []).append(statement)

    def _block(
        self, body: list[ast.stmt], controls: list[ast.stmt], handled: ast.ExceptHandler | None
    ) -> None:
        guards: list[ast.stmt] = []
        for node in body:
            own = jump_headers(node, False) if isinstance(node, Loops) else []
            self._add(Statement(node, [*guards, *controls, *own], handled))
            self._below(node, [*guards, *controls], handled)
            guards = [*reversed(jump_headers(node, True)), *guards]

    def _below(self, node: ast.stmt, controls: list[ast.stmt], handled: ast.ExceptHandler | None) -> None:
        inner = [node, *controls] if isinstance(node, Branching) and not _constant(node) else controls
        if isinstance(node, Scopes):
            inner, handled = [], None
        for name in ("body", "orelse", "finalbody"):
            self._block(getattr(node, name, []), inner, handled)
        for handler in getattr(node, "handlers", []):
            self._add(Statement(handler, inner, handler))
            self._block(handler.body, inner, handler)
        for case in getattr(node, "cases", []):
            self._block(case.body, inner, handled)


@lru_cache(maxsize=32)
def statements(text: str) -> Statements:
    """The statements of a source."""
    return Statements(text)


def _own_end(node: Node) -> int:
    if isinstance(node, ast.Match):
        return node.subject.end_lineno or node.lineno
    body = getattr(node, "body", None)
    if not body:
        return node.end_lineno or node.lineno
    last = max((getattr(child, "end_lineno", 0) or 0 for child in own_parts(node)), default=node.lineno)
    return max(node.lineno, min(last, int(body[0].lineno)))


def jump_headers(node: ast.stmt, outside: bool) -> list[ast.stmt]:
    """Headers in a statement that decide whether control jumps out of it, in source order.

    outside: of the statement as a whole, so that what follows does not run; else out of this loop.
    """
    found: dict[ast.stmt, None] = {}

    def walk(at: ast.AST, headers: list[ast.stmt], loops: int) -> None:
        if isinstance(at, Scopes):
            return
        leaves = isinstance(at, (ast.Return, ast.Raise)) or (isinstance(at, ast.Break) and not loops)
        if leaves or (isinstance(at, ast.Continue) and not loops and outside):
            found.update(dict.fromkeys(headers))
        for child in ast.iter_child_nodes(at):
            inner = isinstance(child, Branching) and not _constant(child)
            below = [*headers, cast(ast.stmt, child)] if inner else headers
            walk(child, below, loops + isinstance(child, Loops))

    start: list[ast.stmt] = [node] if isinstance(node, Branching) and outside and not _constant(node) else []
    walk(node, start, int(outside and isinstance(node, Loops)))
    return list(found)


def _constant(node: ast.AST) -> bool:
    """`while True`: python does not come back to the header."""
    return isinstance(node, (ast.While, ast.If)) and isinstance(node.test, ast.Constant)
