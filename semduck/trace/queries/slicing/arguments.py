"""Which expression of a caller's statement became a parameter of the call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from semduck.trace.queries.slicing.parts import Comprehensions, Node
from semduck.trace.queries.slicing.reads import called_name

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

Maybe = (ast.IfExp, ast.BoolOp, ast.Lambda, *Comprehensions)  # calls in them run not once


def made_by(recording: Recording, statement: Node, frame: int, caller: int, since: int) -> ast.Call | None:
    """The call in a statement that made a frame; None when it cannot be told.

    since: the step at which the caller's statement began.
    """
    function = recording.call(frame).function.split(".")
    wanted = function[-2] if function[-1] == "__init__" and len(function) > 1 else function[-1]
    calls = [c for c in calls_of(statement) if called_name(c) == wanted]
    if len(calls) < 2:
        return calls[0] if calls else None
    number = _number(recording, frame, caller, since)
    if number >= len(calls) or any(_maybe(statement, c) for c in calls):
        return None
    return calls[number]


def passed(recording: Recording, call: ast.Call, frame: int, name: str) -> list[tuple[ast.expr, int]] | None:
    """(expression, depth) of what a call passed as a parameter; None when it cannot be told."""
    function = recording.call(frame).function.split(".")
    return _argument(call, recording.argument_names(frame), name, function)


@lru_cache(maxsize=1024)
def calls_of(node: Node) -> tuple[ast.Call, ...]:
    """Calls of a statement in the order in which they are made."""
    return tuple(_in_order(node))


def _in_order(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)
    if isinstance(node, ast.Call):
        yield node


def _maybe(statement: Node, call: ast.Call) -> bool:
    return any(call in ast.walk(n) for n in ast.walk(statement) if isinstance(n, Maybe))


def _number(recording: Recording, frame: int, caller: int, since: int) -> int:
    """How many calls of the same function the caller's statement made before this one."""
    function, count = recording.call(frame).function, 0
    for other in range(frame - 1, caller, -1):
        call = recording.call(other)
        if call.first < since:
            break
        count += call.parent == caller and call.function == function
    return count


def _argument(
    call: ast.Call, names: list[str], name: str, function: list[str]
) -> list[tuple[ast.expr, int]] | None:
    if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        return None
    keyword = next((k.value for k in call.keywords if k.arg == name), None)
    if keyword is not None:
        return [(keyword, 0)]
    if name not in names:
        return None
    at = names.index(name) - _bound(call, names, function)
    if at < 0:
        return [(call.func.value, 0)] if isinstance(call.func, ast.Attribute) else []
    return [(call.args[at], 0)] if at < len(call.args) else []


def _bound(call: ast.Call, names: list[str], function: list[str]) -> bool:
    """Is the first parameter not among the arguments?"""
    if function[-1] == "__init__":
        return True
    if not isinstance(call.func, ast.Attribute) or names[:1] not in (["self"], ["cls"]):
        return False
    owner = call.func.value
    through_class = isinstance(owner, ast.Name) and owner.id == function[-2] if len(function) > 1 else False
    return names[0] == "cls" or not through_class
