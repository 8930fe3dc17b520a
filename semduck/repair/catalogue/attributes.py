"""The wrong attribute or method: another member of the object, a misspelt one, missing parentheses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.catalogue.names import like
from semduck.repair.edits import Function
from semduck.repair.model import Edit
from semduck.trace.model import Value

BUILTIN: dict[str, type] = {
    "str": str,
    "list": list,
    "dict": dict,
    "set": set,
    "tuple": tuple,
    "int": int,
    "float": float,
    "bytes": bytes,
    "frozenset": frozenset,
}
CONFUSED = {
    "append": ("extend", "insert"),
    "extend": ("append",),
    "add": ("update", "append"),
    "update": ("add",),
    "push": ("append",),
    "length": (),
    "remove": ("discard", "pop"),
    "pop": ("popleft", "remove"),
    "keys": ("values", "items"),
    "values": ("keys", "items"),
    "items": ("values", "keys"),
    "startswith": ("endswith",),
    "endswith": ("startswith",),
    "lower": ("upper",),
    "upper": ("lower",),
    "lstrip": ("rstrip", "strip"),
    "rstrip": ("lstrip", "strip"),
    "strip": ("lstrip", "rstrip"),
    "find": ("rfind", "index", "count"),
    "index": ("find", "rindex"),
    "rfind": ("find",),
    "isalpha": ("isalnum",),
    "isdigit": ("isalnum", "isnumeric"),
    "isalnum": ("isalpha", "isdigit"),
    "split": ("splitlines", "rsplit"),
    "union": ("intersection", "difference"),
    "intersection": ("union", "difference"),
    "difference": ("union", "symmetric_difference"),
    "popleft": ("pop",),
    "appendleft": ("append",),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "read": ("readlines",),
    "isupper": ("islower",),
    "islower": ("isupper",),
    "title": ("capitalize",),
    "capitalize": ("title",),
}


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Other members for a member, guided by what the object had when the line ran."""
    error, message = view.facts.error()
    for node in view.nodes:
        if isinstance(node, ast.Attribute):
            missing = error == "AttributeError" and f"'{node.attr}'" in message
            yield from _members(view, node, missing)
            yield from _parentheses(view, node)
            yield from _confused(view, node)
            yield from _step_less(view, node)


def _members(view: Catalogue, node: ast.Attribute, missing: bool) -> Iterator[Candidate]:
    owners = view.values(node.value)
    members = _of_value(view, owners[0]) if owners else set()
    if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
        members |= _of_class(view.source.klass(node))
    elif missing and not owners and (named := re.match(r"'(\w+)' object", view.facts.error()[1])):
        members |= _of_named(view, named[1])
    called = _called(view, node)
    close = sorted(((like(node.attr, name), name) for name in members - {node.attr}), reverse=True)
    for alike, name in close[: 10 if missing else 6]:
        prior = _prior(alike, missing, bool(owners) and owners[0].kind in BUILTIN)
        why = "has no" if missing else "may not mean"
        shown = view.source.of(node.value)
        reason = f"`{shown}` {why} `{node.attr}`; it has `{name}`"
        if _is_method(view, name) == called or missing:
            yield from view.make(node, _rename(view, node, name), "wrong-attribute", reason, prior)


def _prior(alike: float, missing: bool, builtin: bool) -> float:
    if missing:
        return 0.3 + 0.65 * alike
    return (0.05 if builtin else 0.2) + (0.5 if alike > 0.75 else 0.2 * alike)


def _rename(view: Catalogue, node: ast.Attribute, name: str) -> Edit:
    end = view.source.end(node)
    return view.source.edit(end - len(node.attr), end, name)


def _of_value(view: Catalogue, value: Value) -> set[str]:
    """Members of a recorded object: what it held, and what its class in the program's files defines."""
    if value.kind in BUILTIN and value.type_name in BUILTIN:
        return {n for n in dir(BUILTIN[value.type_name]) if not n.startswith("_")}
    found = {label for label, _ in value.children if label.isidentifier()}
    return found | _of_named(view, value.type_name.rpartition(".")[2])


