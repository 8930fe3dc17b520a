"""Where probes and the tracing recorder write: one list, emptied into the tail by a thread of ours.

Runs inside the recorded process.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread
from os import listdir
from sys import get_int_max_str_digits

from ..tail import UNKNOWN, Full, Tail, text_of, texts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..parts import Turning

PAUSE = 0.05  # seconds between two looks at the list: each one makes the threads take turns, which costs
PART = 300  # elements of one event: what a reader has to go through to see any step of it
BIG = 1 << 4096
USUAL = 4300  # digits of ints that python writes, and that a reader takes
LONG = 200_000  # elements: the program has to wait until they are written
MANY = 100  # events made without letting the program run: some milliseconds
WAITS = 5000  # times, a fifth of a millisecond each, that we look whether the thread has ended
ENDS = 1.0  # seconds the thread is given to end


class Stream:
    """Stands for the Tail while the program's code has probes. Events and probes keep their order.

    failed(why): nothing more can be written. max_steps: on_stop("limit") is called soon after so many.
    """

    def __init__(self, tail: Tail, buffer: list[Any], failed: Callable[[str], None], max_steps: int) -> None:
        self.tail, self.buffer, self.failed, self.max_steps = tail, buffer, failed, max_steps
        self.on_stop: Callable[[str], None] = lambda why: None
        self.hurry: Callable[[bool], None] = lambda yes: None  # make the program wait, or no longer
        self.parts: Turning | None = None  # begins anew when it is time
        self.ask: Callable[[bool], None] = lambda yes: None  # let the program begin anew, or no longer
        self.lock, self.sleep, self.alive = allocate_lock(), allocate_lock(), allocate_lock()
        self.sleep.acquire()
        self.running = self.finished = self.paused = self.deaf = False
        self.prompt = False  # what is traced is written at once: the main program is, and could end any time
        self.forks = 0  # that are being made: meanwhile nobody may start the thread
        self.steps = 0

    def emit(self, event: list[Any], is_step: bool = False) -> None:
        """Append one event."""
        self.buffer.append("#" + text_of(event))
        if is_step:
            self.steps += 1
        if self.finished:
            self.drain()
        elif self.prompt and self.lock.acquire(blocking=False):
            try:
                self._move()
            finally:
                self.lock.release()

    def tell(self, event: list[Any]) -> None:
        """As Tail.tell."""
        self.tail.keep(event)
        self.emit(event)

    def turn(self, told: bytes, max_bytes: int) -> None:
        """As Tail.turn, behind all that is in the list. Raises Full."""
        with self.lock:
            self._move()
            self.tail.uncounted = True
            self.tail.turn(told, max_bytes)

    def stop_asked(self) -> int:
        return self.tail.stop_asked()

    def last_words(self, event: list[Any]) -> None:
        """As Tail.last_words, behind all that is in the list."""
        try:
            self.drain()
        except Full:
            pass
        self.tail.last_words(event)
        self.deaf = True

    def cut(self, event: list[Any]) -> None:
        """The same, but what is in the list is left out, as nobody will read it."""
        with self.lock:
            self.buffer.clear()
            self.tail.last_words(event)
            self.deaf = True

    def drain(self) -> None:
        """Move what is in the list to the tail. Raises Full."""
        with self.lock:
            self._move()

    def _move(self, enough: int = 0) -> None:
        """enough: leave out the rest once there are so many steps; 0: nothing."""
        taken = self.buffer[:]
        del self.buffer[: len(taken)]
        parts = [taken[i : i + PART] for i in range(0, 0 if self.deaf else len(taken), PART)]
        for i in range(0, len(parts), MANY):
            for text in _texts(parts[i : i + MANY]):
                self._put(('["B",' + text + "]\n").encode("ascii"))
            if self.steps >= enough > 0:
                break

    def _put(self, line: bytes) -> None:
        self.steps += line.count(b',"+') + line.startswith(b'["B",["+')
        self.tail.put(line, UNKNOWN)

    # -- the thread ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to empty the list regularly."""
        self.running, self.paused = True, False
        self.sleep.acquire(blocking=False)  # the last thread may have ended without being woken
        try:
            start_new_thread(self._work, ())
        except RuntimeError:  # no more threads, or python is ending
            self.running, self.finished = False, True

    def pause(self) -> None:
        """The process is about to fork: end the thread. Python warns of forks beside other threads."""
        self.forks += 1
        if self.running:
            before = _threads()
            self.running, self.paused = False, True
            self._wake()
            self.alive.acquire()
            self.alive.release()
            for _ in range(WAITS):  # it is about to end, but python asks the system how many there are
                if _threads() < before or not before:
                    return
                self.alive.acquire()
                self.alive.acquire(timeout=0.0002)
                self.alive.release()

    def resume(self) -> None:
        """Go on after `pause`. Not at once: python counts threads after the fork."""
        if self.paused and not self.forks:
            self.start()

    def forked(self) -> None:
        """In the child of a fork, which is not recorded: what it would tell is thrown away."""
        self.deaf, self.running, self.paused, self.forks = True, False, False, 0
        self.buffer.clear()

    def begin_again(self) -> None:
        """In the child of a fork, which is recorded: the thread and what it held are not there."""
        self.lock, self.sleep, self.alive = allocate_lock(), allocate_lock(), allocate_lock()
        self.sleep.acquire()
        self.forks = 0
        if not self.finished:
            self.start()

    def finish(self) -> None:
        """The program ends: write the rest, and from now on at once."""
        was, self.running, self.finished = self.running, False, True
        try:
            self.drain()
        except Full as full:
            self._full(full)
        if was:
            self._wake()
            if self.alive.acquire(timeout=ENDS):  # python ends threads wherever they are, also with our lock
                self.alive.release()

    def last(self) -> None:
        """Python has ended but for this: write what came after `finish`, unless that can no longer be."""
        if self.lock.acquire(blocking=False):
            try:
                self._move()
            finally:
                self.lock.release()

    def _wake(self) -> None:
        """The thread need not sleep on. It may be awake, and leave the lock open when it ends."""
        if self.sleep.locked():
            self.sleep.release()

    def _work(self) -> None:
        pause = PAUSE if self.parts is None else min(PAUSE, self.parts.patience)
        with self.alive:
            while self.running:
                self.sleep.acquire(timeout=pause)
                if self.running:
                    self._round()

    def _round(self) -> None:
        asked = self.tail.catch_up_asked()
        most = self.parts.most if self.parts is not None else None
        self.hurry(len(self.buffer) > (LONG if most is None else min(LONG, most)))
        try:
            with self.lock:
                self._move(self.max_steps)
                if self.parts is not None and self.parts.due():  # before the program goes on
                    self.ask(True)
        except Full as full:
            self._full(full)
        finally:
            self.hurry(False)
        if self.tail.stop_asked():
            self.on_stop("stopped")
        elif self.steps >= self.max_steps > 0:
            self.on_stop("limit")
        if asked:
            self.tail.caught_up()

    def _full(self, full: Full) -> None:
        self.deaf = True
        self.failed(str(full))


def _threads() -> int:
    """How many the system counts in this process, 0 where it cannot be asked."""
    try:
        return len(listdir("/proc/self/task"))
    except OSError:
        return 0


def _texts(parts: list[list[Any]]) -> list[str]:
    try:
        if get_int_max_str_digits() == USUAL:
            return texts_of(parts)
    except ValueError:  # an int with thousands of digits
        pass
    return texts_of([[_sized(v) for v in part] for part in parts])


def _sized(value: Any) -> Any:
    return "%" + hex(value) if type(value) is int and not -BIG < value < BIG else value


__all__ = ["Full", "Stream"]
