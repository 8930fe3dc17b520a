"""When a claim that the recording does not bear out is left unknown: the words may mean another thing.

Only misses of free prose come here. What is unclear in the words is in duck/claim_doubt.py; here the
recording is asked whether the claim holds of another moment, of a part, of another object of that name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Container
from dataclasses import replace
from itertools import islice

from semduck.compare import compare, literal, same
from semduck.duck import claim_doubt as doubt
from semduck.duck.claim_base import Claim, parsed
from semduck.duck.lookup import looked_up
from semduck.duck.statements import Teller
from semduck.judge_names import completed
from semduck.judge_place import Place, resolve
from semduck.trace.model import Value

_MOST = 400  # own steps on each side at which a value is looked for
_CALLS = 20  # calls of one statement that are looked at
_SOON = 4  # own steps that "then" may reach
_CONTAINERS = ("list", "tuple", "set", "frozenset", "dict", "deque")
_MOVED = ("gain", "lose", "member")
_WORD = re.compile(r"[A-Za-z_]\w*")
_PLAIN = ("list", "tuple", "set", "none", "str", "int", "float", "bool")
_HEADS = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.Try, ast.match_case)
_DEPTH = 3
_NESTED = re.compile(r"\b(?:in total|in all|overall|altogether|total of)\b", re.IGNORECASE)


def reason(claim: Claim, place: Place, text: str, starts: Container[int]) -> str:
    """Why this miss is none for certain; "" when it is one.

    starts: where the values of all claims of the text begin.
    """
    masked = _without_names(text[: claim.start], place) + text[claim.start :]
    name = _without_names(claim.name, place)
    plain = replace(claim, name=name)
    if why := doubt.spared(masked, plain, starts):
        return why
    whole, far = completed(claim, place), doubt.moments(masked, plain)
    if _elsewhen(whole, place, far):
        return "it holds at another moment"
    if whole.name != claim.name and claim.name and _of_others(claim.name, whole.name, place):
        return "another object has that name, too"
    node = place.item.spot.node if place.item.spot else None
    if claim.kind in ("gain", "lose") and isinstance(node, _HEADS):
        return "it may speak of a line that runs later"
    if _of_a_callee(claim, place, text):
        return "it may speak of the call made here"
    if _open(claim.said):
        return "it cannot be compared"
    more = text[claim.end :].strip("`). ") != ""
    if claim.kind == "output":
        return "more may be printed" if _printed(claim, place, more) else ""
    if claim.kind == "count" and _NESTED.search(text) and _nested(place):
        return "it may count the rounds of several loops"
    return "it may be said of a part" if _of_a_part(whole, place, more) else ""


def _nested(place: Place) -> bool:
    """Is this one of several loops, one in the other?"""
    inner = ast.walk(place.loop.node) if place.loop is not None else ()
    loops = sum(isinstance(n, ast.For | ast.AsyncFor | ast.While) for n in inner)
    return loops > 1 or (place.item.spot is not None and len(place.item.spot.chain) > 1)


def _of_a_callee(claim: Claim, place: Place, text: str) -> bool:
    """ "inside `at`, c is 1", of a call that this statement makes: may it speak of what happens there?"""
    if claim.kind not in ("value", "branch") or place.after is None:
        return False
    for call in islice(Teller(place.way, len(place.way)).made(place.at, place.after), _CALLS):
        name = re.escape(call.function.rpartition(".")[2])
        if claim.kind == "branch" and re.search(rf"\b(?:in|inside|within) `?(?:\w+\.)?{name}\b", text):
            return True
        value = place.way.recording.arguments(call.frame).get(claim.name)
        if claim.kind == "value" and value is not None and compare(claim.said, value) is True:
            return True
    return False


def _printed(claim: Claim, place: Place, more: bool) -> bool:
    """Is it part of what is printed, or the same value written in another way?"""
    text = Teller(place.way, len(place.way)).printed(place.at, place.after or place.at).strip()
    read = literal(claim.said)
    if claim.extra:
        return False
    if not isinstance(read, str):
        return more or (read is not None and same(read, literal(text)))
    return more and read in text


def _without_names(text: str, place: Place) -> str:
    """The text, as long as before, where no name of the program can be taken for a word ("last", "start")."""
    state = place.way.state(place.at if place.after is None else place.after)
    return _WORD.sub(lambda m: f"_{m[0][1:]}" if m[0] in state else m[0], text)


def _open(said: str) -> bool:
    """Does a said container tell its parts by names: ("ok", amount)?"""
    tree = parsed(said) if said[:1] in ("(", "[", "{") else None
    nodes = [*ast.walk(tree)] if tree is not None else []
    callees = {id(n.func) for n in nodes if isinstance(n, ast.Call)}
    return any(isinstance(n, ast.Name) and id(n) not in callees for n in nodes)


def _elsewhen(claim: Claim, place: Place, far: int) -> bool:
    """Is the value right at a moment that the words may mean?"""
    if claim.kind not in ("value", "length") or not far or claim.extra in ("not", "about"):
        return False
    first = max(0, place.at - _MOST) if far > 1 else place.at
    last = min(len(place.way), (place.after or place.at) + (_MOST if far > 1 else _SOON))
    name = claim.name.removeprefix("len(").removesuffix(")") if claim.kind == "length" else claim.name
    return any(_holds(claim, looked_up(name, place.way.state(at))) for at in range(first, last))


def _holds(claim: Claim, value: Value | None) -> bool:
    if value is None:
        return False
    if claim.kind == "length":
        return value.length is not None and str(value.length) == claim.said.strip()
    return compare(claim.said, value) is True


def _of_others(said: str, meant: str, place: Place) -> bool:
    """Has anything else than `self` an attribute of that name?"""
    state = place.way.state(place.at)
    first = said.partition(".")[0].partition("[")[0]
    own = state.get(meant.partition(".")[0])
    return any(
        value is not own
        and (own is None or value.identity is None or value.identity != own.identity)
        and any(label == first for label, _ in value.children)
        for value in state.values()
    )


def _of_a_part(claim: Claim, place: Place, more: bool) -> bool:
    """ "returns 9" of (9, 0.67); "'ok' is appended" of ('ok', 5); "the stack is 3" of what stands on it."""
    read = literal(claim.said)
    if claim.kind == "return" and (not claim.name or claim.when == "subject"):
        whole = place.way.recording.result(place.way.frame)
        return more and whole is not None and whole.kind == "tuple" and _inside(claim.said, whole, 1)
    at = place.after if place.after is not None and claim.kind != "lose" else place.at
    value = resolve(claim.name, place, at) if claim.kind in ("value", *_MOVED) else None
    if value is None or claim.extra == "not":
        return False
    if claim.kind == "value" and value.kind not in _PLAIN:
        if isinstance(read, str):
            return read != "" and read in value.text  # what a thing is called by
    if value.kind == "str" and isinstance(read, int):
        return str(read) == value.literal  # "the character 3"
    if value.kind not in _CONTAINERS:
        return False
    if claim.kind == "value":
        if not isinstance(read, int | float) or isinstance(read, bool):
            return False
        return 0 <= read <= (value.length or 0) + 1 or _inside(claim.said, value, 2)  # a place, a length
    if value.kind == "dict" and _inside(claim.said, value, 1):
        return True
    parts = replace(value, children=tuple((k, v) for k, v in value.children if v.kind in _CONTAINERS))
    return _inside(claim.said, parts, _DEPTH)


def _inside(said: str, value: Value, deep: int) -> bool:
    """Is it an element of this, or of what is in it?"""
    return deep > 0 and any(compare(said, v) is True or _inside(said, v, deep - 1) for _, v in value.children)
