"""The statements of a source by line: what each stores, reads, and which headers decide whether it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from semduck.trace.queries.handlers import parsed

Branching = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.Match)
Loops = (ast.While, ast.For, ast.AsyncFor)
Fors = (ast.For, ast.AsyncFor)
Scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
QUIET = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
Displays = (ast.List, ast.Tuple, ast.Set, ast.Dict)
Comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Node = ast.stmt | ast.ExceptHandler


class Statement:
    """One statement. first, last: the lines of its own part, without the bodies of a compound one.

    controls: headers that decide whether it runs, innermost first. handlers: is it in an except clause?
    """

    def __init__(self, node: Node, controls: list[ast.stmt], handled: ast.ExceptHandler | None) -> None:
        self.node, self.controls, self.handled = node, controls, handled
        self.first, self.last = node.lineno, _own_end(node)
        self.names = frozenset(_stored(node))
        self.places = [t for t in _targets(node) if isinstance(t, (ast.Attribute, ast.Subscript))]


class Statements:
    """All statements of a source."""

    def __init__(self, text: str) -> None:
        self._by_line: dict[int, list[Statement]] = {}
        tree = parsed(text)
        if tree is not None:
            self._block(tree.body, [], None)

    def at(self, line: int) -> list[Statement]:
        """Statements whose own part lies on a line, in source order; those that only contain it left out."""
        return self._by_line.get(line, [])

    def _add(self, statement: Statement) -> None:
        for line in range(statement.first, statement.last + 1):
            self._by_line.setdefault(line, []).append(statement)

    def _block(self, body: list[ast.stmt], controls: list[ast.stmt],
               handled: ast.ExceptHandler | None) -> None:
        guards: list[ast.stmt] = []
        for node in body:
            own = jump_headers(node, False) if isinstance(node, Loops) else []
            self._add(Statement(node, [*guards, *controls, *own], handled))
            self._below(node, [*guards, *controls], handled)
            guards = [*reversed(jump_headers(node, True)), *guards]

    def _below(self, node: ast.stmt, controls: list[ast.stmt],
               handled: ast.ExceptHandler | None) -> None:
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
    last = max((getattr(child, "end_lineno", 0) or 0 for child in _own(node)), default=node.lineno)
    return max(node.lineno, min(last, int(body[0].lineno)))


def _own(node: Node) -> Iterator[ast.AST]:
    """Children of a compound statement that belong to its header."""
    bodies = {id(s) for name in ("body", "orelse", "finalbody", "handlers") for s in getattr(node, name, [])}
    return (child for child in ast.iter_child_nodes(node) if id(child) not in bodies)


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


def _targets(node: Node) -> Iterator[ast.expr]:
    """What a statement assigns to, tuples taken apart."""
    work: list[ast.expr] = []
    if isinstance(node, (ast.Assign, ast.Delete)):
        work = list(node.targets)
    elif isinstance(node, (ast.AugAssign, *Fors)):
        work = [node.target]
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        work = [node.target]
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        work = [item.optional_vars for item in node.items if item.optional_vars is not None]
    while work:
        target = work.pop()
        if isinstance(target, (ast.Tuple, ast.List)):
            work += target.elts
        elif isinstance(target, ast.Starred):
            work.append(target.value)
        else:
            yield target


def _stored(node: Node) -> Iterator[str]:
    """Names a statement surely binds when it completes."""
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, *Fors)):
        yield from (t.id for t in _targets(node) if isinstance(t, ast.Name))
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name


def values_for(node: Node, names: set[str] | None) -> list[tuple[ast.expr, int]]:
    """(expression, how deep it is read) of what a statement reads to bind names; None: to do all it does.

    Depth 0: what it names; 1: what that holds; 2: all below.
    """
    if isinstance(node, ast.Assign):
        if names is not None:
            return [part for target in node.targets for part in _matched(target, node.value, names)]
        return [(node.value, 0), *_places(node.targets)]
    if isinstance(node, ast.AugAssign):
        return [(node.target, 2), (node.value, 2)]
    if isinstance(node, ast.AnnAssign):
        return [(node.value, 0), *_places([node.target])] if node.value else []
    if isinstance(node, Fors):
        return [(node.iter, 1)]
    if isinstance(node, (ast.If, ast.While, ast.Assert)):
        return [(node.test, 1)]
    if isinstance(node, (ast.Return, ast.Expr)):
        return [(node.value, 0)] if node.value else []
    return [(part, 1) for part in _own(node) if isinstance(part, ast.expr)] + _special(node)


def _special(node: Node) -> list[tuple[ast.expr, int]]:
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return [(item.context_expr, 1) for item in node.items]
    if isinstance(node, ast.Match):
        return [(case.guard, 1) for case in node.cases if case.guard is not None]
    return []


def _matched(target: ast.expr, value: ast.expr, names: set[str]) -> list[tuple[ast.expr, int]]:
    """The part of a value that goes to names. A new container is named, whatever its elements are."""
    if isinstance(target, ast.Name):
        return [(value, 0)] if target.id in names and not isinstance(value, Displays) else []
    if not isinstance(target, (ast.Tuple, ast.List)):
        return []
    if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
        if not any(isinstance(e, ast.Starred) for e in (*value.elts, *target.elts)):
            pairs = zip(target.elts, value.elts, strict=True)
            return [part for t, v in pairs for part in _matched(t, v, names)]
    inside = {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
    return [(value, 1)] if inside & names else []


def _places(targets: list[ast.expr]) -> list[tuple[ast.expr, int]]:
    """What is read to find the places that are assigned to."""
    found: list[tuple[ast.expr, int]] = []
    for target in targets:
        if isinstance(target, (ast.Tuple, ast.List)):
            found += _places(target.elts)
        elif isinstance(target, ast.Attribute):
            found.append((target.value, 0))
        elif isinstance(target, ast.Subscript):
            found += [(target.value, 0), (target.slice, 0)]
    return found
