"""Write a repair into the user's file: all or nothing, never over someone else's change, and undoable."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from semduck.repair import swap
from semduck.repair.journal import Conflict, Folder, NothingToUndo, Record, WriteError, shown
from semduck.repair.model import Edit

__all__ = [
    "Applied",
    "Conflict",
    "NothingToUndo",
    "WriteError",
    "recover",
    "sha256",
    "splice",
    "undo",
    "write",
]

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class Applied:
    """A write that happened. path: the real file. old, new: sha256.

    how: "exchange" | "replace" | "in-place" | "unchanged" (it already held these bytes).
    """

    path: Path
    old: str
    new: str
    how: str
    note: str = ""


def sha256(data: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(data).hexdigest()


def splice(data: bytes, edits: Sequence[Edit]) -> bytes:
    """`data` with all edits made; insertions at one place in the given order. ValueError on overlap."""
    parts, at = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if not at <= edit.start <= edit.end <= len(data):
            raise ValueError(f"edit {edit.start}:{edit.end} overlaps another or is outside 0:{len(data)}")
        parts += [data[at : edit.start], edit.new]
        at = edit.end
    return b"".join([*parts, data[at:]])


def write(path: Path, base: str, new: bytes, *, journal: Path, note: str = "") -> Applied:
    """Make the file hold `new`. Conflict when sha256 of what it holds is not `base`; WriteError."""
    with _opened(path, journal) as (folder, target):
        return _put(folder, _Job(target, base, new, note=note))


def undo(path: Path, *, journal: Path) -> Applied:
    """Take back the newest write, also one of an earlier process. Conflict, NothingToUndo, WriteError."""
    with _opened(path, journal) as (folder, target):
        last = folder.newest()
        if last is None:
            raise NothingToUndo(f"nothing to undo in {shown(path)}")
        old = folder.content(last.old)
        if old is None:
            raise WriteError(f"cannot undo: the journal no longer holds the earlier text of {shown(path)}")
        return _put(folder, _Job(target, last.new, old, last.note, last.mode, last.number))


def recover(journal: Path) -> list[str]:
    """Finish or roll back every write that a crash cut short. Returns one line for each."""
    said = []
    for place in sorted(journal.iterdir()) if journal.is_dir() else []:
        if place.is_dir():
            folder = Folder(place)
            try:
                with folder.locked():
                    said += _settle_all(folder)
            except WriteError as error:
                said.append(str(error))
    return said


@dataclass(frozen=True, slots=True)
class _Job:
    target: Path
    base: str
    new: bytes
    note: str = ""
    mode: int | None = None  # None: keep the file's
    undoes: int = 0

    def conflict(self) -> Conflict:
        """What to say when the file is not what it should be."""
        if self.undoes:
            return Conflict(f"{shown(self.target)} was changed since it was written; nothing was undone")
        return Conflict(f"{shown(self.target)} was changed meanwhile; nothing was written")


@contextmanager
def _opened(path: Path, journal: Path) -> Iterator[tuple[Folder, Path]]:
    """The file's locked journal, with nothing unfinished in it. Turns every OSError into a WriteError."""
    try:
        target = Path(os.path.realpath(path, strict=True))
        folder = Folder.of(journal, target)
        with folder.locked():
            _settle_all(folder)
            yield folder, target
    except FileNotFoundError as error:
        raise Conflict(f"{shown(path)} no longer exists; nothing was written") from error
    except OSError as error:
        raise WriteError(f"{_reason(error, shown(path))}; the file is as it was") from error


def _reason(error: OSError, name: str) -> str:
    if error.errno in FULL:
        return f"no space left on the disk to write {name}"
    if error.errno == errno.EROFS:
        return f"cannot write {name}: its disk is mounted read-only"
    return f"cannot write {name}: {error.strerror or error}"


def _put(folder: Folder, job: _Job) -> Applied:
    info, old = _current(job.target)
    if sha256(old) != job.base:
        raise job.conflict()
    if old == job.new:
        return Applied(job.target, job.base, job.base, "unchanged", job.note)
    try:
        how = _attempt(folder, job, info, old, in_place=_must_stay(info))
    except swap.OwnerLost:
        how = _attempt(folder, job, info, old, in_place=True)
    return Applied(job.target, job.base, sha256(job.new), how, job.note)


def _current(target: Path) -> tuple[os.stat_result, bytes]:
    """The file's status and bytes. WriteError unless it is a regular file that may be written."""
    info = os.lstat(target)
    name = shown(target)
    if not stat.S_ISREG(info.st_mode):
        raise WriteError(f"{name} is not a regular file; nothing was written")
    if not info.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise WriteError(f"{name} is read-only; nothing was written")
    return info, target.read_bytes()


def _must_stay(info: os.stat_result) -> bool:
    """A new file in its place would lose other hard links, or its owner or group."""
    if info.st_nlink > 1:
        return True
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        return False
    return info.st_uid != os.geteuid() or info.st_gid not in {os.getegid(), *os.getgroups()}


