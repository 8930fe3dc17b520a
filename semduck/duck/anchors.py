"""Which step a sentence of a monologue speaks of: its label, the iteration it names, the story so far."""

from __future__ import annotations

import ast
from copy import copy

from semduck.compare import compare
from semduck.duck import anchor_words as words
from semduck.duck import path
from semduck.duck.anchor_loops import Loops
from semduck.duck.claim_base import Claim
from semduck.duck.claims import claims
from semduck.duck.lookup import looked_up
from semduck.duck.path import Round, Way
from semduck.duck.source_view import Labelled
from semduck.duck.utterance import Utterance

_AHEAD = 200  # iterations looked through for the one that a sentence tells of
_FIRST_LOOP = 2_000  # own steps among which the first loop is looked for


class Anchors:
    """Follows the call's own steps in the order the sentences name them."""

    def __init__(self, source: Labelled, way_: Way) -> None:
        self.source, self.way, self.loops = source, way_, Loops(way_)
        self.at = 0  # own step of the sentence before
        self.line = way_.lines[0] if len(way_) else source.first_line
        self.inside = self._first_loop()  # the line in a loop that the story was at last
        self.span: tuple[int, int | None] | None = None  # the iteration that sentences without a line tell of
        self.cited: list[int] = []  # the lines that the sentence before cited
        self.told: dict[str, str] = {}  # what the sentences about the run of this line said names become

    def twin(self) -> Anchors:
        """Another one that has read the same."""
        other = copy(self)
        other.told = dict(self.told)
        return other

    def read(self, sentence: str) -> Utterance | None:
        if answer := words.ANSWER.match(sentence):
            sentence = f"So `{answer['call']}` returns {answer['value']}."
            return self._made(sentence, len(self.way) - 1 if len(self.way) else None, None)
        if answer := words.PRINTED.match(sentence):
            sentence = f"So all that is printed is {answer['value']}."
            return self._made(sentence, 0 if len(self.way) else None, None)
        lines = self._lines(sentence)
        text, nth = words.without_labels(sentence), words.nth(sentence)
        if nth is not None and words.AFTER_NTH.search(sentence):
            return self._made(text, self._after_iteration(lines, nth), None)
        if text and not lines and words.AFTER_LOOP.search(sentence):
            self.span = None
            return self._made(text, self._loop_end(), None)
        if text and len(lines) == 1 and (after := words.LEFT_LOOP.search(sentence)):
            if (end := self._loop_left(lines[0], after["which"] or "")) is not None:
                return self._made(text, end, None)
        if not lines and nth is None and (span := self._round_told(text)):
            return self._made(text, *span)
        if not text or (nth is not None and not lines and not claims(text)):
            span = self._iteration(lines, nth) if nth is not None else None
            if span is None:
                self._go(lines, nth)
            self.span = span
            return self._made(text, *span) if text and span else None
        if nth is not None and (span := self._iteration(lines, nth)):
            self.span, self.told = span, {}
            return self._made(text, *span)
        if nth is not None and not lines:
            self.span = None
            return self._made(text, None, None)  # of an iteration that never was
        self._repeat(lines, text)
        first, last = self._go(lines, nth)
        until = self._outcome(last) if last is not None and last != first else None
        return self._made(text, first, until)

    def _first_loop(self) -> int:
        """The line of the first loop that runs; where there is none, the first line of all."""
        spots = ((line, self.way.spot(i)) for i, line in enumerate(self.way.lines[:_FIRST_LOOP]))
        return next((line for line, spot in spots if spot and spot.header), self.line)

    def _repeat(self, lines: list[int], text: str) -> None:
        """[L9] total becomes 3. [L9] total becomes 8: a line that says otherwise of a name runs once more.

        So does one cited again whose values it has at its next run only.
        """
        if not lines:
            return
        self.span = None
        cited, self.cited = self.cited, lines
        told = [c for c in claims(text) if c.kind == "value" and c.when != "before"]
        new = {c.name: c.said for c in told}
        again = lines == [self.line] and any(self.told.get(n, said) != said for n, said in new.items())
        later = self.loops.next_of(lines[0], self.at + 1)
        if later is not None and (again or (lines == cited and self._turns(told, later))):
            self.at += 1
            again = True
        self.told = {**self.told, **new} if lines == [self.line] and not again else new

    def _turns(self, told: list[Claim], later: int) -> bool:
        """Do all names have the values told after own step `later`, and not all of them here?"""
        ends = [self.way.statement(at).stop for at in (self.at, later)]
        if not told or ends[1] >= len(self.way):
            return False
        return not self._are(told, ends[0]) and self._are(told, ends[1])

    def _lines(self, sentence: str) -> list[int]:
        labels = [int(n) for m in words.LABEL.finditer(sentence) for n in m.groups() if n]
        return [line for n in labels if (line := self.source.line(n)) is not None]

    def _go(self, lines: list[int], nth: int | None) -> tuple[int | None, int | None]:
        """Own steps of the first and last line that a sentence cites."""
        if not lines:
            lines = [self.line] if nth is not None else []
            if not lines:
                return self._here(), None
        first = self._seek(lines[0], nth)
        last = first
        for line in lines[1:]:
            later = self.loops.next_of(line, last if last is not None else self.at)
            last = later if later is not None else last
        self.line = lines[0]
        spot = self.way.spot(self.at) if self.at < len(self.way) else None
        self.inside = self.line if spot and spot.chain else self.inside
        return first, last

    def _here(self) -> int | None:
        return self.at if self.at < len(self.way) else None

    def _seek(self, line: int, nth: int | None) -> int | None:
        runs = self.way.of_line(line)
        if not runs and line == self.source.first_line:
            return 0 if len(self.way) else None
        if not runs:
            return None
        if nth is not None:
            at = self.loops.in_iteration(line, nth, self.at)
        else:
            at = self.loops.next_of(line, self.at)
        if at is None and nth is not None:
            return None  # in that iteration the line does not run
        if at is None:
            at = runs[-1]
        self.at = at
        return at

    def _iteration(self, lines: list[int], nth: int) -> tuple[int, int | None] | None:
        """Own steps of a whole iteration, for a sentence that cites no line or only the loop's own."""
        line = lines[0] if lines else self.inside
        spot = next((s for i in self.way.of_line(line)[:1] if (s := self.way.spot(i))), None)
        if spot is None or len(lines) > 1 or (lines and not spot.header):
            return None
        loop = self.loops.round_at(line, self.at)
        if loop is None or not loop.clear or nth > len(loop.starts):
            return None
        self.line = line
        return self._whole(loop, (nth or len(loop.starts)) - 1)

    def _whole(self, loop: Round, n: int) -> tuple[int, int | None]:
        self.at = loop.starts[n][0]
        stop = loop.body(n)[1]
        return self.at, stop if stop < len(self.way) else len(self.way) - 1

    def _round_told(self, text: str) -> tuple[int, int | None] | None:
        """ "i = 1, num = 11: …" under a loop: the iteration in which the loop's name had this value."""
        here = self.way.spot(self.at) if self.at < len(self.way) else None
        if here is None or not (here.header or self.span):
            return None
        loop = self.loops.round_at(self.line, self.at)
        if loop is None or not loop.clear or not isinstance(loop.node, ast.For | ast.AsyncFor):
            return self.span
        names = {n.id for n in ast.walk(loop.node.target) if isinstance(n, ast.Name)}
        told = [c for c in claims(text) if c.kind == "value" and c.name in names and c.when != "course-after"]
        begun = max(0, loop.iteration(self.at))
        for n in range(begun, min(len(loop.starts), begun + _AHEAD) if told else begun):
            if self._has(told, loop.starts[n][1]):
                self.span = self._whole(loop, n)
                return self.span
        return self.span

    def _are(self, told: list[Claim], at: int) -> bool:
        """Do the names and elements told have these values at own step `at`?"""
        state = self.way.state(at)
        found = [looked_up(c.name, state) for c in told]
        return all(v is not None and compare(c.said, v) for c, v in zip(told, found, strict=True))

    def _has(self, told: list[Claim], at: int) -> bool:
        """Do all the names have the values told, at own step `at`?"""
        state = self.way.state(at)
        return all(c.name in state and compare(c.said, state[c.name]) for c in told)

    def _after_iteration(self, lines: list[int], nth: int) -> int | None:
        """Own step at which an iteration is over."""
        loop = self.loops.round_at(lines[0] if lines else self.inside, self.at)
        if loop is None or not loop.clear or nth > len(loop.starts):
            return None
        stop = self._whole(loop, (nth or len(loop.starts)) - 1)[1]
        self.at = stop if stop is not None else self.at
        return stop

    def _loop_end(self) -> int | None:
        """Own step after the loop that the story is in; the last one when there is none."""
        spot = self.way.spot(self.at) if self.at < len(self.way) else None
        if spot and spot.chain:
            headers = self.way.of_line(spot.chain[0].lineno)
            before = [h for h in headers if h <= self.at]
            loop = self.way.round_of(before[0]) if before else None
            if loop is not None:
                self.at = min(loop.stop, len(self.way) - 1)
        return self._here()

    def _loop_left(self, line: int, which: str) -> int | None:
        """ "[L9] After the inner loop, total is 3", of a line in that loop: own step after its present run.

        None where the sentence speaks of a line behind the loop.
        """
        runs = self.way.of_line(line)
        spot = self.way.spot(runs[0]) if runs else None
        if spot is None or not spot.chain:
            return None
        inner = [n for n in ast.walk(spot.chain[-1]) if isinstance(n, ast.For | ast.AsyncFor | ast.While)]
        if any(n.lineno < line and n is not spot.chain[-1] for n in inner) and which != "outer ":
            return None
        self._seek(line, None)
        self.line, self.span = line, None
        loop = (
            self.loops.round_at(line, self.at)
            if which != "outer "
            else self.way.round_of(self.loops.header_before(spot.chain[0].lineno, self.at))
        )
        if loop is None or loop.stop >= len(self.way):
            return None
        self.at = loop.stop
        return self.at

    def _outcome(self, at: int) -> int | None:
        item = self.way.statement(at)
        ends = [i for i in range(item.start, item.stop) if self.way.kinds[i] in (path.RETURN, path.UNWIND)]
        return ends[-1] if ends else item.stop if item.stop < len(self.way) else None

    def _made(self, text: str, at: int | None, until: int | None) -> Utterance:
        way_ = self.way
        if at is None:
            return Utterance(text, way_.call.file, self.line, None, 1, "forecast", None, way_.frame)
        end = way_.numbers[until] if until is not None else None
        return Utterance(
            text,
            way_.call.file,
            way_.lines[at],
            way_.numbers[at],
            way_.occurrence(at),
            "forecast",
            end,
            way_.frame,
        )
