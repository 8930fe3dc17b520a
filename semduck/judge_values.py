"""What the recording shows about values and containers. Each check returns a Finding."""

from __future__ import annotations

import operator

from semduck.compare import compare, literal
from semduck.duck import sentences
from semduck.duck.changes import alike
from semduck.duck.claims import Claim, number
from semduck.judge_place import NO_NAME, NOT_YET, Finding, Place, resolve
from semduck.trace.model import Value

_OPERATORS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "!=": operator.ne,
    "==": operator.eq,
}


def _both(claim: Claim, place: Place) -> tuple[Value | None, Value | None]:
    after = resolve(claim.name, place, place.after) if place.after is not None else None
    return resolve(claim.name, place, place.at), after


def moved(claim: Claim, place: Place) -> Finding:
    """`items` gains 7; `items` loses 7."""
    before, after = _both(claim, place)
    if before is None or after is None:
        return Finding(None, reason=NO_NAME)
    more, less = (after, before) if claim.kind == "gain" else (before, after)
    grown, had = _how_many(claim.said, more), _how_many(claim.said, less)
    if grown is None or had is None:
        return Finding(None, sentences.show(after), "it cannot be compared")
    return Finding(grown > had, sentences.show(after), at=place.after or -1)


def _how_many(said: str, value: Value) -> int | None:
    marks = [compare(said, v) for v in _members(value)]
    vague = any(m is None and "…" in said + v.text for m, v in zip(marks, _members(value), strict=True))
    return None if vague or value.more else sum(1 for m in marks if m)


def _members(value: Value) -> list[Value]:
    if value.kind == "dict":
        keys = [literal(k) for k, _ in value.children]
        return [Value(type(k).__name__, type(k).__name__, repr(k), literal=k, is_literal=True) for k in keys]
    return [v for _, v in value.children]


def member(claim: Claim, place: Place) -> Finding:
    """`xs` contains 3."""
    found: Finding = Finding(None, reason=NO_NAME)
    for at in place.states("either"):
        value = resolve(claim.name, place, at)
        if value is None:
            continue
        inside = _contains(claim.said, value)
        agrees = None if inside is None else inside == (claim.kind == "member")
        found = Finding(
            agrees, sentences.show(value), "" if agrees is not None else "it cannot be compared", at
        )
        if agrees:
            break
    return found


def _contains(said: str, value: Value) -> bool | None:
    read = literal(said)
    if value.kind == "str" and isinstance(value.literal, str):
        return read in value.literal if isinstance(read, str) else None
    if value.kind not in ("list", "tuple", "set", "frozenset", "dict", "deque"):
        return None
    marks = [compare(said, v) for v in _members(value)]
    return True if True in marks else None if None in marks or value.more else False


def same_object(claim: Claim, place: Place) -> Finding:
    """`a` is the same object as `b`."""
    if place.after is None:
        return Finding(None, reason=NOT_YET)
    a, b = resolve(claim.name, place, place.after), resolve(claim.said, place, place.after)
    if a is None or b is None or a.identity is None:
        return Finding(None, reason=NO_NAME)
    return Finding(a.identity == b.identity, "the same object" if a.identity == b.identity else "two objects")


def length(claim: Claim, place: Place) -> Finding:
    """`xs` has 3 items."""
    name = claim.name[4:-1] if claim.name.startswith("len(") else claim.name
    wanted = number(claim.said)
    sizes = [
        (at, v.length)
        for at in place.states("either")
        if (v := resolve(name, place, at)) is not None and v.length is not None
    ]
    if not sizes or wanted is None:
        return Finding(None, reason=NO_NAME)
    at, size = next((s for s in sizes if s[1] == wanted), sizes[0])
    return Finding(size == wanted, str(size), at=at)


def order(claim: Claim, place: Place) -> Finding:
    """`x` is greater than 3."""
    said, marks = literal(claim.said), []
    for at in place.states("either"):
        value = resolve(claim.name, place, at)
        if value is not None and value.is_literal:
            marks.append((holds(claim.extra, value.literal, said), sentences.show(value), at))
    known = [m for m in marks if m[0] is not None]
    if not known:
        return Finding(None, reason=NO_NAME if not marks else "it cannot be compared")
    best = next((m for m in known if m[0]), known[0])
    return Finding(best[0], best[1], at=best[2])


def holds(sign: str, a: object, b: object) -> bool | None:
    plain = (int, float, str)
    if not isinstance(a, plain) or not isinstance(b, plain) or isinstance(a, str) != isinstance(b, str):
        return None
    return bool(_OPERATORS[sign](a, b))


def unchanged(claim: Claim, place: Place) -> Finding:
    """`x` stays unchanged."""
    before, after = _both(claim, place)
    if before is None or after is None:
        return Finding(None, reason=NO_NAME)
    return Finding(alike(before, after), sentences.show(after), at=place.after or -1)


def deleted(claim: Claim, place: Place) -> Finding:
    """`x` is deleted."""
    before, after = _both(claim, place)
    if before is None or place.after is None:
        return Finding(None, reason=NO_NAME)
    return Finding(after is None, "deleted" if after is None else sentences.show(after), at=place.after)
