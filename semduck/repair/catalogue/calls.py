"""Calls: arguments swapped or missing, a result thrown away, the sister function, sort order."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.edits import Function

SISTERS = {
    "min": ("max",),
    "max": ("min",),
    "any": ("all",),
    "all": ("any",),
    "sorted": ("list", "reversed"),
    "reversed": ("sorted",),
    "sum": ("len", "max"),
    "len": ("sum", "max"),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "print": (),
    "filter": ("map",),
    "map": ("filter",),
    "zip": ("enumerate",),
    "enumerate": (),
    "isinstance": (),
    "ord": ("chr",),
    "chr": ("ord",),
    "deque": ("list",),
}
IN_PLACE = {"sort": "sorted({0})", "reverse": "list(reversed({0}))"}
NOTHING = {"append", "extend", "insert", "remove", "clear", "add", "update", "discard", "sort", "reverse"}
NEW_TEXT = {
    "replace",
    "strip",
    "lstrip",
    "rstrip",
    "lower",
    "upper",
    "title",
    "capitalize",
    "removeprefix",
    "removesuffix",
    "zfill",
    "union",
    "intersection",
    "difference",
}


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Edits of calls."""
    for node in view.nodes:
        if isinstance(node, ast.Call):
            yield from _swap(view, node)
            yield from _sister(view, node)
            yield from _order(view, node)
            yield from _drop(view, node)
            yield from _more(view, node)
            yield from _await(view, node)
        elif isinstance(node, ast.Assign):
            yield from _nothing(view, node)
        elif isinstance(node, ast.Expr):
            yield from _thrown_away(view, node)
        elif isinstance(node, ast.List) and len(node.elts) == 1:
            yield from _list_of(view, node)


def _swap(view: Catalogue, node: ast.Call) -> Iterator[Candidate]:
    source = view.source
    for left, right in zip(node.args, node.args[1:], strict=False):
        if (
            isinstance(left, ast.Starred)
            or isinstance(right, ast.Starred)
            or source.of(left) == source.of(right)
        ):
            continue
        edits = [source.replace(left, source.of(right)), source.replace(right, source.of(left))]
        reason = f"`{source.of(left)}` and `{source.of(right)}` may be handed over in the wrong order"
        same = view.kind(left) == view.kind(right) is not None
        printing = isinstance(node.func, ast.Name) and node.func.id == "print"
        yield from view.make(
            node, edits, "swap-arguments", reason, 0.05 if printing else 0.6 if same else 0.45
        )


def _await(view: Catalogue, node: ast.Call) -> Iterator[Candidate]:
    """A coroutine used where its result was meant."""
    source = view.source
    waits = isinstance(source.function(node), ast.AsyncFunctionDef)
    parent = source.parents.get(node)
    if not waits or isinstance(parent, ast.Await | ast.Starred | ast.Call):
        return
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    made = [n.name for s in view.sources for n in ast.walk(s.tree) if isinstance(n, ast.AsyncFunctionDef)]
    if name in made:
        edit = source.fit(node, f"await {source.of(node)}")
        yield from view.make(
            node, edit, "missing-await", f"`{source.of(node)}` only makes a coroutine; await it", 0.9
        )


def _sister(view: Catalogue, node: ast.Call) -> Iterator[Candidate]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    for other in SISTERS.get(name, ()):
        reason = f"`{name}()` may be meant as `{other}()`"
        prior = (
            0.6 if (name, other) in (("min", "max"), ("max", "min"), ("any", "all"), ("all", "any")) else 0.25
        )
        yield from view.make(node, view.source.replace(node.func, other), "wrong-function", reason, prior)


def _order(view: Catalogue, node: ast.Call) -> Iterator[Candidate]:
    """`reverse=True` forgotten or too much."""
    source = view.source
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name not in ("sorted", "sort"):
        return
    given = next((k for k in node.keywords if k.arg == "reverse"), None)
    if given is None:
        close = source.end(node) - 1
        text = ", reverse=True" if node.args or node.keywords else "reverse=True"
        reason = f"`{name}()` puts the smallest first; try `reverse=True`"
        yield from view.make(node, source.edit(close, close, text), "sort-order", reason, 0.45)
    elif isinstance(given.value, ast.Constant):
        edit = source.replace(given.value, str(not given.value.value))
        yield from view.make(node, edit, "sort-order", f"`{source.of(node)}` may sort the wrong way", 0.5)


