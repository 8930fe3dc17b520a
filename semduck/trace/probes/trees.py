"""Questions about pieces of syntax tree, and copies of them.

Runs inside the recorded process.
"""

from __future__ import annotations

import _ast

from . import build as b
from .scope import Silent
from .scopes import BLOCKS, FUNCTIONS, SCOPES, children, own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def parameters_of(args: Any) -> list[str]:
    """In the order of co_varnames."""
    names = [a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
    return [*names, *(a.arg for a in (args.vararg, args.kwarg) if a is not None)]


def split_off_futures(body: list[Any]) -> tuple[list[Any], list[Any]]:
    """The docstring and __future__ imports have to stay in front."""
    at = 0
    if body and isinstance(body[0], _ast.Expr) and isinstance(body[0].value, _ast.Constant):
        at = 1 if isinstance(body[0].value.value, str) else 0
    while at < len(body) and isinstance(body[at], _ast.ImportFrom) and body[at].module == "__future__":
        at += 1
    return body[:at], body[at:]


def returns_from_block(node: Any) -> bool:
    """Is there a return inside a try, with or for: code may run between its value and the end of the call."""
    work = [(node, False)]
    while work:
        at, inside = work.pop()
        if isinstance(at, _ast.Return) and inside:
            return True
        if not isinstance(at, (*FUNCTIONS, _ast.ClassDef, _ast.Lambda)):
            work += [(c, inside or isinstance(at, (*BLOCKS, _ast.For))) for c in children(at)]
    return False


def without_declarations(body: list[Any]) -> list[Any]:
    """The same with `pass` for every `global` and `nonlocal`."""
    for node in own(body):
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list) and not isinstance(node, SCOPES):
                setattr(node, field, [_passed(v) for v in value])
    return [_passed(n) for n in body]


def _passed(node: Any) -> Any:
    return b.place(Silent(), node) if isinstance(node, (_ast.Global, _ast.Nonlocal)) else node


def copied(nodes: list[Any]) -> list[Any]:
    """Statements once more, as nodes of their own."""
    return [_one(n) for n in nodes]


def _one(node: Any) -> Any:
    kind: Any = type(node)
    if kind is list:
        return [_one(n) for n in node]
    if not isinstance(node, _ast.AST) or not kind._fields:
        return node
    new: Any = kind.__new__(kind)
    held = new.__dict__
    for name, value in node.__dict__.items():
        held[name] = _one(value)
    return new
