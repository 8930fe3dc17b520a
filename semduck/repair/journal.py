"""Undo journal: the bytes a file held before each write, on disk before the file is touched.

Layout: JOURNAL/<file key>/ holds `lock`, one `NNNNNNNN.begun|.committed` (JSON) a write, and the bytes
they speak of under their sha256. A state changes by renaming, which needs no disk space.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from semduck.repair.swap import create, sync_folder

try:
    import fcntl
except ImportError:  # Windows: no advisory locks; the check of the file's hash still holds
    fcntl = None  # type: ignore[assignment]

KEEP = 100  # writes that can be undone, per file
LOCK_SECONDS = 10.0
HASH_LETTERS = 64


class WriteError(Exception):
    """A write or undo that did not happen; str() is one line for the user."""


class Conflict(WriteError):
    """The file is not what it was when it was recorded or written."""


class NothingToUndo(WriteError):
    """No write to this file is left to undo."""


@dataclass(frozen=True, slots=True)
class Record:
    """One write. old, new: sha256. side: name of the temporary file beside it, "" when written in place.

    undoes: number of the write that this one takes back, 0 for none. time: seconds since the epoch.
    """

    number: int
    state: str  # begun | committed
    path: str
    side: str
    old: str
    new: str
    mode: int
    note: str = ""
    undoes: int = 0
    time: float = 0.0


class Folder:
    """The journal of one file. Use it only inside `locked()`."""

    def __init__(self, place: Path) -> None:
        self.place = place

    @classmethod
    def of(cls, journal: Path, target: Path) -> Folder:
        """The folder of the file whose real path is `target`."""
        return cls(journal / hashlib.sha256(os.fsencode(target)).hexdigest()[:32])

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes and threads from writing the same file. WriteError when they do not end."""
        with self._plainly():
            if not self.place.is_dir():
                self.place.mkdir(parents=True, mode=0o700, exist_ok=True)
                sync_folder(self.place.parent)
            handle = os.open(self.place / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _wait_for_lock(handle)
            yield
        finally:
            os.close(handle)

    def begin(self, record: Record, old: bytes, new: bytes) -> Record:
        """Make the write known, durably. Returns the record with its number."""
        number = max((known.number for known in self.records()), default=0) + 1
        record = replace(record, number=number, state="begun", time=time.time())
        text = json.dumps({name: value for name, value in asdict(record).items() if name != "state"})
        with self._plainly():
            self._store(record.old, old)
            self._store(record.new, new)
            self._store(f"{number:08d}.begun", text.encode())
            sync_folder(self.place)
        return record

    def commit(self, record: Record) -> None:
        """The write happened. Failure leaves it "begun", which the next user of the journal finishes."""
        with suppress(OSError):
            os.replace(self._file(record), self.place / f"{record.number:08d}.committed")
            sync_folder(self.place)
            self._prune()

    def drop(self, record: Record) -> None:
        """The write did not happen: forget it."""
        with suppress(OSError):
            self._file(record).unlink()
            self._prune()

    def records(self) -> list[Record]:
        """Every readable record, oldest first."""
        files = sorted(file for state in ("begun", "committed") for file in self.place.glob(f"*.{state}"))
        return [record for file in files if (record := _load(file)) is not None]

    def newest(self) -> Record | None:
        """The last write that was not undone."""
        return next(reversed(_undoable(self.records())), None)

    def content(self, digest: str) -> bytes | None:
        """The bytes with this sha256; None when they are lost or damaged."""
        try:
            data = (self.place / digest).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None

    def _file(self, record: Record) -> Path:
        return self.place / f"{record.number:08d}.{record.state}"

    def _store(self, name: str, data: bytes) -> None:
        if len(name) == HASH_LETTERS and self.content(name) is not None:
            return
        temporary = self.place / f"{name[:16]}.tmp"
        try:
            create(temporary, data, os.O_TRUNC)
            os.replace(temporary, self.place / name)
        except OSError:
            self._prune()  # else a full disk stays full
            raise

    def _prune(self) -> None:
        """Forget the oldest writes, bytes nobody refers to, and what a crash left half written."""
        known = self.records()
        kept = {record.number for record in known[-KEEP:] + _undoable(known)[-KEEP:]}
        for record in known:  # oldest first: an undo must not go before the write it takes back
            if record.number not in kept:
                self._file(record).unlink(missing_ok=True)
        wanted = {digest for record in known if record.number in kept for digest in (record.old, record.new)}
        for file in list(self.place.iterdir()):
            lost = len(file.name) == HASH_LETTERS and file.name not in wanted
            if lost or file.suffix == ".tmp":
                file.unlink(missing_ok=True)

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where, why = shown(self.place.parent), error.strerror or error
            text = f"cannot keep the undo journal in {where}: {why}; nothing was written"
            raise WriteError(text) from error


def _undoable(records: list[Record]) -> list[Record]:
    """The writes that happened and were not taken back, oldest first."""
    done = [record for record in records if record.state == "committed"]
    undone = {record.undoes for record in done}
    return [record for record in done if not record.undoes and record.number not in undone]


def shown(path: str | Path) -> str:
    """A path as one printable line."""
    text = str(path)
    return text if text.isprintable() else ascii(text)


def _wait_for_lock(handle: int) -> None:
    """Windows has no flock: go on without."""
    deadline = time.monotonic() + LOCK_SECONDS
    while fcntl is not None:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise WriteError("another semduck is writing this file; nothing was written") from None
            time.sleep(0.01)
        except OSError:
            return  # a file system without locks


def _load(file: Path) -> Record | None:
    try:
        fields: dict[str, Any] = json.loads(file.read_bytes())
        return Record(**fields, state=file.suffix[1:])
    except (OSError, ValueError, TypeError):
        return None
