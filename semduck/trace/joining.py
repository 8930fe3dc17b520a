"""Make one file of a recording and its parts (see parts.py), when nobody writes them any more.

A part that follows the one before without a hole goes on where that ended; what it begins anew with is left
out. Where a part is missing or damaged, the next one begins anew.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from semduck.trace.store import CHUNK_HEADER, RecordingError, Store, pack, parse
from semduck.trace.tail import CHUNK, MAGIC, UNKNOWN

NAME = re.compile(r"\.part(\d+)")


def parts_of(path: Path) -> list[int]:
    """Numbers of the parts that lie beside a recording."""
    try:
        names = os.listdir(path.parent)
    except OSError:
        return []
    own = [name[len(path.name) :] for name in names if name.startswith(path.name + ".part")]
    return sorted(int(match[1]) for match in map(NAME.fullmatch, own) if match)


def part_path(path: Path, number: int) -> Path:
    """Where a part lies."""
    return Path(f"{path}.part{number}")


def join(path: Path) -> None:
    """Put the parts behind the recording and remove them. Does nothing where there are none. Can be done
    again when it was cut short. Raises OSError and RecordingError; then all is as it was."""
    numbers = parts_of(path)
    if not numbers:
        return
    end = _end_of_head(path, numbers)
    with open(path, "r+b") as file:
        chunks = _end_of_chunks(path)
        whole = chunks >= end
        end = min(chunks, end)
        file.truncate(end)
        file.seek(end)
        try:
            _append(path, file, numbers, whole)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            file.truncate(end)
            raise
    Path(f"{path}.tail").unlink(missing_ok=True)
    for number in numbers:
        part_path(path, number).unlink(missing_ok=True)


def in_use(path: Path) -> bool:
    """Does the process that writes it still run?"""
    store = Store(path)
    try:
        store.scan(1)
        pid = int(parse(store.raw(0))[0][1]["pid"])
        os.kill(pid, 0)
        maps = Path(f"/proc/{pid}/maps")
        return not maps.exists() or f"{path.resolve()}.tail" in maps.read_text("utf-8", "replace")
    except (OSError, RecordingError, LookupError, TypeError, ValueError):
        return False
    finally:
        store.close()


def _end_of_head(path: Path, numbers: list[int]) -> int:
    """Size of the recording itself when the first part began: each part tells it."""
    for number in numbers:
        for _, packed in _chunks(part_path(path, number)):
            try:
                event = parse(zlib.decompress(packed).partition(b"\n")[0])[0]
                return int(event[1]["head"][2])
            except (LookupError, TypeError, ValueError, zlib.error, RecordingError):
                break
    return path.stat().st_size


def _end_of_chunks(path: Path) -> int:
    """Where the last chunk of the recording itself ends."""
    store = Store(path)
    try:
        store.scan()
        return store.end if store.file is not None else 0
    finally:
        store.close()


def _mark(packed: bytes) -> bytes:
    """What takes the place of what a part begins anew with: how many steps were counted before."""
    event = parse(zlib.decompress(packed).partition(b"\n")[0])[0]
    return b'["a",%d]\n' % int(event[1]["steps"])


def _append(path: Path, file: BinaryIO, numbers: list[int], whole: bool) -> None:
    """Write the chunks of all parts, as far as they are whole, and what is in the tail."""
    before, steps, uncounted = 0 if whole else -1, _steps_of(path), False
    for number in numbers:
        count = 0
        for head, packed in _chunks(part_path(path, number)):
            counted = int.from_bytes(head[24:], "little")
            uncounted = uncounted or counted == UNKNOWN
            if not count and before == number - 1:
                file.write(pack(_mark(packed), 0 if uncounted else steps, UNKNOWN if uncounted else 0))
            else:
                file.write(head[:16] + (0 if uncounted else steps).to_bytes(8, "little") + head[24:] + packed)
                steps += 0 if uncounted else counted
            count += 1
        before = number if _complete(part_path(path, number), count) else -1
    generation, raw = Store(path).tail(numbers[-1])
    if generation == count and raw:
        events = parse(raw)
        counted = UNKNOWN if uncounted else sum(1 for e in events if type(e[0]) is int)
        file.write(pack(raw, 0 if uncounted else steps, counted))


def _steps_of(path: Path) -> int:
    store = Store(path)
    try:
        store.scan()
        return sum(steps for _, steps in store.chunks.told if steps != UNKNOWN)
    finally:
        store.close()


def _chunks(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """(header, packed bytes) of the chunks of a part, up to where it is damaged."""
    try:
        with open(path, "rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                return
            while len(head := file.read(CHUNK_HEADER)) == CHUNK_HEADER and head[:4] == CHUNK:
                packed = file.read(int.from_bytes(head[4:8], "little"))
                if zlib.crc32(packed) != int.from_bytes(head[12:16], "little"):
                    return
                yield head, packed
    except OSError:
        return


def _complete(path: Path, count: int) -> bool:
    """Are so many chunks all there is of a part?"""
    store = Store(path)
    try:
        store.scan()
        return len(store.chunks) == count and store.end == path.stat().st_size
    except (OSError, RecordingError):
        return False
    finally:
        store.close()
