"""What the recording shows about values: equal, ordered, of a type, changed. Each check returns a Finding."""

from __future__ import annotations

import ast
import math
import operator
import re

from semduck.compare import compare, literal, near, same
from semduck.duck import claim_patterns as p
from semduck.duck import sentences
from semduck.duck.changes import alike
from semduck.duck.claim_base import Claim, listing, parsed
from semduck.duck.path import Round
from semduck.judge_place import NO_NAME, NOT_YET, Finding, Place, resolve
from semduck.trace.model import Value

OPERATORS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "!=": operator.ne,
    "==": operator.eq,
}
_SUMS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_WHOLE = {ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod}
_LARGEST = 10**30


def value(claim: Claim, place: Place) -> Finding:
    """`total` is 6; was 6; is about 6; is not 6."""

    def look(at: int) -> tuple[bool | None, str] | None:
        found = resolve(claim.name, place, at)
        if found is None:
            return None
        agrees = near(claim.said, found) if claim.extra == "about" else compare(claim.said, found)
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
    return place.decide(claim.when, look)


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


def order(claim: Claim, place: Place) -> Finding:
    """`x` is greater than 3; `a` equals `b`."""
    other = claim.said.strip("`")
    said = literal(claim.said)
    told = isinstance(said, int | float | str)

    def look(at: int) -> tuple[bool | None, str] | None:
        left, right = resolve(claim.name, place, at), None if told else resolve(other, place, at)
        if left is None or (right is None and not told):
            return None
        shown = sentences.show(left, 30) + (f" and {sentences.show(right, 30)}" if right else "")
        if not left.is_literal or (right is not None and not right.is_literal):
            return None, shown
        return holds(claim.extra, left.literal, said if right is None else right.literal), shown

    return place.decide(claim.when, look)


def holds(sign: str, a: object, b: object) -> bool | None:
    """The comparison of two plain values; None for what Python would not compare."""
    if sign in ("==", "!="):
        return same(a, b) == (sign == "==")
    plain = (int, float, str)
    if not isinstance(a, plain) or not isinstance(b, plain) or isinstance(a, str) != isinstance(b, str):
        return None
    return bool(OPERATORS[sign](a, b))


def type_of(claim: Claim, place: Place) -> Finding:
    """`x` is a list; all elements of `x` are strings; it returns a tuple."""
    if claim.extra == "result":
        result = place.way.recording.result(place.way.frame)
        if result is None:
            return Finding(None, reason="the call has no result")
        return Finding(_is_a(claim.said, result, place), _kind(result))

    def look(at: int) -> tuple[bool | None, str] | None:
        found = resolve(claim.name, place, at)
        if found is None:
            return None
        if claim.extra == "parts":
            return _parts_are(claim.said, found, place)
        agrees = _is_a(claim.said, found, place)
        return agrees if agrees is None or claim.extra != "not" else not agrees, _kind(found)

    return place.decide(claim.when, look)


def _parts_are(said: str, found: Value, place: Place) -> tuple[bool | None, str]:
    if found.kind == "dict" or found.more or not found.children:
        return None, _kind(found)
    marks = [_is_a(p.PLURALS[said], v, place) for _, v in found.children]
    shown = ", ".join(sorted({_kind(v) for _, v in found.children}))
    return (False if False in marks else None if None in marks else True), shown


def _kind(found: Value) -> str:
    return "None" if found.kind == "none" else found.type_name


def _is_a(said: str, found: Value, place: Place) -> bool | None:
    wanted = p.TYPES.get(said, said)
    if wanted == "number":
        return found.kind in ("int", "float", "complex") if found.kind != "bool" else None
    if wanted == found.type_name:
        return True
    if found.kind == "none":
        return False
    plain = found.kind in ("int", "float", "str", "list", "tuple", "dict", "set", "complex", "bytes")
    if found.kind == "bool" and wanted != "int":
        return False if wanted in p.TYPES.values() else None
    if plain and found.type_name == found.kind:
        return False if wanted in p.TYPES.values() else None
    return False if _without_bases(found.type_name, place) else None


def _without_bases(name: str, place: Place) -> bool:
    """Is this a class of the program that is derived from nothing? Then it is an instance of nothing else."""
    pattern = re.compile(rf"^\s*class {re.escape(name)}(?:\(\))?:", re.MULTILINE)
    return any(pattern.search(file.text) for file in place.way.recording.files.values())


def unchanged(claim: Claim, place: Place) -> Finding:
    """`x` stays unchanged."""
    old = resolve(claim.name, place, place.at)
    new = resolve(claim.name, place, place.after) if place.after is not None else None
    if old is None or new is None:
        return Finding(None, reason=NO_NAME)
    return Finding(alike(old, new), sentences.show(new), at=place.after or -1)


def same_object(claim: Claim, place: Place) -> Finding:
    """`a` is the same object as `b`."""
    if place.after is None:
        return Finding(None, reason=NOT_YET)
    a, b = resolve(claim.name, place, place.after), resolve(claim.said, place, place.after)
    if a is None or b is None:
        return Finding(None, reason=NO_NAME)
    if a.identity is None or b.identity is None:
        return Finding(None, reason="plain values have no identity of their own")
    one = a.identity == b.identity
    return Finding(one != (claim.extra == "not"), "the same object" if one else "two objects")


def arithmetic(claim: Claim, place: Place) -> Finding:
    """12 % 5 = 2: true whatever the program does."""
    tree = parsed(claim.name)
    result = worked(tree) if tree is not None else None
    if result is None:
        return Finding(None, reason="it cannot be worked out")
    shown = f"{result:.6g}" if isinstance(result, float) else str(result)
    return Finding(same(literal(claim.said), result, claim.said), shown)


def worked(tree: ast.expr) -> float | None:
    """The number that an expression of numbers is; None for what is no such expression or too large."""
    if isinstance(tree, ast.Constant) and type(tree.value) in (int, float):
        assert isinstance(tree.value, int | float)
        return tree.value if abs(tree.value) < _LARGEST else None
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        inner = worked(tree.operand)
        return None if inner is None else -inner
    if not isinstance(tree, ast.BinOp):
        return None
    a, b, work = worked(tree.left), worked(tree.right), {**_SUMS, **_WHOLE}.get(type(tree.op))
    if a is None or b is None or work is None:
        return None
    try:
        result: float = work(a, b)
    except (ArithmeticError, ValueError):
        return None
    return result if abs(result) < _LARGEST else None
