"""The wrong name: another variable in scope, a misspelt one, a forgotten `self.`, `global` or import."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.edits import Function
from semduck.trace.model import Value

MAX_OTHERS = 14
SIMPLE = {"int": "number", "float": "number", "bool": "number", "complex": "number"}


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Other names for a name; what a NameError or KeyError names; keyword arguments; assignment targets."""
    error, message = view.facts.error()
    for node in view.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield from _other(view, node)
            if error in ("NameError", "UnboundLocalError") and f"'{node.id}'" in message:
                yield from _unknown(view, node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield from _target(view, node)
        elif isinstance(node, ast.Subscript) and error == "KeyError":
            yield from _key(view, node)
        elif isinstance(node, ast.Call) and node.keywords and "unexpected keyword" in message:
            yield from _keyword(view, node, message)
    if error == "UnboundLocalError":
        yield from _outer(view, message)


def like(old: str, new: str) -> float:
    """How alike two names are, 0 to 1."""
    return SequenceMatcher(None, old.lower(), new.lower()).ratio()


def _group(value: Value | None) -> str | None:
    return SIMPLE.get(value.kind, value.kind) if value is not None else None


def _called(view: Catalogue, node: ast.Name) -> bool:
    parent = view.source.parents.get(node)
    return isinstance(parent, ast.Call) and parent.func is node


def _other(view: Catalogue, node: ast.Name) -> Iterator[Candidate]:
    names = view.names(node)
    if _called(view, node):
        yield from _function(view, node)
        return
    own = _group(names.get(node.id))
    if own in ("function", "class", "module"):
        return
    options = []
    parent = view.source.parents.get(node)
    targets = (
        {t.id for t in parent.targets if isinstance(t, ast.Name)} if isinstance(parent, ast.Assign) else set()
    )
    for name, value in names.items():
        if (
            name == node.id
            or name.startswith("__")
            or name in targets
            or _group(value) in ("function", "class", "module")
        ):
            continue
        kin = _group(value)
        fits = 0.45 if kin == own and own is not None else 0.2 if kin is None or own is None else 0.08
        options.append((fits * (0.75 + 0.5 * like(node.id, name)), name))
    local = _locals(view, node)
    for prior, name in sorted(options, reverse=True)[:MAX_OTHERS]:
        scale = 1.0 if name in local or view.source.function(node) is None else 0.6
        reason = f"`{node.id}` may be the wrong variable; try `{name}`"
        yield from view.make(node, view.source.replace(node, name), "wrong-name", reason, prior * scale)


def _locals(view: Catalogue, node: ast.AST) -> set[str]:
    function = view.source.function(node)
    if function is None:
        return set()
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {a.arg for a in _arguments(function)}


def _arguments(function: Function) -> list[ast.arg]:
    a = function.args
    return [
        *a.posonlyargs,
        *a.args,
        *a.kwonlyargs,
        *([a.vararg] if a.vararg else []),
        *([a.kwarg] if a.kwarg else []),
    ]


def _function(view: Catalogue, node: ast.Name) -> Iterator[Candidate]:
    """Another function of this file, called with the same arguments."""
    for other in view.source.tree.body:
        if not isinstance(other, Function | ast.ClassDef) or other.name == node.id:
            continue
        alike = like(node.id, other.name)
        reason = f"`{node.id}()` may be the wrong function; try `{other.name}()`"
        edit = view.source.replace(node, other.name)
        yield from view.make(node, edit, "wrong-function", reason, 0.15 + 0.35 * alike * alike)


def _unknown(view: Catalogue, node: ast.Name) -> Iterator[Candidate]:
    known = set(view.names(node)) | set(dir(builtins)) | _defined(view)
    close = sorted(((like(node.id, name), name) for name in known if name != node.id), reverse=True)
    for alike, name in close[:5]:
        if alike >= 0.6:
            reason = f"there is no `{node.id}` here; `{name}` is spelt almost the same"
            yield from view.make(node, view.source.replace(node, name), "misspelt-name", reason, alike)
    yield from _self(view, node)
    if node.id in sys.stdlib_module_names:
        yield from _import(view, node)


def _defined(view: Catalogue) -> set[str]:
    names = (getattr(n, "name", None) or getattr(n, "id", None) for n in view.source.tree.body)
    stored = {
        n.id for n in ast.walk(view.source.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return {n for n in names if isinstance(n, str)} | stored


def _self(view: Catalogue, node: ast.Name) -> Iterator[Candidate]:
    owner = view.source.klass(node)
    if owner is None or view.source.function(node) is None:
        return
    members = {n.attr for n in ast.walk(owner) if isinstance(n, ast.Attribute)}
    members |= {s.name for s in owner.body if isinstance(s, Function)}
    if node.id in members:
        reason = f"`{node.id}` belongs to the object: `self.{node.id}`"
        yield from view.make(node, view.source.replace(node, f"self.{node.id}"), "missing-self", reason, 0.95)


def _import(view: Catalogue, node: ast.Name) -> Iterator[Candidate]:
    body = view.source.tree.body
    documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and len(body) > 1
    future = [s for s in body if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
    anchor = body[body.index(future[-1]) + 1] if future else body[1] if documented else body[0]
    edit = view.source.lines_before(anchor, [f"import {node.id}"])
    yield from view.make(node, edit, "missing-import", f"`{node.id}` is used but never imported", 0.95)


def _target(view: Catalogue, node: ast.Name) -> Iterator[Candidate]:
    """The result put into the wrong variable."""
    stmt = view.source.parents.get(node)
    if not isinstance(stmt, ast.Assign | ast.AugAssign):
        return
    for name in sorted(_locals(view, node) - {node.id}):
        alike = like(node.id, name)
        reason = f"this result may belong in `{name}`, not in `{node.id}`"
        edit = view.source.replace(node, name)
        yield from view.make(
            node, edit, "wrong-target", reason, 0.12 + (0.6 if alike > 0.8 else 0.25 * alike)
        )
    yield from _own(view, node, stmt)


def _own(view: Catalogue, node: ast.Name, stmt: ast.stmt) -> Iterator[Candidate]:
    """`count += 1` in a method of an object that has a `count`."""
    owner = view.source.klass(node)
    if owner is None or view.source.function(node) is None:
        return
    if node.id in {n.attr for n in ast.walk(owner) if isinstance(n, ast.Attribute)}:
        reason = f"`{node.id}` is a new local variable here; the object has `self.{node.id}`"
        yield from view.make(stmt, view.source.replace(node, f"self.{node.id}"), "missing-self", reason, 0.75)


def _key(view: Catalogue, node: ast.Subscript) -> Iterator[Candidate]:
    if not isinstance(node.slice, ast.Constant) or not isinstance(node.slice.value, str):
        return
    quote = view.source.of(node.slice)[-1]
    for owner in view.values(node.value)[:1]:
        keys = [label[1:-1] for label, _ in owner.children if label[:1] in "'\""]
        for key in sorted(keys, key=lambda k: -like(str(node.slice.value), k))[:6]:  # type: ignore[attr-defined]
            alike = like(node.slice.value, key)
            reason = f"the dict has no {view.source.of(node.slice)}; it has {quote}{key}{quote}"
            edit = view.source.replace(node.slice, f"{quote}{key}{quote}")
            yield from view.make(node, edit, "wrong-key", reason, 0.35 + 0.55 * alike)


def _keyword(view: Catalogue, node: ast.Call, message: str) -> Iterator[Candidate]:
    found = re.search(r"(\w+)\(\) got an unexpected keyword argument '(\w+)'", message)
    if not found:
        return
    known = {
        a.arg
        for source in view.sources
        for n in ast.walk(source.tree)
        if isinstance(n, Function) and n.name in (found[1], "__init__")
        for a in _arguments(n)
    }
    for keyword in node.keywords:
        for name in sorted(known - {"self"}) if keyword.arg == found[2] else ():
            at = view.source.start(keyword)
            edit = view.source.edit(at, at + len(found[2]), name)
            reason = f"`{found[1]}()` has no argument `{found[2]}`; it has `{name}`"
            yield from view.make(node, edit, "wrong-keyword", reason, 0.3 + 0.6 * like(found[2], name))


def _outer(view: Catalogue, message: str) -> Iterator[Candidate]:
    """A name assigned in the function, but meant to be the one outside."""
    found = re.search(r"'(\w+)'", message)
    for function in (n for n in view.nodes if isinstance(n, Function)) if found else ():
        assert found is not None
        if found[1] not in _locals(view, function.body[0]):
            continue
        word = "nonlocal" if view.source.function(function) else "global"
        first = function.body[0]
        skip = (
            isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(function.body) > 1
        )
        edit = view.source.lines_before(function.body[1] if skip else first, [f"{word} {found[1]}"])
        reason = f"assigning `{found[1]}` makes it local to `{function.name}`; say `{word} {found[1]}`"
        yield from view.make(function.body[0], edit, "missing-global", reason, 0.85)
