"""The folder of recordings beside one recording: those of the processes its program started.

`run.duck` -> `run.duck.children/`. Written to by every process of the program at once, without locks: a
process takes its number by appending a line of fixed length to the file `started`. Runs also inside the
recorded process: only modules a plain interpreter can load without running Python code.
"""

from __future__ import annotations

import marshal
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST = 64  # recordings beside one; further processes run unrecorded
SUFFIX = ".children"
CONFIG, STARTED = "config", "started"
ROW = 36  # bytes of a line of `started`
VARIABLE = "SEMDUCK_FOLLOW"


def folder_of(recording: str) -> str:
    """Where the recordings of children are, for the recording of the program or of any child."""
    above, name = os.path.split(recording)
    return above if name[:3].isdigit() and above.endswith(SUFFIX) else recording + SUFFIX


def number_of(recording: str) -> int:
    """0: the program's own recording; else the number of the child."""
    above, name = os.path.split(recording)
    return int(name[:3]) if name[:3].isdigit() and above.endswith(SUFFIX) else 0


class Row:
    """Which process began to record: as the line numbered `number` of `started` has it."""

    __slots__ = ("number", "parent", "pid", "start")

    def __init__(self, number: int, pid: int, parent: int, start: int) -> None:
        self.number, self.pid, self.parent, self.start = number, pid, parent, start

    @property
    def name(self) -> str:
        """Of its recording."""
        return f"{self.number:03}-{self.pid}.duck"


class Offspring:
    """The folder, as the processes of the program see it."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def config(self) -> dict[str, Any]:
        """What children are recorded with. Raises OSError when the run is over."""
        with open(os.path.join(self.folder, CONFIG), "rb") as file:
            found: dict[str, Any] = marshal.load(file)
        return found

    def claim(self, pid: int, parent: int, start: int) -> Row | None:
        """A place for one more recording: of the process that the recording numbered `parent` tells as its
        start number `start`. None when there are enough. Raises OSError."""
        line = f"{pid:>11} {parent:>11} {start:>11}\n".encode("ascii")
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        file = os.open(os.path.join(self.folder, STARTED), flags, 0o600)
        try:
            os.write(file, line)
            number = os.lseek(file, 0, os.SEEK_CUR) // ROW
        finally:
            os.close(file)
        return Row(number, pid, parent, start) if number <= MOST else None

    def path(self, row: Row) -> str:
        """Where that recording is."""
        return os.path.join(self.folder, row.name)


def rows(folder: str) -> list[Row]:
    """All processes that asked for a recording, in order."""
    try:
        with open(os.path.join(folder, STARTED), "rb") as file:
            data = file.read()
    except OSError:
        return []
    found = []
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        words = line.split()
        if len(words) == 3 and all(w.isdigit() for w in words):
            found.append(Row(number, *map(int, words)))
    return found
