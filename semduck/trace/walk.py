"""Stepping over, into, out and running, forwards and backwards, on a recording.

A walk stops where a person would look: before a line, at a return or yield with its value, at an exception.
CALL, RESUME and UNWIND steps are passed over. Backwards is the mirror: `back_over` from the line after a
call stands on the call's line, not inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from semduck.trace.recording import Recording

LINE, CALL, RETURN, EXCEPTION, YIELD, RESUME, UNWIND = range(7)
STOPS = frozenset({LINE, RETURN, EXCEPTION, YIELD})
Breakpoints = Collection[tuple[Path, int]]

AT_END, AT_START = "already at the last step", "already at the first step"


class Walk:
    """Moves on one recording. Each method returns the step to stand on, or None when there is none."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def _find(self, steps: Iterable[int], wanted: Callable[[int, int, int], bool]) -> int | None:
        brief = self.recording.brief
        for k in steps:
            kind, frame, line = brief(k)
            if kind in STOPS and wanted(kind, frame, line):
                return k
        return None

    def _forward(self, k: int) -> range:
        return range(k + 1, len(self.recording))

    def _backward(self, k: int) -> range:
        return range(k - 1, -1, -1)

    def first(self) -> int | None:
        """The first place to stand on."""
        return self._find(range(len(self.recording)), lambda *_: True)

    def last(self) -> int | None:
        """The last place to stand on."""
        return self._find(self._backward(len(self.recording)), lambda *_: True)

    def _same_thread(self, k: int) -> tuple[int, int, int]:
        frame = self.recording.frame_at(k)
        return frame, self.recording.depth(frame), self.recording.thread(frame)

    def _into(self, k: int, steps: range) -> int | None:
        _, _, thread = self._same_thread(k)
        return self._find(steps, lambda _, f, __: self.recording.thread(f) == thread)

    def _over(self, k: int, direction: int) -> int | None:
        """The nearest stop of this frame, or of a caller; calls made in between are leapt over whole."""
        frame, depth, thread = self._same_thread(k)
        recording, brief, at = self.recording, self.recording.brief, k + direction
        begin, end = recording.part_of(k)
        while begin <= at <= end:
            kind, other, _ = brief(at)
            if other == frame or (recording.thread(other) == thread and recording.depth(other) < depth):
                if kind in STOPS:
                    return at
            elif kind == (CALL if direction > 0 else RETURN) or (direction < 0 and kind == UNWIND):
                at = self._other_end(at, other, thread, direction)
            at += direction
        return self._beyond(k, direction)

    def _beyond(self, k: int, direction: int) -> int | None:
        """The nearest stop where something is missing between it and step k."""
        begin, end = self.recording.part_of(k)
        steps = range(end + 1, len(self.recording)) if direction > 0 else self._backward(begin)
        return self._find(steps, lambda *_: True)

    def _beside(self, k: int, direction: int) -> int | None:
        """Of an outermost call, as of a test: the nearest stop of the outermost call after (before) it."""
        frame, depth, thread = self._same_thread(k)
        first, last = self.recording.span(frame)
        steps = self._forward(last) if direction > 0 else self._backward(first)
        recording = self.recording

        def wanted(_: int, other: int, __: int) -> bool:
            return recording.depth(other) == 0 and recording.thread(other) == thread

        return None if depth else self._find(steps, wanted)

    def _other_end(self, at: int, frame: int, thread: int, direction: int) -> int:
        """The other end of the call that begins (backwards: ends) here; `at` when it may suspend."""
        recording = self.recording
        if recording.thread(frame) != thread or recording.suspends(frame):
            return at
        call = recording.call(frame)
        return call.first if direction < 0 else at if call.last is None else call.last

    def into(self, k: int) -> int | None:
        """The next stop of this thread, also inside a call."""
        return self._into(k, self._forward(k))

    def back_into(self, k: int) -> int | None:
        """The stop before, also inside a call that had just ended."""
        return self._into(k, self._backward(k))

    def over(self, k: int) -> int | None:
        """The next stop in this frame, or in its caller when the frame has ended."""
        found = self._over(k, 1)
        return self._beside(k, 1) if found is None else found

    def back_over(self, k: int) -> int | None:
        """The stop before in this frame, or the line of the caller when the frame had just begun."""
        found = self._over(k, -1)
        return self._beside(k, -1) if found is None else found

    def out(self, k: int) -> int | None:
        """This call's return with its value; from there, the caller."""
        frame, depth, thread = self._same_thread(k)
        recording, begin = self.recording, k + 1
        call = recording.call(frame)
        if call.last is not None and call.last > k and not recording.suspends(frame):
            if recording.brief(call.last)[:2] == (RETURN, frame):
                return call.last
            begin = call.last

        def wanted(kind: int, other: int, _: int) -> bool:
            ended = other == frame and kind == RETURN
            return ended or (recording.thread(other) == thread and recording.depth(other) < depth)

        found = self._find(range(begin, recording.part_of(k)[1] + 1), wanted)
        found = self._beside(k, 1) if found is None else found
        return self._beyond(k, 1) if found is None else found

    def back_out(self, k: int) -> int | None:
        """The line of the caller that made this call."""
        frame, depth, thread = self._same_thread(k)
        recording = self.recording
        end = k if recording.suspends(frame) else recording.call(frame).first
        found = self._find(
            range(end - 1, recording.part_of(k)[0] - 1, -1),
            lambda _, f, __: recording.thread(f) == thread and recording.depth(f) < depth,
        )
        return self._beyond(k, -1) if found is None else found

    # -- places --------------------------------------------------------------------------------------------

    def to_line(self, steps: range, places: Breakpoints) -> int | None:
        """The first of `steps` that is about to run one of these (file, line) places."""
        if not steps:
            return None
        find = self.recording.line_after if steps.step > 0 else self.recording.line_before
        found = find(steps[0] - steps.step, places)
        return found if found is not None and found in steps else None

    def run(self, k: int, places: Breakpoints) -> int | None:
        """The next breakpoint; without one the raise that ended the program, else the last step."""
        found = self.to_line(self._forward(k), places) if places else None
        if found is not None:
            return found
        ending = self.recording.ending
        if ending.kind == "exception" and ending.step is not None and ending.step > k:
            return ending.step
        last = self.last()
        return last if last is not None and last > k else None

    def back_run(self, k: int, places: Breakpoints) -> int | None:
        """The breakpoint before; without one the first step."""
        found = self.to_line(self._backward(k), places) if places else None
        if found is not None:
            return found
        first = self.first()
        return first if first is not None and first < k else None

    def nearest(self, k: int, file: Path, line: int) -> int | None:
        """The next time a line runs after step k, else the last time before."""
        ahead = self.to_line(self._forward(k), {(file, line)})
        return ahead if ahead is not None else self.to_line(self._backward(k), {(file, line)})

    def next_exception(self, k: int) -> int | None:
        """The next raise, else the first one of the run."""
        steps = [r.step for r in self.recording.raised()]
        return next((s for s in steps if s > k), steps[0] if steps else None)
