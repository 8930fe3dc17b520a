"""A run of which only the beginning and the end are kept: the recording itself, then parts, of which the
oldest is removed again and again.

Runs inside the recorded process. Each part begins anew, so that it can be read without those before it. They
are joined when the run is over (joining.py).
"""

from __future__ import annotations

from _thread import get_ident
from sys import _current_frames

from .anew import Anew
from .tail import Full, Tail, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from .follow import Recorder

KEPT = 2  # whole parts behind the one that is written; each has 1/KEPT of the last steps
LEAST = 1 << 20  # bytes a part may have whatever the limit is
FAST = 5_000_000  # steps a second
ELEMENTS = 3  # of the list of probes, about, for one step
FEW = 5000  # elements that may wait in that list however few steps are kept
SOON = 0.001  # seconds
HEARD = 4_000_000  # bytes of output in one part
HERE = __file__[: -len("parts.py")]


class Turning:
    """Says when the recording is to begin anew, and lets it. keen: try at each moment until it is done."""

    keen = False
    patience = 1.0  # seconds between two looks whether it is time
    most: int | None = None  # elements that may wait in the list of probes; None: as ever

    def __init__(self, recorder: Recorder, tail: Tail) -> None:
        self.recorder, self.tail = recorder, tail

    def steps(self) -> int:
        """Steps so far; where probes tell them, about so many."""
        log: Any = self.recorder.log
        return self.recorder.steps if log is self.tail else int(log.steps)

    def due(self) -> bool:
        """Is it time?"""
        raise NotImplementedError

    def hears(self, size: int) -> bool:
        """The program writes so many bytes: are they kept?"""
        return True

    def turn(self, innermost: FrameType | None) -> None:
        """Begin anew, unless this is no moment for it. innermost: a frame of the running thread."""
        recorder = self.recorder
        with recorder.lock:
            try:
                if self.due():
                    self._turn(self._main(innermost))
            except Full as full:
                recorder.give_up(str(full))
        if recorder.probes is not None and not self.keen:
            recorder.probes.stream.ask(False)

    def _turn(self, innermost: FrameType | None) -> None:
        raise NotImplementedError

    def _main(self, frame: FrameType | None) -> FrameType | None:
        """The innermost frame of the main thread; None while a probe of it may be half told."""
        probes = self.recorder.probes
        if probes is None or get_ident() == probes.runtime.thread:
            return frame
        frame = _current_frames().get(probes.runtime.thread)
        if frame is None or frame.f_code.co_filename.startswith(HERE):
            return None
        return frame if probes.runtime.number(frame.f_code) < 0 else None

    def _told(self, new: Anew, innermost: FrameType | None) -> dict[str, Any] | None:
        """See Anew.told; what is to stand before it is written."""
        told = new.told(innermost)
        if new.changes:
            self.recorder.log.emit(["E", -1, new.changes])
        if self.recorder.probes is not None:
            self.recorder.probes.stream.drain()
        return told


class Parts(Turning):
    """Files with the beginning and the end of a run. first, last: about how many steps are kept."""

    def __init__(self, recorder: Recorder, tail: Tail, first: int, last: int) -> None:
        super().__init__(recorder, tail)
        self.first, self.last, self.max_bytes = first, last, tail.max_bytes
        least = min(first or last, last or first)
        self.patience = max(SOON, least / KEPT / FAST)
        self.most = max(FEW, least * ELEMENTS // KEPT)  # all that waits goes into one part
        self.begun = 0  # steps when the file was begun that is written
        self.weight = 0  # bytes of what a part began with: it is to have as many of its own
        self.head: list[int] | None = None  # steps, bytes of output and of the file when that was left
        self.said = self.heard = 0  # bytes of output: of the program, in this part

    def due(self) -> bool:
        """What a part begins with is not to be most of the work."""
        most = self.first if self.head is None else max(1, self.last // KEPT)
        return self.steps() - self.begun >= most and self.tail.raw >= self.weight

    def hears(self, size: int) -> bool:
        self.said += size
        self.heard += size
        return self.head is None or self.heard <= HEARD

    def _turn(self, innermost: FrameType | None) -> None:
        recorder = self.recorder
        if not self.last:
            recorder.give_up("kept")
            return
        told = self._told(Anew(recorder), innermost)
        if told is None:
            return
        self.tail.rotate()
        steps = self.steps()
        if self.head is None:
            self.head = [steps, self.said, self.tail.written]
        told.update(steps=steps, said=self.said, head=self.head)
        line = encode(["A", told])
        recorder.log.turn(line, self._share())
        self.begun, self.weight, self.heard = steps, len(line), 0
        self.tail.drop(self.tail.part - KEPT - 1)

    def _share(self) -> int:
        """How large a part may be."""
        if not self.max_bytes or self.head is None:
            return 0
        return max(LEAST, (self.max_bytes - self.head[2]) // (KEPT + 1))
