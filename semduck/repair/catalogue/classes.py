"""One object shared by many: mutable defaults, class attributes meant per instance, late-binding lambdas."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.edits import Function, Token
from semduck.repair.model import Edit

MAKERS = {"list", "dict", "set", "deque", "defaultdict", "Counter", "OrderedDict", "bytearray"}


def generate(view: Catalogue) -> Iterator[Candidate]:
    """A `None` default and a guard; the attribute moved into `__init__`; the loop variable bound at once."""
    for node in view.nodes:
        if isinstance(node, Function):
            yield from _defaults(view, node)
            yield from _late_function(view, node)
        elif isinstance(node, ast.ClassDef):
            yield from _per_instance(view, node)
        elif isinstance(node, ast.Lambda):
            yield from _late(view, node)


def mutable(node: ast.expr) -> bool:
    """True if the expression makes an object that can be changed later."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        return name in MAKERS or name[:1].isupper()
    return isinstance(node, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


def body_start(node: Function) -> ast.stmt:
    """The first statement of a function that is not its docstring."""
    first = node.body[0]
    text = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    return node.body[1] if text and len(node.body) > 1 else first


def _defaults(view: Catalogue, node: Function) -> Iterator[Candidate]:
    a = node.args
    named = [*a.posonlyargs, *a.args]
    pairs = list(zip(named[len(named) - len(a.defaults) :], a.defaults, strict=True))
    pairs += [
        (arg, value) for arg, value in zip(a.kwonlyargs, a.kw_defaults, strict=True) if value is not None
    ]
    for arg, value in pairs:
        made_once = isinstance(value, ast.Call) and not mutable(value)
        if not mutable(value) and not made_once:
            continue
        unit, name, source = view.source.unit, arg.arg, view.source
        guard = [f"if {name} is None:", f"{unit}{name} = {source.of(value)}"]
        edits = [source.replace(value, "None"), source.lines_before(body_start(node), guard)]
        if isinstance(arg.annotation, ast.Name | ast.Subscript) and "None" not in source.of(arg.annotation):
            at = source.end(arg.annotation)
            edits.append(source.edit(at, at, " | None"))
        reason = f"the default `{name}={source.of(value)}` is made once, for all calls; make it in the call"
        yield from view.make(node, edits, "mutable-default", reason, 0.9)


def _per_instance(view: Catalogue, node: ast.ClassDef) -> Iterator[Candidate]:
    source = view.source
    init = next((s for s in node.body if isinstance(s, Function) and s.name == "__init__"), None)
    for stmt in node.body:
        if not isinstance(stmt, ast.Assign | ast.AnnAssign) or stmt.value is None or not mutable(stmt.value):
            continue
        target = stmt.targets[0] if isinstance(stmt, ast.Assign) else stmt.target
        if not isinstance(target, ast.Name) or (
            isinstance(stmt.value, ast.Call) and source.of(stmt.value).startswith("field(")
        ):
            continue
        line = f"self.{target.id} = {source.of(stmt.value)}"
        reason = f"`{target.id}` belongs to the class and is shared by all its objects; give each its own"
        if init is not None:
            edits = [source.lines_before(body_start(init), [line])]
            alone = len(node.body) == 1
            yield from view.make(
                stmt, [source.cut(stmt), *edits] if not alone else edits, "shared-attribute", reason, 0.85
            )
        else:
            place = next((s for s in node.body if isinstance(s, Function)), None)
            made = ["def __init__(self):", f"{source.unit}{line}", ""]
            edit = _above(view, place, made) if place else None
            yield from view.make(stmt, [source.cut(stmt), edit], "shared-attribute", reason, 0.6)


def _above(view: Catalogue, place: Function, lines: list[str]) -> Edit | None:
    first = place.decorator_list[0] if place.decorator_list else None
    if first is not None:
        return None
    return view.source.lines_before(place, lines)


def _walked(view: Catalogue, node: ast.AST) -> set[str]:
    """Variables of the loops around a node."""
    return {
        t.id
        for loop in view.source.loops(node)
        if isinstance(loop, ast.For)
        for t in ast.walk(loop.target)
        if isinstance(t, ast.Name)
    }


def _late_function(view: Catalogue, node: Function) -> Iterator[Candidate]:
    """A function made in a loop sees the last values of the loop's variables when it runs later."""
    source = view.source
    own = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    names = sorted((_walked(view, node) & used) - own)
    if not names or node.args.kwarg or node.args.vararg:
        return
    close = [
        t for t in source.tokens_between(source.start(node), source.start(node.body[0])) if t.text in "()"
    ]
    text = ", ".join(f"{name}={name}" for name in names)
    at = _closing(close)
    edit = source.edit(at, at, f", {text}" if own else text) if at else None
    reason = f"`{node.name}` looks up `{names[0]}` when it runs and finds the last one; bind it now"
    yield from view.make(node, edit, "late-binding", reason, 0.85)


def _closing(brackets: list[Token]) -> int:
    """Where the bracket that the first one opens is closed."""
    depth = 0
    for token in brackets:
        depth += 1 if token.text == "(" else -1
        if depth == 0:
            return token.start
    return 0


def _late(view: Catalogue, node: ast.Lambda) -> Iterator[Candidate]:
    """`lambda: f(i)` in a loop sees the last `i`."""
    source = view.source
    own = {a.arg for a in node.args.args}
    targets = _walked(view, node)
    for outer in source.up(node):
        for generator in getattr(outer, "generators", ()):
            targets |= {t.id for t in ast.walk(generator.target) if isinstance(t, ast.Name)}
    used = {n.id for n in ast.walk(node.body) if isinstance(n, ast.Name)}
    for name in sorted((targets & used) - own):
        colon = next(
            (
                t
                for t in source.tokens_between(source.start(node), source.start(node.body))[::-1]
                if t.text == ":"
            ),
            None,
        )
        if colon is None:
            continue
        text = f", {name}={name}" if node.args.args else f" {name}={name}"
        reason = f"the lambda looks `{name}` up when it is called and finds the last one; bind it now"
        yield from view.make(node, source.edit(colon.start, colon.start, text), "late-binding", reason, 0.85)