def _attempt(folder: Folder, job: _Job, info: os.stat_result, old: bytes, *, in_place: bool) -> str:
    """One journalled try. What fails is settled at once, as it would be after a crash."""
    side = "" if in_place else f".semduck-{secrets.token_hex(8)}.tmp"
    mode = stat.S_IMODE(info.st_mode)
    record = Record(0, "begun", str(job.target), side, job.base, sha256(job.new), mode, job.note, job.undoes)
    record = folder.begin(record, old, job.new)
    try:
        how = _write_in_place(job, mode, old) if in_place else _write_beside(job, record)
    except BaseException as error:
        done = _settle(folder, record)
        if done.stuck:
            raise WriteError(done.said) from error
        if not done.finished or not isinstance(error, OSError):
            raise
        return "exchange"  # only the clean-up failed: the file holds the new bytes
    folder.commit(record)
    return how


def _write_in_place(job: _Job, mode: int, old: bytes) -> str:
    handle = os.open(job.target, os.O_RDWR | swap.BINARY | swap.NO_FOLLOW)
    try:
        if swap.held(job.target) != old:
            raise job.conflict()
        try:
            swap.overwrite(handle, job.new)
        except BaseException:
            swap.overwrite(handle, old)
            raise
    finally:
        os.close(handle)
    if job.mode is not None and job.mode != mode:
        with suppress(OSError):
            os.chmod(job.target, job.mode)
    return "in-place"


def _write_beside(job: _Job, record: Record) -> str:
    side, folder = job.target.with_name(record.side), job.target.parent
    try:
        swap.create(side, job.new, os.O_EXCL)
    except PermissionError as error:
        text = f"cannot write into the folder {shown(folder)}: {error.strerror}; nothing was written"
        raise WriteError(text) from error
    swap.copy_status(job.target, side, record.mode if job.mode is None else job.mode)
    how = swap.swap_in(side, job.target, record.old, record.new)
    if not how:
        raise job.conflict()
    side.unlink(missing_ok=True)
    swap.sync_folder(folder)
    return how


@dataclass(frozen=True, slots=True)
class _Settled:
    """How an unfinished write ended. stuck: it could not be ended; its record stays."""

    finished: bool
    said: str
    stuck: bool = False


def _settle_all(folder: Folder) -> list[str]:
    unfinished = [record for record in folder.records() if record.state == "begun"]
    return [_settle(folder, record).said for record in unfinished]


def _settle(folder: Folder, record: Record) -> _Settled:
    """Bring an unfinished write to an end: the file holds the old or the new bytes, or someone else's."""
    try:
        done = _settle_side(folder, record) if record.side else _settle_in_place(folder, record)
    except OSError as error:
        why = error.strerror or error
        return _Settled(False, f"{shown(record.path)}: could not end a write: {why}", stuck=True)
    (folder.commit if done.finished else folder.drop)(record)
    return done


def _settle_side(folder: Folder, record: Record) -> _Settled:
    target, name = Path(record.path), shown(record.path)
    side = target.with_name(record.side)
    held, now = swap.held(side), swap.digest(target)
    if held is not None and now == record.new and not _ours(folder, record, held):
        swap.give_back(side, target, record.new)  # cut short after taking out someone's newer version
        now, held = swap.digest(target), swap.held(side)
    if held is not None and _ours(folder, record, held):
        side.unlink(missing_ok=True)
    if now == record.new:
        return _Settled(True, f"{name}: a write that was cut short is complete")
    if held is not None and now != record.old and sha256(held) == record.old:
        return _Settled(True, f"{name}: was written, then changed by another program")
    return _Settled(False, f"{name}: a write that was cut short did not happen")


def _ours(folder: Folder, record: Record, held: bytes) -> bool:
    """Whether a temporary file holds only what the journal holds too: the old bytes, or (some of) the new."""
    new = folder.content(record.new)
    return sha256(held) in (record.old, record.new) or (new is not None and new.startswith(held))


def _settle_in_place(folder: Folder, record: Record) -> _Settled:
    target, name = Path(record.path), shown(record.path)
    held = swap.held(target)
    if held is None or sha256(held) == record.old:
        return _Settled(False, f"{name}: a write that was cut short did not happen")
    if sha256(held) == record.new:
        return _Settled(True, f"{name}: a write that was cut short is complete")
    old, new = folder.content(record.old), folder.content(record.new)
    if old is None or new is None or not _torn(held, old, new):
        return _Settled(False, f"{name}: was changed since a write that was cut short; left as it is")
    with open(target, "r+b", buffering=0) as file:
        swap.overwrite(file.fileno(), old)
    return _Settled(False, f"{name}: a write that was cut short was rolled back")


def _torn(held: bytes, old: bytes, new: bytes) -> bool:
    """Whether `held` is `old` overwritten by a beginning of `new`, or the reverse."""
    return _overwritten(held, old, new) or _overwritten(held, new, old)


def _overwritten(held: bytes, below: bytes, above: bytes) -> bool:
    pairs = zip(held, above, strict=False)
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(held), len(above)))
    return len(held) == max(len(below), same) and held[same:] == below[same:]
