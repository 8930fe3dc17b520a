"""The host's side of --follow-children: the folder is made ready, and put in order when the run is over."""

from __future__ import annotations

import contextlib
import marshal
import os
from pathlib import Path
from typing import Any

from semduck.trace.catching_up import is_written
from semduck.trace.finishing import finish
from semduck.trace.offspring import CONFIG, STARTED, folder_of, rows
from semduck.trace.recording import Recording, RecordingError

SMALL = 1 << 16
GIVEN = ("roots", "include", "exclude", "probes", "max_steps", "max_bytes")  # children are recorded likewise


class Children:
    """Recordings of the processes one program starts. recording: the program's own."""

    def __init__(self, recording: Path) -> None:
        self.folder = Path(folder_of(str(recording)))
        self._ended: list[Path] = []

    def prepare(self, config: dict[str, Any]) -> None:
        """Before the run: an empty folder that tells children how to record. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.iterdir():  # of an earlier run at the same place
            if old.name in (CONFIG, STARTED) or ".duck" in old.suffixes:
                old.unlink()
        given = {name: config[name] for name in GIVEN}
        told = {**given, "modules": ["__main__", "__mp_main__"], "compiled": "", "kind": "", "args": []}
        (self.folder / CONFIG).write_bytes(marshal.dumps(told, 2))

    def finish(self) -> None:
        """The program has ended: close the recordings of the children that have, too."""
        for row in rows(str(self.folder)):
            path = self.folder / row.name
            if path.is_file() and _is_free(path):
                finish(path, None, "")
                self._ended.append(path)
        self.read(SMALL)
        (self.folder / CONFIG).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.folder.rmdir()  # when nothing was started

    def read(self, most: int = 1 << 62) -> None:
        """Write the index of each, and remove those in which nothing of the program's files ran.

        most: bytes of the recordings that are looked at now.
        """
        here = [path for path in self._ended if path.stat().st_size <= most]
        self._ended = [path for path in self._ended if path not in here]
        for path in here:
            recording = Recording(path)
            recording.ended()
            try:
                recording.catch_up()
                steps = len(recording)
            except RecordingError:
                continue  # `semduck open` will say so
            finally:
                recording.close()
            if not steps:
                path.unlink(missing_ok=True)


def _is_free(path: Path) -> bool:
    """Has the process ended that wrote it?"""
    try:
        with open(path, "r+b") as file:
            if os.fstat(file.fileno()).st_size == 0:
                return False  # it is just about to begin
            return not is_written(file.fileno())
    except OSError:
        return False