def _of_named(view: Catalogue, name: str) -> set[str]:
    """Members of a type by its name: a class of the program's files, else a builtin."""
    found: set[str] = set()
    for source in view.sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ClassDef) and node.name == name:
                found |= _of_class(node)
    return found or {n for n in dir(BUILTIN.get(name, object)) if not n.startswith("_")}


def _of_class(node: ast.ClassDef | None) -> set[str]:
    """Attributes a class's own code stores, and its methods."""
    if node is None:
        return set()
    stored = {
        n.attr
        for n in ast.walk(node)
        if isinstance(n, ast.Attribute)
        and isinstance(n.ctx, ast.Store)
        and isinstance(n.value, ast.Name)
        and n.value.id in ("self", "cls")
    }
    fields = {
        s.target.id for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
    }
    plain = {
        t.id for s in node.body if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)
    }
    methods = {s.name for s in node.body if isinstance(s, Function)}
    return {n for n in stored | fields | plain | methods if not n.startswith("__")}


def _called(view: Catalogue, node: ast.Attribute) -> bool:
    parent = view.source.parents.get(node)
    return isinstance(parent, ast.Call) and parent.func is node


def _methods(view: Catalogue) -> dict[str, bool]:
    """Names of methods in the program's files; True for those that are properties."""
    return {
        m.name: any(
            isinstance(d, ast.Name) and d.id in ("property", "cached_property") for d in m.decorator_list
        )
        for source in view.sources
        for c in ast.walk(source.tree)
        if isinstance(c, ast.ClassDef)
        for m in c.body
        if isinstance(m, Function)
    }


def _is_method(view: Catalogue, name: str) -> bool:
    methods = _methods(view)
    return not methods[name] if name in methods else any(hasattr(t, name) for t in BUILTIN.values())


def _parentheses(view: Catalogue, node: ast.Attribute) -> Iterator[Candidate]:
    """`stack.size` for `stack.size()`, and `point.x()` for `point.x`."""
    source, parent = view.source, view.source.parents.get(node)
    called = _called(view, node)
    if not called and isinstance(node.ctx, ast.Load) and _is_method(view, node.attr):
        held = any(label == node.attr for value in view.values(node.value)[:1] for label, _ in value.children)
        stmt = isinstance(parent, ast.Expr)
        if not held and not isinstance(parent, ast.Attribute):
            edit = source.edit(source.end(node), source.end(node), "()")
            reason = f"`{source.of(node)}` is the method itself; call it with `()`"
            yield from view.make(node, edit, "missing-call", reason, 0.85 if stmt else 0.6)
    elif called and isinstance(parent, ast.Call) and not parent.args and not parent.keywords:
        held = any(label == node.attr for value in view.values(node.value)[:1] for label, _ in value.children)
        if held or _methods(view).get(node.attr):
            edit = source.edit(source.end(node), source.end(parent), "")
            reason = f"`{source.of(node)}` is a value, not a method; take the `()` away"
            yield from view.make(node, edit, "extra-call", reason, 0.85)


def _confused(view: Catalogue, node: ast.Attribute) -> Iterator[Candidate]:
    if not _called(view, node):
        return
    for name in CONFUSED.get(node.attr, ()):
        reason = f"`.{node.attr}()` is often confused with `.{name}()`"
        yield from view.make(node, _rename(view, node, name), "confused-method", reason, 0.5)


def _step_less(view: Catalogue, node: ast.Attribute) -> Iterator[Candidate]:
    """`while node.next` stops one node early: ask about the node itself."""
    asked = [n for n in view.source.up(node) if isinstance(n, ast.While | ast.If | ast.Return)]
    held = view.source.of(node.value)
    if not asked or _called(view, node) or held in ("self", "cls") or isinstance(asked[0], ast.Return):
        return
    test = asked[0].test if isinstance(asked[0], ast.While | ast.If) else None
    if test is None or node not in set(ast.walk(test)):
        return
    if any(value.kind in ("object", "none") for value in view.values(node)):
        reason = f"`{view.source.of(node)}` looks one step further than `{held}`"
        yield from view.make(node, view.source.replace(node, held), "one-step-less", reason, 0.5)
