"""What a number in the stream of probes means: docs/recording-format.md, "Probes".

Runs inside the recorded process, and in the host that reads the stream.
"""

from __future__ import annotations

LINE, ENTER, RETURN, VALUE, LEAVE, BIND, BIND_GLOBAL, UNBIND, UNBIND_GLOBAL = range(9)
NAMED = frozenset({ENTER, BIND, BIND_GLOBAL})  # kinds that are followed by a value for every name
STEPS = frozenset({LINE, ENTER, RETURN})  # surely a step each: their marks begin with "+", to be counted
VALUED = frozenset({RETURN, VALUE})  # kinds that are followed by one value


class Sites:
    """All probes of a process, by number. `fresh`: those not told to the log yet."""

    def __init__(self) -> None:
        self.fresh: list[list[object]] = []
        self.count = 0
        self.effects: dict[int, object] = {}  # number -> runtime.Statement

    def add(self, kind: int, code: int, what: object) -> str:
        """A new probe; its mark in the stream. what: the line of LINE, the names of BIND and ENTER."""
        self.fresh.append([kind, code, what])
        self.count += 1
        return f"+{self.count - 1}" if kind in STEPS else str(self.count - 1)
