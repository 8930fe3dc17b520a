"""A recording that another process made, or still makes, in the place of a run of ours."""

from __future__ import annotations

import os
import time
from pathlib import Path

from semduck.trace.recording import Recording, RecordingError

PATIENCE = 2.0  # seconds in which the host of a program that ended moves the tail into the file
LOOK = 0.5  # seconds between two looks at the process that writes
AT_ONCE = 0.5  # seconds of reading before anything is shown


class Opened:
    """Stands for a `Run`: nothing is sent to the program, and nothing stops it."""

    trouble, stderr = "", b""

    def __init__(self, path: Path) -> None:
        """Raises RecordingError, also when what was written so far is damaged."""
        self.recording = Recording.follow(path)
        self._looked = self._gone = 0.0
        self._over = False
        try:
            self.recording.verify()
            end = time.monotonic() + AT_ONCE
            while self._grows() and time.monotonic() < end:
                pass
        except RecordingError:
            self.recording.close()
            raise

    def _grows(self) -> bool:
        """Read on; before there is anything, wait for who writes it. Raises RecordingError."""
        if self.recording.refresh():
            return True
        if self.recording.began:
            return False
        if not self.poll():
            raise RecordingError("it is not a semduck recording, or nothing was recorded yet")
        time.sleep(0.01)
        return True

    def poll(self) -> bool:
        """Never blocks. True while another process writes the recording."""
        now = time.monotonic()
        if self._over or now - self._looked < LOOK:
            return not self._over
        self._looked = now
        if writing(self.recording):
            self._gone = 0.0
            return True
        self._gone = self._gone or now
        if _tail(self.recording.path).exists() and now - self._gone < PATIENCE:
            return True
        self._over = True
        self.recording.ended()
        return False

    def stop(self) -> None:
        """It is not ours to stop."""

    def send_input(self, text: str) -> None:
        """It is not ours to be talked to."""

    def send_eof(self) -> None:
        """As `send_input`."""

    def close(self) -> None:
        """Let go of the file."""
        self.recording.close()


def writing(recording: Recording) -> bool:
    """Does the process that made a recording still write it, on this machine?"""
    pid = recording.pid
    if not pid or not _tail(recording.path).exists():
        return False
    try:
        os.kill(pid, 0)
        files = f"/proc/{pid}/fd"
        mine = os.path.realpath(recording.path)
        return any(os.readlink(f"{files}/{name}") == mine for name in os.listdir(files))
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # it lives, and does not show its files


def _tail(path: Path) -> Path:
    return Path(f"{path}.tail")
