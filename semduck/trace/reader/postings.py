"""Which chunks write a cell, and how often: sorted runs of (key, chunk, count) in pages.

While a recording grows there are several runs, each for later chunks than the one before; at the end they are
merged into one. A key is a 64-bit number; see keys.py.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from semduck.trace.reader.pages import Cache, Pages

PAGE = 512  # postings
RUN = 65_536  # postings kept in memory before they become a run
Posting = tuple[int, int, int]  # key, chunk, count
Counted = tuple["array[int]", "array[int]"]  # chunks, counts
Decoded = tuple[list[int], "array[int]", "array[int]"]  # keys, chunks, counts


class Run:
    """Sorted postings. firsts: key << 32 | chunk of each page's first."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.stored: list[int] = []
        self.firsts: list[int] = []
        self._cache: Cache[int, Decoded] = Cache(64, lambda n: decoded(pages.read(self.stored[n])))

    def append(self, postings: list[Posting]) -> None:
        """The next page."""
        self.firsts.append(postings[0][0] << 32 | postings[0][1])
        self.stored.append(self._pages.add(encoded(postings)))

    def before(self, key: int, chunk: int) -> int:
        """Latest chunk < `chunk` with the key; -1 when there is none."""
        page = bisect_left(self.firsts, key << 32 | chunk) - 1
        if page < 0:
            return -1
        keys, chunks, _ = self._cache[page]
        start, stop = bisect_left(keys, key), bisect_right(keys, key)
        at = bisect_left(chunks, chunk, start, stop) - 1
        return chunks[at] if at >= start else -1

    def after(self, key: int, chunk: int) -> int:
        """Earliest chunk > `chunk` with the key; -1 when there is none."""
        page = max(0, bisect_right(self.firsts, key << 32 | chunk) - 1)
        for number in range(page, min(page + 2, len(self.firsts))):
            keys, chunks, _ = self._cache[number]
            start, stop = bisect_left(keys, key), bisect_right(keys, key)
            at = bisect_right(chunks, chunk, start, stop)
            if at < stop:
                return chunks[at]
        return -1

    def all(self, key: int, into: Counted) -> None:
        """Add all chunks with the key, and how often each has it."""
        low, high = key << 32, (key + 1) << 32
        for number in range(max(0, bisect_right(self.firsts, low) - 1), bisect_left(self.firsts, high)):
            keys, chunks, counts = self._cache[number]
            start, stop = bisect_left(keys, key), bisect_right(keys, key)
            into[0].extend(chunks[start:stop])
            into[1].extend(counts[start:stop])

    def page(self, number: int) -> list[Posting]:
        """All postings of a page."""
        return list(zip(*decoded(self._pages.read(self.stored[number])), strict=True))


class Postings:
    """`add` as chunks are taken in, in their order."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.runs: list[Run] = []
        self._recent: dict[int, list[tuple[int, int]]] = {}
        self._count = 0

    def add(self, key: int, chunk: int, count: int) -> None:
        """A chunk writes something `count` times."""
        found = self._recent.get(key)
        if found is None:
            self._recent[key] = [(chunk, count)]
        else:
            found.append((chunk, count))
        self._count += 1

    def settle(self) -> None:
        """Make a run of what is in memory when that is much."""
        if self._count >= RUN:
            self.store()

    def store(self) -> None:
        """Make a run of what is in memory."""
        if self._recent:
            recent = self._recent
            self.runs.append(self._run((key, *p) for key in sorted(recent) for p in recent[key]))
            self._recent, self._count = {}, 0

    def _run(self, postings: Iterable[Posting]) -> Run:
        run = Run(self._pages)
        for _ in self._fill(run, postings):
            pass
        return run

    @staticmethod
    def _fill(run: Run, postings: Iterable[Posting]) -> Iterator[None]:
        page: list[Posting] = []
        for posting in postings:
            page.append(posting)
            if len(page) == PAGE:
                run.append(page)
                page = []
                yield
        if page:
            run.append(page)

    def merge(self) -> Iterator[None]:
        """Make one run of all, a little at each turn."""
        self.store()
        if len(self.runs) > 1:
            run = Run(self._pages)
            yield from self._fill(run, merged(self.runs))
            self.runs = [run]

    # -- questions -----------------------------------------------------------------------------------------

    def before(self, key: int, chunk: int) -> int:
        """Latest chunk < `chunk` that writes it; -1 when there is none."""
        found = self._recent.get(key)
        if found is not None and found[0][0] < chunk:
            return found[bisect_left(found, (chunk,)) - 1][0]
        return next((n for run in reversed(self.runs) if (n := run.before(key, chunk)) >= 0), -1)

    def after(self, key: int, chunk: int) -> int:
        """Earliest chunk > `chunk` that writes it; -1 when there is none."""
        found = next((n for run in self.runs if (n := run.after(key, chunk)) >= 0), -1)
        recent = self._recent.get(key)
        if found < 0 and recent is not None and recent[-1][0] > chunk:
            found = recent[bisect_left(recent, (chunk + 1,))][0]
        return found

    def all(self, key: int) -> Counted:
        """All chunks that write it, in order, and how often each does."""
        found = array("I"), array("I")
        for run in self.runs:
            run.all(key, found)
        for chunk, count in self._recent.get(key, ()):
            found[0].append(chunk)
            found[1].append(count)
        return found


def merged(runs: list[Run]) -> Iterator[Posting]:
    """Postings of several runs in order: pages are sorted together, as far as all runs are known."""
    pages = [0] * len(runs)
    held: list[Posting] = []
    while any(page < len(run.stored) for page, run in zip(pages, runs, strict=True)):
        behind = min(
            (run.firsts[page], i)
            for i, (page, run) in enumerate(zip(pages, runs, strict=True))
            if page < len(run.stored)
        )[1]
        held += runs[behind].page(pages[behind])
        pages[behind] += 1
        ahead = [run.firsts[page] for page, run in zip(pages, runs, strict=True) if page < len(run.stored)]
        if len(held) > PAGE * len(runs) or not ahead:
            held.sort()
            known = bisect_left(held, (min(ahead) >> 32, min(ahead) & 0xFFFFFFFF)) if ahead else len(held)
            yield from held[:known]
            del held[:known]


def encoded(postings: list[Posting]) -> bytes:
    """A page: keys as differences, chunks, counts."""
    keys = [p[0] for p in postings]
    gaps = array("Q", [b - a for a, b in zip([0, *keys], keys, strict=False)])
    chunks, counts = array("I", [p[1] for p in postings]), array("I", [p[2] for p in postings])
    return gaps.tobytes() + chunks.tobytes() + counts.tobytes()


def decoded(data: bytes) -> Decoded:
    """The inverse."""
    count = len(data) // 16
    gaps, chunks, counts = array("Q", data[: 8 * count]), array("I"), array("I")
    chunks.frombytes(data[8 * count : 12 * count])
    counts.frombytes(data[12 * count :])
    return list(accumulate(gaps)), chunks, counts
