"""A claim against what was recorded: hit, miss, or unknown when that cannot be decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from semduck import judge_branch as branches
from semduck import judge_calls as calls
from semduck import judge_contents as contents
from semduck import judge_doubt as doubt
from semduck import judge_flow as flow
from semduck import judge_names as names
from semduck import judge_relations as relations
from semduck import judge_values as values
from semduck.duck.claim_doubt import conditional
from semduck.duck.claims import Claim, claims
from semduck.duck.path import way
from semduck.duck.recorded import Recorded
from semduck.duck.utterance import Utterance
from semduck.judge_place import NO_NAME, Finding, Place, title, told

HIT, MISS, UNKNOWN = "hit", "miss", "unknown"
ELSEWHEN = "it may speak of another moment"


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
    name, said = title(claim), told(claim)
    if step is None:
        return Verdict(UNKNOWN, name, said, reason="it is not tied to a step", kind=claim.kind)
    place = Place.of(way(recording, frame, step), step, until, exact)
    if place is None:
        return Verdict(UNKNOWN, name, said, reason="this step is not in the call", kind=claim.kind)
    if not exact:
        claim = names.completed(claim, place)
        name = title(claim)
    finding = _CHECKS[claim.kind](claim, place)
    mark = UNKNOWN if finding.agrees is None else HIT if finding.agrees else MISS
    at = place.number(finding.at)
    worked = finding.reason == NO_NAME and claim.quoted and not claim.name.isidentifier()
    reason = "it cannot be looked up in the recording" if worked else finding.reason
    return Verdict(mark, name, said, finding.traced, reason, at, claim.kind)


def judge_all(utterance: Utterance, recording: Recorded) -> list[Verdict]:
    """Verdicts on every claim of a sentence; bare words that name nothing here are no claims."""
    frame, exact = utterance.frame, utterance.source == "narrator"
    if frame is None:
        return []
    if utterance.step is None:
        return _of_the_call(utterance.text, recording, frame)
    judged = [
        (c, judge(c, recording, frame, utterance.step, utterance.line, utterance.until, exact))
        for c in claims(utterance.text)
        if exact or c.kind != "iteration"  # "Iteration 2:" told the way to this step, it claims nothing
    ]
    if not exact:
        judged = _spared(judged, utterance, recording, frame)
    judged = _once(judged)
    return [v for c, v in judged if not (v.mark == UNKNOWN and not c.quoted and v.reason == NO_NAME)]


def _spared(
    judged: list[tuple[Claim, Verdict]], utterance: Utterance, recording: Recorded, frame: int
) -> list[tuple[Claim, Verdict]]:
    """Misses that the words may not deserve are left unknown; so is what hangs on a "when" that is not so."""
    step, kept, elsewhen, starts = utterance.step, [], False, {c.start for c, _ in judged}
    assert step is not None
    place = Place.of(way(recording, frame, step), step, utterance.until, False)
    for claim, verdict in judged:
        if verdict.mark == MISS and place is not None:
            elsewhen = elsewhen or conditional(utterance.text, claim)
            why = ELSEWHEN if elsewhen else doubt.reason(claim, place, utterance.text, starts)
            verdict = replace(verdict, mark=UNKNOWN, reason=why) if why else verdict
        kept.append((claim, verdict))
    return kept


def _once(judged: list[tuple[Claim, Verdict]]) -> list[tuple[Claim, Verdict]]:
    """ "2 > 0, so the condition is true" tells one test: the numbers are its reason, no second claim."""
    tests = [c for c, v in judged if c.kind == "branch" and v.mark != UNKNOWN]
    first = next((c for c in tests if c.extra.partition(" ")[0] not in ("numbers", "body")), None)
    first = first or next(iter(tests), None)
    return [
        (c, v)
        for c, v in judged
        if c is first or c.kind != "branch" or c.extra.partition(" ")[0] not in ("numbers", "body")
    ]


def _of_the_call(text: str, recording: Recorded, frame: int) -> list[Verdict]:
    """Of a sentence about a line that never ran, what it says of the whole call: its result."""
    last = recording.call(frame).last
    own = [c for c in claims(text) if c.kind == "return" and (not c.name or c.when == "subject")]
    return [judge(c, recording, frame, last) for c in own if last is not None]


_CHECKS: dict[str, Callable[[Claim, Place], Finding]] = {
    "value": values.value,
    "sequence": values.sequence,
    "by": values.by,
    "order": relations.order,
    "type": relations.type_of,
    "unchanged": values.unchanged,
    "same": relations.same_object,
    "sum": relations.arithmetic,
    "gain": contents.moved,
    "lose": contents.moved,
    "member": contents.member,
    "absent": contents.member,
    "keys": contents.keys,
    "length": contents.length,
    "deleted": contents.deleted,
    "branch": branches.branch_taken,
    "case": branches.branch_taken,
    "return": calls.result,
    "called": calls.called,
    "callraises": calls.called,
    "calls": calls.calls,
    "yield": calls.yielded,
    "count": flow.count,
    "total": flow.count,
    "iteration": flow.iteration,
    "next": flow.next_line,
    "all-output": flow.all_output,
    "raises": flow.raised,
    "caught": flow.caught,
    "goes-on": flow.caught,
    "output": flow.output,
}
