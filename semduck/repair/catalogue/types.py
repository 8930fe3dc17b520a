"""Values of the wrong type: numbers that are still text, text glued to numbers, one item for a list."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue

NUMBERS = ("int", "float")
CONVERT = {
    "int": ("float", "round"),
    "float": ("int",),
    "round": ("int",),
    "list": ("set", "tuple", "sorted"),
    "set": ("list",),
    "str": ("int", "repr"),
    "tuple": ("list",),
}


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Conversions added where text meets number, taken away or exchanged elsewhere."""
    error, message = view.facts.error()
    typed = error in ("TypeError", "ValueError", "AttributeError")
    for node in view.nodes:
        if isinstance(node, ast.BinOp):
            yield from _mixed(view, node, node.left, node.right)
        elif isinstance(node, ast.Compare):
            yield from _mixed(view, node, node.left, node.comparators[0])
        elif isinstance(node, ast.AugAssign):
            yield from _mixed(view, node, node.target, node.value)
        elif isinstance(node, ast.Call):
            yield from _conversion(view, node)
            yield from _input(view, node, typed)
            yield from _arguments(view, node, message)
        elif isinstance(node, ast.Assign | ast.Return) and node.value is not None:
            yield from _assigned(view, node.value, typed)
        elif isinstance(node, ast.Subscript) and "indices must be integers" in message:
            yield from wrap(view, node.slice, "int", "an index is a whole number", 0.6)
        elif isinstance(node, ast.For):
            yield from _walk(view, node, message)


def wrap(view: Catalogue, node: ast.expr, name: str, why: str, prior: float) -> Iterator[Candidate]:
    """`x` -> `name(x)`."""
    text = f"{name}({view.source.of(node)})"
    yield from view.make(node, view.source.replace(node, text), "conversion", f"{why}; try `{text}`", prior)


def _mixed(view: Catalogue, node: ast.AST, left: ast.expr, right: ast.expr) -> Iterator[Candidate]:
    kinds = view.kind(left), view.kind(right)
    for side, other, mine, theirs in ((left, right, *kinds), (right, left, *kinds[::-1])):
        if isinstance(side, ast.Name) and isinstance(side.ctx, ast.Store):
            continue
        shown = view.source.of(side)
        if mine == "str" and (theirs in NUMBERS or theirs is None):
            sure = theirs is not None
            why = f"`{shown}` is text{f', `{view.source.of(other)}` is a number' if sure else ''}"
            whole = not _point(view, side)
            yield from wrap(view, side, "int", why, (0.8 if whole else 0.5) if sure else 0.25)
            yield from wrap(view, side, "float", why, (0.55 if whole else 0.85) if sure else 0.2)
        elif theirs == "str" and (mine in (*NUMBERS, "none") or mine is None):
            sure = mine is not None
            why = f"`{shown}` is {'a number' if sure else 'no text'}, `{view.source.of(other)}` is text"
            yield from wrap(view, side, "str", why, 0.8 if sure else 0.3)
        elif (mine, theirs) in (("list", "tuple"), ("tuple", "list"), ("list", "set"), ("list", "range")):
            yield from wrap(view, side, theirs or "", f"`{shown}` is a {mine}", 0.4)
        elif mine == "list" and theirs in NUMBERS:
            yield from wrap(
                view, side, "len", f"`{shown}` is a list, `{view.source.of(other)}` a number", 0.5
            )
            yield from wrap(
                view, side, "sum", f"`{shown}` is a list, `{view.source.of(other)}` a number", 0.4
            )
        if (
            mine not in NUMBERS
            and mine in ("list", "tuple")
            and isinstance(node, ast.BinOp)
            and theirs in ("int", "str", "dict")
            and isinstance(node.op, ast.Add)
            and side is left
        ):
            text = f"[{view.source.of(other)}]"
            reason = f"`{shown}` is a list; add the item as a list: `{text}`"
            yield from view.make(other, view.source.replace(other, text), "list-item", reason, 0.6)


def _point(view: Catalogue, node: ast.expr) -> bool:
    return any(isinstance(v.literal, str) and "." in v.literal for v in view.values(node))


def _conversion(view: Catalogue, node: ast.Call) -> Iterator[Candidate]:
    if not isinstance(node.func, ast.Name) or len(node.args) != 1 or node.keywords:
        return
    for name in CONVERT.get(node.func.id, ()):
        reason = f"`{view.source.of(node)}` may need `{name}()` instead"
        yield from view.make(node, view.source.replace(node.func, name), "conversion", reason, 0.4)
    if node.func.id in CONVERT or node.func.id in ("abs", "sorted", "len", "sum", "reversed"):
        reason = f"`{view.source.of(node)}` may need no `{node.func.id}()`"
        edit = view.source.fit(node, view.source.of(node.args[0]))
        yield from view.make(node, edit, "conversion", reason, 0.3)


