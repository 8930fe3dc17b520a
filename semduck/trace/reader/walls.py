"""Where the log begins anew. Nothing leads from one side to the other: what was there before may have changed
in between, and is told again under other numbers of frames.
"""

from __future__ import annotations

from bisect import bisect_right


class Walls:
    """steps: those with which the recording goes on. chunks: the ones that begin anew. missing: about how
    many steps were left out before each, 0 when none were. frames: the first frame told there."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.chunks: list[int] = []
        self.missing: list[int] = []
        self.frames: list[int] = []

    def add(self, step: int, chunk: int, missing: int, frame: int) -> None:
        """One more, behind all others."""
        self.steps.append(step)
        self.chunks.append(chunk)
        self.missing.append(missing)
        self.frames.append(frame)

    def end(self, frame: int) -> int | None:
        """The last step of the part that a frame was told in; None when that is the last part."""
        at = bisect_right(self.frames, frame)
        return self.steps[at] - 1 if at < len(self.steps) else None

    def gaps(self) -> dict[int, int]:
        """How many steps were left out, by the step before which they are missing."""
        found: dict[int, int] = {}
        for step, missing in zip(self.steps, self.missing, strict=True):
            if missing:
                found[step] = found.get(step, 0) + missing
        return found

    def floor(self, chunk: int) -> int:
        """The latest chunk, at most this one, that begins anew; 0 when there is none."""
        at = bisect_right(self.chunks, chunk)
        return self.chunks[at - 1] if at else 0

    def before(self, step: int) -> int:
        """The step with which the part begins that a step is in."""
        at = bisect_right(self.steps, step)
        return self.steps[at - 1] if at else 0

    def after(self, step: int) -> int | None:
        """The first step of the next part; None when there is no more."""
        at = bisect_right(self.steps, step)
        return self.steps[at] if at < len(self.steps) else None
