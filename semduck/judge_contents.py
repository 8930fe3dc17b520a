"""What the recording shows about containers: members, keys, lengths, what came and went."""

from __future__ import annotations

from semduck.compare import compare, literal
from semduck.duck import sentences
from semduck.duck.claim_base import Claim, listing, number, readable
from semduck.judge_place import NO_NAME, Finding, Place, resolve
from semduck.trace.model import Value


def _both(claim: Claim, place: Place) -> tuple[Value | None, Value | None]:
    after = resolve(claim.name, place, place.after) if place.after is not None else None
    return resolve(claim.name, place, place.at), after


def moved(claim: Claim, place: Place) -> Finding:
    """`items` gains 7; `items` loses 7; 7 is added to `total`."""
    before, after = _both(claim, place)
    if before is None or after is None:
        return Finding(None, reason=NO_NAME)
    agrees = _joined(claim, before, after)
    if agrees is None:
        agrees = _counted(claim, before, after)
    if agrees is None:
        return Finding(None, sentences.show(after), "it cannot be compared")
    return Finding(agrees != (claim.extra == "not"), sentences.show(after), at=place.after or -1)


def _counted(claim: Claim, before: Value, after: Value) -> bool | None:
    more, less = (after, before) if claim.kind == "gain" else (before, after)
    if not (_holds_things(more) and _holds_things(less)):
        return None
    grown, had = _how_many(claim.said, more), _how_many(claim.said, less)
    return None if grown is None or had is None else grown > had or _kept(claim, before, grown)


def _kept(claim: Claim, before: Value, there: int) -> bool:
    """Adding to a set what it holds already leaves it as it is, and is true."""
    return claim.kind == "gain" and claim.extra != "new" and before.kind == "set" and there > 0


def _holds_things(value: Value) -> bool:
    return value.kind in ("list", "tuple", "set", "frozenset", "dict", "deque") or bool(value.children)


def _joined(claim: Claim, before: Value, after: Value) -> bool | None:
    """Adding to a number or a text."""
    said, a, b = literal(claim.said), before.literal, after.literal
    if not before.is_literal or not after.is_literal:
        return None
    if claim.kind == "lose":
        a, b = b, a  # 3 is subtracted from 8
    if isinstance(a, str) and isinstance(b, str) and isinstance(said, str):
        return b == a + said
    numbers = [x for x in (said, a, b) if isinstance(x, int | float) and not isinstance(x, bool)]
    return abs(numbers[2] - numbers[1] - numbers[0]) < 1e-9 if len(numbers) == 3 else None


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
    """`xs` contains 3; `x` is not in `seen`."""

    def look(at: int) -> tuple[bool | None, str] | None:
        found = resolve(claim.name, place, at)
        said: str | None = claim.said
        if not readable(claim.said):
            named = resolve(claim.said, place, at)
            said = repr(named.literal) if named is not None and named.is_literal else None
        if found is None or said is None:
            return None
        inside = _contains(said, found)
        return None if inside is None else inside == (claim.kind == "member"), sentences.show(found)

    return place.decide(claim.when, look)


def _contains(said: str, value: Value) -> bool | None:
    read = literal(said)
    if value.kind == "str" and isinstance(value.literal, str):
        return read in value.literal if isinstance(read, str) else None
    if value.kind not in ("list", "tuple", "set", "frozenset", "dict", "deque"):
        return None
    marks = [compare(said, v) for v in _members(value)]
    return True if True in marks else None if None in marks or value.more else False


def keys(claim: Claim, place: Place) -> Finding:
    """The keys of `counts` are 'a' and 'b'."""
    spans, _ = listing(claim.said, 0)
    said = [claim.said[a:b] for a, b in spans]

    def look(at: int) -> tuple[bool | None, str] | None:
        found = resolve(claim.name, place, at)
        if found is None:
            return None
        shown = ", ".join(k for k, _ in found.children) or "none"
        if found.kind != "dict":
            return None, sentences.show(found)
        marks = [_contains(key, found) for key in said]
        if False in marks:
            return False, shown
        whole = claim.extra != "" or found.length == len({repr(literal(k)) for k in said})
        return None if None in marks else whole, shown

    return place.decide(claim.when, look)


def length(claim: Claim, place: Place) -> Finding:
    """`xs` has 3 items; `xs` is empty."""
    name = claim.name[4:-1] if claim.name.startswith("len(") else claim.name
    empty = claim.said.endswith("empty")
    wanted = 0 if empty or claim.said.strip() == "no" else number(claim.said.strip())
    if wanted is None:
        return Finding(None, reason="it cannot be compared")

    def look(at: int) -> tuple[bool | None, str] | None:
        found = resolve(name, place, at)
        if found is None or found.length is None:
            return None
        agrees = found.length == wanted
        return agrees != claim.said.startswith("not"), str(found.length)

    return place.decide(
        "either" if claim.when == "after" and not (claim.extra or place.exact) else claim.when, look
    )


def deleted(claim: Claim, place: Place) -> Finding:
    """`x` is deleted."""
    before, after = _both(claim, place)
    if before is None or place.after is None:
        return Finding(None, reason=NO_NAME)
    return Finding(after is None, "deleted" if after is None else sentences.show(after), at=place.after)
