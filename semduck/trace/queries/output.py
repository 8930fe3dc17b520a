"""Output and the steps that wrote it, both ways. Positions are characters of one stream."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from semduck.trace.recording import Recording


class Positions:
    """Where each piece of one stream begins; grows with the recording."""

    def __init__(self, stream: str) -> None:
        if stream not in ("stdin", "stdout", "stderr"):
            raise ValueError(f"there is no stream {stream!r}")
        self.stream = stream
        self.steps, self.ends = array("Q"), array("Q")

    def update(self, recording: Recording) -> None:
        """Take in everything again: the last piece may have grown."""
        self.steps, self.ends = array("Q"), array("Q")
        end = 0
        for piece in recording.output():
            if piece.stream == self.stream:
                end += len(piece.text)
                self.steps.append(piece.step)
                self.ends.append(end)

    def step(self, position: int) -> int | None:
        """The step that wrote the character, None when there is none."""
        at = bisect_right(self.ends, position)
        return self.steps[at] if position >= 0 and at < len(self.steps) else None

    def span(self, k: int) -> tuple[int, int] | None:
        """(start, stop) of what step k wrote, None when it wrote nothing."""
        low, high = bisect_left(self.steps, k), bisect_right(self.steps, k)
        if low == high:
            return None
        return (self.ends[low - 1] if low else 0), self.ends[high - 1]


def positions(recording: Recording, stream: str) -> Positions:
    """An up to date table."""
    pieces = recording.output_state()
    held = recording.tables.get(stream)
    if held is None or held[0] != pieces:
        table = Positions(stream)
        table.update(recording)
        held = recording.tables[stream] = pieces, table
    return held[1]
