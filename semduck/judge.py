"""A claim against what was recorded: hit, miss, or unknown when that cannot be decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from semduck import judge_flow as flow
from semduck import judge_values as values
from semduck.compare import compare
from semduck.duck.claims import Claim, claims
from semduck.duck.path import way
from semduck.duck.recorded import Recorded
from semduck.duck.sentences import show
from semduck.duck.utterance import Utterance
from semduck.judge_place import NO_NAME, NOT_YET, Finding, Place, resolve, title

HIT, MISS, UNKNOWN = "hit", "miss", "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """mark: hit | miss | unknown. name: what was spoken about. said, traced: both values as text.

    step: where it can be seen. reason: one sentence, why it is unknown or what the recording shows.
    """

    mark: str
    name: str
    said: str
    traced: str = ""
    reason: str = ""
    step: int | None = None
    kind: str = "value"


def judge(
    claim: Claim,
    recording: Recorded,
    frame: int,
    step: int | None,
    line: int = 0,
    until: int | None = None,
    exact: bool = False,
) -> Verdict:
    """Judge a claim made about own step `step` of a call.

    until: the last step the sentence speaks of. exact: the words are the narrator's, so "is" means "is then".
    """
    name = title(claim)
    if step is None:
        return Verdict(UNKNOWN, name, claim.said, reason="it is not tied to a step", kind=claim.kind)
    place = Place.of(way(recording, frame, step), step, until, exact)
    if place is None:
        return Verdict(UNKNOWN, name, claim.said, reason="this step is not in the call", kind=claim.kind)
    finding = _CHECKS[claim.kind](claim, place)
    mark = UNKNOWN if finding.agrees is None else HIT if finding.agrees else MISS
    at = place.number(finding.at)
    return Verdict(mark, name, claim.said, finding.traced, finding.reason, at, claim.kind)


def judge_all(utterance: Utterance, recording: Recorded) -> list[Verdict]:
    """Verdicts on every claim of a sentence; bare words that name nothing here are no claims."""
    frame = utterance.frame
    if frame is None or utterance.step is None:
        return []
    exact = utterance.source == "narrator"
    judged = [
        (c, judge(c, recording, frame, utterance.step, utterance.line, utterance.until, exact))
        for c in claims(utterance.text)
    ]
    return [
        v for c, v in judged if not (v.mark == UNKNOWN and c.name and not c.quoted and v.reason == NO_NAME)
    ]


def _value(claim: Claim, place: Place) -> Finding:
    states = place.states(claim.when)
    if not states:
        return Finding(None, reason=NOT_YET)
    seen = [(at, resolve(claim.name, place, at)) for at in states]
    known = [(at, v) for at, v in seen if v is not None]
    if not known:
        return Finding(None, reason=NO_NAME)
    judged = [(at, v, compare(claim.said, v)) for at, v in known]
    best = next((j for j in judged if j[2]), None) or next((j for j in judged if j[2] is None), judged[-1])
    at, value, agrees = best
    reason = "it cannot be compared" if agrees is None else ""
    return Finding(agrees, show(value), reason, at)


def _return(claim: Claim, place: Place) -> Finding:
    own = place.way.call.function.rpartition(".")[2]
    callee = claim.name.rpartition(".")[2]
    if callee and callee != own:
        return flow.called(claim, place)
    return flow.returned(claim, place)


_CHECKS: dict[str, Callable[[Claim, Place], Finding]] = {
    "value": _value,
    "return": _return,
    "called": flow.called,
    "callraises": flow.called,
    "calls": flow.calls,
    "gain": values.moved,
    "lose": values.moved,
    "member": values.member,
    "absent": values.member,
    "same": values.same_object,
    "length": values.length,
    "order": values.order,
    "unchanged": values.unchanged,
    "deleted": values.deleted,
    "count": flow.count,
    "total": flow.count,
    "iteration": flow.iteration,
    "branch": flow.branch_taken,
    "case": flow.branch_taken,
    "next": flow.next_line,
    "raises": flow.raised,
    "caught": flow.caught,
    "goes-on": flow.caught,
    "yield": flow.yielded,
    "output": flow.output,
}
