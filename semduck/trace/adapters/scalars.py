"""numpy's scalars and dtypes. Only classes numpy itself wrote in C come here.

Runs inside the recorded process.
"""

from __future__ import annotations

from .parts import field, plain, short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FLOATS = {"f": "float", "c": "complex", "i": "int", "u": "uint"}
_OTHERS = {"b": "bool", "O": "object", "V": "void"}


def item(value: Any, base: Any) -> str:
    """The number, as numpy writes it: float32(0.1) is 0.1."""
    own: Any = type(value)
    return f"{own.__str__(value)}" if field(value, "dtype").kind in "fc" else plain(own.item(value))


def text(value: Any, base: Any) -> str:
    """datetime64('2024-01-31'), void((1, 2.0))"""
    own: Any = type(value)
    name = dtype_name(field(value, "dtype"))
    if name.startswith("void"):
        return f"void({short(own.item(value))})"
    return f"{name.partition('[')[0]}({short(own.__str__(value))})"


def dtype(value: Any, base: Any) -> str:
    """dtype('float64')"""
    return f"dtype('{dtype_name(value)}')"


def dtype_name(value: Any) -> str:
    """float64, datetime64[ns], <U3, object, ..."""
    kind = field(value, "kind")
    if kind in _FLOATS:
        return f"{_FLOATS[kind]}{8 * field(value, 'itemsize')}"
    if kind in "Mm":
        return f"{'datetime64' if kind == 'M' else 'timedelta64'}{field(value, 'str')[3:]}"
    return _OTHERS.get(kind) or f"{field(value, 'str')}"
