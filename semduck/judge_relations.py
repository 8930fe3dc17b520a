"""What the recording shows about names set against something: an order, a type, an identity; and sums."""

from __future__ import annotations

import ast
import operator
import re

from semduck.compare import literal, same
from semduck.duck import claim_patterns as p
from semduck.duck import sentences
from semduck.duck.claim_base import Claim, parsed
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
