"""Before a followed program kills one of its children, the child writes down what it did until then.

Runs inside the recorded process. A child's probes write to a list that a thread of ours empties some times a
second. Who is about to send a deadly signal asks for it, by a byte in the head of the child's tail, and waits
for the answer.
"""

from __future__ import annotations

import os
from time import monotonic, sleep

from .offspring import Offspring, rows
from .tail import ASKED, DONE, WAITS

PATIENCE = 1.0  # seconds
PAUSE = 0.001


def let_catch_up(offspring: Offspring, pid: int) -> None:
    """Wait until what the process has told is written; not for one that is not recorded, or gone."""
    known = [row for row in rows(offspring.folder) if row.pid == pid]
    if not known:
        return
    path = offspring.path(known[-1])
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    try:
        _ask(path + ".tail", file)
    except OSError:
        pass  # it has just ended
    finally:
        os.close(file)


def _ask(tail: str, file: int) -> None:
    flag, end = os.open(tail, os.O_RDWR | os.O_CLOEXEC), monotonic() + PATIENCE
    try:
        os.pwrite(flag, ASKED, WAITS)
        while os.pread(flag, 1, WAITS) != DONE and monotonic() < end and is_written(file):
            sleep(PAUSE)
    finally:
        os.close(flag)


def hold(file: int) -> None:
    """Mark an open recording as being written; the system takes the mark away when the process ends."""
    os.lockf(file, os.F_LOCK, 0)


def is_written(file: int) -> bool:
    """Is another process at it?"""
    try:
        os.lockf(file, os.F_TEST, 0)
    except OSError:
        return True
    return False
