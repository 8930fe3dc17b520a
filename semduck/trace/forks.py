"""What becomes of the recorder when the program forks.

Runs inside the recorded process. The child is not recorded, or, when children are followed, goes on in a
recording of its own, which begins with all that was recorded until then.
"""

from __future__ import annotations

import os
import sys

from . import streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .follow import Recorder
    from .offspring import Row
    from .starts import Starts
    from .tail import Tail

PATIENCE = 1.0  # seconds to wait for another thread of ours, which may be what forks


class Forks:
    """Hooks around every fork of the process. meta: what the log says of the process."""

    def __init__(self, recorder: Recorder, tail: Tail, starts: Starts, meta: dict[str, Any]) -> None:
        self.recorder, self.tail, self.starts, self.meta = recorder, tail, starts, meta
        self._held: list[Any] = []
        self._words = b""  # what the tail held before the fork: the parent goes on writing to it
        os.register_at_fork(
            before=self._before, after_in_parent=self._in_parent, after_in_child=self._in_child
        )

    def _before(self) -> None:
        probes = self.recorder.probes
        if probes is not None:
            probes.stream.pause()
        forking = self.starts.next_fork(sys._getframe(1))
        locks = [self.recorder.lock] if probes is None else [self.recorder.lock, probes.stream.lock]
        self._held = [lock for lock in locks if lock.acquire(timeout=PATIENCE)]
        self.starts.forking = forking
        self._words = self.tail.words() if self._follows() else b""

    def _follows(self) -> bool:
        return self.recorder.on and self.starts.passing.follows

    def _release(self) -> None:
        for lock in self._held:
            lock.release()
        self._held = []

    def _in_parent(self) -> None:
        forking = self.starts.forking  # until another thread may fork
        self._release()
        self._words = b""
        self.starts.in_parent(forking)
        probes = self.recorder.probes
        if probes is not None:
            probes.stream.forks -= 1
        if probes is not None and probes.stream.paused:
            probes.runtime.hurry(True)  # so that its next round or call lets the stream go on

    def _in_child(self) -> None:
        self._release()
        if not (self.starts.in_child() and self._follows() and self._joins()):
            self.stop()

    def _joins(self) -> bool:
        """Could this child be given a recording?"""
        try:
            row = self.starts.passing.claim(os.getpid(), self.starts.forking[0])
            if row is not None:
                self._go_on(row)
            return row is not None
        except Exception:  # the disk is full: the program goes on all the same
            return False

    def stop(self) -> None:
        """This child is not recorded."""
        recorder = self.recorder
        recorder.on = False
        if recorder.probes is not None:
            recorder.probes.forked()
        recorder.trace(None)
        streams.silence()

    def _go_on(self, row: Row) -> None:
        """This child is, from here on. Raises OSError, Full."""
        recorder, passing = self.recorder, self.starts.passing
        self.tail.go_on(passing.take(row), self._words, passing.lock())
        self._words = b""
        self.meta = {**self.meta, **told(row), "forked": True}
        recorder.note(["M", self.meta])
        recorder.on_stop = ending(recorder)
        if recorder.probes is not None:
            recorder.probes.stream.on_stop = recorder.on_stop
            recorder.probes.stream.begin_again()


def told(row: Row) -> dict[str, Any]:
    """What the log of a child says of its process."""
    parent = {"pid": os.getppid(), "number": row.parent, "start": row.start}
    return {"pid": row.pid, "number": row.number, "parent": parent}


def ending(recorder: Recorder) -> Any:
    """What a child does at a limit: its recording ends, the process does not, as others may wait for it."""

    def end(why: str) -> None:
        if not recorder.on:
            return
        reason = "recording was stopped"
        if why == "limit":
            reason = f"recording ended after {recorder.max_steps:,} steps (--max-steps allows more)"
            if recorder.probes is not None:
                recorder.probes.stream.cut(["L", reason])
        recorder.give_up(reason)

    return end
