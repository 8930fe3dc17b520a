"""Where a claim stands in a recorded call, and the values of names there."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from semduck.duck import path
from semduck.duck.claim_base import Claim, parsed
from semduck.duck.lookup import walked
from semduck.duck.path import Plain, Round, Way
from semduck.trace.model import Value

NO_NAME = "no such name here"
NOT_YET = "the recording does not go that far"
_FAR = 300  # own steps looked at for a sentence that spans several lines


@dataclass(frozen=True, slots=True)
class Finding:
    """at: own step where it can be seen, -1 for the place itself."""

    agrees: bool | None
    traced: str = ""
    reason: str = ""
    at: int = -1


Look = Callable[[int], "tuple[bool | None, str] | None"]  # own step -> does it agree, and what is there


@dataclass(frozen=True, slots=True)
class Place:
    """Where a claim stands: own step `at`, outcome at own step `after`, inside or on top of a loop."""

    way: Way
    at: int
    after: int | None
    item: Plain
    loop: Round | None
    exact: bool

    @classmethod
    def of(cls, way: Way, step: int, until: int | None, exact: bool) -> Place | None:
        """The place of `step` in the call; None when the step is not one of its own."""
        at = way.index(step)
        if at < 0 or way.numbers[at] != step:
            return None
        item, loop = way.statement(at), way.round_of(at)
        after = (
            way.index(until)
            if until is not None
            else at
            if way.kinds[at] == path.CALL
            else item_end(way, item)
        )
        return cls(way, at, after, item, loop, exact)

    def number(self, at: int) -> int:
        """The step of the recording."""
        return self.way.numbers[at if 0 <= at < len(self.way) else self.at]

    def states(self, when: str) -> list[int]:
        """Own steps at which a value may be looked up; the first that agrees counts."""
        if when.startswith("course") and self.loop is not None:
            return [self.at] if when == "course-before" else self._end_of_loop()
        if when in ("before", "course-before"):
            return [self.at]
        either = when in ("either", "given", "call")
        if self.after is None:
            return [self.at] if either and not self.exact else []
        if self.exact:
            return [self.after]
        between = list(range(self.after, max(self.at, self.after - _FAR), -1))
        return [*between, self.at] if either else between or [self.after]

    def decide(self, when: str, look: Look) -> Finding:
        """Ask at the steps a claim may speak of. "is" without more speaks of the state after the line.

        What held before the line and no longer after it is unknown: the sentence may tell the way there.
        """
        states = self.states(when)
        seen = [(at, look(at)) for at in states]
        known = [(at, *found) for at, found in seen if found is not None]
        if not known:
            return Finding(None, reason=NO_NAME if states else NOT_YET)
        first = next((k for k in known if k[1]), None)
        if first is None:
            vague = next((k for k in known if k[1] is None), None)
            at, agrees, traced = vague or known[0]
            return Finding(agrees, traced, "it cannot be compared" if vague else "", at)
        now = known[0]
        if when == "either" and not self.exact and first[0] == self.at != now[0] and now[1] is False:
            return Finding(None, now[2], "it was so before this line, not after it", now[0])
        return Finding(True, first[2], "", first[0])

    def _end_of_loop(self) -> list[int]:
        loop = self.loop
        if loop is None:
            return []
        if self.exact and self.after is not None:
            return [self.after]
        last = loop.stop - 1
        if self.way.kinds[last] in (path.RETURN, path.UNWIND):
            return [last]
        return [loop.stop] if loop.stop < len(self.way) else []


def item_end(way: Way, item: Plain) -> int | None:
    """Own step at which the outcome of a statement is seen."""
    for at in range(item.stop - 1, item.start, -1):
        if way.kinds[at] in (path.RETURN, path.UNWIND):
            return at
    return item.stop if item.stop < len(way) else None


def title(claim: Claim) -> str:
    """What a claim is about, in a word or two."""
    plain = {
        "return": "returns",
        "raises": "raises",
        "caught": "caught",
        "count": "iterations",
        "total": "iterations",
        "iteration": "iteration",
        "next": "next line",
        "yield": "yields",
        "output": "prints",
        "all-output": "prints in all",
        "calls": "calls",
        "goes-on": "goes on at",
    }
    if claim.kind == "length":
        return claim.name if claim.name.startswith("len(") else f"len({claim.name})"
    told_of = claim.kind == "return" and claim.name and claim.when != "subject"
    if claim.kind in ("called", "callraises") or told_of:
        return claim.extra or f"{claim.name}()"
    if claim.when == "subject":
        return plain["return"]
    side = claim.kind == "branch" and " " in claim.extra
    return claim.name or plain.get(claim.kind, "branch" if side else "condition")


def told(claim: Claim) -> str:
    """What is claimed, with the words that a bare value would leave out."""
    if claim.kind == "order":
        return f"{claim.extra} {claim.said}"
    if claim.kind == "by":
        return f"{claim.extra}{claim.said}"
    if claim.kind == "raises" and claim.extra:
        return "no exception" if claim.extra == "not" else f"{claim.said}: {claim.extra}"
    verbs = {"gain": "gains ", "lose": "loses ", "member": "has ", "absent": "has no "}
    if claim.kind in verbs:
        return ("not: " if claim.extra == "not" else "") + verbs[claim.kind] + claim.said
    words = {"not": "not ", "about": "about "} if claim.kind in ("value", "type", "return") else {}
    return words.get(claim.extra, "") + claim.said


def resolve(name: str, place: Place, at: int) -> Value | None:
    """The value of a name, attribute, element or len() at own step `at`."""
    state = place.way.state(at)
    if name in state:
        return state[name]
    tree = parsed(name)
    if tree is None:
        return None
    found = walked(tree, state)
    if found is not None or isinstance(tree, ast.Name):
        return found
    evaluate = getattr(place.way.recording, "evaluate", None)
    if evaluate is None or not any(isinstance(n, ast.Name) for n in ast.walk(tree)):
        return None
    try:
        value: Value = evaluate(place.number(at), name.strip(), place.way.frame)
    except (ValueError, KeyError, IndexError, RecursionError):
        return None
    return value
