"""One name for two things: a variable that hides a builtin, a function, an import or an outer variable."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.edits import Function

BUILTINS = {name for name in dir(builtins) if not name.startswith("_") and name[0].islower()}


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Rename the variable and leave the calls of what it hides alone."""
    scopes: list[Function | ast.Module] = [view.source.tree]
    scopes += [n for n in view.nodes if isinstance(n, Function)]
    outer = _definitions(view.source.tree.body)
    for scope in scopes:
        for name in sorted(_stored(view, scope)):
            if name in BUILTINS or name in outer:
                yield from _rename(view, scope, name, outer)
    for node in view.nodes:
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            yield from _loop(view, node, node.target.id)
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            yield from _comprehension(view, node)


def _definitions(body: list[ast.stmt]) -> set[str]:
    """Functions, classes and imports of a block."""
    found = {s.name for s in body if isinstance(s, Function | ast.ClassDef)}
    for stmt in body:
        if isinstance(stmt, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in stmt.names}
    return found


def _inside(view: Catalogue, scope: Function | ast.Module) -> list[ast.Name]:
    """Names used in a scope; those of functions within it count unless they bind the name themselves."""
    return [n for n in ast.walk(scope) if isinstance(n, ast.Name)]


def _stored(view: Catalogue, scope: Function | ast.Module) -> set[str]:
    names = {
        n.id for n in _inside(view, scope) if isinstance(n.ctx, ast.Store) and view.source.scope(n) is scope
    }
    if not isinstance(scope, ast.Module):
        names |= {a.arg for a in (*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs)}
    return names


def _rename(view: Catalogue, scope: Function | ast.Module, name: str, outer: set[str]) -> Iterator[Candidate]:
    source = view.source
    uses = [n for n in _inside(view, scope) if n.id == name and _belongs(view, n, scope, name)]
    called = [n for n in uses if _is_called(view, n)]
    others = [n for n in uses if n not in called]
    new = _fresh(view, scope, name)
    edits = [source.replace(n, new) for n in others]
    parameters = (
        [] if isinstance(scope, ast.Module) else [a for a in ast.walk(scope.args) if isinstance(a, ast.arg)]
    )
    edits += [
        source.edit(source.start(a), source.start(a) + len(name), new) for a in parameters if a.arg == name
    ]
    what = "builtin" if name in BUILTINS and name not in outer else "function or module"
    first = others[0] if others else scope
    reason = f"the variable `{name}` hides the {what} of that name; call the variable `{new}`"
    if edits and (called or name in outer):
        prior = 0.9 if called else 0.3
        yield from view.make(first, edits, "shadowed-name", reason, prior)
        if isinstance(scope, ast.Module) and not called:
            return
        kept = [n for n in others if not isinstance(n.ctx, ast.Store)]
        for node in kept if len(kept) <= 3 else ():
            rest = [e for e, n in zip(edits, others, strict=False) if n is not node] + edits[len(others) :]
            yield from view.make(first, rest, "shadowed-name", reason, prior * 0.6)


def _belongs(view: Catalogue, node: ast.Name, scope: Function | ast.Module, name: str) -> bool:
    """True if a name used in `scope` or in a function inside it means the scope's own variable."""
    inner = view.source.scope(node)
    while inner is not scope:
        if isinstance(inner, Function) and name in _stored(view, inner):
            return False
        if isinstance(inner, ast.Module):
            return False
        inner = view.source.scope(inner)
    return True


def _is_called(view: Catalogue, node: ast.Name) -> bool:
    parent = view.source.parents.get(node)
    if isinstance(parent, ast.Call):
        return parent.func is node
    return isinstance(parent, ast.Attribute) and node.id not in BUILTINS and isinstance(node.ctx, ast.Load)


def _fresh(view: Catalogue, scope: ast.AST, name: str) -> str:
    taken = {n.id for n in ast.walk(scope) if isinstance(n, ast.Name)} | set(keyword.kwlist)
    plain = {
        "list": "items",
        "sum": "total",
        "max": "largest",
        "min": "smallest",
        "len": "length",
        "dict": "mapping",
        "str": "text",
        "input": "line",
        "id": "ident",
        "type": "kind",
        "set": "unique",
    }.get(name, name + "_")
    return plain if plain not in taken else f"{name}_" if f"{name}_" not in taken else f"{name}_2"


def _loop(view: Catalogue, node: ast.For, name: str) -> Iterator[Candidate]:
    """A loop variable that overwrites a variable still needed: an outer loop's, a parameter, a result."""
    source = view.source
    scope = source.function(node) or source.tree
    before = [n for n in _inside(view, scope) if n.id == name and source.start(n) < source.start(node)]
    parameters = {a.arg for a in scope.args.args} if isinstance(scope, Function) else set()
    if not before and name not in parameters:
        return
    new = _loop_name(view, scope, name)
    inside = [n for stmt in node.body for n in ast.walk(stmt) if isinstance(n, ast.Name) and n.id == name]
    reason = f"the loop overwrites `{name}`, which had a value already; call the loop's own `{new}`"
    everything = [source.replace(n, new) for n in (node.target, *inside)]
    yield from view.make(node, everything, "loop-shadows", reason, 0.65)
    reads = [n for n in inside if isinstance(n.ctx, ast.Load)]
    for some in _choices(reads):
        edits = [source.replace(n, new) for n in (node.target, *some)]
        yield from view.make(node, edits, "loop-shadows", reason, 0.4)


def _choices(reads: list[ast.Name]) -> Iterator[list[ast.Name]]:
    if 2 <= len(reads) <= 4:
        for read in reads:
            yield [read]
            yield [other for other in reads if other is not read]


def _loop_name(view: Catalogue, scope: ast.AST, name: str) -> str:
    taken = {n.id for n in ast.walk(scope) if isinstance(n, ast.Name)}
    options = [chr(ord(name) + k) for k in (1, 2, 3)] if len(name) == 1 and name in "ijkmnpqrxy" else []
    return next(
        o for o in [*options, f"each_{name}", f"{name}_2", f"{name}_3", f"{name}_4"] if o not in taken
    )


def _comprehension(
    view: Catalogue, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
) -> Iterator[Candidate]:
    """`x for x in xs if x != x`: one of the names was meant to be the outer one."""
    target = node.generators[0].target
    if (
        len(node.generators) != 1
        or not isinstance(target, ast.Name)
        or target.id not in view.scope_values(node)
    ):
        return
    uses = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == target.id and n is not target]
    uses = [n for n in uses if n not in set(ast.walk(node.generators[0].iter))]
    new = _loop_name(view, view.source.function(node) or view.source.tree, target.id)
    reason = f"`{target.id}` means the comprehension's own variable here, not the one outside; use `{new}`"
    for kept in uses:
        edits = [view.source.replace(n, new) for n in (target, *uses) if n is not kept]
        yield from view.make(node, edits, "loop-shadows", reason, 0.55)
