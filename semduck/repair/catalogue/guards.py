"""Guards for the cases nobody thought of: empty, zero, None, a key that is not there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.catalogue.classes import body_start
from semduck.repair.edits import Function
from semduck.trace.model import Value

RETURNS = {
    "int": "0",
    "float": "0",
    "list": "[]",
    "str": '""',
    "dict": "{}",
    "bool": "False",
    "tuple": "()",
    "set": "set()",
}
EMPTY = ("list", "str", "dict", "tuple", "set", "deque")


def generate(view: Catalogue) -> Iterator[Candidate]:
    """What to do first when a value seen at the crash cannot be worked with."""
    error, message = view.facts.error()
    failed = view.facts.failure()
    near = failed is not None and failed.file == view.source.path
    for node in view.nodes:
        here = near and failed is not None and getattr(node, "lineno", 0) == failed.line
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
            yield from _zero(view, node, error == "ZeroDivisionError" and here)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield from _key(view, node, error == "KeyError" and here)
        elif (
            isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript) and error == "KeyError"
        ):
            yield from _count(view, node)
        elif isinstance(node, ast.While | ast.If):
            yield from _condition(view, node, here)
        elif isinstance(node, Function) and failed is not None:
            yield from _entry(view, node, error)
        elif isinstance(node, ast.For) and failed is not None:
            yield from _skip(view, node)
        elif isinstance(node, ast.Call):
            yield from _default(view, node, message)


def _zero(view: Catalogue, node: ast.BinOp, here: bool) -> Iterator[Candidate]:
    if not here:
        return
    source = view.source
    divisor = source.of(node.right)
    text = f"{source.of(node)} if {divisor} else 0"
    reason = f"`{divisor}` was 0 here; divide only when it is not"
    parent = source.parents.get(node)
    loose = isinstance(parent, ast.Return | ast.Assign | ast.Call) and not source.in_parens(node)
    yield from view.make(
        node, source.replace(node, text if loose else f"({text})"), "zero-guard", reason, 0.6
    )


def _key(view: Catalogue, node: ast.Subscript, here: bool) -> Iterator[Candidate]:
    if not here:
        return
    source = view.source
    held = [child.kind for value in view.values(node.value)[:1] for _, child in value.children]
    default = RETURNS.get(held[0], "None") if held else "0"
    for rank, value in enumerate(dict.fromkeys((default, "0", "None"))):
        text = f"{source.atom(node.value)}.get({source.of(node.slice)}, {value})"
        reason = f"`{source.of(node)}` has no such key; `{text}` gives {value} then"
        yield from view.make(node, source.replace(node, text), "missing-key", reason, 0.55 * 0.7**rank)


def _count(view: Catalogue, node: ast.AugAssign) -> Iterator[Candidate]:
    """`counts[word] += 1` for a word not seen before."""
    source, target = view.source, node.target
    assert isinstance(target, ast.Subscript)
    operator = source.operator(target, node.value)
    start = RETURNS.get(view.kind(node.value) or "int", "0")
    if operator is None:
        return
    get = f"{source.of(target.value)}.get({source.of(target.slice)}, {start})"
    text = f"{source.of(target)} = {get} {operator.text[:-1]} {source.of(node.value)}"
    reason = f"`{source.of(target)}` does not exist the first time; start it with {start}"
    yield from view.make(node, source.replace(node, text), "missing-key", reason, 0.9)


def _condition(view: Catalogue, node: ast.While | ast.If, here: bool) -> Iterator[Candidate]:
    """`while node.next` -> `while node and node.next`, `while xs[i] > x` -> `while i < len(xs) and ...`."""
    source = view.source
    if not here:
        return
    for part in ast.walk(node.test):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name | ast.Attribute):
            if source.of(part.value) not in ("self", "cls") and any(
                v.kind == "none" for v in view.values(part.value)
            ):
                yield from _first(
                    view, node, source.of(part.value), f"`{source.of(part.value)}` was None", 0.8
                )
        if isinstance(part, ast.Subscript) and not isinstance(part.slice, ast.Slice | ast.Constant):
            size = f"{source.of(part.slice)} < len({source.of(part.value)})"
            yield from _first(view, node, size, f"`{source.of(part)}` went past the end", 0.7)
            yield from _first(
                view, node, f"{source.of(part.slice)} >= 0", f"`{source.of(part)}` went below 0", 0.4
            )
        elif isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Constant):
            yield from _first(view, node, source.of(part.value), f"`{source.of(part.value)}` was empty", 0.7)


def _first(
    view: Catalogue, node: ast.While | ast.If, clause: str, why: str, prior: float
) -> Iterator[Candidate]:
    source = view.source
    test = (
        f"({source.of(node.test)})"
        if isinstance(node.test, ast.BoolOp | ast.IfExp)
        and not isinstance(getattr(node.test, "op", None), ast.And)
        else source.of(node.test)
    )
    reason = f"{why}; ask `{clause}` first"
    edit = source.replace(node.test, f"{clause} and {test}")
    yield from view.make(node, edit, "missing-clause", reason, prior)


def _entry(view: Catalogue, node: Function, error: str) -> Iterator[Candidate]:
    """A guard at the top of a function that cannot work with what it was given."""
    first, unit = body_start(node), view.source.unit
    kind = _returned(view, node)
    for name, value in _odd(view, node, first).items():
        test = f"{name} is None" if value.kind == "none" else f"not {name}"
        options = [RETURNS.get(kind or "", ""), "None", "0", "[]"] if kind != "none" else [""]
        if kind is None:
            options[0] = name if value.kind != "none" else "None"
        for rank, result in enumerate(
            dict.fromkeys(option for option in options if option or kind == "none")
        ):
            line = f"return {result}".rstrip()
            reason = f"`{name}` was {value.text} in this run; return {result or 'at once'} then"
            edit = view.source.lines_before(first, [f"if {test}:", f"{unit}{line}"])
            yield from view.make(first, edit, "entry-guard", reason, 0.5 * 0.8**rank)


def _odd(view: Catalogue, node: Function, first: ast.stmt) -> dict[str, Value]:
    """Parameters that were None, empty or zero the last time the function ran."""
    names = [a.arg for a in node.args.args if a.arg not in ("self", "cls")]
    for sample in view.facts.samples(view.source.path, first.lineno)[:1]:
        return {
            n: sample[n]
            for n in names
            if n in sample
            and (
                sample[n].kind == "none"
                or (sample[n].kind in EMPTY and sample[n].length == 0)
                or (sample[n].kind == "int" and sample[n].literal == 0)
            )
        }
    return {}


def _returned(view: Catalogue, node: Function) -> str | None:
    """The kind of value the function gave back in calls that went well."""
    for call in view.facts.recording.calls()[:2000]:
        if call.file == view.source.path and call.function.rpartition(".")[2] == node.name:
            value = view.facts.recording.result(call.frame)
            if value is not None:
                return value.kind
    return None


def _skip(view: Catalogue, node: ast.For) -> Iterator[Candidate]:
    """`continue` for an item the loop body cannot work with."""
    if not isinstance(node.target, ast.Name) or not node.body:
        return
    first, name = node.body[0], node.target.id
    for sample in view.facts.samples(view.source.path, first.lineno)[:1]:
        value = sample.get(name)
        if value is None:
            continue
        blank = value.kind == "str" and not str(value.literal).strip()
        if value.kind == "none" or blank or (value.kind in EMPTY and value.length == 0):
            test = f"{name} is None" if value.kind == "none" else f"not {name}{'.strip()' if blank else ''}"
            reason = f"`{name}` was {value.text} in the last round; skip such items"
            edit = view.source.lines_before(first, [f"if {test}:", f"{view.source.unit}continue"])
            yield from view.make(first, edit, "skip-item", reason, 0.55)


def _default(view: Catalogue, node: ast.Call, message: str) -> Iterator[Candidate]:
    """`max()` of nothing."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in ("max", "min") and len(node.args) == 1 and "empty" in message and not node.keywords:
        at = view.source.end(node) - 1
        for value in ("0", "None"):
            reason = f"`{view.source.of(node)}` has nothing to choose from; give a default"
            edit = view.source.edit(at, at, f", default={value}")
            yield from view.make(node, edit, "empty-default", reason, 0.6 if value == "0" else 0.4)
