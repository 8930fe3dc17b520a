"""What the recording shows about values: equal, gone through, changed. Each check returns a Finding."""

from __future__ import annotations

import ast
import math
import re

from semduck.compare import compare, literal, near
from semduck.duck import claim_patterns as p
from semduck.duck import sentences
from semduck.duck.changes import alike
from semduck.duck.claim_base import Claim, listing, parsed
from semduck.duck.path import Round
from semduck.judge_place import NO_NAME, NOT_YET, Finding, Place, resolve
from semduck.trace.model import Value

_ROUGHLY = 0.1  # how far off, as a share, "about" may be


def value(claim: Claim, place: Place) -> Finding:
    """`total` is 6; was 6; is about 6; is not 6."""

    def look(at: int) -> tuple[bool | None, str] | None:
        found = resolve(claim.name, place, at)
        if found is None:
            return None
        agrees = _about(claim.said, found) if claim.extra == "about" else compare(claim.said, found)
        if claim.extra == "not" and agrees is not None:
            agrees = not agrees
        return agrees, sentences.show(found)

    if claim.when == "call" and place.at > 0 and not place.exact:
        return Finding(None, reason="it speaks of another call")
    rounds = _rounds_of(claim, place) if claim.when.startswith("course") and not place.exact else None
    if rounds:
        at = rounds.starts[0 if claim.when == "course-before" else -1][1]
        seen = look(at)
        return Finding(*seen, "", at) if seen else Finding(None, reason=NO_NAME)
    found = place.decide(claim.when, look)
    if found.reason == NO_NAME and claim.extra != "not" and _no_such_key(claim.name, place):
        return Finding(False, "no such key", at=place.after or -1)
    return found


def _about(said: str, found: Value) -> bool | None:
    """Roughly equal; a number that is not far off may have been meant."""
    agrees, told, real = near(said, found), literal(said.strip("`")), found.literal
    if agrees is False and isinstance(told, int | float) and isinstance(real, int | float):
        rough = len(said.strip("`").partition(".")[2]) < 2 and abs(told - real) <= _ROUGHLY * abs(real)
        return None if rough else False
    return agrees


def _no_such_key(name: str, place: Place) -> bool:
    """Is it an element of a plain dict that has no such key, neither before nor after the line?"""
    tree = parsed(name)
    if not isinstance(tree, ast.Subscript) or not isinstance(tree.slice, ast.Constant) or place.after is None:
        return False
    owners = [resolve(ast.unparse(tree.value), place, at) for at in (place.at, place.after)]
    return all(o is not None and o.type_name == "dict" and not o.more for o in owners)


def _rounds_of(claim: Claim, place: Place) -> Round | None:
    """The loop whose header this is, when it is the loop that gives the name its values."""
    loop = place.loop
    if loop is None or not loop.starts or not loop.clear or not isinstance(loop.node, ast.For | ast.AsyncFor):
        return None
    return (
        loop
        if any(isinstance(n, ast.Name) and n.id == claim.name for n in ast.walk(loop.node.target))
        else None
    )


def sequence(claim: Claim, place: Place) -> Finding:
    """`x` takes the values 1, 3 and 5; `i` runs from 0 to 4."""
    loop = _rounds_of(claim, place)
    if loop is None:
        return Finding(None, reason="no loop over this name begins here")
    seen = [resolve(claim.name, place, first) for _, first in loop.starts]
    traced = ", ".join(sentences.show(v, 20) if v else "?" for v in seen[:12]) + (
        ", …" if len(seen) > 12 else ""
    )
    if None in seen:
        return Finding(None, traced, NO_NAME)
    known = [v for v in seen if v is not None]
    early = loop.end != "done"
    if claim.extra == "range":
        return _endpoints(claim, known, traced, early)
    spans, _ = listing(claim.said, 0)
    marks = [compare(claim.said[a:b], v) for (a, b), v in zip(spans, known, strict=False)]
    if False in marks:
        return Finding(False, traced)
    if None in marks or (early and len(spans) > len(known)):
        return Finding(None, traced, "the loop is left early" if early else "it cannot be compared")
    return Finding(len(spans) == len(known), traced)


def _endpoints(claim: Claim, seen: list[Value], traced: str, early: bool) -> Finding:
    first, last = (int(n) for n in re.findall(r"-?\d+", claim.said)[:2])
    ends = seen[0].literal, seen[-1].literal
    if not all(isinstance(e, int) for e in ends):
        return Finding(None, traced, "it cannot be compared")
    if ends == (first, last):
        return Finding(True, traced)
    open_end = ends[0] == first and (ends[1] == last - 1 or early)  # "to 5" may leave the 5 out
    return Finding(None if open_end else False, traced, "the end may or may not be meant" if open_end else "")


def by(claim: Claim, place: Place) -> Finding:
    """`total` increases by 2."""
    if place.after is None or place.loop is not None:
        return Finding(None, reason=NOT_YET if place.loop is None else "a loop begins here")
    old, new = (resolve(claim.name, place, at) for at in (place.at, place.after))
    if old is None or new is None:
        return Finding(None, reason=NO_NAME)
    a, b, n = old.literal, new.literal, literal(p.WORDS.get(claim.said, claim.said))
    if not all(isinstance(x, int | float) and not isinstance(x, bool) for x in (a, b, n)):
        return Finding(None, sentences.show(new), "it cannot be compared")
    assert isinstance(a, int | float) and isinstance(b, int | float) and isinstance(n, int | float)
    moved = b - a if claim.extra == "+" else a - b
    agrees = moved == n or (isinstance(moved, float) and math.isclose(moved, n, rel_tol=1e-9, abs_tol=1e-9))
    return Finding(agrees, f"{sentences.show(old)} → {sentences.show(new)}", at=place.after)


def unchanged(claim: Claim, place: Place) -> Finding:
    """`x` stays unchanged."""
    old = resolve(claim.name, place, place.at)
    new = resolve(claim.name, place, place.after) if place.after is not None else None
    if old is None or new is None:
        return Finding(None, reason=NO_NAME)
    return Finding(alike(old, new), sentences.show(new), at=place.after or -1)
