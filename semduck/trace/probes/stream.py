"""Where probes and the tracing recorder write: one list, emptied into the tail by a thread of ours.

Runs inside the recorded process.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread

from ..tail import UNKNOWN, Full, Tail, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

PAUSE = 0.02  # seconds between two looks at the list
TAKEN = 1_000_000  # elements taken off the list at once
PART = 1000  # elements of one event: what a reader has to go through to see any step of it
BIG = 1 << 4096


class Stream:
    """Stands for the Tail while the program's code has probes. Events and probes keep their order."""

    def __init__(self, tail: Tail, buffer: list[Any], failed: Callable[[str], None]) -> None:
        self.tail, self.buffer, self.failed = tail, buffer, failed
        self.on_stop: Callable[[str], None] = lambda why: None
        self.lock = allocate_lock()
        self.sleep = allocate_lock()
        self.sleep.acquire()
        self.running = self.finished = False

    def emit(self, event: list[Any], is_step: bool = False) -> None:
        """Append one event."""
        self.buffer.append("#" + text_of(event))
        if self.finished:
            self.drain()

    def stop_asked(self) -> int:
        return self.tail.stop_asked()

    def last_words(self, event: list[Any]) -> None:
        """As Tail.last_words, behind all that is in the list."""
        try:
            self.drain()
        except Full:
            pass
        self.tail.last_words(event)

    def drain(self) -> None:
        """Move what is in the list to the tail. Raises Full."""
        with self.lock:
            buffer, left = self.buffer, len(self.buffer)
            while left > 0:
                taken = buffer[: min(TAKEN, left)]
                del buffer[: len(taken)]
                left -= len(taken)
                for start in range(0, len(taken), PART):
                    self.tail.put(_line(taken[start : start + PART]), UNKNOWN)

    def start(self) -> None:
        """Begin to empty the list regularly."""
        self.running = True
        start_new_thread(self._work, ())

    def finish(self) -> None:
        """The program ends: write the rest, and from now on at once."""
        self.running, self.finished = False, True
        try:
            self.drain()
        except Full as full:
            self.failed(str(full))
        self.sleep.release()

    def _work(self) -> None:
        while self.running:
            self.sleep.acquire(timeout=PAUSE)
            if not self.running:
                return
            try:
                self.drain()
            except Full as full:
                self.failed(str(full))
                return
            if self.tail.stop_asked():
                self.on_stop("stopped")


def _line(part: list[Any]) -> bytes:
    try:
        return ('["B",' + text_of(part) + "]\n").encode("ascii")
    except ValueError:  # an int with thousands of digits
        part = ["%" + hex(v) if type(v) is int and not -BIG < v < BIG else v for v in part]
        return ('["B",' + text_of(part) + "]\n").encode("ascii")


__all__ = ["Full", "Stream"]
