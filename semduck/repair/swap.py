"""File operations that a safe write is made of: create durably, exchange two names, keep the status."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

BINARY = getattr(os, "O_BINARY", 0)
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
NO_BLOCK = getattr(os, "O_NONBLOCK", 0)
RENAME_EXCHANGE = 2
CANNOT_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP}


class OwnerLost(Exception):
    """A new file could not be given the old one's owner or group."""


def create(path: Path, data: bytes, flags: int) -> None:
    """Create `path` (0600) with `data` and wait until it is on disk. OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | BINARY | NO_FOLLOW | flags, 0o600)
    try:
        _write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)


def overwrite(handle: int, data: bytes) -> None:
    """Make the open file hold `data`, on disk; not all at once. OSError."""
    os.lseek(handle, 0, os.SEEK_SET)
    _write_all(handle, data)
    os.ftruncate(handle, len(data))
    os.fsync(handle)


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def held(path: Path) -> bytes | None:
    """The bytes of a regular file; None for anything else."""
    try:
        handle = os.open(path, os.O_RDONLY | BINARY | NO_FOLLOW | NO_BLOCK)
    except OSError:
        return None
    with open(handle, "rb") as file:
        return file.read() if stat.S_ISREG(os.fstat(handle).st_mode) else None


def digest(path: Path) -> str:
    """sha256 of a regular file; "" for anything else."""
    data = held(path)
    return "" if data is None else hashlib.sha256(data).hexdigest()


def copy_status(source: Path, new: Path, mode: int) -> None:
    """Owner (OwnerLost), extended attributes where possible, and mode: last, because chown clears bits."""
    old, own = os.stat(source), os.stat(new)
    if hasattr(os, "chown") and (own.st_uid, own.st_gid) != (old.st_uid, old.st_gid):
        try:
            os.chown(new, old.st_uid, old.st_gid)
        except OSError as error:
            raise OwnerLost from error
    if sys.platform == "linux":
        with suppress(OSError):
            for name in os.listxattr(source):
                with suppress(OSError):
                    os.setxattr(new, name, os.getxattr(source, name))
    os.chmod(new, mode)


def swap_in(side: Path, target: Path, old: str, new: str) -> str:
    """Put `side`, which holds `new`, at `target` if that still holds `old` (both sha256).

    Returns "exchange", "replace" (the file system has no exchange) or "" (it holds something else).
    """
    if exchange(side, target):
        if digest(side) == old:
            return "exchange"
        give_back(side, target, new)
    elif digest(target) == old:  # a change between this check and the next line would be lost
        os.replace(side, target)
        return "replace"
    return ""


def give_back(side: Path, target: Path, put: str) -> None:
    """Return to `target` what an exchange took out, until only what we had `put` there comes out again."""
    taken = digest(side)
    while exchange(side, target):
        expected, put, taken = put, taken, digest(side)
        if taken == expected:
            return
    if digest(target) == put:
        os.replace(side, target)


def exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step. False where the system or file system cannot; OSError."""
    rename = _renameat2()
    if rename is None:
        return False
    here = -100  # AT_FDCWD
    if rename(here, os.fsencode(one), here, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in CANNOT_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code), str(other))


@cache
def _renameat2() -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is not None:
        number, name = ctypes.c_int, ctypes.c_char_p
        function.argtypes = [number, name, number, name, ctypes.c_uint]
    return function
