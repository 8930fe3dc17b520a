"""Files: name, mode and whether they are closed, read from the C objects below and from nothing else.

Runs inside the recorded process. `mode` and `closed` of the upper layers ask the layer below, which may be
the program's own: so they are asked only of an exact FileIO.
"""

from __future__ import annotations

from _io import BufferedRandom, BufferedReader, BufferedWriter, FileIO

from ..kinds import type_dict
from .parts import field, kind_name, short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BUFFERED = frozenset(map(id, (BufferedReader, BufferedWriter, BufferedRandom)))


def text(value: Any, base: Any) -> str:
    """<TextIOWrapper name='a.txt' mode='r' encoding='utf-8' closed>"""
    names = type_dict(base)
    below = names["buffer"].__get__(value)
    file = field(below, "raw") if id(type(below)) in _BUFFERED else None
    mode = field(value, "mode") if _has_mode(value) else None
    more = f" encoding={short(names['encoding'].__get__(value))}"
    return _shown(value, file, mode, more)


def buffered(value: Any, base: Any) -> str:
    """<BufferedReader name='a.bin' mode='rb'>"""
    return _shown(value, type_dict(base)["raw"].__get__(value), None, "")


def raw(value: Any, base: Any) -> str:
    """<FileIO name='a.bin' mode='rb'>"""
    return _shown(value, value if type(value) is FileIO else None, None, "")


def memory(value: Any, base: Any) -> str:
    """<StringIO at 5>: the position; the content may be long."""
    if base.closed.__get__(value):
        return f"<{kind_name(value)} closed>"
    return f"<{kind_name(value)} at {base.tell(value)}>"


def _has_mode(value: Any) -> bool:
    try:
        return type(field(value, "mode")) is str
    except LookupError:
        return False


def _shown(value: Any, file: Any, mode: str | None, more: str) -> str:
    if type(file) is not FileIO:
        return f"<{kind_name(value)}>"
    name = field(file, "name")
    mode = mode or type_dict(FileIO)["mode"].__get__(file)
    closed = " closed" if type_dict(FileIO)["closed"].__get__(file) else ""
    return f"<{kind_name(value)} name={short(name)} mode={short(mode)}{more}{closed}>"
