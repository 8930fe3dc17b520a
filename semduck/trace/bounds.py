"""How much of one value is looked at and kept. The same for a whole run, but for one that is widened.

Runs inside the recorded process.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

items = 5000  # elements of one container that are followed
text = 2000  # characters of one string that are kept
elements = 1000  # of an array or table that is read whole; numpy, too, writes larger ones with dots
memory = 64_000  # bytes of elements of an array that are read
objects = 20_000  # looked at in one event


def widen(wide: dict[str, Any]) -> None:
    """Look at more from here on. wide: some of the names above, none with less than it has."""
    for name, value in wide.items():
        globals()[name] = max(value, globals()[name])
