"""The parts of a statement: what it assigns to, and which expressions it reads to do so."""

from __future__ import annotations

import ast
from collections.abc import Iterator

Branching = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.Match)
Loops = (ast.While, ast.For, ast.AsyncFor)
Fors = (ast.For, ast.AsyncFor)
Scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
QUIET = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
Displays = (ast.List, ast.Tuple, ast.Set, ast.Dict)
Comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Node = ast.stmt | ast.ExceptHandler


def own_parts(node: Node) -> Iterator[ast.AST]:
    """Children of a compound statement that belong to its header."""
    bodies = {id(s) for name in ("body", "orelse", "finalbody", "handlers") for s in getattr(node, name, [])}
    return (child for child in ast.iter_child_nodes(node) if id(child) not in bodies)


def targets(node: Node) -> Iterator[ast.expr]:
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


def stored(node: Node) -> Iterator[str]:
    """Names a statement surely binds when it completes."""
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, *Fors)):
        yield from (t.id for t in targets(node) if isinstance(t, ast.Name))
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
    return [(part, 1) for part in own_parts(node) if isinstance(part, ast.expr)] + _special(node)


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
