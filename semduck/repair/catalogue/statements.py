"""Whole statements: one level too deep or too shallow, in the wrong order, or one too many."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.model import Edit

SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.Return, ast.Break, ast.Continue, ast.Delete, ast.AnnAssign)
BLOCKS = (ast.For, ast.While, ast.If, ast.With)


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Statements moved out of, into and within blocks."""
    for node in view.nodes:
        if isinstance(node, SIMPLE) and isinstance(node, ast.stmt) and view.source.owns_line(node):
            yield from _dedent(view, node)
            yield from _swap(view, node)
            yield from _delete(view, node)
        if isinstance(node, BLOCKS):
            yield from _indent(view, node)


def _lines(view: Catalogue, node: ast.stmt, indent: str) -> str:
    return "".join(f"{indent}{line}{view.source.newline}" for line in view.source.lines_of(node))


def _move(view: Catalogue, node: ast.stmt, indent: str) -> Edit:
    """The statement where it is, at another depth."""
    source = view.source
    start, stop = source.line_start(source.start(node)), source.line_stop(source.end(node))
    text = _lines(view, node, indent)
    return source.edit(
        start, stop, text if source.text[start:stop].endswith(("\n", "\r")) else text.rstrip("\r\n")
    )


def _dedent(view: Catalogue, node: ast.stmt) -> Iterator[Candidate]:
    source = view.source
    parent, block = source.parents.get(node), source.block(node)
    if not isinstance(parent, BLOCKS) or block[-1] is not node or len(block) < 2 or _shown(node):
        return
    if getattr(parent, "orelse", None) and block is not getattr(parent, "orelse", None):
        return
    word = type(parent).__name__.lower()
    reason = (
        f"`{_short(view, node)}` runs inside the `{word}` of line {parent.lineno}; it may belong after it"
    )
    yield from view.make(node, _move(view, node, source.indent(parent)), "dedent", reason, 0.55)


def _indent(view: Catalogue, node: ast.stmt) -> Iterator[Candidate]:
    source = view.source
    block = source.block(node)
    at = next((i for i, s in enumerate(block) if s is node), 0)
    body: list[ast.stmt] = getattr(node, "body", [])
    if at + 1 >= len(block) or getattr(node, "orelse", None) or not source.owns_line(body[-1]):
        return
    following = block[at + 1]
    if not isinstance(following, SIMPLE) or not source.owns_line(following) or _shown(following):
        return
    last = body[-1]
    inner = last if isinstance(last, BLOCKS) and not getattr(last, "orelse", None) else None
    word = type(node).__name__.lower()
    for owner, prior in ((node, 0.5), (inner, 0.35)):
        if owner is None:
            continue
        reason = f"`{_short(view, following)}` runs after the `{word}` of line {node.lineno}; try it inside"
        indent = source.indent(getattr(owner, "body", [owner])[0])
        yield from view.make(following, _move(view, following, indent), "indent", reason, prior)


def _shown(node: ast.stmt) -> bool:
    return isinstance(node, ast.Return | ast.Break | ast.Continue)


def _short(view: Catalogue, node: ast.stmt) -> str:
    text = view.source.of(node).split("\n")[0]
    return text if len(text) <= 40 else text[:39] + "…"


def _swap(view: Catalogue, node: ast.stmt) -> Iterator[Candidate]:
    """Two neighbours in the wrong order."""
    source, block = view.source, view.source.block(node)
    at = next((i for i, s in enumerate(block) if s is node), 0)
    if at + 1 >= len(block) or _shown(node):
        return
    other = block[at + 1]
    if not isinstance(other, SIMPLE) or _shown(other) or not source.owns_line(other):
        return
    if not (_names(node) & _names(other)):
        return
    start, stop = source.line_start(source.start(node)), source.line_stop(source.end(other))
    between = source.text[source.line_stop(source.end(node)) : source.line_start(source.start(other))]
    indent = source.indent(node)
    text = _lines(view, other, indent) + between + _lines(view, node, indent)
    if not source.text[start:stop].endswith(("\n", "\r")):
        text = text.rstrip("\r\n")
    reason = f"`{_short(view, node)}` may have to come after `{_short(view, other)}`"
    yield from view.make(node, source.edit(start, stop, text), "statement-order", reason, 0.3)


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} | {
        n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)
    }


def _delete(view: Catalogue, node: ast.stmt) -> Iterator[Candidate]:
    """One statement too many: kept last, for deleting makes most complaints go away."""
    alone = len(view.source.block(node)) == 1
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if text or isinstance(node, ast.Return):
        return
    edit = view.source.replace(node, "pass") if alone else view.source.cut(node)
    yield from view.make(node, edit, "delete", f"`{_short(view, node)}` may be one line too many", 0.08)
