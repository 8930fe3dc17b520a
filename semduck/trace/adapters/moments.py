"""pandas' single values: moments, and those that are missing.

Runs inside the recorded process.
"""

from __future__ import annotations

from .parts import field
from .values import zone_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MISSING = "<NA>"


def not_a_time(value: Any, base: Any) -> str:
    """NaT"""
    return "NaT"


def not_available(value: Any, base: Any) -> str:
    """<NA>"""
    return MISSING


def timestamp(value: Any, base: Any) -> str:
    """Timestamp('2024-01-31 12:00:00.000000001')"""
    year, *parts = (field(value, n) for n in ("year", "month", "day", "hour", "minute", "second"))
    micro, nano = field(value, "microsecond"), field(value, "nanosecond")
    text = f"{year:04}-{parts[0]:02}-{parts[1]:02} " + ":".join(f"{p:02}" for p in parts[2:])
    fraction = f"{micro:06}{nano:03}" if nano else f"{micro:06}" if micro else ""
    zone = field(value, "tzinfo")
    more = f", tz={zone_text(zone)}" if zone is not None else ""
    return f"Timestamp('{text}{'.' * bool(fraction)}{fraction}'{more})"
