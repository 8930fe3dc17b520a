"""Loops: `break` for `continue`, a step that is missing or stands in the wrong place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Edits of how a loop goes on and ends."""
    for node in view.nodes:
        if isinstance(node, ast.Break | ast.Continue):
            yield from _jump(view, node)
        elif isinstance(node, ast.While):
            yield from _step(view, node)
        elif isinstance(node, ast.For | ast.If):
            yield from _first_only(view, node)


def _jump(view: Catalogue, node: ast.Break | ast.Continue) -> Iterator[Candidate]:
    old, new = ("break", "continue") if isinstance(node, ast.Break) else ("continue", "break")
    reason = f"`{old}` {'ends the loop' if old == 'break' else 'goes on with the next round'}; try `{new}`"
    yield from view.make(node, view.source.replace(node, new), "break-continue", reason, 0.55)


def _step(view: Catalogue, node: ast.While) -> Iterator[Candidate]:
    """A counter the condition asks about and nothing moves."""
    asked = [n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)]
    for name in dict.fromkeys(asked):
        moved = any(
            isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
            for s in node.body
            for n in ast.walk(s)
        )
        kind = next((v.kind for v in [view.names(node).get(name)] if v is not None), None)
        for sign in ("+", "-") if kind in ("int", None) else ():
            prior = 0.15 if moved else 0.7
            reason = f"nothing in the loop brings `{name}` closer to the end; try `{name} {sign}= 1`"
            edit = view.source.lines_after(
                node.body[-1], [f"{name} {sign}= 1"], view.source.indent(node.body[0])
            )
            yield from view.make(node, edit, "missing-step", reason, prior if sign == "+" else prior * 0.8)


def _first_only(view: Catalogue, node: ast.For | ast.If) -> Iterator[Candidate]:
    """`else: return False` inside a loop decides after the first item."""
    source = view.source
    if not isinstance(node, ast.If) or not node.orelse or len(node.orelse) != 1 or not source.loops(node):
        return
    other, loop = node.orelse[0], source.loops(node)[0]
    if not isinstance(other, ast.Return) or source.parents.get(node) is not loop or loop.orelse:
        return
    if source.block(node)[-1] is not node or not source.owns_line(other):
        return
    start = source.line_start(source.start(other))
    before = source.text[:start].rstrip()
    if not before.endswith("else:"):
        return
    lines = "".join(f"{source.indent(loop)}{line}{source.newline}" for line in source.lines_of(other))
    edit = source.edit(source.line_start(len(before) - 1), source.line_stop(source.end(other)), lines)
    reason = f"`{source.of(other)}` decides after the first item; decide when all were seen"
    yield from view.make(other, edit, "early-return", reason, 0.85)
