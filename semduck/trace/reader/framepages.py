"""Columns of a page of frames, and the bytes they are stored as."""

from __future__ import annotations

from array import array
from itertools import accumulate

NO_PARENT = 0xFFFFFFFF
RUNNING = 0xFFFFFFFFFFFFFFFF
CODE, PARENT, LANE, SPACE, DEPTH, FIRST, LAST = range(7)
Columns = list["array[int]"]


def columns() -> Columns:
    """Of no frame yet."""
    return [array("I"), array("I"), array("H"), array("I"), array("I"), array("Q"), array("Q")]


def packed(page: Columns, base: int) -> bytes:
    """Columns as bytes that compress well: parents and first steps as differences, last steps as lengths."""
    code, parents, lane, space, depth, firsts, lasts = page
    up = array("I", [(frame - p) & NO_PARENT for frame, p in enumerate(parents, base)])
    gaps = array("Q", [(b - a) & RUNNING for a, b in zip([0, *firsts], firsts, strict=False)])
    spans = array("Q", [(b - a) & RUNNING for a, b in zip(firsts, lasts, strict=True)])
    columns: Columns = [code, up, lane, space, depth, gaps, spans]
    return len(code).to_bytes(4, "little") + b"".join(c.tobytes() for c in columns)


def unpacked(data: bytes, base: int) -> Columns:
    """The inverse."""
    count, at, page = int.from_bytes(data[:4], "little"), 4, columns()
    for column in page:
        size = count * column.itemsize
        column.frombytes(data[at : at + size])
        at += size
    if len(data) != at:
        raise ValueError("frames are missing")
    page[PARENT] = array("I", [(frame - u) & NO_PARENT for frame, u in enumerate(page[PARENT], base)])
    page[FIRST] = array("Q", list(accumulate(page[FIRST], lambda a, b: (a + b) & RUNNING)))
    page[LAST] = array("Q", [(a + b) & RUNNING for a, b in zip(page[FIRST], page[LAST], strict=True)])
    return page
