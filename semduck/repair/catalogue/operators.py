"""Comparison and arithmetic operators: the wrong one, the wrong way round, the wrong grouping."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.model import Edit

COMPARE = {
    "<": (("<=", 0.9), (">", 0.55), (">=", 0.45), ("!=", 0.3), ("==", 0.15)),
    "<=": (("<", 0.9), (">=", 0.55), (">", 0.45), ("==", 0.2)),
    ">": ((">=", 0.9), ("<", 0.55), ("<=", 0.45), ("!=", 0.3), ("==", 0.15)),
    ">=": ((">", 0.9), ("<=", 0.55), ("<", 0.45), ("==", 0.2)),
    "==": (("!=", 0.55), ("<=", 0.4), (">=", 0.4), ("<", 0.25), (">", 0.25), ("in", 0.2)),
    "!=": (("==", 0.55), ("<", 0.3), (">", 0.3), ("not in", 0.2)),
    "is": (("==", 0.7), ("is not", 0.5)),
    "is not": (("!=", 0.7), ("is", 0.5)),
    "in": (("not in", 0.5), ("==", 0.3)),
    "not in": (("in", 0.5), ("!=", 0.3)),
}
ARITHMETIC = {
    "+": (("-", 0.6), ("*", 0.4), ("//", 0.1), ("/", 0.1)),
    "-": (("+", 0.6), ("*", 0.15), ("/", 0.15), ("%", 0.1)),
    "*": (("+", 0.4), ("/", 0.45), ("**", 0.35), ("//", 0.3), ("-", 0.1)),
    "/": (("//", 0.6), ("*", 0.45), ("%", 0.25), ("-", 0.1)),
    "//": (("/", 0.6), ("%", 0.45), ("*", 0.25)),
    "%": (("//", 0.45), ("/", 0.25), ("*", 0.1)),
    "**": (("*", 0.5),),
    "&": (("|", 0.5), ("^", 0.35)),
    "|": (("&", 0.5), ("^", 0.35)),
    "^": (("&", 0.4), ("|", 0.4)),
    "<<": ((">>", 0.6),),
    ">>": (("<<", 0.6),),
}
ASSIGN = {
    "+=": (("-=", 0.6), ("=", 0.4), ("*=", 0.35)),
    "-=": (("+=", 0.6), ("=", 0.3), ("*=", 0.15)),
    "*=": (("+=", 0.4), ("/=", 0.35), ("=", 0.3), ("**=", 0.2)),
    "/=": (("//=", 0.6), ("*=", 0.4)),
    "//=": (("/=", 0.6), ("%=", 0.35)),
    "%=": (("//=", 0.5),),
    "|=": (("&=", 0.5),),
    "&=": (("|=", 0.5),),
    "<<=": ((">>=", 0.6),),
    ">>=": (("<<=", 0.6),),
}


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Other operators, operands swapped, and the other grouping of a sum."""
    for node in view.nodes:
        if isinstance(node, ast.Compare):
            yield from _compare(view, node)
        elif isinstance(node, ast.BinOp):
            yield from _arithmetic(view, node)
            yield from _swap(view, node)
            yield from _group(view, node)
            yield from _drop(view, node)
        elif isinstance(node, ast.AugAssign):
            yield from _augmented(view, node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            edit = view.source.replace(node, view.source.of(node.operand))
            yield from view.make(node, edit, "sign", f"`{view.source.of(node)}` may have a stray minus", 0.3)


def _compare(view: Catalogue, node: ast.Compare) -> Iterator[Candidate]:
    source = view.source
    operands = [node.left, *node.comparators]
    for left, right in pairwise(operands):
        token = source.operator(left, right)
        for new, prior in COMPARE.get(token.text, ()) if token else ():
            assert token is not None
            if (
                isinstance(right, ast.Constant)
                and right.value is None
                and new not in ("is", "is not", "==", "!=")
            ):
                continue
            edit = source.edit(token.start, token.end, new)
            yield from view.make(
                node, edit, "compare-operator", _why(view, left, right, token.text, new), prior
            )


def _why(view: Catalogue, left: ast.expr, right: ast.expr, old: str, new: str) -> str:
    """Say what the operator does at the boundary, with the value seen there if it was reached."""
    shown = f"`{view.source.of(left)} {old} {view.source.of(right)}`"
    if {old, new} in ({"<", "<="}, {">", ">="}):
        says = "leaves out" if "=" in new else "lets in"
        return f"{shown} {says} the case where both are equal; try `{new}`"
    return f"{shown} may compare the wrong way; try `{new}`"


def _arithmetic(view: Catalogue, node: ast.BinOp) -> Iterator[Candidate]:
    token = view.source.operator(node.left, node.right)
    text = isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
    if token is None or (text and token.text == "%"):
        return
    words = "str" in (view.kind(node.left), view.kind(node.right))
    for new, prior in ARITHMETIC.get(token.text, ()):
        if words and new not in ("+", "*"):
            continue
        edit = view.source.edit(token.start, token.end, new)
        if not _holds_together(node, token.text, new):
            continue
        reason = f"`{view.source.of(node)}` may need `{new}` instead of `{token.text}`"
        yield from view.make(node, edit, "arithmetic-operator", reason, prior)


def _holds_together(node: ast.BinOp, old: str, new: str) -> bool:
    """A sum inside a product changes its grouping with the operator: leave those to `_group`."""
    looser = new in "+-" and old not in "+-"
    return not (looser and isinstance(node.left, ast.BinOp) and isinstance(node.right, ast.BinOp))


def _swap(view: Catalogue, node: ast.BinOp) -> Iterator[Candidate]:
    commutes = isinstance(node.op, ast.Mult | ast.BitAnd | ast.BitOr | ast.BitXor)
    numeric = isinstance(node.op, ast.Add) and view.kind(node.left) not in ("str", "list", "tuple", None)
    if commutes or numeric:
        return
    left, right = view.source.atom(node.left), view.source.atom(node.right)
    edits = [view.source.replace(node.left, right), view.source.replace(node.right, left)]
    reason = f"`{view.source.of(node)}` may have its two sides swapped"
    yield from view.make(node, edits, "swap-operands", reason, 0.35)


def _group(view: Catalogue, node: ast.BinOp) -> Iterator[Candidate]:
    """`a + b / 2` -> `(a + b) / 2`, `b * c - 1` -> `b * (c - 1)`, `(a + b) / 2` -> `a + b / 2`."""
    source = view.source
    if isinstance(node.op, ast.Add | ast.Sub):
        for inner in _spine(view, node.right, "left"):
            reason = (
                f"in `{source.of(node)}` the `{source.of(node.right)}` is worked out first; set parentheses"
            )
            yield from view.make(node, _parens(view, node.left, inner), "grouping", reason, 0.55)
        for inner in _spine(view, node.left, "right"):
            reason = (
                f"in `{source.of(node)}` the `{source.of(node.left)}` is worked out first; set parentheses"
            )
            yield from view.make(node, _parens(view, inner, node.right), "grouping", reason, 0.5)
    elif isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Add | ast.Sub):
        opening, closing = source.around(node.left)
        if opening is not None and closing is not None:
            edits = [source.edit(opening, opening + 1, ""), source.edit(closing, closing + 1, "")]
            reason = f"`{source.of(node)}` may need no parentheses"
            yield from view.make(node, edits, "grouping", reason, 0.3)


