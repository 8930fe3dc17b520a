"""The one-cell marks of the screen, and what they become where the terminal has no Unicode."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marks:
    """Never told apart by colour alone: every mark is its own character."""

    hit: str = "✓"
    miss: str = "✗"
    unknown: str = "·"
    here: str = "▶"
    caller: str = "▷"
    breakpoint: str = "●"
    changed: str = "●"
    selected: str = "▸"
    bars: str = "▁▂▃▄▅▆▇█"
    cut: str = "…"
    said: str = "▌"
    position: str = "┃"
    gap: str = "╳"

    def of(self, mark: str) -> str:
        """The character of "hit", "miss" or "unknown"; a space for none."""
        return {"hit": self.hit, "miss": self.miss, "unknown": self.unknown}.get(mark, " ")


UNICODE = Marks()
ASCII = Marks("+", "x", ".", ">", "~", "*", "*", ">", "_.,-=oO#", "~", "|", "|", "/")


def marks() -> Marks:
    """The marks this terminal can show, by the encoding of stdout."""
    encoding = (getattr(sys.__stdout__, "encoding", None) or "ascii").lower()
    return UNICODE if encoding.replace("-", "") in ("utf8", "utf16", "cp65001") else ASCII


def style(mark: str) -> str:
    """The theme colour of "hit", "miss" or "unknown"."""
    return {"hit": "$hit", "miss": "$miss bold"}.get(mark, "$muted")
