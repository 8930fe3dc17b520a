"""Constants: one too many, the wrong sign, the other truth, a text that is spelt differently elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import SequenceMatcher

from semduck.repair.candidates import Candidate, Catalogue

DATA = (ast.List, ast.Dict, ast.Set, ast.Tuple)


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Neighbouring numbers, True for False, and texts seen elsewhere in the file."""
    plain = [n.value for n in ast.walk(view.source.tree) if isinstance(n, ast.Constant)]
    texts = {value for value in plain if isinstance(value, str) and _word(value)}
    for node in view.nodes:
        if not isinstance(node, ast.Constant) or isinstance(view.source.parents.get(node), ast.Expr):
            continue
        if isinstance(node.value, bool):
            edit = view.source.replace(node, str(not node.value))
            yield from view.make(
                node, edit, "constant", f"`{node.value}` may have to be `{not node.value}`", 0.45
            )
        elif isinstance(node.value, int | float):
            yield from _number(view, node, node.value)
        elif isinstance(node.value, str):
            yield from _text(view, node, node.value, texts)


def _word(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 40 and "\n" not in value


def is_data(view: Catalogue, node: ast.AST) -> bool:
    """True for what the user feeds in: module-level displays and arguments of module-level calls."""
    around = list(view.source.up(node))
    if any(isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) for outer in around):
        return any(isinstance(outer, DATA) for outer in around[:2])
    return any(isinstance(outer, (*DATA, ast.Call)) for outer in around)


def _number(view: Catalogue, node: ast.Constant, value: float) -> Iterator[Candidate]:
    parent = view.source.parents.get(node)
    if isinstance(parent, ast.JoinedStr | ast.FormattedValue):
        return
    scale = 0.15 if is_data(view, node) else 1.0
    options = [(value + 1, 0.5), (value - 1, 0.5)]
    options += [(0, 0.25)] if value != 0 else []
    options += [(1, 0.3)] if value != 1 else []
    options += [(2, 0.25)] if value not in (2, 1, 3) else []
    options += [(2 * value, 0.15), (value / 2 if isinstance(value, float) else value // 2, 0.15)]
    options += [(10 * value, 0.1), (value / 10 if isinstance(value, float) else value // 10, 0.1)]
    if isinstance(value, float) and 0 < value < 1:
        options.append((round(1 - value, 10), 0.35))
    if value > 0 and not isinstance(parent, ast.UnaryOp):
        options.append((-value, 0.25))
    seen = set()
    for new, prior in options:
        text = repr(new) if new >= 0 or not isinstance(parent, ast.BinOp) else f"({new!r})"
        if new == value or new in seen:
            continue
        seen.add(new)
        reason = f"the `{view.source.of(node)}` in `{_around(view, node)}` may have to be `{text}`"
        yield from view.make(node, view.source.replace(node, text), "constant", reason, prior * scale)


def _around(view: Catalogue, node: ast.expr) -> str:
    parent = view.source.parents.get(node)
    text = view.source.of(parent) if isinstance(parent, ast.expr) else view.source.of(node)
    return text if len(text) <= 40 and "\n" not in text else view.source.of(node)


def _text(view: Catalogue, node: ast.Constant, value: str, texts: set[str]) -> Iterator[Candidate]:
    if not _word(value) or isinstance(view.source.parents.get(node), ast.JoinedStr):
        return
    scale = 0.3 if is_data(view, node) else 1.0
    quote = view.source.of(node)[-1]
    if view.source.of(node)[0] != quote:
        return
    for new in sorted(texts - {value}):
        likeness = SequenceMatcher(None, value.lower(), new.lower()).ratio()
        if quote in new or "\\" in new:
            continue
        reason = f"`{quote}{value}{quote}` may be meant as `{quote}{new}{quote}`, which this file uses too"
        prior = 0.75 if likeness > 0.75 else 0.12
        yield from view.make(
            node, view.source.replace(node, f"{quote}{new}{quote}"), "text", reason, prior * scale
        )
    for new in {
        value.lower(),
        value.upper(),
        value.strip(),
        value + " ",
        "" if value == " " else " ",
    } - texts:
        if new and new != value and quote not in new and "\\" not in new:
            reason = f"`{quote}{value}{quote}` may be meant as `{quote}{new}{quote}`"
            edit = view.source.replace(node, f"{quote}{new}{quote}")
            yield from view.make(node, edit, "text", reason, 0.08 * scale)
