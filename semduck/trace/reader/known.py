"""What the log has said of code objects and probes: needed to read any part of it."""

from __future__ import annotations

from array import array
from typing import Any

from semduck.trace.probes import sites as kinds

LINE, CALL = 0, 1
Mark = tuple[Any, ...]  # a step without its frame and operations: (kind, line, what comes behind operations)


class Site:
    """A probe. count: values that follow it."""

    __slots__ = ("code", "count", "kind", "mark", "number", "what")

    def __init__(self, number: int, kind: int, code: int, what: Any, mark: Mark) -> None:
        self.number, self.kind, self.code, self.what, self.mark = number, kind, code, what, mark
        self.count = len(what) if kind in kinds.NAMED else 1 if kind in kinds.VALUED else 0


class Part:
    """Numbers of frames behind a beginning anew: told there, and from `base` on those that came later."""

    def __init__(self, base: int, told: dict[int, int], own: list[int]) -> None:
        self.base, self.told, self.own = base, told, own

    def adopt(self, number: int, frame: int) -> int:
        """See Known.adopt."""
        at = number - self.base
        if at == len(self.own):
            self.own.append(frame)
        if not 0 <= at < len(self.own):
            raise ValueError("frames are numbered in order")
        return self.own[at]

    def frame(self, number: int) -> int:
        """Ours; -1 for one that is not told."""
        at = number - self.base
        return self.own[at] if 0 <= at < len(self.own) else self.told.get(number, -1)


class Known:
    """Only grows; shared by everything that decodes."""

    def __init__(self) -> None:
        self.sites: dict[str, Site] = {}  # by its number as the stream has it, with or without a sign
        self.count = 0
        self.spaces: dict[int, int] = {}  # namespace by number of a code object
        self.moved: set[int] = set()  # code objects that ran in more than one namespace
        self.first: dict[int, int] = {}  # first line of a code object
        self.own = array("I")  # number the tracing recorder gave a frame -> ours
        self.parts: list[Part] = []  # the same, for what comes behind each beginning anew
        self.max_steps = 0  # later ones are not read; 0: no limit
        self.marks: dict[tuple[int, int], Mark] = {}
        self.lines: dict[int, tuple[int, int]] = {}  # id of the mark of a line -> (code, line)

    def line_mark(self, code: int, line: int) -> Mark:
        """The one mark of all steps at a line of a code object."""
        mark = self.marks.get((code, line))
        if mark is None:
            mark = self.marks[code, line] = (LINE, line)
            self.lines[id(mark)] = (code, line)
        return mark

    def take(self, event: list[Any]) -> None:
        """One event of the log; those that say nothing of code are passed over."""
        kind = event[0]
        if kind == "P":
            self._probes(event[1], event[2])
        elif kind == "Y":
            for code in range(event[1], event[2] + 1):
                if self.spaces.setdefault(code, event[3]) != event[3]:
                    self.spaces[code] = event[3]
                    self.moved.add(code)
        elif kind == "M":
            self.max_steps = int(event[1].get("max_steps", 0))
        elif kind == "C":
            self.first[event[1]] = event[4]

    def _probes(self, start: int, told: list[Any]) -> None:
        if start != self.count:
            return  # told before
        for number, (kind, code, what) in enumerate(told, start):
            mark = self.line_mark(code, what) if kind == kinds.LINE else (CALL, self.first.get(code, 0))
            site = Site(number, kind, code, what, mark)
            self.sites[str(number)] = self.sites[f"+{number}"] = site
        self.count += len(told)

    def adopt(self, number: int, frame: int, part: int) -> int:
        """The tracing recorder announces a frame: ours is `frame`, or what it was when first read. part: how
        often the log began anew before."""
        if part:
            return self.parts[part - 1].adopt(number, frame)
        own = self.own
        if number < len(own):
            return own[number]
        if number > frame:
            raise ValueError("frames are numbered in order")
        own.extend(range(len(own), number))  # announced before there were probes: the numbers are the same
        own.append(frame)
        return frame

    def frame(self, number: int, part: int) -> int:
        """Our number of a frame of the tracing recorder; -1 stays."""
        if part:
            return self.parts[part - 1].frame(number)
        return self.own[number] if 0 <= number < len(self.own) else number
