"""After a run: one file with all that is kept of it."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

from semduck.trace.joining import join
from semduck.trace.store import RecordingError, Store, pack, parse, tail_once
from semduck.trace.tail import HEADER, MAGIC, UNKNOWN, extent
from semduck.trace.target import Limits


def _append_to_tail(path: Path, end: bytes) -> None:
    try:
        with open(path, "r+b") as file:
            store = Store(path)
            store.scan()
            store.close()
            file.truncate(max(store.end, len(MAGIC)))  # no torn chunk in the way
        with open(str(path) + ".tail", "r+b") as tail:
            found = tail_once(tail)
            if found is None:
                return
            data = found[1] + end
            tail.seek(HEADER)
            tail.write(data)
            tail.seek(16)
            tail.write(extent(len(data), zlib.crc32(data)))
    except (OSError, RecordingError):
        pass


def finish(path: Path, code: int | None, asked: str, limits: Limits | None = None) -> None:
    """After the program ended: move the tail into the file, add how it ended, remove the side files.

    code: as subprocess reports it. asked: "" | "stopped" | "seconds" when the host ended it.
    """
    store = Store(path)
    end = json.dumps(["Z", code, asked, limits.max_seconds if limits else 0]).encode() + b"\n"
    try:
        join(path)
        store.scan()
        generation, raw = store.tail()
        raw = raw if generation == len(store.chunks) else b""  # else it is a chunk by now
        events = parse(raw)
        probes = any(e[0] == "B" for e in events) or store.chunks.uncounted
        first = 0 if probes else sum(steps for _, steps in store.chunks.told)
        steps = UNKNOWN if probes else sum(1 for e in events if type(e[0]) is int)
        with open(path, "ab") as file:
            if file.tell() == 0:
                file.write(MAGIC)
            file.truncate(max(store.end, len(MAGIC)))
            file.write(pack(raw + end, first, steps))
    except (OSError, RecordingError):
        _append_to_tail(path, end)  # it stays beside the file and is read from there
        return
    finally:
        store.close()
    for suffix in (".tail", ".config", ".pyc"):
        Path(str(path) + suffix).unlink(missing_ok=True)
