"""Conditions: negation, and/or, a clause too many."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue


def generate(view: Catalogue) -> Iterator[Candidate]:
    """`not` added or taken away, `and` for `or`, one clause dropped."""
    for node in view.nodes:
        if isinstance(node, ast.BoolOp):
            yield from _and_or(view, node)
            yield from _drop(view, node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            edit = view.source.replace(node, view.source.of(node.operand))
            yield from view.make(node, edit, "negation", f"`{view.source.of(node)}` may need no `not`", 0.5)
        elif isinstance(node, ast.If | ast.While | ast.IfExp):
            yield from _negate(view, node.test)
            yield from _chain(view, node)
        elif isinstance(node, ast.comprehension):
            continue
        elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
            for test in (t for generator in node.generators for t in generator.ifs):
                yield from _negate(view, test)
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Compare | ast.Call | ast.BoolOp):
            if view.kind(node.value) in ("bool", None):
                yield from _negate(view, node.value, 0.25)


def _negate(view: Catalogue, test: ast.expr, prior: float = 0.4) -> Iterator[Candidate]:
    if isinstance(test, ast.UnaryOp | ast.Compare) and not isinstance(test, ast.Compare):
        return
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return  # the opposite operator says it better
    shown = view.source.of(test)
    new = f"not {view.source.atom(test)}"
    reason = f"`{shown}` may be meant the other way round; try `{new}`"
    yield from view.make(test, view.source.fit(test, new), "negation", reason, prior)


def _and_or(view: Catalogue, node: ast.BoolOp) -> Iterator[Candidate]:
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    pairs = list(zip(node.values, node.values[1:], strict=False))
    tokens = [view.source.operator(left, right) for left, right in pairs]
    edits = [view.source.edit(t.start, t.end, new) for t in tokens if t and t.text == old]
    reason = f"`{view.source.of(node)}` asks for {'all' if old == 'and' else 'any'} of them; try `{new}`"
    yield from view.make(node, edits, "and-or", reason, 0.6)
    if len(edits) > 1:
        for edit in edits:
            yield from view.make(node, edit, "and-or", reason, 0.35)


def _drop(view: Catalogue, node: ast.BoolOp) -> Iterator[Candidate]:
    source = view.source
    for index, clause in enumerate(node.values):
        if index + 1 < len(node.values):
            edit = source.edit(source.start(clause), source.start(node.values[index + 1]), "")
        else:
            edit = source.edit(source.end(node.values[index - 1]), source.end(clause), "")
        reason = f"the clause `{source.of(clause)}` may be one too many"
        yield from view.make(node, edit, "drop-clause", reason, 0.2)


def _chain(view: Catalogue, node: ast.AST) -> Iterator[Candidate]:
    """`elif` -> `if`, `if` -> `while` and back: one keyword decides how often a block runs."""
    if not isinstance(node, ast.If | ast.While) or node.orelse:
        return
    word, new, prior = ("while", "if", 0.12) if isinstance(node, ast.While) else ("if", "while", 0.12)
    at = view.source.start(node)
    if view.source.text[at : at + len(word)] == word:
        reason = f"`{word} {view.source.of(node.test)}` may be meant as `{new}`"
        yield from view.make(node, view.source.edit(at, at + len(word), new), "if-while", reason, prior)
    elif isinstance(node, ast.If) and view.source.text[at : at + 4] == "elif":
        reason = f"`elif {view.source.of(node.test)}` is only asked when the conditions above fail; try `if`"
        yield from view.make(node, view.source.edit(at, at + 4, "if"), "elif", reason, 0.3)
