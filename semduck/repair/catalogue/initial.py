"""Initial values: the wrong start, started again in every round, or not started again when it should be."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.edits import Function


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Starts of totals, extremes and collections."""
    for node in view.nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield from _start(view, node, node.targets[0].id)
            yield from _out(view, node, node.targets[0].id)
            yield from _into(view, node, node.targets[0].id)
        elif isinstance(node, Function):
            yield from _unset(view, node)


def _loop_after(view: Catalogue, node: ast.stmt) -> list[ast.For | ast.While]:
    """Loops that follow a statement in its block."""
    block = view.source.block(node)
    at = next((i for i, s in enumerate(block) if s is node), 0)
    return [s for s in block[at + 1 :] if isinstance(s, ast.For | ast.While)]


def _start(view: Catalogue, node: ast.Assign, name: str) -> Iterator[Candidate]:
    source, value = view.source, node.value
    loops = [loop for loop in _loop_after(view, node) if name in _stored(loop)]
    if not loops or not isinstance(value, ast.Constant | ast.List | ast.Dict | ast.UnaryOp | ast.Call):
        return
    shown, options = source.of(value), []
    compared = any(
        isinstance(n, ast.Compare) and name in {getattr(p, "id", "") for p in ast.walk(n)}
        for n in ast.walk(loops[0])
    )
    if compared:
        options += [('float("-inf")', 0.5), ('float("inf")', 0.5)]
        walked = loops[0].iter if isinstance(loops[0], ast.For) else None
        if isinstance(walked, ast.Name | ast.Attribute):
            options.append((f"{source.of(walked)}[0]", 0.55))
    grows = {
        type(n.op)
        for n in ast.walk(loops[0])
        if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name) and n.target.id == name
    }
    options += [("1", 0.75)] if ast.Mult in grows else []
    options += [("0", 0.6), ("0.0", 0.1), ('""', 0.25), ("[]", 0.25)] if ast.Add in grows else []
    if isinstance(value, ast.Call | ast.List | ast.Dict):
        options += [("[]", 0.3), ("{}", 0.3), ("set()", 0.3)]
    for text, prior in options:
        if text != shown:
            reason = f"`{name} = {shown}` may be the wrong start; try `{text}`"
            yield from view.make(node, source.replace(value, text), "initial-value", reason, prior)


def _stored(node: ast.AST) -> set[str]:
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    changed = {
        n.func.value.id
        for n in ast.walk(node)
        if isinstance(n, ast.Call)
        and isinstance(n.func, ast.Attribute)
        and isinstance(n.func.value, ast.Name)
    }
    return (
        names
        | changed
        | {
            n.value.id
            for n in ast.walk(node)
            if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name) and isinstance(n.ctx, ast.Store)
        }
    )


def _plain(view: Catalogue, node: ast.Assign, inside: ast.AST) -> bool:
    """True if the start does not depend on anything the loop makes."""
    used = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
    return not used & _stored(inside)


def _out(view: Catalogue, node: ast.Assign, name: str) -> Iterator[Candidate]:
    """`total = 0` inside the loop forgets what was added before."""
    source = view.source
    for loop in source.loops(node)[:2]:
        block = source.block(node)
        if len(block) < 2 or not source.owns_line(node) or not _plain(view, node, loop):
            return
        edits = [source.lines_before(loop, source.lines_of(node)), source.cut(node)]
        reason = (
            f"`{source.of(node)}` starts anew in every round; move it above the loop of line {loop.lineno}"
        )
        simple = isinstance(node.value, ast.Constant | ast.List | ast.Dict)
        yield from view.make(node, edits, "start-in-loop", reason, 0.7 if simple else 0.35)


def _into(view: Catalogue, node: ast.Assign, name: str) -> Iterator[Candidate]:
    """A start that the inner loop needs anew in every round of the outer one."""
    source = view.source
    fresh = isinstance(node.value, ast.Constant | ast.List | ast.Dict | ast.Set | ast.Call)
    if not fresh or not source.owns_line(node):
        return
    block = source.block(node)
    for loop in _loop_after(view, node):
        if name not in _stored(loop) or not source.owns_line(loop.body[0]) or len(block) < 2:
            continue
        reason = f"`{source.of(node)}` runs once only; start it anew in every round of line {loop.lineno}"
        inner = any(isinstance(n, ast.For | ast.While) for s in loop.body for n in ast.walk(s))
        indent = source.indent(loop.body[0])
        edits = [source.cut(node), source.lines_before(loop.body[0], source.lines_of(node), indent)]
        yield from view.make(node, edits, "start-before-loop", reason, 0.65 if inner else 0.4)
        again = source.lines_before(loop.body[0], source.lines_of(node), indent)
        yield from view.make(node, again, "start-before-loop", reason, 0.3)
        last = source.lines_after(loop.body[-1], source.lines_of(node), indent)
        yield from view.make(node, last, "start-before-loop", reason, 0.2)


def _unset(view: Catalogue, node: Function) -> Iterator[Candidate]:
    """A name that is only set when a loop or a branch runs."""
    error, message = view.facts.error()
    if error != "UnboundLocalError":
        return
    name = message.partition("'")[2].partition("'")[0]
    if not name or name not in _stored(node):
        return
    place = next((s for s in node.body if name in _stored(s)), node.body[0])
    for text in ("0", "None", "[]", '""', "False"):
        reason = f"`{name}` is not set on every way through `{node.name}`; start it with {text}"
        edit = view.source.lines_before(place, [f"{name} = {text}"])
        yield from view.make(place, edit, "initial-value", reason, 0.6 if text == "0" else 0.35)
