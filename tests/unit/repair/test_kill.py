"""A write that is killed leaves the old or the new file, and can be undone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from semduck.repair import swap
from semduck.repair.apply import NothingToUndo, recover, sha256, undo, write

ROOT = Path(__file__).resolve().parents[3]
CALLS = [
    "open",
    "close",
    "write",
    "fsync",
    "ftruncate",
    "lseek",
    "chmod",
    "replace",
    "unlink",
    "mkdir",
    "lstat",
]
OLD, NEW = b"total = 0\n", b"total = 1\r\n" * 3

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


@pytest.mark.parametrize("options", [[], ["--linked"]])
def test_kills_at_random_moments(options: list[str]) -> None:
    command = [sys.executable, "benchmarks/kill_writes.py", "--kills", "20", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 damaged files, 0 files left behind" in done.stdout


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("undoing", [False, True])
def test_a_kill_at_every_system_call(tmp_path: Path, linked: bool, undoing: bool) -> None:
    seen, nth, alive = set(), 0, False
    while not alive:
        nth += 1
        folder = tmp_path / str(nth)
        folder.mkdir()
        file, journal = folder / "program.py", folder / "journal"
        file.write_bytes(OLD)
        if linked:
            os.link(file, folder / "link.py")
        if undoing:
            write(file, sha256(OLD), NEW, journal=journal)
        alive = not _killed(nth, file, journal, undoing=undoing)
        seen.add(_looked_at(file, journal, linked=linked))
    assert nth > 20 and seen == {OLD, NEW}


def _killed(nth: int, file: Path, journal: Path, *, undoing: bool) -> bool:
    """Write in a child that dies before its nth system call. False when it made fewer."""
    child = os.fork()
    if child == 0:
        _die_at(nth)
        if undoing:
            undo(file, journal=journal)
        else:
            write(file, sha256(OLD), NEW, journal=journal)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _die_at(nth: int) -> None:
    left = [nth]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: object, **named: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **named)

        return call

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    swap.exchange = counted(swap.exchange)


def _looked_at(file: Path, journal: Path, *, linked: bool) -> bytes:
    """Check the file, the recovery and the undo; returns what the file held after the recovery."""
    if not linked:
        assert file.read_bytes() in (OLD, NEW)
    recover(journal)
    held = file.read_bytes()
    assert held in (OLD, NEW)
    assert [name for name in os.listdir(file.parent) if "semduck" in name] == []
    if held == NEW:
        undo(file, journal=journal)
        assert file.read_bytes() == OLD
    with pytest.raises(NothingToUndo):
        undo(file, journal=journal)
    return held
