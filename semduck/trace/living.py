"""Frames that have begun and not ended, and the names in them that a recording has.

Runs inside the recorded process.
"""

from __future__ import annotations

import gc

from .frames import OPTIMIZED
from .kinds import GENERATORS, type_dict
from .labels import generator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType
    from typing import Any

_KINDS = frozenset(map(id, GENERATORS))


class Live:
    """A frame that has begun and not ended. number: the recorder's own, -1 when it has none; stands: is it on
    the main thread's stack? depth: recorded frames below it, -1: one more than its caller has."""

    __slots__ = ("caller", "code", "depth", "lane", "line", "names", "number", "space", "stands", "traced")

    def __init__(self, code: int, space: int, line: int) -> None:
        self.code, self.space, self.line = code, space, line
        self.number = self.caller = self.depth = -1
        self.lane, self.stands, self.traced = 0, False, False
        self.names: Mapping[str, Any] = {}  # tokens

    def row(self) -> list[int]:
        """All but the names, as the event has it."""
        place = [self.number, self.code, self.caller, self.depth, self.lane, self.space, self.line]
        return [*place, int(self.stands), int(self.traced)]


def waiting_frames(is_user: Any) -> dict[int, FrameType]:
    """Frames of generators and coroutines of the program that are not over, by address."""
    found: dict[int, FrameType] = {}
    for value in gc.get_objects():
        if id(type(value)) in _KINDS and is_user(generator(value)[1]):
            names = type_dict(type(value))
            prefix = next(p for p in ("gi", "cr", "ag") if p + "_frame" in names)
            frame = names[prefix + "_frame"].__get__(value)
            if frame is not None:
                found[id(frame)] = frame
    return found


def is_body(code: CodeType) -> bool:
    """Of a class?"""
    return not code.co_flags & OPTIMIZED and code.co_name != "<module>"
