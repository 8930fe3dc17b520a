"""The index in the recording itself, behind the chunks: written when a run is over, read when it is opened.

docs/recording-format.md, "The index". A recording without it, or with a damaged one, is read from its
beginning instead, with the same answers.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from array import array
from collections.abc import Generator, Iterator
from typing import Any

from semduck.trace.index import RaisedRow
from semduck.trace.model import OutputPiece
from semduck.trace.reader.chunk import Chunk
from semduck.trace.reader.known import Part
from semduck.trace.reader.log import FAULTS, Log
from semduck.trace.reader.postings import Run
from semduck.trace.store import CHUNK_HEADER, INDEX

VERSION = 3
END = b"SDEN"  # begins the last ENDING bytes of the file: place of the head u64, its size u32, its CRC-32 u32
ENDING = 20
PIECE = 1 << 20  # bytes looked at at once
ROW = ("step", "frame", "line", "oid", "type", "message", "handled")


def write(log: Log) -> Generator[None, None, None]:
    """Write the index behind the chunks of a recording that is over, a little at each turn.

    Leaves the file as it was where that is not possible.
    """
    if len(log.open) or sys.byteorder != "little":
        return  # not all is in chunks: the disk was full
    yield from log.postings.merge()
    try:
        with open(log.store.path, "r+b", buffering=0) as file:
            if file.seek(0, os.SEEK_END) != log.store.end:
                return
            try:
                yield from _write(log, file.fileno(), log.store.end)
            except BaseException:
                file.truncate(log.store.end)
                raise
    except OSError:
        return


def _write(log: Log, file: int, start: int) -> Generator[None, None, None]:
    begin = INDEX + VERSION.to_bytes(4, "little") + bytes(CHUNK_HEADER - 8)
    at, crc, numbers, sizes = start, 0, {}, array("I")

    def put(data: bytes) -> None:
        nonlocal at
        if os.pwrite(file, data, at) != len(data):
            raise OSError("the disk is full")
        at += len(data)

    put(begin)
    for number in _used(log):
        page = log.pages.packed(number)
        numbers[number] = len(sizes)
        sizes.append(len(page))
        crc = zlib.crc32(page, crc)
        put(page)
        if len(sizes) % 64 == 0:
            yield
    head = zlib.compress(_head(log, numbers, sizes, crc), 1)
    ending = (
        at.to_bytes(8, "little") + len(head).to_bytes(4, "little") + zlib.crc32(head).to_bytes(4, "little")
    )
    put(head)
    put(END + ending)


def _used(log: Log) -> Iterator[int]:
    yield from log.chunks.blocks
    yield from log.table.stored
    for run in log.postings.runs:
        yield from run.stored


def _head(log: Log, numbers: dict[int, int], sizes: array[int], crc: int) -> bytes:
    """Length of the JSON part, then it, then columns, whose lengths it has."""
    index, table, runs = log.index, log.table, log.postings.runs
    firsts = runs[0].firsts if runs else []
    columns = [
        *log.store.chunks.saved(),
        *log.chunks.saved()[:-1],
        array("I", [numbers[n] for n in log.chunks.blocks]).tobytes(),
        sizes.tobytes(),
        table.reach.tobytes(),
        table.tail(),
        log.known.own.tobytes(),
        array("I", [numbers[n] for n in table.stored]).tobytes(),
        array("I", [numbers[n] for run in runs for n in run.stored]).tobytes(),
        array("Q", [f >> 32 for f in firsts]).tobytes(),
        array("I", [f & 0xFFFFFFFF for f in firsts]).tobytes(),
    ]
    known = {
        "crc": crc,
        "steps": index.steps,
        "told": index.told,
        "classes": log.classes,
        "objects": log.next_oid,
        "output": [[p.step, p.stream, p.text] for p in index.output],
        "dropped": index.output_dropped,
        "tested": index.tested.rows,
        "raised": [[getattr(row, field) for field in ROW] for row in index.raised],
        "uncaught": [index.uncaught, index.uncaught_text],
        "lines": [[*place, count] for place, count in index.lines.items()],
        "lanes": table.lanes,
        "children": index.children,
        "forked": index.forked,
        "first": list(table.late_first.items()),
        "last": list(table.late_last.items()),
        "walls": [log.walls.steps, log.walls.chunks, log.walls.missing, log.walls.frames],
        "parts": [[part.base, list(part.told.items()), part.own] for part in log.known.parts],
        "stood": list(index.stood.items()),
        "columns": [len(c) for c in columns],
    }
    text = json.dumps(known, separators=(",", ":")).encode()
    return len(text).to_bytes(4, "little") + text + b"".join(columns)


def read(log: Log) -> bool:
    """Fill a new log from the index of its file. False when there is none that can be trusted: then the log
    is of no use any more."""
    store = log.store
    store.open()
    if store.file is None or sys.byteorder != "little":
        return False
    file = store.file.fileno()
    size = os.fstat(file).st_size
    ending = os.pread(file, ENDING, max(0, size - ENDING))
    at, length = int.from_bytes(ending[4:12], "little"), int.from_bytes(ending[12:16], "little")
    if ending[:4] != END or at + length + ENDING != size:
        return False
    head = os.pread(file, length, at)
    if len(head) != length or zlib.crc32(head) != int.from_bytes(ending[16:20], "little"):
        return False
    try:
        return _fill(log, zlib.decompress(head), at)
    except (zlib.error, MemoryError, *FAULTS):
        return False


def _fill(log: Log, head: bytes, end: int) -> bool:
    length = int.from_bytes(head[:4], "little")
    known, at, columns = json.loads(head[4 : 4 + length]), 4 + length, []
    for size in known["columns"]:
        columns.append(head[at : at + size])
        at += size
    chunks, (sizes, reach, tail, own, stored, run, keys, places) = columns[:-8], columns[-8:]
    pages = _ints("I", sizes)
    base = end - sum(pages)
    begin = os.pread(log.store.file.fileno(), CHUNK_HEADER, base - CHUNK_HEADER)
    if (
        begin[:8] != INDEX + VERSION.to_bytes(4, "little")
        or _crc(log.store.file.fileno(), base, end) != known["crc"]
    ):
        return False
    log.pages.saved(log.store.file, base, pages)
    log.store.chunks.load(chunks[:4])
    log.chunks.load(chunks[4:])
    log.table.load(list(_ints("I", stored)), reach, tail)
    log.table.late_first, log.table.late_last = dict(known["first"]), dict(known["last"])
    log.table.lanes = known["lanes"]
    log.known.own = _ints("I", own)
    log.known.parts = [Part(base, dict(told), rows) for base, told, rows in known["parts"]]
    walls = log.walls
    walls.steps[:], walls.chunks[:], walls.missing[:], walls.frames[:] = known["walls"]
    log.index.stood = dict(known["stood"])
    if keys:
        found = Run(log.pages)
        found.stored = list(_ints("I", run))
        found.firsts = [k << 32 | c for k, c in zip(_ints("Q", keys), _ints("I", places), strict=True)]
        log.postings.runs = [found]
    _tell(log, known)
    log.store.end, log.store.indexed = base - CHUNK_HEADER, True
    return True


def _tell(log: Log, known: dict[str, Any]) -> None:
    index = log.index
    for event in known["told"]:
        log.known.take(event)
        index.take(event, 0)
    index.steps, log.classes, log.next_oid = known["steps"], known["classes"], known["objects"]
    index.output = [OutputPiece(*piece) for piece in known["output"]]
    index.output_dropped = known["dropped"]
    index.tested.rows = known.get("tested", [])  # the index of an older recording has none
    index.raised = [RaisedRow(*row) for row in known["raised"]]
    index.uncaught, index.uncaught_text = known["uncaught"]
    index.children, index.forked = known.get("children", []), known.get("forked")
    index.lines = {(file, line): count for file, line, count in known["lines"]}
    log.open = Chunk(len(log.chunks.first), index.steps)


def _ints(kind: str, data: bytes) -> array[int]:
    found = array(kind)
    found.frombytes(data)
    return found


def _crc(file: int, start: int, stop: int) -> int:
    crc = 0
    while start < stop:
        data = os.pread(file, min(PIECE, stop - start), start)
        if not data:
            return -1
        crc = zlib.crc32(data, crc)
        start += len(data)
    return crc
