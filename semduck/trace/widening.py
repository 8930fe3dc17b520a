"""A second run of a program, of which a range of steps is recorded with wider bounds.

Runs inside the recorded process. It begins anew before the first of these steps, but not long before: probes
let it do that at calls and rounds of loops only.
"""

from __future__ import annotations

from . import bounds
from .anew import Anew
from .parts import Turning
from .tail import UNKNOWN, Tail, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from .follow import Recorder


class Wide(Turning):
    """config: "begin": how many steps come before at least; "bounds": see bounds.py."""

    def __init__(self, recorder: Recorder, tail: Tail, config: dict[str, Any]) -> None:
        super().__init__(recorder, tail)
        self.begin, self.bounds = config["begin"], config["bounds"]
        self.done = not self.begin  # all of it is wide
        self.keen = not self.done
        if self.done:
            bounds.widen(self.bounds)

    def due(self) -> bool:
        """From the first moment on, for only the program's own thread can say whether it has come."""
        if self.done or self.recorder.log is not self.tail:
            return not self.done
        return bool(self.recorder.steps >= self.begin)

    def turn(self, innermost: FrameType | None) -> None:
        probes = self.recorder.probes
        if probes is not None:
            stream = probes.stream
            if self.done or stream.steps + len(stream.buffer) < self.begin:
                return
            stream.drain()
            if stream.steps < self.begin:
                return
        super().turn(innermost)

    def _turn(self, innermost: FrameType | None) -> None:
        recorder = self.recorder
        bounds.widen(self.bounds)
        new = Anew(recorder)
        new.look_at_all()
        told = self._told(new, innermost)
        if told is None:
            return
        self.done, self.keen = True, False
        self.tail.rotate()
        line = encode(["A", {**told, "steps": self.steps(), "wide": 1}])
        self.tail.put(line, UNKNOWN if self.tail.uncounted else 0)
        self.tail.rotate()
