"""Files: mode, position, name and whether they are closed, read from the C objects below and nothing else.

Runs inside the recorded process. `mode` and `closed` of the upper layers ask the layer below, which may be
the program's own: so they are asked only of an exact FileIO. `tell` of a buffered file moves its buffer or
writes it out; the position shown is that of the descriptor below, which asking does not change.
"""

from __future__ import annotations

import os
from _io import BufferedRandom, BufferedReader, BufferedWriter, FileIO

from ..kinds import type_dict
from .parts import field, kind_name, short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

lseek = os.lseek  # the program may put another in its place
_BUFFERED = frozenset(map(id, (BufferedReader, BufferedWriter, BufferedRandom)))


def text(value: Any, base: Any) -> str:
    """<TextIOWrapper mode='r' closed name='a.txt' encoding='utf-8'>"""
    names = type_dict(base)
    below = names["buffer"].__get__(value)
    file = field(below, "raw") if id(type(below)) in _BUFFERED else None
    mode = field(value, "mode") if _has_mode(value) else None
    more = f" encoding={short(names['encoding'].__get__(value))}"
    return _shown(value, file, mode, "descriptor at", more)


def buffered(value: Any, base: Any) -> str:
    """<BufferedReader mode='rb' descriptor at 4096 name='a.bin'>"""
    return _shown(value, type_dict(base)["raw"].__get__(value), None, "descriptor at")


def raw(value: Any, base: Any) -> str:
    """<FileIO mode='rb' at 4 name='a.bin'>"""
    return _shown(value, value if type(value) is FileIO else None, None, "at")


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


def _shown(value: Any, file: Any, mode: str | None, where: str, more: str = "") -> str:
    if type(file) is not FileIO:
        return f"<{kind_name(value)}>"
    name = field(file, "name")
    mode = mode or type_dict(FileIO)["mode"].__get__(file)
    state = " closed" if type_dict(FileIO)["closed"].__get__(file) else _position(file, where)
    return f"<{kind_name(value)} mode={short(mode)}{state} name={short(name)}{more}>"


def _position(file: FileIO, where: str) -> str:
    """Where the descriptor stands; "" for pipes, terminals and the like."""
    try:
        return f" {where} {lseek(FileIO.fileno(file), 0, 1)}"
    except (OSError, ValueError):
        return ""
