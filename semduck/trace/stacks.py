"""The stack at a step, from the events alone."""

from __future__ import annotations

from semduck.trace.index import NO_PARENT
from semduck.trace.lineage import Lineage
from semduck.trace.model import FrameInfo
from semduck.trace.reader.finding import last_resume

LOOK_BACK = 5000  # steps looked at for the line a caller stands on; calls are leapt over


class Stacks(Lineage):
    """Who called whom, and where each stands."""

    def stack(self, k: int) -> list[FrameInfo]:
        """Frames of the step's thread, innermost first, with the line each stands on."""
        event = self._moment(k).event
        frames, found = self._index.frames, []
        frame, line = event[1], event[2]
        while True:
            code = self._index.codes[frames.code[frame]]
            found.append(FrameInfo(frame, code.name, self._index.files[code.file].path, line))
            entered, parent = self.entered(k, frame)
            if parent == NO_PARENT:
                return found
            line = self._line_before(entered, parent)
            frame, k = parent, entered

    def entered(self, k: int, frame: int) -> tuple[int, int]:
        """(step, caller) of the last time a frame was entered or went on, at or before step k."""
        frames = self._index.frames
        if self.suspends(frame):
            step = last_resume(self._log, frame, frames.first[frame], k)
            if step is not None:
                caller = self._moment(step).event[5]
                return step, NO_PARENT if caller < 0 else caller
        return frames.first[frame], frames.parent[frame]

    def caller_frame(self, k: int, frame: int) -> int | None:
        """The frame another was entered from, the last time at or before step k."""
        parent = self.entered(k, frame)[1]
        return None if parent == NO_PARENT else parent

    def caller(self, k: int, frame: int) -> tuple[int, int] | None:
        """(frame, line) a frame was entered from, the last time at or before step k."""
        entered, parent = self.entered(k, frame)
        return None if parent == NO_PARENT else (parent, self._line_before(entered, parent))

    def _line_before(self, k: int, frame: int) -> int:
        """Line the frame stood on when step k began."""
        step, lane, steady = k - 1, self.thread(frame), not self.suspends(frame)
        for _ in range(LOOK_BACK):
            if step < self._index.frames.first[frame]:
                break
            _, other, line = self.brief(step)
            if other == frame:
                return line
            if steady and self.thread(other) == lane and not self.suspends(other):
                step = self._index.frames.first[other]  # it was called by this frame, whole
            step -= 1
        found = self._index.stood.get(frame)
        return int(self._index.codes[self._index.frames.code[frame]].line) if found is None else found
