"""Two edits at once, for when no single one is enough."""

from __future__ import annotations

from collections.abc import Sequence

from semduck.repair.candidates import Candidate

FIRST, SECOND, MOST = 12, 60, 1500


def pairs(promising: Sequence[Candidate], ordered: Sequence[Candidate]) -> list[Candidate]:
    """Edits that changed something for the better, each with another likely one of the same file."""
    best = sorted(promising, key=lambda c: -c.score)[:FIRST] or list(ordered[:FIRST])
    found = []
    for one in best:
        for other in [c for c in ordered[:SECOND] if c.file == one.file]:
            if not _touch(one, other):
                found.append(_both(one, other))
    return sorted(found, key=lambda c: -c.score)[:MOST]


def _touch(one: Candidate, other: Candidate) -> bool:
    return any(a.start <= b.end and b.start <= a.end for a in one.edits for b in other.edits)


def _both(one: Candidate, other: Candidate) -> Candidate:
    reason = f"{one.reason}; and {other.reason}"
    return Candidate(
        one.file,
        (*one.edits, *other.edits),
        "two-edits",
        reason,
        one.line,
        one.prior * other.prior,
        one.score * other.score,
    )
