"""A backward monologue -> the input it proposes, and the constraints it deduces on the way.

Source: SemCoder (arXiv 2406.01006), backward monologue: abstract constraints first, then one witness.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from semduck.duck.monologue import split

MOST = 20  # constraints that are read
_CODE = re.compile(r"`([^`\n]+)`")
_ANSWER = re.compile(r"\[ANSWER\](.*?)(?:\[/ANSWER\]|$)", re.DOTALL)
_WRAPPERS = ("list", "asyncio.run")


@dataclass(frozen=True, slots=True)
class Constraint:
    """One thing that must hold of the input. expression: as a Python condition, "" when it is only prose."""

    text: str
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Deduced:
    """call: `f([1, 3])` with literals only, "" when none can be used; problem: why, one line."""

    call: str
    problem: str
    constraints: tuple[Constraint, ...]


def deduced(text: str, function: str) -> Deduced:
    """What a monologue about `function` came to."""
    said = _ANSWER.search(text)
    prose = text[: said.start()] if said else text
    found = [c for s in split(prose) if (c := _constraint(s)) is not None][:MOST]
    call, problem = _call(said.group(1) if said else _last_assertion(text), function)
    return Deduced(call, problem, tuple(found))


def _last_assertion(text: str) -> str:
    lines = [line for line in text.split("\n") if line.strip().startswith("assert ")]
    return lines[-1] if lines else ""


def _call(answer: str, function: str) -> tuple[str, str]:
    """The call in `assert f(1) == 2`, without its wrapper; why there is none."""
    text = answer.strip().strip("`").removeprefix("python").strip()
    if not text:
        return "", "it proposes no input"
    try:
        tree = ast.parse(text.removeprefix("assert").strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "", "its answer is not Python"
    call = tree.left if isinstance(tree, ast.Compare) else tree
    if isinstance(call, ast.Call) and ast.unparse(call.func) in _WRAPPERS and len(call.args) == 1:
        call = call.args[0]
    if not isinstance(call, ast.Call) or ast.unparse(call.func).rpartition(".")[2] != function:
        return "", f"its answer does not call {function}"
    given = [*call.args, *(k.value for k in call.keywords)]
    if not all(_is_literal(value) for value in given):
        return "", "its input is no plain value"
    return ast.unparse(call), ""


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return isinstance(node, ast.Call) and ast.unparse(node) in ("set()", "frozenset()")
    return True


def _constraint(sentence: str) -> Constraint | None:
    """A sentence with a condition in backticks, or one that speaks of what must hold."""
    for code in _CODE.findall(sentence):
        if condition(code):
            return Constraint(sentence, code)
    must = re.search(r"\b(?:must|has to|have to|needs? to|should|at least|at most|constraint)\b", sentence)
    return Constraint(sentence) if must else None


def condition(code: str) -> bool:
    """Is it a Python expression that is true or false: a comparison, and/or/not, all(), isinstance()?"""
    try:
        tree = ast.parse(code.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        return True
    tests = ("all", "any", "isinstance", "bool")
    called = isinstance(tree, ast.Call) and ast.unparse(tree.func) in tests
    return called or isinstance(tree, ast.Compare | ast.BoolOp)