def _spine(view: Catalogue, node: ast.expr, side: str) -> list[ast.expr]:
    """The operands at the near end of a product: of `32 * 5 / 9` seen from the left, `32 * 5` and `32`."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and not view.source.in_parens(node):
        node = getattr(node, side)
        found.append(node)
    return found[::-1]


def _parens(view: Catalogue, first: ast.expr, last: ast.expr) -> list[Edit]:
    start, end = view.source.start(first), view.source.end(last)
    return [view.source.edit(start, start, "("), view.source.edit(end, end, ")")]


def _drop(view: Catalogue, node: ast.BinOp) -> Iterator[Candidate]:
    for kept, gone in ((node.left, node.right), (node.right, node.left)):
        one = isinstance(gone, ast.Constant) and gone.value == 1 and kept is node.left
        reason = f"`{view.source.of(gone)}` may not belong in `{view.source.of(node)}`"
        edit = view.source.replace(node, view.source.atom(kept))
        yield from view.make(node, edit, "drop-operand", reason, 0.55 if one else 0.12)


def _augmented(view: Catalogue, node: ast.AugAssign) -> Iterator[Candidate]:
    token = view.source.operator(node.target, node.value)
    for new, prior in ASSIGN.get(token.text, ()) if token else ():
        assert token is not None
        reason = f"`{view.source.of(node)}` may need `{new}` instead of `{token.text}`"
        edit = view.source.edit(token.start, token.end, new)
        yield from view.make(node, edit, "arithmetic-operator", reason, prior)
