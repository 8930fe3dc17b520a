"""One-line texts of paths, and of regular expressions and their matches.

Runs inside the recorded process. Each function is given a value and the library's class it derives from.
"""

from __future__ import annotations

from ..kinds import Member, type_dict
from .parts import PARTS, SHORT, kind_name, plain, short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

FLAGS = ((2, "IGNORECASE"), (4, "LOCALE"), (8, "MULTILINE"), (16, "DOTALL"), (64, "VERBOSE"), (256, "ASCII"))


# -- paths -------------------------------------------------------------------------------------------------


def path(value: Any, base: Any) -> str:
    """PosixPath('/tmp/a')"""
    slots = {n: d for n, d in list(type_dict(base).items()) if type(d) is Member}
    text = _slot(value, slots, "_str")
    if type(text) is not str:
        text = _put_together(value, slots)
    return f"{kind_name(value)}({plain(text, 1000)})"


def _slot(value: Any, slots: dict[str, Any], name: str) -> Any:
    try:
        return slots[name].__get__(value)
    except (KeyError, AttributeError):  # of another version of python, or not filled yet
        return None


def _put_together(value: Any, slots: dict[str, Any]) -> str:
    """A path that was never written out: from its parts (3.11), or from what it was made of (since 3.12)."""
    drive, root, parts = (_slot(value, slots, n) for n in ("_drv", "_root", "_parts"))
    if type(parts) is list:
        start = f"{drive}{root}"
        return start + "/".join(parts[1:] if start else parts) or "."
    pieces = _slot(value, slots, "_raw_paths")
    if type(pieces) is not list or not all(type(p) is str for p in pieces[:PARTS]):
        raise LookupError
    return _normal(pieces[:PARTS])


def _normal(pieces: list[str]) -> str:
    """Parts joined as on POSIX: an absolute one begins anew; no double or closing slash, no dot."""
    joined = ""
    for part in pieces:
        joined = part if part[:1] == "/" else f"{joined}/{part}" if joined else part
    start = "//" if joined[:2] == "//" and joined[:3] != "///" else "/" * (joined[:1] == "/")
    return start + "/".join(p for p in joined.split("/") if p not in ("", ".")) or "."


# -- regular expressions -----------------------------------------------------------------------------------


def match(value: Any, base: Any) -> str:
    """<re.Match span=(0, 3), match='abc', groups=('c',)>"""
    names = type_dict(base)
    text, count = names["string"].__get__(value), type_dict(type(names["re"].__get__(value)))
    groups = count["groups"].__get__(names["re"].__get__(value))
    spans = [names["span"](value, n) for n in range(min(groups, PARTS) + 1)]
    if type(text) is not str and type(text) is not bytes:
        return f"<re.Match span={spans[0]}>"
    first, *others = (None if a < 0 else text[a : min(b, a + SHORT + 1)] for a, b in spans)
    shown = f"<re.Match span={spans[0]}, match={short(first)}"
    if groups > PARTS:
        return f"{shown}, {groups} groups>"
    return f"{shown}, groups={short(tuple(others))}>" if groups else f"{shown}>"


def pattern(value: Any, base: Any) -> str:
    """re.compile('a+', re.IGNORECASE)"""
    names = type_dict(base)
    flags = names["flags"].__get__(value)
    words = "|".join(_flags(flags))
    return f"re.compile({short(names['pattern'].__get__(value), 200)}{', ' * bool(words)}{words})"


def _flags(flags: int) -> Iterator[str]:
    return (f"re.{name}" for bit, name in FLAGS if flags & bit)
