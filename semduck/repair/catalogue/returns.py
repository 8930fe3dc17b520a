"""Returns: forgotten, too early, printed instead, or of the wrong thing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.edits import Function


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Edits of what a function gives back."""
    for node in view.nodes:
        if isinstance(node, ast.Return):
            yield from _expression(view, node)
            yield from _early(view, node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from _forgotten(view, node, node.value)
        elif isinstance(node, Function):
            yield from _missing(view, node)


def _expression(view: Catalogue, node: ast.Return) -> Iterator[Candidate]:
    source, value = view.source, node.value
    if value is None:
        for name in _results(view, node):
            reason = f"this `return` gives back nothing; try `{name}`"
            at = source.end(node)
            yield from view.make(node, source.edit(at, at, f" {name}"), "return-value", reason, 0.4)
        return
    shown = source.of(value)
    if isinstance(value, ast.Constant):
        for name in _results(view, node):
            reason = f"`return {shown}` may have to give back `{name}`"
            yield from view.make(node, source.replace(value, name), "return-value", reason, 0.25)
        if value.value is None:
            for text in ("[]", "0", "False", "''"):
                yield from view.make(
                    node,
                    source.replace(value, text),
                    "return-value",
                    f"callers may need `{text}` instead of None",
                    0.15,
                )
    elif isinstance(value, ast.Name | ast.Attribute):
        for name in _results(view, node):
            if name != shown:
                for form, prior in (("{} + {}", 0.12), ("{} - {}", 0.12), ("{} / {}", 0.1)):
                    text = form.format(shown, name)
                    reason = f"`return {shown}` may lack `{name}`; try `{text}`"
                    if view.kind(value) in ("int", "float", "list", None):
                        yield from view.make(node, source.replace(value, text), "return-value", reason, prior)


def _results(view: Catalogue, node: ast.AST) -> list[str]:
    """Names the function itself assigns, last assigned first, then its parameters."""
    function = view.source.function(node)
    if function is None:
        return []
    stored = [n for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    stored = [n for n in stored if view.source.function(n) is function]
    names = [n.id for n in sorted(stored, key=view.source.start, reverse=True)]
    names += [a.arg for a in function.args.args if a.arg not in ("self", "cls")]
    return list(dict.fromkeys(names))[:6]


def _early(view: Catalogue, node: ast.Return) -> Iterator[Candidate]:
    """A return inside the loop it should follow, or after the `if` it should stand in."""
    source = view.source
    loops = source.loops(node)
    parent = source.parents.get(node)
    if not loops or not source.owns_line(node) or source.block(node)[-1] is not node:
        return
    for outer in {id(o): o for o in (loops[0], loops[-1])}.values():
        if source.end(node) > source.end(outer) or outer.orelse:
            continue
        after = source.lines_after(outer, source.lines_of(node))
        reason = (
            f"this `return` ends the loop in its first round; move it below the loop of line {outer.lineno}"
        )
        alone = isinstance(parent, ast.If | ast.For | ast.While) and len(parent.body) == 1
        cut = source.replace(node, "continue") if alone else source.cut(node)
        if after is not None:
            direct = parent is outer
            if source.byte(source.line_stop(source.end(node))) == after.start and not alone:
                after = source.edit(
                    source.line_start(source.start(node)),
                    source.line_stop(source.end(node)),
                    "".join(
                        f"{source.indent(outer)}{line}{source.newline}" for line in source.lines_of(node)
                    ),
                )
                yield from view.make(node, after, "early-return", reason, 0.85 if direct else 0.4)
            else:
                yield from view.make(node, [cut, after], "early-return", reason, 0.6 if direct else 0.3)


def _forgotten(view: Catalogue, node: ast.Expr, call: ast.Call) -> Iterator[Candidate]:
    source, function = view.source, view.source.function(node)
    if function is None:
        return
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    at = source.start(node)
    if name == function.name:
        reason = f"the result of `{source.of(call)}` is thrown away; return it"
        yield from view.make(node, source.edit(at, at, "return "), "missing-return", reason, 0.85)
    elif name == "print" and call.args:
        text = f"return {source.of(call.args[0])}"
        reason = f"`{function.name}` prints its result instead of returning it"
        yield from view.make(node, source.replace(node, text), "missing-return", reason, 0.35)
    elif function.body[-1] is node:
        reason = f"`{function.name}` ends without giving `{source.of(call)}` back"
        yield from view.make(node, source.edit(at, at, "return "), "missing-return", reason, 0.4)


def _missing(view: Catalogue, node: Function) -> Iterator[Candidate]:
    """A function that returned None although it worked something out."""
    last = node.body[-1]
    if isinstance(last, ast.Return | ast.Raise) or node.name == "__init__":
        return
    returned = [
        view.facts.recording.result(c.frame)
        for c in view.facts.recording.calls()[:500]
        if c.file == view.source.path and c.function.rpartition(".")[2] == node.name
    ]
    none = any(value is not None and value.kind == "none" for value in returned)
    for rank, name in enumerate(_results(view, last)[:4]):
        reason = f"`{node.name}` ends without `return` and gives None; try `return {name}`"
        edit = view.source.lines_after(last, [f"return {name}"], view.source.indent(node.body[0]))
        prior = (0.7 if none else 0.1) * 0.85**rank
        yield from view.make(last, edit, "missing-return", reason, prior)
