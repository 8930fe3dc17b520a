"""One-line texts of objects whose content is not followed, made without running code of the program.

Runs inside the recorded process.
"""

from __future__ import annotations

from .kinds import (
    ATOM_IDS,
    SCALARS,
    TEXT,
    Builtin,
    Function,
    Layout,
    Method,
    module_dict,
    mro,
    type_dict,
    type_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

arguments: Callable[[BaseException], tuple[Any, ...]] = BaseException.__dict__["args"].__get__
_DATES = frozenset({"date", "datetime", "time", "timedelta", "Decimal"})
_PLAIN = frozenset({"range", "slice", "timezone", "UUID", "Fraction"}) | _DATES
_PLAIN_MODULES = ("datetime", "decimal", "_decimal")


def label(value: Any, kind: str, layout: Layout) -> str:
    """Short text of things that have no followed content, and of exceptions (their message)."""
    if kind == "function":
        return _function_name(value)
    if kind == "module":
        name = module_dict(value).get("__name__")
        return name if type(name) is str else "module"
    if kind in ("class", "type"):
        return type_name(value)
    if kind in SCALARS:
        text: str = layout.base.__repr__(value)
        return text[:TEXT]
    if kind == "exception":
        return _message(value)
    return _plain_repr(value, layout)


def _function_name(value: Any) -> str:
    cls = type(value)
    if cls is Method:
        return _function_name(value.__func__)
    name = value.__qualname__ if cls is Function or cls is Builtin else "function"
    return name if type(name) is str else "function"


def _message(error: Any) -> str:
    """The message as str() gives it, when finding out runs no user code."""
    if not all(id(type(a)) in ATOM_IDS for a in arguments(error)):
        return ""
    found: Any = None
    for klass in mro(type(error)):
        found = type_dict(klass).get("__str__")
        if found is not None:
            break
    if type(found) is Function:
        return ""
    try:
        text: str = (found or BaseException.__str__)(error)
        return text[:TEXT]
    except Exception:
        return ""


def _plain_repr(value: Any, layout: Layout) -> str:
    """repr() of C types known to show only their own plain content."""
    cls = type(value)
    if layout.user or layout.name not in _PLAIN:
        return ""
    if cls is slice:
        return "slice(...)"
    known = cls is range or layout.name in _DATES or type_dict(cls).get("__module__") in _PLAIN_MODULES
    if not known:
        return ""
    try:
        show: Any = cls.__repr__
        text: str = show(value)
        return text[:TEXT]
    except Exception:
        return ""
