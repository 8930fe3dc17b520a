"""All edits worth a trial, likeliest first."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from semduck.repair.apply import splice
from semduck.repair.edits import Source
from semduck.repair.model import Edit
from semduck.repair.observe import Facts, View

FLOOR = 0.03  # of suspicion: what ran is never quite innocent


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patch not yet tried. prior: how often people make this mistake (0..1). score: prior x suspicion."""

    file: Path
    edits: tuple[Edit, ...]
    kind: str
    reason: str
    line: int
    prior: float
    score: float = 0.0


class Catalogue(View):
    """What a family of edits is given: the file, the values seen in it, and a way to make candidates."""

    def make(
        self, node: ast.AST, edits: Edit | Iterable[Edit | None] | None, kind: str, reason: str, prior: float
    ) -> Iterator[Candidate]:
        """One candidate, or none where an edit had no place to go."""
        parts = (edits,) if isinstance(edits, Edit) or edits is None else tuple(edits)
        whole = tuple(part for part in parts if part is not None)
        if not whole or len(whole) < len(parts):
            return
        line = getattr(node, "lineno", 1)
        yield Candidate(self.source.path, whole, kind, " ".join(reason.split()), line, prior)


def candidates(facts: Facts, suspicion: Mapping[tuple[Path, int], float]) -> list[Candidate]:
    """Every edit of the catalogue at every line that ran, best first, none twice."""
    from semduck.repair.catalogue import FAMILIES

    sources = facts.sources()
    found: list[Candidate] = []
    for source in sources:
        view = Catalogue(source, facts, sources)
        for family in FAMILIES:
            made = (_scored(c, view, suspicion) for c in family(view))
            found += (c for c in made if c.score > 0)
    return unique(sorted(found, key=lambda c: -c.score))


def _scored(candidate: Candidate, view: Catalogue, suspicion: Mapping[tuple[Path, int], float]) -> Candidate:
    lines = {view.source.line_of(view.source.text_offset(edit.start)) for edit in candidate.edits}
    places = {candidate.line, *lines}
    blame = max((suspicion.get((candidate.file, line), 0.0) for line in places), default=0.0)
    return replace(candidate, score=candidate.prior * max(blame, FLOOR))


def unique(found: Iterable[Candidate]) -> list[Candidate]:
    """The first of each distinct set of edits."""
    kept: dict[object, Candidate] = {}
    for candidate in found:
        key = (candidate.file, tuple(sorted((e.start, e.end, e.new) for e in candidate.edits)))
        kept.setdefault(key, candidate)
    return list(kept.values())


def patched(source: Source, candidate: Candidate) -> bytes | None:
    """The file with the candidate's edits, None if that is not Python or not a change."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            data = splice(source.data, candidate.edits)
            compile(data, str(source.path), "exec", dont_inherit=True)
        except (ValueError, SyntaxError, UnicodeError, RecursionError):
            return None
    return None if data == source.data else data
