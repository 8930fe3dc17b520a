"""Recursion without an end: a base case that is missing or too narrow, a step that does not come closer."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.catalogue.classes import body_start
from semduck.repair.edits import Function
from semduck.trace.model import Value

RESULTS = {
    "int": ("0", "1", "{0}"),
    "float": ("0", "1", "{0}"),
    "str": ('""', "{0}", "True", "0", "[]"),
    "list": ("[]", "{0}", "0", "[[]]", "True"),
    "tuple": ("()", "{0}", "0"),
    "none": ("0", "None", "[]", "False"),
    "object": ("0", "None", "[]"),
}
TESTS = {
    "int": ("{0} <= 0", "{0} <= 1", "{0} < 0", "{0} == 0", "{0} == 1"),
    "float": ("{0} <= 0", "{0} <= 1"),
    "str": ("not {0}", "len({0}) <= 1"),
    "list": ("not {0}", "len({0}) <= 1", "len({0}) == 1"),
    "tuple": ("not {0}", "len({0}) <= 1"),
    "none": ("{0} is None",),
    "object": ("{0} is None",),
}
SINGLE = ("{0}[0]", "[{0}]")


def generate(view: Catalogue) -> Iterator[Candidate]:
    """Base cases for functions that call themselves."""
    endless = view.facts.error()[0] in ("RecursionError", "MemoryError")
    for node in view.nodes:
        if isinstance(node, Function) and (calls := _own_calls(node)):
            yield from _base_case(view, node, endless)
            for call in calls:
                yield from _step(view, node, call, endless)


def _own_calls(node: Function) -> list[ast.Call]:
    return [
        n
        for n in ast.walk(node)
        if isinstance(n, ast.Call) and getattr(n.func, "id", getattr(n.func, "attr", "")) == node.name
    ]


def _parameters(view: Catalogue, node: Function) -> dict[str, list[Value]]:
    """Parameters with the values they had, latest first."""
    samples = view.facts.samples(view.source.path, body_start(node).lineno)
    names = [a.arg for a in node.args.args if a.arg not in ("self", "cls")]
    return {name: [s[name] for s in samples if name in s] for name in names}


def _base_case(view: Catalogue, node: Function, endless: bool) -> Iterator[Candidate]:
    first, unit = body_start(node), view.source.unit
    for name, values in _parameters(view, node).items():
        kinds = list(dict.fromkeys(v.kind for v in values))
        for kind in kinds:
            for test_rank, test in enumerate(TESTS.get(kind, ())):
                for rank, result in enumerate(_results(view, node, kind, test)):
                    condition, value = test.format(name), result.format(name)
                    prior = (0.8 if endless else 0.25) * 0.93**test_rank * 0.95**rank
                    reason = (
                        f"`{node.name}` calls itself without an end for `{name}`; "
                        f"stop with `{value}` when `{condition}`"
                    )
                    edit = view.source.lines_before(first, [f"if {condition}:", f"{unit}return {value}"])
                    yield from view.make(first, edit, "base-case", reason, prior)


def _results(view: Catalogue, node: Function, kind: str, test: str) -> tuple[str, ...]:
    """What a base case may return: what the function's other returns look like comes first."""
    given = [n.value for n in ast.walk(node) if isinstance(n, ast.Return) and n.value is not None]
    donors = [
        view.source.of(v)
        for v in given
        if isinstance(v, ast.Constant | ast.List) and not _own_calls_in(v, node)
    ]
    operators = {type(n.op) for v in given for n in ast.walk(v) if isinstance(n, ast.BinOp)}
    if ast.Mult in operators:
        donors.insert(0, "1")
    if ast.Add in operators:
        donors.append("0")
    rest = RESULTS.get(kind, ())
    single = SINGLE if "<= 1" in test and "len" in test else ()
    return tuple(dict.fromkeys((*donors, *rest, *single)))


def _own_calls_in(node: ast.AST, function: Function) -> bool:
    return any(isinstance(n, ast.Call) and getattr(n.func, "id", "") == function.name for n in ast.walk(node))


def _step(view: Catalogue, node: Function, call: ast.Call, endless: bool) -> Iterator[Candidate]:
    """An argument handed on unchanged never comes closer to the end."""
    names = [a.arg for a in node.args.args if a.arg not in ("self", "cls")]
    for name, argument in zip(names, call.args, strict=False):
        if not isinstance(argument, ast.Name) or argument.id != name:
            continue
        kind = view.kind(argument)
        forms = ("{0} - 1", "{0} // 2", "{0} // 10", "{0} + 1") if kind == "int" else ("{0}[1:]", "{0}[:-1]")
        for form in forms if kind in ("int", "str", "list", "tuple") else ():
            text = form.format(name)
            reason = f"`{view.source.of(call)}` hands `{name}` on unchanged; try `{text}`"
            prior = 0.6 if endless else 0.25
            yield from view.make(call, view.source.replace(argument, text), "recursion-step", reason, prior)
