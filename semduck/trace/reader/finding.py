"""The nearest step that writes one of some cells, or at which a generator goes on, through the postings.

A cell is (frame, name), (-1 - module, name), or the number of an object.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from semduck.trace.reader.entry import Cell
from semduck.trace.reader.keys import name_key, object_key, resume_key

if TYPE_CHECKING:
    from semduck.trace.reader.log import Log

NEVER = 1 << 62


def last_write(log: Log, cells: AbstractSet[Cell], start: int, k: int) -> int | None:
    """Latest step start <= step <= k at which one of the cells becomes something new."""
    chunk = own = log.chunks.of(k)
    sole = next(iter(cells)) if len(cells) == 1 else None
    while chunk >= 0 and (chunk >= log.open.number or log.chunks.start(chunk + 1) > start):
        found = noted(log, sole, chunk) if chunk < own and sole is not None else None
        if found is None:
            held = log.chunk(chunk)
            found = held.last_of(cells, k - held.first)
        if found is not None:
            return found if found >= start else None
        chunk = max((earlier(log, cell, chunk) for cell in ordered(cells)), default=-1)
    return None


def next_write(log: Log, cells: AbstractSet[Cell], k: int, stop: int) -> int | None:
    """Earliest step k <= step < stop at which one of the cells becomes something new."""
    chunk = log.chunks.of(max(k, 0))
    while chunk <= log.open.number and log.chunks.start(chunk) < stop:
        held = log.chunk(chunk)
        found = held.next_of(cells, k - held.first)
        if found is not None:
            return found if found < stop else None
        chunk = min((later(log, cell, chunk) for cell in ordered(cells)), default=NEVER)
    return None


def ever_written(log: Log, cell: Cell) -> bool:
    """May the cell have been written at some time? True for few that were not."""
    return birth(log, cell) is not None or cell in log.open.cells or log.postings.after(key_of(cell), -1) >= 0


def last_resume(log: Log, frame: int, start: int, k: int) -> int | None:
    """Latest step start <= step <= k at which a generator or coroutine goes on."""
    chunk = log.chunks.of(k)
    while chunk >= 0 and (chunk >= log.open.number or log.chunks.start(chunk + 1) > start):
        held = log.chunk(chunk)
        steps = [held.first + n for f, n in held.resumes if f == frame and held.first + n <= k]
        if steps:
            return steps[-1] if steps[-1] >= start else None
        chunk = log.postings.before(resume_key(frame), chunk)
    return None


def noted(log: Log, cell: Cell, chunk: int) -> int | None:
    """The last write of a name in a chunk, when a record has it."""
    if type(cell) is not tuple or chunk >= log.open.number:
        return None
    found = log.contents.written(cell[0], cell[1], chunk)
    return None if found is None else log.chunks.start(chunk) + found[0]


def earlier(log: Log, cell: Cell, chunk: int) -> int:
    """The latest chunk of the same part, before another, that may write a cell; -1: none."""
    floor = log.walls.floor(chunk)
    found = log.postings.before(key_of(cell), chunk)
    if found < 0:
        begun = birth(log, cell)
        found = begun if begun is not None and begun < chunk else -1
    return found if found >= floor and chunk > floor else -1


def later(log: Log, cell: Cell, chunk: int) -> int:
    """The earliest chunk after another that may write a cell, the open one too; NEVER: none."""
    if chunk >= log.open.number:
        return NEVER
    begun = birth(log, cell)
    if begun is not None and begun > chunk:
        return begun
    found = log.postings.after(key_of(cell), chunk)
    return found if found >= 0 else log.open.number


def key_of(cell: Cell) -> int:
    """What its postings are sorted by."""
    return name_key(*cell) if type(cell) is tuple else object_key(cell)


def birth(log: Log, cell: Cell) -> int | None:
    """The chunk a frame or object begins in, which has no posting; None for modules."""
    if type(cell) is not tuple:
        return bisect_right(log.chunks.oids, cell) - 1 if cell < log.next_oid else log.open.number
    if 0 <= cell[0] < len(log.table):
        return log.chunks.of(log.table.first[cell[0]])
    return None


def ordered(cells: AbstractSet[Cell]) -> Iterable[Cell]:
    """Neighbouring postings one after the other, when they are many."""
    return sorted(cells, key=key_of) if len(cells) > 100 else cells
