"""How often the duck was right so far, by the kind of line it spoke about."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence

from semduck.duck.source_view import owner_of
from semduck.duck.utterance import Utterance
from semduck.judge import Verdict
from semduck.trace.recording import Recording

KINDS: tuple[tuple[str, type | tuple[type, ...]], ...] = (
    ("conditions", (ast.If, ast.Assert, ast.Match, ast.match_case)),
    ("loops", (ast.For, ast.AsyncFor, ast.While)),
    ("returns", (ast.Return, ast.Raise)),
    ("assignments", (ast.Assign, ast.AugAssign, ast.AnnAssign)),
    ("calls", ast.Expr),
)


def kind_of(recording: Recording, said: Utterance) -> str:
    """conditions | loops | returns | assignments | calls | other lines."""
    if said.frame is None:
        return "other lines"
    source, owner = owner_of(recording, recording.call(said.frame))
    spot = source.spot(owner, said.line) if owner is not None else None
    node = spot.node if spot is not None else None
    return next((name for name, types in KINDS if isinstance(node, types)), "other lines")


class Tally:
    """Counts each judged sentence once."""

    def __init__(self) -> None:
        self._seen: set[tuple[int, int | None, int, str]] = set()
        self.hits: Counter[str] = Counter()
        self.misses: Counter[str] = Counter()

    def add(self, recording: Recording, said: Utterance, verdicts: Sequence[Verdict]) -> None:
        """Take in one judged sentence."""
        key = (id(recording), said.step, said.line, said.text)
        if key in self._seen or not verdicts:
            return
        self._seen.add(key)
        kind = kind_of(recording, said)
        self.hits[kind] += sum(v.mark == "hit" for v in verdicts)
        self.misses[kind] += sum(v.mark == "miss" for v in verdicts)

    def text(self, kind: str) -> str:
        """ "17 of 20 right on assignments"; "" before anything was judged there."""
        total = self.hits[kind] + self.misses[kind]
        return f"{self.hits[kind]} of {total} right on {kind}" if total else ""
