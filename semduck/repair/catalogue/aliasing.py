"""Two names for one object: missing copies, one inner list many times, changing what is being walked."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.model import Edit

COPY = {"list": "list({})", "dict": "dict({})", "set": "set({})", "deque": "{}.copy()"}
CHANGES = {
    "append",
    "remove",
    "pop",
    "insert",
    "extend",
    "clear",
    "add",
    "discard",
    "update",
    "popitem",
    "sort",
    "reverse",
    "setdefault",
}


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Copies where an object is stored, handed on, returned or walked."""
    for node in view.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Attribute | ast.Subscript):
            yield from _copy(
                view, node.value, f"`{view.source.of(node)}` gives the same object a second name", 0.5
            )
        elif isinstance(node, ast.Call):
            yield from _handed_on(view, node)
            yield from _fromkeys(view, node)
            yield from _shallow(view, node)
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Attribute):
            yield from _copy(
                view, node.value, f"`{view.source.of(node)}` lets the caller change the original", 0.35
            )
        elif isinstance(node, ast.Yield) and node.value is not None:
            yield from _copy(view, node.value, f"`{view.source.of(node)}` hands out the object itself", 0.4)
        elif isinstance(node, ast.For):
            yield from _walked(view, node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            yield from _repeated(view, node)
        elif isinstance(node, ast.Subscript | ast.ListComp) and isinstance(
            node.ctx if isinstance(node, ast.Subscript) else ast.Load(), ast.Load
        ):
            yield from _inner(view, node)


def _copy(view: Catalogue, node: ast.expr, why: str, prior: float) -> Iterator[Candidate]:
    kind = view.kind(node)
    form = COPY.get(kind or "")
    if form is None or not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return
    text = form.format(view.source.of(node))
    yield from view.make(
        node, view.source.replace(node, text), "missing-copy", f"{why}; copy it: `{text}`", prior
    )
    nested = any(child.kind in COPY for value in view.values(node)[:1] for _, child in value.children)
    if nested:
        text = f"copy.deepcopy({view.source.of(node)})"
        edits = [view.source.replace(node, text), _import(view, "copy")]
        yield from view.make(
            node, edits, "missing-copy", f"{why}, inner ones too; copy it all: `{text}`", prior
        )


def _import(view: Catalogue, module: str) -> Edit | None:
    """An import of `module` on top, an empty edit if it is there already."""
    body = view.source.tree.body
    if any(isinstance(s, ast.Import) and any(a.name == module for a in s.names) for s in body):
        return view.source.edit(0, 0, "")
    place = next((s for s in body if not _leads(s)), body[-1])
    return view.source.lines_before(place, [f"import {module}"])


def _leads(stmt: ast.stmt) -> bool:
    """A docstring or a `__future__` import has to stay first."""
    if isinstance(stmt, ast.Expr):
        return isinstance(stmt.value, ast.Constant) and isinstance(stmt.value.value, str)
    return isinstance(stmt, ast.ImportFrom) and stmt.module == "__future__"


def _handed_on(view: Catalogue, node: ast.Call) -> Iterator[Candidate]:
    stores = isinstance(node.func, ast.Attribute) and node.func.attr in (
        "append",
        "add",
        "insert",
        "put",
        "extend",
    )
    own = isinstance(node.func, ast.Name) and any(
        getattr(s, "name", None) == node.func.id for src in view.sources for s in src.tree.body
    )
    method = isinstance(node.func, ast.Attribute) and not stores
    for argument in node.args:
        why = f"`{view.source.of(node)}` {'stores' if stores else 'hands on'} the object itself, not a copy"
        if stores or own or method:
            yield from _copy(view, argument, why, 0.6 if stores else 0.3)


def _walked(view: Catalogue, node: ast.For) -> Iterator[Candidate]:
    """The list changes while the loop walks it."""
    walked = view.source.of(node.iter)
    for inner in (n for stmt in node.body for n in ast.walk(stmt)):
        call = (
            isinstance(inner, ast.Attribute)
            and inner.attr in CHANGES
            and view.source.of(inner.value) == walked
        )
        cut = isinstance(inner, ast.Delete) and any(
            isinstance(t, ast.Subscript) and view.source.of(t.value) == walked for t in inner.targets
        )
        if call or cut:
            reason = f"the loop changes `{walked}` while it walks it and skips items; walk a copy"
            edit = view.source.replace(node.iter, f"list({walked})")
            yield from view.make(node, edit, "changed-while-walked", reason, 0.85)
            return


def _repeated(view: Catalogue, node: ast.BinOp) -> Iterator[Candidate]:
    """`[[0] * n] * m` is one row m times."""
    left, right = node.left, node.right
    if not isinstance(left, ast.List):
        left, right = right, left
    if not isinstance(left, ast.List) or len(left.elts) != 1:
        return
    item = left.elts[0]
    fresh = isinstance(item, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.Call | ast.DictComp)
    if not fresh and not (isinstance(item, ast.BinOp) and isinstance(item.left, ast.List)):
        return
    text = f"[{view.source.of(item)} for _ in range({view.source.of(right)})]"
    reason = (
        f"`{view.source.of(node)}` holds one and the same `{view.source.of(item)}` many times; make each anew"
    )
    yield from view.make(node, view.source.replace(node, text), "repeated-inner", reason, 0.9)


def _fromkeys(view: Catalogue, node: ast.Call) -> Iterator[Candidate]:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="dict"), attr="fromkeys"), args=[keys, default]):
            text = f"{{key: {view.source.of(default)} for key in {view.source.of(keys)}}}"
            reason = f"`{view.source.of(node)}` gives all keys one and the same object; make each anew"
            yield from view.make(node, view.source.replace(node, text), "repeated-inner", reason, 0.8)


def _shallow(view: Catalogue, node: ast.Call) -> Iterator[Candidate]:
    """`list(grid)` or `grid.copy()` copies the outside only."""
    match node:
        case ast.Call(func=ast.Name(id="list" | "dict"), args=[inner]):
            pass
        case ast.Call(func=ast.Attribute(value=inner, attr="copy"), args=[]):
            if isinstance(inner, ast.Name) and inner.id == "copy":
                return
        case ast.Call(func=ast.Attribute(value=ast.Name(id="copy"), attr="copy"), args=[inner]):
            pass
        case _:
            return
    yield from _deep(view, node, inner)


def _inner(view: Catalogue, node: ast.expr) -> Iterator[Candidate]:
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Slice)
        and not node.slice.lower
        and not node.slice.upper
        and not node.slice.step
    ):
        yield from _deep(view, node, node.value)


def _deep(view: Catalogue, node: ast.expr, inner: ast.expr) -> Iterator[Candidate]:
    if not any(child.kind in COPY for value in view.values(inner)[:1] for _, child in value.children):
        return
    text = f"copy.deepcopy({view.source.of(inner)})"
    reason = f"`{view.source.of(node)}` copies the outside only, the inner objects are shared; try `{text}`"
    edits = [view.source.replace(node, text), _import(view, "copy")]
    yield from view.make(node, edits, "shallow-copy", reason, 0.7)
