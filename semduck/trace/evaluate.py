"""The value of an expression at one step: nothing of the program is executed."""

from __future__ import annotations

from typing import Any

from semduck.trace.expressions.compiler import Expression
from semduck.trace.expressions.operands import Clipped, EvaluateError, Held, Operand
from semduck.trace.expressions.scope import Scope
from semduck.trace.model import Value
from semduck.trace.render import LINE, Renderer, clip, plain
from semduck.trace.replay import State

WIDE, BUDGET, DEEP = 1000, 20_000, 12


def find(scope: Scope, expression: str) -> Value:
    """What the expression means in a scope. Raises EvaluateError."""
    return drawn(scope.state, Expression(expression).value(scope))


def drawn(state: State, value: Operand, renderer: Renderer | None = None, depth: int = DEEP) -> Value:
    """The picture of an operand."""
    line = LINE if renderer is None else renderer.line
    if type(value) is Held:
        return (renderer or Renderer(state, WIDE, BUDGET)).value([value.oid], depth)
    if type(value) is Value:
        return value
    if type(value) is Clipped:
        return Value(value.kind, value.kind, clip(repr(value.start), line - 1) + "…", None, value.length)
    if isinstance(value, (list, tuple)):
        return _made(type(value).__name__, [drawn(state, v) for v in value])
    if value is None or isinstance(value, (str, bool, int, float)):
        return plain(value, line)
    if isinstance(value, (bytes, complex)):
        size = len(value) if isinstance(value, bytes) else None
        return Value(
            type(value).__name__,
            type(value).__name__,
            clip(repr(value), line),
            None,
            size,
            literal=value,
            is_literal=True,
        )
    if isinstance(value, (set, dict)):
        return Value(
            type(value).__name__,
            type(value).__name__,
            clip(repr(value), LINE),
            None,
            len(value),
            literal=value,
            is_literal=True,
        )
    return Value("opaque", type(value).__name__, clip(repr(value), LINE))


def _made(kind: str, parts: list[Value]) -> Value:
    """A list or tuple that only the expression made."""
    inner = ", ".join(p.text for p in parts) + ("," if kind == "tuple" and len(parts) == 1 else "")
    text = f"[{inner}]" if kind == "list" else f"({inner})"
    exact = all(p.is_literal for p in parts)
    literal: Any = [p.literal for p in parts] if exact else None
    if exact and kind == "tuple":
        literal = tuple(literal)
    children = tuple((str(i), p) for i, p in enumerate(parts))
    return Value(kind, kind, clip(text, LINE), None, len(parts), children, 0, literal, exact)


__all__ = ["EvaluateError", "drawn", "find"]
