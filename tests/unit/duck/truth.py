"""Narrator text judged, and judged again with one claim made false."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from semduck.duck.claims import Claim, claims
from semduck.duck.narrator import narrate
from semduck.duck.recorded import Recorded
from semduck.duck.utterance import Utterance
from semduck.judge import judge_all

_OPPOSITE = {
    "true": "false",
    "false": "true",
    "holds": "fails",
    "fails": "holds",
    "matches": "does not match",
    "does not match": "matches",
}
_UNSPOILT = ("same", "deleted", "unchanged")  # no value to corrupt
_COUNTS = ("count", "iteration", "total", "next", "calls", "length", "caught", "goes-on")


@dataclass
class Tally:
    """What judging found. wrong: descriptions of what should not be."""

    hits: int = 0
    corrupted: int = 0
    wrong: list[str] = field(default_factory=list)


def corrupt(claim: Claim) -> str | None:
    """Something false to say instead; None when the claim has no value."""
    if claim.kind in ("branch", "case"):
        return _OPPOSITE[claim.said]
    if claim.kind in _UNSPOILT:
        return None
    if claim.kind in ("raises", "callraises"):
        return "QuiteAnotherError"
    if claim.kind == "caught" and not claim.said.isdigit():
        return "it is caught at line 98765"
    if claim.kind == "count" and not claim.said[0].isdigit():
        return "98765 times" if claim.said == "once" else None
    if claim.kind in _COUNTS:
        return "98765"
    return "`no such output`" if claim.kind == "output" else "987654321"


def judged(recording: Recorded, frames: list[int], tally: Tally | None = None) -> Tally:
    """Narrate calls; every claim must be a hit, and false alone when it is made false."""
    tally = tally or Tally()
    for frame in frames:
        for utterance in narrate(recording, frame):
            _judge(recording, utterance, tally)
    return tally


def _judge(recording: Recorded, utterance: Utterance, tally: Tally) -> None:
    found, verdicts = claims(utterance.text), judge_all(utterance, recording)
    tally.hits += sum(v.mark == "hit" for v in verdicts)
    tally.wrong += [f"{utterance.text} -> {v}" for v in verdicts if v.mark != "hit"]
    for at, claim in enumerate(found):
        said = corrupt(claim)
        if said is None:
            continue
        text = utterance.text[: claim.start] + said + utterance.text[claim.end :]
        marks = [(v.mark, v.traced) for v in judge_all(replace(utterance, text=text), recording)]
        expected = ["hit"] * len(found)
        expected[at] = "miss"
        opaque = len(marks) == len(found) and marks[at][0] == "unknown" and marks[at][1].startswith("<")
        if [m for m, _ in marks] == expected or opaque:
            tally.corrupted += 1
        else:
            tally.wrong.append(f"corrupted {claim.kind}: {text} -> {marks}")
