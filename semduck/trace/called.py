"""Frames, calls and codes: answers from the index alone, and from single events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from semduck.trace.call_list import Calls
from semduck.trace.index import NO_PARENT, RUNNING
from semduck.trace.model import Call, SourceFile
from semduck.trace.pieces import Pieces
from semduck.trace.store import Event

SUSPENDS = 0x20 | 0x80 | 0x200  # code flags of generators and coroutines


class Frames(Pieces):
    """A frame is a call, by its number."""

    # -- single steps --------------------------------------------------------------------------------------

    def brief(self, k: int) -> tuple[int, int, int]:
        """(kind as an index into KINDS, frame, line) of a step: the cheapest question there is."""
        chunk = self._log.chunk_of(k)
        mark = chunk.steps[k - chunk.first]
        return mark[0], chunk.frames[k - chunk.first], mark[1]

    def event(self, k: int) -> Event:
        """The raw event of a step: equal events of two runs changed the same things in the same way."""
        return self._moment(k).event

    def frame_at(self, k: int) -> int:
        """Number of the frame step k belongs to."""
        chunk = self._log.chunk_of(k)
        return chunk.frames[k - chunk.first]

    # -- frames and calls ----------------------------------------------------------------------------------

    def suspends(self, frame: int) -> bool:
        """Is it a generator or coroutine, whose steps are not in one piece?"""
        return bool(self._index.codes[self._index.frames.code[frame]].flags & SUSPENDS)

    def depth(self, frame: int) -> int:
        """Recorded frames below this one."""
        return self._index.frames.depth[frame]

    def thread(self, frame: int) -> int:
        """Lane of a frame."""
        return self._index.frames.lane[frame]

    def code_of(self, frame: int) -> int:
        """Number of the code a frame runs."""
        return self._index.frames.code[frame]

    def code_count(self) -> int:
        """How many code objects are known."""
        return len(self._index.codes)

    def code_place(self, code: int) -> tuple[str, Path]:
        """(qualified name, file) of a code object."""
        found = self._index.codes[code]
        return found.name, self._index.files[found.file].path

    def frames_of(self, codes: set[int]) -> Iterator[int]:
        """Frames that run one of these codes, in the order they began."""
        return self._index.frames.running(codes, self.call_count())

    def frames_below(self, root: int | None) -> range:
        """Frames that began while a call went on; None: all."""
        if root is None:
            return range(self.call_count())
        return range(root + 1, self._begun_by(self._span(root)[1]))

    def frames_between(self, start: int, stop: int) -> Iterator[int]:
        """Frames that lived at some step start <= k < stop, in the order they began."""
        begin = min(self._begun_by(start - 1), self._begun_by(stop - 1))
        yield from self._index.frames.lasting(start, begin)
        yield from range(begin, self._begun_by(stop - 1))

    def _begun_by(self, k: int) -> int:
        """How many calls had begun at step k."""
        return min(self._index.frames.born_by(k), self.call_count())

    def own_steps(self, frame: int, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        """(step, kind, line) of a frame's steps at start <= k < stop, leaping over the calls it made."""
        first, last = self._span(frame)
        k, stop = max(start, first), min(stop, last + 1)
        steady, lane = not self.suspends(frame), self.thread(frame)
        while k < stop:
            kind, other, line = self.brief(k)
            if other == frame:
                yield k, kind, line
            elif steady and self.thread(other) == lane and not self.suspends(other):
                k = max(k, self._span(other)[1])  # it was called by this frame, whole
            k += 1

    @property
    def alone(self) -> bool:
        """Was there only one thread?"""
        return self._index.frames.lanes == 1

    def sources(self) -> Sequence[SourceFile]:
        """Recorded program files, by number."""
        return self._index.files

    def is_module(self, frame: int) -> bool:
        """Is the frame module-level code?"""
        name: str = self._index.codes[self._index.frames.code[frame]].name
        return name == "<module>"

    def call(self, frame: int) -> Call:
        """One call, by its frame number. Raises IndexError."""
        frames = self._index.frames
        code = self._index.codes[frames.code[frame]]
        parent, last = frames.parent[frame], frames.last[frame]
        return Call(
            frame,
            code.name,
            self._index.files[code.file].path,
            code.line,
            None if parent == NO_PARENT else parent,
            frames.first[frame],
            None if last == RUNNING else last,
            frames.lane[frame],
        )

    def calls(self) -> Sequence[Call]:
        """All calls in order of their start; made as they are asked for."""
        return Calls(self)

    def call_count(self) -> int:
        """How many calls were recorded."""
        frames = self._index.frames
        count = len(frames)
        while count and frames.first[count - 1] == RUNNING:  # announced, its CALL step not written
            count -= 1
        return count

    def argument_names(self, frame: int) -> list[str]:
        """Names of a function's parameters."""
        return list(self._index.codes[self._index.frames.code[frame]].arguments)

    def called_between(self, start: int, stop: int, parent: int) -> set[str]:
        """Names of functions and classes a frame called at steps start < k < stop, without their owners'."""
        frames, found = self._index.frames, set[str]()
        called = frames.having(parent, self._begun_by(start), self._begun_by(stop - 1))
        for code in {frames.code[frame] for frame in called}:
            parts = self._index.codes[code].name.split(".")
            found.add(parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1])
        return found

    def module_name(self, space: int) -> str:
        """Name of the module with a number."""
        return self._index.spaces[space] if space < len(self._index.spaces) else "?"

    def children(self, frame: int) -> list[Call]:
        """Calls made directly by this one."""
        stop = self._begun_by(self._span(frame)[1])
        return [self.call(f) for f in self._index.frames.having(frame, frame + 1, stop)]

    def call_steps(self, frame: int) -> list[int]:
        """Steps of exactly this frame."""
        first, last = self._span(frame)
        return [
            k
            for chunk in self._chunks(first, last + 1)
            for k, f in enumerate(chunk.frames, chunk.first)
            if f == frame and first <= k <= last
        ]

    def call_steps_back(self, frame: int) -> Iterator[int]:
        """Steps of exactly this frame, the last one first; as few are read as are asked for."""
        first, last = self._span(frame)
        while last >= first:
            chunk = self._log.chunk_of(last)
            start = max(first - chunk.first, 0)
            frames = chunk.frames[start : last + 1 - chunk.first]
            own = [k for k, f in enumerate(frames, chunk.first + start) if f == frame]
            yield from reversed(own)
            last = chunk.first - 1

    def _span(self, frame: int) -> tuple[int, int]:
        first, last = self._index.frames.first[frame], self._index.frames.last[frame]
        return first, (len(self) - 1 if last == RUNNING else last)