def _drop(view: Catalogue, node: ast.Call) -> Iterator[Candidate]:
    """One argument too many, for functions that can do without it."""
    source = view.source
    if len(node.args) < 2 or node.keywords or (isinstance(node.func, ast.Name) and node.func.id == "print"):
        return
    for index, argument in enumerate(node.args):
        if index:
            edit = source.edit(source.end(node.args[index - 1]), source.end(argument), "")
        else:
            edit = source.edit(source.start(argument), source.start(node.args[1]), "")
        reason = f"`{source.of(argument)}` may be one argument too many"
        yield from view.make(node, edit, "drop-argument", reason, 0.12)


def _more(view: Catalogue, node: ast.Call) -> Iterator[Candidate]:
    """`pop()` for `pop(0)`, and the argument a function of the program still waits for."""
    source, close = view.source, view.source.end(node) - 1
    if (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "pop"
        and view.kind(node.func.value) in ("list", None)
    ):
        if not node.args:
            reason = f"`{source.of(node)}` takes the last item; `pop(0)` takes the first"
            yield from view.make(node, source.edit(close, close, "0"), "pop-end", reason, 0.45)
        elif isinstance(node.args[0], ast.Constant):
            reason = f"`{source.of(node)}` takes the first item; `pop()` takes the last"
            yield from view.make(node, source.replace(node.args[0], ""), "pop-end", reason, 0.45)
    if "required positional argument" in view.facts.error()[1] or _defaulted(view, node):
        for name, value in view.names(node).items():
            if value is None or value.kind in ("function", "module", "class"):
                continue
            text = f", {name}" if node.args or node.keywords else name
            reason = f"`{source.of(node)}` may lack the argument `{name}`"
            yield from view.make(node, source.edit(close, close, text), "missing-argument", reason, 0.3)


def _defaulted(view: Catalogue, node: ast.Call) -> bool:
    """A recursive call that does not hand on an argument that has a default."""
    function = view.source.function(node)
    if function is None or not isinstance(node.func, ast.Name) or node.func.id != function.name:
        return False
    return bool(function.args.defaults) and len(node.args) + len(node.keywords) < len(function.args.args)


def _nothing(view: Catalogue, node: ast.Assign) -> Iterator[Candidate]:
    """`x = x.append(y)` and `ys = xs.sort()` store None."""
    source, call = view.source, node.value
    if (
        not isinstance(call, ast.Call)
        or not isinstance(call.func, ast.Attribute)
        or call.func.attr not in NOTHING
    ):
        return
    if view.kind(call.func.value) not in ("list", "set", "dict", "deque", None):
        return
    edit = source.edit(source.start(node), source.start(call), "")
    reason = f"`.{call.func.attr}()` changes the object and returns None; do not assign it"
    yield from view.make(node, edit, "assigned-none", reason, 0.9)
    form = IN_PLACE.get(call.func.attr)
    if form:
        text = form.format(source.of(call.func.value))
        reason = f"`.{call.func.attr}()` returns None; try `{text}`"
        yield from view.make(node, source.replace(call, text), "assigned-none", reason, 0.85)


def _thrown_away(view: Catalogue, node: ast.Expr) -> Iterator[Candidate]:
    """`name.strip()` alone changes nothing."""
    source, call = view.source, node.value
    if not isinstance(call, ast.Call):
        if isinstance(call, ast.Name) and call.id in {
            s.name for s in source.tree.body if isinstance(s, Function)
        }:
            edit = source.edit(source.end(call), source.end(call), "()")
            yield from view.make(node, edit, "missing-call", f"`{call.id}` is never called; add `()`", 0.85)
        return
    target: ast.expr | None = None
    if isinstance(call.func, ast.Attribute) and call.func.attr in NEW_TEXT:
        target = call.func.value
    elif isinstance(call.func, ast.Name) and call.func.id in ("sorted", "reversed") and call.args:
        target = call.args[0]
    elif isinstance(call.func, ast.Name) and call.args and view.source.function(node):
        target = call.args[0] if call.func.id == getattr(source.function(node), "name", "") else None
    if isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
        reason = f"`{source.of(call)}` leaves `{source.of(target)}` as it is; keep what it gives"
        edit = source.edit(source.start(call), source.start(call), f"{source.of(target)} = ")
        yield from view.make(node, edit, "result-thrown-away", reason, 0.8)


def _list_of(view: Catalogue, node: ast.List) -> Iterator[Candidate]:
    """`[text]` for `list(text)` and the other way round is confused often."""
    item = node.elts[0]
    if isinstance(item, ast.Name | ast.Attribute | ast.Call) and view.kind(item) in (
        "list",
        "str",
        "range",
        "dict",
    ):
        text = f"list({view.source.of(item)})"
        reason = f"`{view.source.of(node)}` is a list with one item; `{text}` is a list of its items"
        yield from view.make(node, view.source.replace(node, text), "list-of", reason, 0.3)
