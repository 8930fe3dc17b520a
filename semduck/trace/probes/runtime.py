"""What the probes call: values, effects and exceptions, as text for the stream.

Runs inside the recorded process. The stream holds only str, int, float, bool and None, so that recording
makes no work for the garbage collector. Its elements: docs/recording-format.md, "Probes".
"""

from __future__ import annotations

from . import build as b
from .waiting import Waiting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..follow import Recorder


class Runtime(Waiting):
    """A layer of the Runtime."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        for place, helper in {
            b.TYPE: type, b.INT: int, b.LEN: len,
            b.EXOTIC: self.exotic, b.FLYING: self.flying, b.PENDING: self.pending, b.DEEP: self.deep,
            b.FULL: self.full, b.QUIET: self.quiet, b.FROZEN: [], b.LATER: [],
            b.VALUE: self.value, b.CHANGED: self.changed, b.RESULT: self.result, b.BOUND: self.bound,
            b.CLASS_NAMES: self.class_names, b.BODY: self.body, b.BODY_ENDS: self.body_ends,
            b.FREE: self.free, b.SHARED: self.shared, b.CLOSED: self.closed, b.STAR: self.star,
            b.MODULE: self.module, b.OUTSIDE: self.outside, b.SHALLOW: self.shallow, b.DRAIN: self.drain,
            b.PAUSE: self.pause,
            b.WAITS: self.waits, b.PARENT: self.parent, b.EFFECTS: self.effects,
            b.EFFECTS_LOCALS: self.effects_locals, b.HOLD: self.hold, b.HALF: self.half,
            b.FAILED: self.failed, b.LEFT: self.left, b.HANDLED: self.handled, b.AGAIN: self.again,
            b.BEGAN: self.began, b.YIELDED: self.yielded, b.RESUMED: self.resumed, b.ENDED: self.ended,
            b.TRACED: self.traced, b.DRAWN: self.drawn,
            b.IMPORTED: self.imported,
        }.items():
            self.helpers[place] = helper
