"""Columns over all frames, by frame number: in memory where they still change, in pages behind that."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import cast, overload

from semduck.trace.reader.framepages import (
    CODE,
    DEPTH,
    FIRST,
    LANE,
    LAST,
    NO_PARENT,
    PARENT,
    RUNNING,
    SPACE,
    Columns,
    columns,
    packed,
    unpacked,
)
from semduck.trace.reader.pages import Cache, Pages
from semduck.trace.reader.walls import Walls

PAGE = 256  # frames


class FrameTable:
    """One row a frame: code, parent, lane, space, depth, first and last step."""

    def __init__(self, pages: Pages, walls: Walls) -> None:
        self._pages, self._walls = pages, walls
        self.stored: list[int] = []  # pages, PAGE frames each
        self.reach = array("Q")  # of each page, the last step of the frame that lasts longest
        self.lanes = 1  # threads
        self.late_first: dict[int, int] = {}  # what changed after its page was stored
        self.late_last: dict[int, int] = {}
        self._tail: Columns = columns()
        self._cache: Cache[int, Columns] = Cache(
            64, lambda n: unpacked(self._pages.read(self.stored[n]), n * PAGE)
        )
        self.code, self.parent, self.lane = Column(self, CODE), Column(self, PARENT), Column(self, LANE)
        self.space, self.depth = Column(self, SPACE), Column(self, DEPTH)
        self.first, self.last = Column(self, FIRST), Column(self, LAST)

    def __len__(self) -> int:
        return len(self.stored) * PAGE + len(self._tail[0])

    # -- growing -------------------------------------------------------------------------------------------

    def extend(self, births: Iterable[tuple[int, int, int, int, int, int, int]], base: int) -> None:
        """(frame, code, parent or -1, lane, space, depth, step or -1) of frames; known ones are passed over.

        base: the step that counts as 0.
        """
        code, parents, lanes, spaces, depths, firsts, lasts = self._tail
        count = len(self)
        for frame, of, parent, lane, space, depth, step in births:
            if frame < count:
                continue
            if frame != count:
                raise ValueError("frames are numbered in order")
            count += 1
            self.lanes = max(self.lanes, lane + 1)
            code.append(of)
            parents.append(parent if parent >= 0 else NO_PARENT)
            lanes.append(min(lane, 65535))
            spaces.append(space)
            depths.append(depth)
            firsts.append(base + step if step >= 0 else RUNNING)
            lasts.append(RUNNING)

    def begin(self, frame: int, step: int) -> None:
        """An announced frame's first step."""
        at = frame - len(self.stored) * PAGE
        if at >= 0:
            self._tail[FIRST][at] = step
        else:
            self.late_first.setdefault(frame, step)

    def end(self, frame: int, step: int) -> None:
        """A frame's last step."""
        at = frame - len(self.stored) * PAGE
        if at >= 0:
            self._tail[LAST][at] = step
        else:
            self.late_last[frame] = step

    def settle(self, step: int) -> None:
        """The log begins anew at a step: frames announced before, and no more, were gone then."""
        at = len(self._tail[FIRST])
        while at and self._tail[FIRST][at - 1] == RUNNING:
            at -= 1
            self._tail[FIRST][at] = self._tail[LAST][at] = max(0, step - 1)

    def store(self) -> None:
        """Move pages out of memory, but for the newest frames."""
        while len(self._tail[0]) >= 8 * PAGE:
            page = [column[:PAGE] for column in self._tail]
            for column in self._tail:
                del column[:PAGE]
            self.reach.append(max(page[LAST]))
            self.stored.append(self._pages.add(packed(page, len(self.stored) * PAGE)))

    # -- reading -------------------------------------------------------------------------------------------

    def page(self, number: int) -> Columns:
        """Columns of a page; `first` and `last` without what came late."""
        return self._cache[number] if number < len(self.stored) else self._tail

    def value(self, column: int, frame: int) -> int:
        """One field. Raises IndexError."""
        if frame < 0:
            raise IndexError(frame)
        number, stored = frame // PAGE, len(self.stored)
        if number >= stored:
            found = self._tail[column][frame - stored * PAGE]
        else:
            found = self._cache[number][column][frame - number * PAGE]
            if found == RUNNING and column >= FIRST:
                found = (self.late_first if column == FIRST else self.late_last).get(frame, RUNNING)
        if found == RUNNING and column == LAST and self._walls.steps:
            end = self._walls.end(frame)
            return RUNNING if end is None else max(0, end)  # what came later is told with another number
        return found

    def row(self, frame: int) -> tuple[int, int, int, int, int, int]:
        """(frame, code, parent, lane, space, depth)."""
        number = min(frame // PAGE, len(self.stored))
        if frame < 0:
            raise IndexError(frame)
        page, at = self.page(number), frame - number * PAGE
        return frame, page[CODE][at], page[PARENT][at], page[LANE][at], page[SPACE][at], page[DEPTH][at]

    def born_by(self, step: int) -> int:
        """How many frames have begun at or before a step."""
        return bisect_right(self.first, step)

    def running(self, codes: Collection[int], stop: int) -> Iterator[int]:
        """Frames < stop that run one of these code objects."""
        for number in range(len(self.stored) + 1):
            if number < len(self.stored):  # most pages have none: the rest of those is not unpacked
                data = self._pages.read(self.stored[number])
                column = array("I", data[4 : 4 + 4 * int.from_bytes(data[:4], "little")])
            else:
                column = self._tail[CODE]
            yield from (f for f, code in enumerate(column, number * PAGE) if code in codes and f < stop)

    def lasting(self, step: int, stop: int) -> Iterator[int]:
        """Frames < stop that end at a step or after it."""
        for number in range(len(self.stored) + 1):
            if number * PAGE >= stop:
                return
            if number == len(self.stored) or self.reach[number] >= step:
                lasts = self.page(number)[LAST][: stop - number * PAGE]
                yield from (
                    f
                    for f, last in enumerate(lasts, number * PAGE)
                    if (self.value(LAST, f) if last == RUNNING else last) >= step
                )

    def having(self, parent: int, start: int, stop: int) -> Iterator[int]:
        """Frames start <= frame < stop with this parent."""
        while start < stop:
            number = min(start // PAGE, len(self.stored))
            column, base = self.page(number)[PARENT], number * PAGE
            end = min(stop - base, len(column))
            yield from (base + i for i in range(start - base, end) if column[i] == parent)
            start = base + end

    def live(self, step: int) -> list[int]:
        """Frames that have begun and not ended before a step."""
        found = []
        for number in range(len(self.stored) + 1):
            if number < len(self.stored) and self.reach[number] < step:
                continue
            page, base = self.page(number), number * PAGE
            if page[FIRST] and step < page[FIRST][0] != RUNNING:
                break
            found += [f for f, last in enumerate(page[LAST], base) if last >= step and self.lives(f, step)]
        return found

    def lives(self, frame: int, step: int) -> bool:
        """Has the frame begun, and not ended before the step?"""
        return frame < len(self) and self.value(FIRST, frame) <= step <= self.value(LAST, frame)

    # -- in a recording ------------------------------------------------------------------------------------

    def tail(self) -> bytes:
        """What is not in pages."""
        return packed(self._tail, len(self.stored) * PAGE)

    def load(self, stored: list[int], reach: bytes, tail: bytes) -> None:
        """The inverse: pages, `reach`, and what was not in them."""
        self.stored = stored
        self.reach.frombytes(reach)
        self._tail = unpacked(tail, len(stored) * PAGE)


class Column(Sequence[int]):
    """One column as a sequence."""

    def __init__(self, table: FrameTable, column: int) -> None:
        self._table, self._column = table, column

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...

    def __getitem__(self, index: int | slice) -> int | list[int]:
        if type(index) is int:
            return self._table.value(self._column, index)
        return [self[i] for i in range(*cast(slice, index).indices(len(self)))]

    def __len__(self) -> int:
        return len(self._table)
