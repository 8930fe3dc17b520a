"""Stories of long calls, told in a thread of their own so that stepping never waits for words."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from semduck.duck.narrator import narrate
from semduck.duck.utterance import Utterance
from semduck.trace.recording import Recording, RecordingError

Told = tuple[int, int, list[Utterance]]  # frame, focus, sentences


class Teller:
    """Tells calls of one recording file, through a reader of its own: threads do not share recordings."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pool = ThreadPoolExecutor(1, "semduck-teller")
        self._recording: Recording | None = None
        self._asked: Future[Told] | None = None
        self._wanted: tuple[int, int] | None = None
        self._told: Told | None = None

    def ask(self, frame: int, focus: int) -> list[Utterance] | None:
        """The story of a call as last told, None when it never was; a newer focus is worked on."""
        told = self._told
        if told is None or told[:2] != (frame, focus):
            self._wanted = (frame, focus)
            self._begin()
        return told[2] if told is not None and told[0] == frame else None

    def _begin(self) -> None:
        if self._asked is None and self._wanted is not None:
            self._asked = self._pool.submit(self._tell, *self._wanted)
            self._wanted = None

    def _tell(self, frame: int, focus: int) -> Told:
        if self._recording is None:
            self._recording = Recording.open(self._path)
        self._recording.catch_up()
        if frame >= self._recording.call_count():
            return frame, focus, []
        return frame, focus, narrate(self._recording, frame, focus=focus)

    def poll(self) -> bool:
        """Has a story become ready since the last call?"""
        if self._asked is None or not self._asked.done():
            return False
        asked, self._asked = self._asked, None
        try:
            self._told = asked.result()
        except (RecordingError, OSError, IndexError):
            self._told = None  # the file is still being written: asked again at the next look
        self._begin()
        return self._told is not None

    def close(self) -> None:
        """Let go of the thread and the file."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._recording is not None:
            self._recording.close()