def _input(view: Catalogue, node: ast.Call, typed: bool) -> Iterator[Candidate]:
    if isinstance(node.func, ast.Name) and node.func.id == "input":
        yield from wrap(view, node, "int", "`input()` gives text", 0.85 if typed else 0.4)
        yield from wrap(view, node, "float", "`input()` gives text", 0.5 if typed else 0.3)
    splits = isinstance(node.func, ast.Attribute) and node.func.attr == "split"
    if splits:
        for name in ("int", "float"):
            text = f"[{name}(part) for part in {view.source.of(node)}]"
            reason = f"`{view.source.of(node)}` gives texts; make each a number"
            yield from view.make(
                node, view.source.replace(node, text), "conversion", reason, 0.5 if typed else 0.2
            )


def _arguments(view: Catalogue, node: ast.Call, message: str) -> Iterator[Candidate]:
    for argument in node.args:
        kind = view.kind(argument)
        shown = view.source.of(argument)
        if kind == "str" and "str" in message:
            yield from wrap(view, argument, "int", f"`{shown}` is text", 0.45)
            yield from wrap(view, argument, "float", f"`{shown}` is text", 0.35)
        elif kind in NUMBERS and (
            "expected str" in message or "must be str" in message or "join" in view.source.of(node)
        ):
            yield from wrap(view, argument, "str", f"`{shown}` is a number", 0.6)
        elif kind in ("list", "tuple") and "expected str instance" in message:
            text = f"map(str, {shown})"
            reason = f"`{shown}` holds numbers; make each text: `{text}`"
            yield from view.make(argument, view.source.replace(argument, text), "conversion", reason, 0.85)
        elif kind == "list" and isinstance(node.func, ast.Name) and node.func.id in ("range", "int", "abs"):
            yield from wrap(view, argument, "len", f"`{shown}` is a list, not a number", 0.8)
        elif kind == "float" and "cannot be interpreted as an integer" in message:
            yield from wrap(view, argument, "int", f"`{shown}` is no whole number", 0.7)


def _assigned(view: Catalogue, node: ast.expr, typed: bool) -> Iterator[Candidate]:
    """The conversion forgotten where the text came from."""
    kind = view.kind(node)
    plain = isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
    text = kind == "str" or (kind is None and isinstance(node, ast.Subscript | ast.Call) and typed)
    if text and not isinstance(node, ast.Constant | ast.JoinedStr):
        for name, prior in (("int", 0.5), ("float", 0.35)):
            yield from wrap(
                view, node, name, f"`{view.source.of(node)}` is text", prior if typed else prior * 0.6
            )
    if kind in ("set", "dict", "range", "list", "generator") and plain:
        for name in ("sorted", "list", "len", "sum"):
            yield from wrap(view, node, name, f"`{view.source.of(node)}` is a {kind}", 0.2)
    if kind in (*NUMBERS, None) and not isinstance(
        node, ast.Constant | ast.Compare | ast.BoolOp | ast.List | ast.Dict
    ):
        yield from wrap(view, node, "abs", f"`{view.source.of(node)}` may be negative", 0.2)
        if plain or isinstance(node, ast.BinOp):
            yield from wrap(
                view, node, "int", f"`{view.source.of(node)}` may have to be a whole number", 0.15
            )


def _walk(view: Catalogue, node: ast.For, message: str) -> Iterator[Candidate]:
    source = view.source
    shown, kind = source.of(node.iter), view.kind(node.iter)
    pair = isinstance(node.target, ast.Tuple)
    if kind == "int" or "'int' object is not iterable" in message:
        yield from wrap(view, node.iter, "range", f"`{shown}` is a number, not something to walk", 0.85)
    if kind == "dict" and not pair:
        for attr in ("values", "items"):
            reason = f"walking `{shown}` gives its keys; try its {attr}"
            yield from view.make(
                node,
                source.replace(node.iter, f"{source.atom(node.iter)}.{attr}()"),
                "walk-dict",
                reason,
                0.4 if attr == "values" else 0.1,
            )
    if kind == "dict" and pair:
        reason = f"walking `{shown}` gives keys only; `.items()` gives keys and values"
        text = f"{source.atom(node.iter)}.items()"
        yield from view.make(node, source.replace(node.iter, text), "walk-dict", reason, 0.85)
    if kind in ("list", "tuple", "str", None) and not isinstance(node.iter, ast.Call):
        if pair:
            yield from wrap(view, node.iter, "enumerate", f"`{shown}` gives items without their index", 0.5)
        else:
            text = f"range(len({shown}))"
            reason = f"`{source.of(node.target)}` is an item of `{shown}`; the body may mean its index"
            yield from view.make(node, source.replace(node.iter, text), "walk-index", reason, 0.3)
        yield from wrap(view, node.iter, "sorted", f"`{shown}` may be out of order", 0.2)
        yield from wrap(view, node.iter, "reversed", f"`{shown}` may have to be walked backwards", 0.2)
    match node.iter:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Call(func=ast.Name(id="len"), args=[inner])]):
            reason = f"`{source.of(node.target)}` is an index here; the body may mean the item"
            yield from view.make(node, source.replace(node.iter, source.of(inner)), "walk-index", reason, 0.3)
