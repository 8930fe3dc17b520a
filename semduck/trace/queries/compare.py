"""Two recordings side by side: where they part, and which values differ there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from semduck.trace.model import Value
from semduck.trace.queries.aliases import links
from semduck.trace.queries.matching import Matching
from semduck.trace.reader.entry import same
from semduck.trace.render import Renderer
from semduck.trace.replay import Ref, State
from semduck.trace.store import Event

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

MANY, DEEP, WORK = 100, 20, 20_000  # values told, links of a path, pairs of objects compared
FURNITURE = ("module", "function", "type", "generator")  # compared by kind and name only


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One value that differs, by path. before, after: None where it does not exist."""

    path: str
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first step that is not alike.

    why: "event" (something else happens, or changed), "line" (another line runs), "end" (one run ends: its
    step is None), "ending" (the steps are alike, how the runs end is not: both are None), "gap" (they are
    alike up to where steps are missing in one of them; what comes then is not compared).
    """

    step_before: int | None
    step_after: int | None
    why: str


class Lines:
    """Line numbers of the old files as numbers of the new ones, through the unchanged lines."""

    def __init__(self, before: Recording, after: Recording) -> None:
        new = after.files
        self._maps: dict[Path, dict[int, int]] = {}
        for path, file in before.files.items():
            if path in new and new[path].sha256 != file.sha256:
                self._maps[path] = _mapping(file.lines, new[path].lines)

    @property
    def changed(self) -> bool:
        """Is any file another than before?"""
        return bool(self._maps)

    def moved(self, path: Path, line: int) -> int:
        """The new number of an old line."""
        return self._maps[path].get(line, line) if path in self._maps else line


def _mapping(old: list[str], new: list[str]) -> dict[int, int]:
    found: dict[int, int] = {}
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and i2 - i1 == j2 - j1):
            found.update({i1 + n + 1: j1 + n + 1 for n in range(i2 - i1)})
    return found


def divergence(before: Recording, after: Recording, stop: int | None = None) -> Divergence | None:
    """Where the runs part; None when they do not. stop: compare only the steps before this one."""
    lines, count, k = Lines(before, after), min(len(before), len(after)), 0
    known = min(r.part_of(0)[1] + 1 for r in (before, after))
    most = min(count, known if stop is None else min(known, stop))
    while k < most:
        end = min(before.chunk_end(k), after.chunk_end(k), most)
        if lines.changed or not before.same_part(after, k, end):
            other = _other_event(before, after, range(k, end), lines)
            if other is not None:
                found = _first_of(before, after, lines, range(other, most))
                return found or _rest(before, after, most, stop)
        k = end
    return _rest(before, after, most, stop)


def _rest(before: Recording, after: Recording, count: int, stop: int | None) -> Divergence | None:
    """So many steps are alike."""
    if count == stop:
        return None
    if count < min(len(before), len(after)):
        return Divergence(count, count, "gap")
    return _ends(before, after, count)


def _other_event(before: Recording, after: Recording, steps: range, lines: Lines) -> int | None:
    """The first step at which something else is in the log: perhaps only other numbers of objects."""
    files: dict[int, Path] = {}
    for (k, one), (_, other) in zip(before.moments(steps), after.moments(steps), strict=True):
        old, new = one.event, other.event
        if old[:2] != new[:2] or not same(old[3:], new[3:]) or not same(one.before, other.before):
            return k
        if old[2] != new[2] and not _same_line(before, files, lines, old, new):
            return k
    return None


def _same_line(before: Recording, files: dict[int, Path], lines: Lines, old: Event, new: Event) -> bool:
    path = files.get(old[1])
    if path is None:
        path = files[old[1]] = before.call(old[1]).file
    return bool(lines.moved(path, old[2]) == new[2])


def _first_of(before: Recording, after: Recording, lines: Lines, steps: range) -> Divergence | None:
    """The first of the steps that does something else. Before them, all are alike."""
    files, matching = dict[int, Path](), Matching(min(r.objects_before(steps.start) for r in (before, after)))
    for (k, one), (_, other) in zip(before.moments(steps), after.moments(steps), strict=True):
        if not matching.step((before.state(k), after.state(k)), one, other):
            return Divergence(k, k, "event")
        if not _same_line(before, files, lines, one.event, other.event):
            return Divergence(k, k, "line")
    return None


def _ends(before: Recording, after: Recording, count: int) -> Divergence | None:
    if len(before) != len(after):
        old_step, new_step = (count if len(r) > count else None for r in (before, after))
        return Divergence(old_step, new_step, "end")
    old, new = before.ending, after.ending
    alike = (old.kind, old.code) == (new.kind, new.code)
    return None if alike else Divergence(None, None, "ending")


def disagreements(before: Recording, after: Recording, old: int, new: int) -> list[Disagreement]:
    """Values that differ between a step of one recording and a step of another, aligned by path.

    Compared are the names of the stack, innermost first, and those of the module; at most MANY are told.
    """
    comparison = _Comparison(before.state(old), after.state(new))
    for one, other in zip(before.stack(old), after.stack(new), strict=False):
        comparison.names(before.names(old, one.frame), after.names(new, other.frame))
    spaces = before.space(before.frame_at(old)), after.space(after.frame_at(new))
    comparison.names(comparison.old.spaces.get(spaces[0], {}), comparison.new.spaces.get(spaces[1], {}))
    return comparison.found[:MANY]


class _Comparison:
    """Walks two states in step. A pair of objects is compared once, at its shortest path."""

    def __init__(self, old: State, new: State) -> None:
        self.old, self.new = old, new
        self.found: list[Disagreement] = []
        self._seen: set[tuple[int, int]] = set()
        self._told: set[str] = set()
        self._work = WORK

    def names(self, old: Mapping[str, Ref], new: Mapping[str, Ref]) -> None:
        """Compare two namespaces."""
        layer = list(_aligned(list(old.items()), list(new.items())))
        for _ in range(DEEP):
            layer = [d for path, one, other in layer for d in self._pair(path, one, other)]

    def _pair(
        self, path: str, one: list[Ref], other: list[Ref]
    ) -> Iterator[tuple[str, list[Ref], list[Ref]]]:
        """Compare what a path means in both; the pairs below it."""
        self._work -= 1
        if self._work < 0 or len(self.found) >= MANY:
            return
        if not one or not other or not self._alike(one[0], other[0]):
            self._tell(path, one, other)
        elif type(one[0]) is list and len(one[0]) == 1 and (one[0][0], other[0][0]) not in self._seen:
            self._seen.add((one[0][0], other[0][0]))
            below = (list(links(s, path, r[0][0])) for s, r in ((self.old, one), (self.new, other)))
            yield from _aligned(*below)

    def _alike(self, one: Ref, other: Ref) -> bool:
        """Are they equal as far as can be seen without looking below?"""
        if type(one) is not list or type(other) is not list or len(one) != 1 or len(other) != 1:
            return type(one) is type(other) and repr(one) == repr(other)
        old, new = self.old.things.get(one[0]), self.new.things.get(other[0])
        if old is None or new is None:
            return old is new
        if (old.kind, old.type) != (new.kind, new.type):
            return False
        return old.kind in FURNITURE or old.text == new.text

    def _tell(self, path: str, one: list[Ref], other: list[Ref]) -> None:
        if path not in self._told:
            self._told.add(path)
            shown = [Renderer(s).value(r[0]) if r else None for s, r in ((self.old, one), (self.new, other))]
            self.found.append(Disagreement(path, *shown))


def _aligned(
    old: list[tuple[str, Ref]], new: list[tuple[str, Ref]]
) -> Iterator[tuple[str, list[Ref], list[Ref]]]:
    """(path, [old], [new]) of every path in either; [] where it is not."""
    olds, news = dict(old), dict(new)
    for path in {**olds, **news}:
        yield path, [olds[path]] if path in olds else [], [news[path]] if path in news else []
