"""One-line texts of objects whose content is not followed, made without running code of the program.

Runs inside the recorded process.
"""

from __future__ import annotations

from . import bounds
from .adapters.parts import builtin_name, plain, short
from .kinds import (
    ATOM_IDS,
    SCALARS,
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
cause: Callable[[BaseException], Any] = BaseException.__dict__["__cause__"].__get__
context: Callable[[BaseException], Any] = BaseException.__dict__["__context__"].__get__
hides_context: Callable[[BaseException], bool] = BaseException.__dict__["__suppress_context__"].__get__
RETURN_GENERATOR = 75  # opcode of 3.11, where asynchronous generators do not tell whether they have begun
LONG = (str, bytes, bytearray)


def label(value: Any, kind: str, layout: Layout) -> str:
    """Short text of things that have no followed content, and of exceptions (their message)."""
    if layout.adapter is not None:
        return layout.adapter.label(value)[: bounds.text]
    if kind == "function":
        return _function(value)
    if kind == "generator":
        return generator(value)[0]
    if kind == "module":
        return module(value)
    if kind in ("class", "type"):
        return type_name(value)
    if kind in SCALARS:
        return _scalar(value, layout.base)
    return _message(value) if kind == "exception" else ""


def _scalar(value: Any, base: Any) -> str:
    """What the number, text or bytes in an object of a derived class is."""
    if base is int:
        return plain(base.__add__(value, 0), bounds.text)
    return repr(base.__getitem__(value, slice(bounds.text))) if base in LONG else str(base.__repr__(value))


def module(value: Any) -> str:
    """Name and file."""
    names = module_dict(value)
    name, file = names.get("__name__"), names.get("__file__")
    shown = name if type(name) is str else "module"
    return f"{shown} from {plain(file, bounds.text)}" if type(file) is str else shown


def _function(value: Any) -> str:
    """Name, signature, and where it is defined."""
    cls = type(value)
    if cls is Method:
        return _function(value.__func__)
    if cls is Builtin:
        return builtin_name(value)
    name = value.__qualname__ if cls is Function else "function"
    more = f"{_signature(value)} at {_place(value.__code__)}" if cls is Function else ""
    return (name if type(name) is str else "function") + more


def _place(code: Any) -> str:
    """p.py:12"""
    return f"{code.co_filename.replace(chr(92), '/').rpartition('/')[2]}:{code.co_firstlineno}"


def free_names(function: Any) -> tuple[str, ...]:
    """Names a function takes from the functions around it; not those python makes for super()."""
    return tuple(n for n in function.__code__.co_freevars if n[:2] != "__")


def closure(function: Any) -> tuple[list[str], list[Any]]:
    """The bound ones of these names, and what they mean now."""
    names: list[str] = []
    values: list[Any] = []
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        if name[:2] != "__":
            try:
                values.append(cell.cell_contents)
                names.append(name)
            except ValueError:  # not bound yet, or no longer
                pass
    return names, values


def _signature(function: Any) -> str:
    """(a, b=1, *rest, key=..., **more): defaults only where they are plain."""
    code = function.__code__
    names, positional, only = code.co_varnames, code.co_argcount, code.co_kwonlyargcount
    defaults = function.__defaults__ or ()
    given = dict(zip(names[positional - len(defaults) : positional], defaults, strict=False))
    given.update(function.__kwdefaults__ or {})
    parts = [f"{n}={short(given[n], 20)}" if n in given else n for n in names[: positional + only]]
    stars = list(names[positional + only : positional + only + 2])
    if code.co_flags & 4:
        parts.insert(positional, "*" + stars.pop(0))
    elif only:
        parts.insert(positional, "*")
    if code.co_posonlyargcount:
        parts.insert(code.co_posonlyargcount, "/")
    return f"({', '.join(parts + ['**' + n for n in stars if code.co_flags & 8])})"


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
        return text[: bounds.text]
    except Exception:
        return ""


def generator(value: Any) -> tuple[str, Any]:
    """Name of a generator's or coroutine's function, and its code."""
    names = type_dict(type(value))
    code = next(n for n in ("gi_code", "cr_code", "ag_code") if n in names)
    name: str = str.__str__(names["__qualname__"].__get__(value))
    return name, names[code].__get__(value)


def progress(value: Any) -> tuple[str, Any]:
    """How far a generator or coroutine is, and its frame while it has one.

    Makes a frame object, as tracing does: only for the program's own.
    """
    names = type_dict(type(value))
    prefix = next(p for p in ("gi", "cr", "ag") if p + "_frame" in names)
    frame = names[prefix + "_frame"].__get__(value)
    if frame is None:
        return "finished", None
    if names[prefix + "_running"].__get__(value):
        return "running", frame
    suspended = names.get(prefix + "_suspended")
    if suspended is not None:
        begun = suspended.__get__(value)
    else:
        begun = frame.f_code.co_code[frame.f_lasti] != RETURN_GENERATOR
    return (f"suspended at line {frame.f_lineno}" if begun else "not started"), frame
