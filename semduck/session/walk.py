"""Where a session stands, and how it moves."""

from __future__ import annotations

from pathlib import Path

from semduck.session.run import RunSession
from semduck.trace.model import FrameInfo
from semduck.trace.recording import Recording
from semduck.trace.walk import AT_END, AT_START, Walk

MOVES = {
    "over": AT_END,
    "into": AT_END,
    "out": AT_END,
    "run": AT_END,
    "last": AT_END,
    "back_over": AT_START,
    "back_into": AT_START,
    "back_out": "this is the outermost call",
    "back_run": AT_START,
    "first": AT_START,
    "next_exception": "no exception was raised",
}
NOTHING = "nothing is recorded yet"


class WalkSession(RunSession):
    """Moving over the recording. Each move answers None, or one line why not."""

    def _there(self) -> Recording | None:
        recording = self.recording
        return recording if recording is not None and len(recording) else None

    def _go(self, step: int | None, refusal: str) -> str | None:
        if step is None:
            return "the program is still running" if self.running and refusal == AT_END else refusal
        self._moved = True
        self._stand(step)
        return None

    def move(self, how: str) -> str | None:
        """One of MOVES. None when we moved, else one line why not."""
        recording = self._there()
        if recording is None:
            return NOTHING
        walk = Walk(recording)
        if how in ("run", "back_run"):
            return self._go(getattr(walk, how)(self.cursor, self.breakpoints), MOVES[how])
        if how in ("first", "last"):
            return self._go(getattr(walk, how)(), MOVES[how])
        return self._go(getattr(walk, how)(self.cursor), MOVES[how])

    def goto(self, step: int) -> str | None:
        """Stand on a step by its number."""
        recording = self._there()
        if recording is None or not 0 <= step < len(recording):
            return f"there is no step {step}: steps go from 0 to {len(recording or ()) - 1}"
        return self._go(step, "")

    def goto_line(self, line: int, file: Path | None = None) -> str | None:
        """The next time a line runs, else the last time it ran."""
        recording = self._there()
        if recording is None:
            return NOTHING
        file = file or recording.step(self.cursor).file
        return self._go(Walk(recording).nearest(self.cursor, file, line), f"line {line} never ran")

    def run_to(self, file: Path, line: int) -> str | None:
        """On to the next time a line runs."""
        recording = self._there()
        if recording is None:
            return NOTHING
        steps = range(self.cursor + 1, len(recording))
        return self._go(
            Walk(recording).to_line(steps, {(file, line)}), f"line {line} does not run after this"
        )

    def previous_change(self, name: str) -> str | None:
        """To the step that made the value the name has now; from there, to the one before."""
        recording = self._there()
        if recording is None:
            return NOTHING
        found = recording.last_change(self.cursor, name, self.frame)
        if found == self.cursor and self.cursor:
            found = recording.last_change(self.cursor - 1, name, self.frame)
        part = recording.part_of(self.cursor)[0]
        refusal = f"{name} did not change before this"
        if part:
            refusal = f"{name} was set before the recording goes on at step {part}: steps are missing there"
        return self._go(found, refusal)

    def next_change(self, name: str) -> str | None:
        """To the next step that changes the name."""
        recording = self._there()
        if recording is None:
            return NOTHING
        end = recording.part_of(self.cursor)[1]
        refusal = f"{name} does not change after this"
        if end + 1 < len(recording):
            refusal = f"{name} does not change before step {end + 1}, where steps are missing"
        return self._go(recording.next_change(self.cursor, name, self.frame), refusal)

    def frame_up(self) -> str | None:
        """Select the caller's frame."""
        return self._select(1, "this is the outermost call")

    def frame_down(self) -> str | None:
        """Select the called frame."""
        return self._select(-1, "this is the innermost call")

    def _select(self, direction: int, refusal: str) -> str | None:
        frames = [info.frame for info in self.stack()]
        index = (frames.index(self.frame) if self.frame in frames else 0) + direction
        if not 0 <= index < len(frames):
            return refusal
        self.frame = frames[index]
        return None

    def toggle_breakpoint(self, file: Path, line: int) -> bool:
        """Set or clear a breakpoint; True when it is set now."""
        self.breakpoints ^= {(file, line)}
        return (file, line) in self.breakpoints

    def stack(self) -> list[FrameInfo]:
        """Frames at the cursor, innermost first."""
        recording = self._there()
        return recording.stack(self.cursor) if recording else []
