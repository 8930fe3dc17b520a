"""Off by one: ranges, indices, slices and bounds that start or stop in the wrong place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue


def generate(view: Catalogue) -> Iterator[Candidate]:
    """One more or one less at every place where people count."""
    for node in view.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            yield from _range(view, node)
        elif isinstance(node, ast.Subscript):
            if isinstance(node.slice, ast.Slice):
                yield from _slice(view, node, node.slice)
            elif view.kind(node.value) not in ("dict", "set"):
                yield from _index(view, node)
        elif isinstance(node, ast.Compare) and len(node.comparators) == 1:
            for side in (node.left, node.comparators[0]):
                yield from _by_one(view, side, "bound", 0.25)
        elif isinstance(node, ast.Return | ast.Assign | ast.AugAssign) and node.value is not None:
            yield from _by_one(view, node.value, "value-by-one", 0.3)
        elif isinstance(node, ast.Call):
            for argument in node.args:
                yield from _by_one(view, argument, "argument-by-one", 0.25)


def shifted(view: Catalogue, node: ast.expr, by: int) -> str:
    """The text of an expression plus `by`, simplified where it already ends in plus or minus one."""
    source = view.source
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return str(node.value + by)
    if isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant) and type(node.right.value) is int:
        sign = {ast.Add: 1, ast.Sub: -1}.get(type(node.op), 0)
        total = sign * node.right.value + by
        if sign and total == 0:
            return source.of(node.left)
        if sign:
            return f"{source.of(node.left)} {'+' if total > 0 else '-'} {abs(total)}"
    loose = isinstance(node, ast.IfExp | ast.Lambda | ast.BoolOp | ast.Compare)
    text = source.atom(node) if loose else source.of(node)
    return f"{text} {'+' if by > 0 else '-'} {abs(by)}"


def _range(view: Catalogue, node: ast.Call) -> Iterator[Candidate]:
    source, arguments = view.source, node.args
    if not arguments or node.keywords or any(isinstance(a, ast.Starred) for a in arguments):
        return
    stop = arguments[0] if len(arguments) == 1 else arguments[1]
    old = source.of(node)
    for by, prior in ((1, 0.85), (-1, 0.75), (2, 0.1)):
        new = shifted(view, stop, by)
        side = "before" if by > 0 else "after"
        reason = f"`{old}` stops {side} the last one that is needed; try `{new}` as its end"
        yield from view.make(node, source.replace(stop, new), "range-end", reason, prior)
    if len(arguments) == 1:
        edit = source.replace(stop, f"1, {source.of(stop)}")
        yield from view.make(node, edit, "range-start", f"`{old}` starts at 0; try to start at 1", 0.55)
        edit = source.replace(stop, f"1, {shifted(view, stop, 1)}")
        yield from view.make(node, edit, "range-start", f"`{old}` counts from 0; try to count from 1", 0.45)
    else:
        for by, prior in ((-1, 0.6), (1, 0.65)):
            new = shifted(view, arguments[0], by)
            reason = f"`{old}` may start {'one too late' if by < 0 else 'one too early'}; try `{new}`"
            yield from view.make(node, source.replace(arguments[0], new), "range-start", reason, prior)
    if len(arguments) == 2:
        reason = f"`{old}` may have to count down"
        yield from view.make(
            node, source.edit(source.end(stop), source.end(stop), ", -1"), "range-step", reason, 0.25
        )
        both = f"{source.of(arguments[0])}, {source.of(stop)}"
        if not (isinstance(arguments[0], ast.Constant) and arguments[0].value == 0):
            edit = source.edit(source.start(arguments[0]), source.end(stop), source.of(stop))
            yield from view.make(node, edit, "range-start", f"`range({both})` may have to start at 0", 0.4)


def _index(view: Catalogue, node: ast.Subscript) -> Iterator[Candidate]:
    index = node.slice
    if isinstance(index, ast.Tuple | ast.JoinedStr) or (
        isinstance(index, ast.Constant) and type(index.value) is not int
    ):
        return
    if view.kind(node.value) is None and view.kind(index) not in ("int", None):
        return
    old = view.source.of(node)
    for by, prior in ((-1, 0.6), (1, 0.6)):
        new = shifted(view, index, by)
        reason = f"`{old}` may be off by one; try `[{new}]`"
        yield from view.make(node, view.source.replace(index, new), "index", reason, prior)
    if not (isinstance(index, ast.UnaryOp) or (isinstance(index, ast.Constant) and index.value == 0)):
        new = "-1" if isinstance(index, ast.Constant) else f"-{view.source.atom(index)}"
        reason = f"`{old}` may have to count from the end; try `[{new}]`"
        yield from view.make(node, view.source.replace(index, new), "index", reason, 0.2)
    elif isinstance(index, ast.Constant):
        reason = f"`{old}` takes the first; try the last"
        yield from view.make(node, view.source.replace(index, "-1"), "index", reason, 0.4)
    elif (
        isinstance(index, ast.UnaryOp)
        and isinstance(index.operand, ast.Constant)
        and index.operand.value == 1
    ):
        reason = f"`{old}` takes the last; try the first"
        yield from view.make(node, view.source.replace(index, "0"), "index", reason, 0.4)


def _slice(view: Catalogue, node: ast.Subscript, part: ast.Slice) -> Iterator[Candidate]:
    source, old = view.source, view.source.of(node)
    for bound, name in ((part.lower, "start"), (part.upper, "end")):
        for by in (1, -1) if bound is not None else ():
            assert bound is not None
            new = shifted(view, bound, by)
            reason = f"`{old}` may {name} one too {'early' if by > 0 else 'late'}; try `{new}`"
            yield from view.make(node, source.replace(bound, new), "slice", reason, 0.6)
        if bound is not None:
            reason = f"`{old}` may need no {name}"
            yield from view.make(node, source.replace(bound, ""), "slice", reason, 0.3)
    if part.lower is None and part.step is None:
        at = source.start(part)
        yield from view.make(
            node, source.edit(at, at, "1"), "slice", f"`{old}` may have to skip the first", 0.35
        )
    if part.upper is None and part.step is None:
        colon = source.tokens_between(source.end(node.value), source.end(node))[-2]
        edit = source.edit(colon.end, colon.end, "-1")
        yield from view.make(node, edit, "slice", f"`{old}` may have to leave out the last", 0.3)
    if part.lower is not None and part.upper is not None and part.step is None:
        upper = source.of(part.upper)
        new = f"{source.of(part.lower)} + {source.atom(part.upper)}"
        if source.of(part.lower) not in upper:
            reason = f"`{upper}` is where the slice ends, not how many it takes; try `{new}`"
            yield from view.make(node, source.replace(part.upper, new), "slice", reason, 0.4)


def _by_one(view: Catalogue, node: ast.expr, kind: str, prior: float) -> Iterator[Candidate]:
    """An integer expression one too big or too small (constants have a family of their own)."""
    if isinstance(
        node, ast.Constant | ast.Compare | ast.BoolOp | ast.JoinedStr | ast.List | ast.Dict | ast.Starred
    ):
        return
    number = view.kind(node)
    if number != "int" and not isinstance(node, ast.BinOp) and not _counts(node):
        return
    if number in ("str", "list", "dict", "none", "object"):
        return
    for by in (1, -1):
        new = shifted(view, node, by)
        reason = f"`{view.source.of(node)}` may be one too {'small' if by > 0 else 'big'}; try `{new}`"
        yield from view.make(node, view.source.fit(node, new), kind, reason, prior)


def _counts(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("len", "int")
