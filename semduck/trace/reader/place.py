"""Where a decoder stands between two chunks: small enough to be kept for each, however deep the stack.

Only the part of the stack that a chunk touched is kept with it; the frames below are with earlier chunks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from semduck.trace.reader.chunk import Chunk
from semduck.trace.reader.entry import Entry
from semduck.trace.reader.known import Known, Site
from semduck.trace.store import Event

Open = tuple[
    Site, list[Any], list[Event]
]  # a probe whose values are still to come, what was changed meanwhile
Saved = list[Any]


class Active:
    """A frame on the stack of the main thread."""

    __slots__ = ("code", "depth", "frame", "line", "result", "space")

    def __init__(self, frame: int, code: int, line: int, result: Any, space: int, depth: int) -> None:
        self.frame, self.code, self.line, self.result = frame, code, line, result
        self.space, self.depth = space, depth


UNWIND = 6
NOBODY = Active(-1, -1, 0, None, 0, -1)


class Place:
    """The stack, and what waits for the next event. `chunk` takes the steps."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.stack: list[Active] = []  # its innermost part; see `deeper`
        self.low = 0  # how short it was meanwhile
        self.kept: list[int] = []  # for each frame of the stack below `low`, the chunk that has it
        self.open: list[Open] = []
        self.unwound = -1  # the code that an exception has just left
        self.frames = 0  # frames so far
        self.probing = False
        self.part = 0  # how often the log began anew
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
        more = [Active(*e) for e in entries[: count - start]]
        self.stack[:0] = more
        self._below = below, start
        return len(more)

    # -- steps --------------------------------------------------------------------------------------------

    def step(self, mark: tuple[Any, ...], frame: int) -> None:
        """A step of a frame."""
        self.chunk.steps.append(mark)
        self.chunk.frames.append(frame)

    def note(self, frame: int, ops: list[Event]) -> None:
        """Operations of a frame that belong to the next step. frame -1: nobody's."""
        log, n = self.chunk.log, len(self.chunk.steps)
        for op in ops:
            log.append((n, frame, op[1], op[2]) if op[0] == "l" else (n, frame, None, op))

    def find(self, code: int) -> Active | None:
        """The innermost frame of a code object; frames above it were left without a word."""
        stack, at = self.stack, len(self.stack) - 1
        while True:
            while at >= 0 and stack[at].code != code:
                at -= 1
            if at >= 0:
                break
            at = self.deeper() - 1
            if at < 0:
                return None
        if at < len(stack) - 1:
            self._unwind(at)
        return stack[at]

    def _unwind(self, at: int) -> None:
        """Frames above one are gone; what waits for a step still waits."""
        chunk, n = self.chunk, len(self.chunk.steps)
        while len(self.stack) - 1 > at:
            gone = self.stack[-1]
            chunk.ends.append((gone.frame, len(chunk.steps)))
            self.step((UNWIND, gone.line), gone.frame)
            self.pop()
        place = len(chunk.log)
        while place and chunk.log[place - 1][0] == n:
            place -= 1
            chunk.log[place] = (len(chunk.steps), *chunk.log[place][1:])

    def clear(self) -> None:
        """Nothing is on the stack, nothing waits."""
        self.stack, self.kept, self.open, self.low, self.unwound = [], [], [], 0, -1
        self._below = (-1, 0)

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
        return [
            start,
            entries,
            below,
            waits,
            [e[1:] for e in carry],
            self.unwound,
            self.frames,
            self.probing,
            self.part,
        ]

    def restore(self, saved: Saved, known: Known, load: Callable[[int], Saved], chunk: Chunk) -> None:
        """Go to a saved place. load: the place saved behind a chunk."""
        start, entries, below, waits, carry, self.unwound, self.frames, self.probing, self.part = saved
        self.stack[:] = [Active(*e) for e in entries]
        self._below, self._load = (below, start), load
        self.open = [(known.sites[str(n)], list(values), list(held)) for n, values, held in waits]
        chunk.log += [(0, *entry) for entry in carry]
