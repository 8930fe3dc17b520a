"""Where a decoder stands between two chunks: small enough to be kept for each, however deep the stack.

Only the part of the stack that a chunk touched is kept with it; the frames below are with earlier chunks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from semduck.trace.reader.chunk import Chunk, Entry
from semduck.trace.reader.known import Known, Site
from semduck.trace.store import Event

Open = tuple[Site, list[Any], list[Event]]  # a probe whose values are still to come, what was changed meanwhile
Saved = list[Any]


class Active:
    """A frame on the stack of the main thread."""

    __slots__ = ("code", "depth", "frame", "line", "result", "space")

    def __init__(self, frame: int, code: int, line: int, result: Any, space: int, depth: int) -> None:
        self.frame, self.code, self.line, self.result = frame, code, line, result
        self.space, self.depth = space, depth


NOBODY = Active(-1, -1, 0, None, 0, -1)


class Place:
    """The stack, and what waits for the next event."""

    def __init__(self) -> None:
        self.stack: list[Active] = []  # its innermost part; see `deeper`
        self.low = 0  # how short it was meanwhile
        self.kept: list[int] = []  # for each frame of the stack below `low`, the chunk that has it
        self.open: list[Open] = []
        self.unwound = -1  # the code that an exception has just left
        self.frames = 0  # frames so far
        self.probing = False
        self._below = (-1, 0)  # (chunk, count): where the rest of the stack is, how many frames that are
        self._load: Callable[[int], Saved] | None = None

    def top(self) -> Active:
        """The innermost frame, NOBODY when there is none."""
        stack = self.stack
        if stack:
            return stack[-1]
        return stack[-1] if self.deeper() else NOBODY

    def pop(self) -> None:
        """The innermost frame ends."""
        self.stack.pop()
        self.low = min(self.low, len(self.stack))

    def deeper(self) -> int:
        """Load more of the stack's lower part; how many frames."""
        chunk, count = self._below
        if not count or self._load is None:
            return 0
        start, entries, below = self._load(chunk)[:3]
        self.stack[:0] = [Active(*e) for e in entries[: count - start]]
        self._below = below, start
        return count - start

    # -- between chunks ------------------------------------------------------------------------------------

    def save(self, chunk: Chunk, carry: list[Entry]) -> Saved:
        """The place behind a chunk, as JSON values. carry: entries that wait for a step."""
        stack = self.stack
        start = max(0, min(self.low, len(stack)) - 1)  # the innermost of those may have another line now
        entries = [[a.frame, a.code, a.line, a.result, a.space, a.depth] for a in stack[start:]]
        below = self.kept[start - 1] if start else -1
        del self.kept[start:]
        self.kept += [chunk.number] * len(entries)
        self.low = len(stack)
        waits = [[site.number, values, held] for site, values, held in self.open]
        return [start, entries, below, waits, [e[1:] for e in carry], self.unwound, self.frames, self.probing]

    def restore(self, saved: Saved, known: Known, load: Callable[[int], Saved], chunk: Chunk) -> None:
        """Go to a saved place. load: the place saved behind a chunk."""
        start, entries, below, waits, carry, self.unwound, self.frames, self.probing = saved
        self.stack[:] = [Active(*e) for e in entries]
        self._below, self._load = (below, start), load
        self.open = [(known.sites[str(n)], list(values), list(held)) for n, values, held in waits]
        chunk.log += [(0, *entry) for entry in carry]
