"""The runs of lines and loops in one call: which comes next, which the story is in."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from semduck.duck.path import Round, Way


class Loops:
    """Looks runs of lines and loops up; `at` is the own step where the story stands."""

    def __init__(self, way: Way) -> None:
        self.way = way

    def next_of(self, line: int, since: int) -> int | None:
        """The next run of `line`, the present one included."""
        runs = self.way.of_line(line)
        at = bisect_left(runs, since)
        return runs[at] if at < len(runs) else None

    def in_iteration(self, line: int, nth: int, at: int) -> int | None:
        """The run of `line` in the nth iteration of its innermost loop (the round that the story is in)."""
        runs = self.way.of_line(line)
        spot = self.way.spot(runs[0])
        if spot is None or not spot.chain:
            return self.next_of(line, at)
        headers = [i for i in self.way.of_line(spot.chain[-1].lineno)]
        round_ = None
        for header in headers:
            if round_ is None or header >= round_.stop:
                round_ = self.way.round_of(header)
                if round_ is None or round_.stop > at:
                    break
        if round_ is None or not round_.starts or nth > len(round_.starts):
            return None
        head, first = round_.starts[nth - 1]
        if spot.header:
            return head
        stop = round_.body(nth - 1 if nth else len(round_.starts) - 1)[1]
        found = self.next_of(line, first)
        return found if found is not None and found < stop else None

    def round_at(self, line: int, at: int) -> Round | None:
        """The run of the innermost loop at `line` that the story is in, or comes to next."""
        spot = next((s for i in self.way.of_line(line)[:1] if (s := self.way.spot(i))), None)
        if spot is None or not spot.chain:
            return None
        found: Round | None = None
        for header in self.way.of_line(spot.chain[-1].lineno):
            if found is None or header >= found.stop:
                found = self.way.round_of(header)
                if found is None or found.stop > at:
                    break
        return found if found is not None and found.starts else None

    def header_before(self, header: int, at: int) -> int:
        """The last run of an outer loop's header up to here."""
        runs = self.way.of_line(header)
        return runs[max(0, bisect_right(runs, at) - 1)]
