"""Which name of the program a sentence means that says less: `balance` for `self.balance`, "7 is pushed"."""

from __future__ import annotations

import ast
from dataclasses import replace

from semduck.duck.claim_base import Claim
from semduck.judge_place import Place

_OF_CALLS = ("called", "callraises", "return", "calls")
_MOVES = frozenset(
    "append appendleft add push put insert extend update pop popleft popitem remove discard enqueue dequeue "
    "setdefault clear".split()
)
_RESULTS = ("result", "answer", "output")
_THINGS = frozenset(
    "list set dict dictionary queue stack deque end front back left right top result array collection it "
    "heap".split()
)


def completed(claim: Claim, place: Place) -> Claim:
    """The claim with the name it means, where the words leave that to the line or to `self`."""
    if claim.kind in _OF_CALLS:
        return claim
    state = place.way.state(place.at if place.after is None else place.after)
    first = claim.name.partition(".")[0].partition("[")[0]
    if first in state or first in place.way.state(place.at):
        return claim
    if claim.kind in ("gain", "lose") and not claim.quoted and claim.name in ("", *_THINGS):
        return replace(claim, name=_moved(place), quoted=False)
    if claim.kind == "value" and not claim.name:
        return replace(claim, name=_changed(place))
    if claim.kind == "value" and claim.name in _RESULTS:
        returns = isinstance(place.item.spot.node if place.item.spot else None, ast.Return)
        return replace(claim, kind="return", name="") if returns else claim
    own = state.get("self")
    if first and own is not None and any(label == first for label, _ in own.children):
        return replace(claim, name=f"self.{claim.name}")
    return claim


def _moved(place: Place) -> str:
    """What the statement puts something into, or takes something from; "" when that cannot be told."""
    node = place.item.spot.node if place.item.spot else None
    if isinstance(node, ast.AugAssign):
        return ast.unparse(node.target)
    if isinstance(node, ast.Delete) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
        return ast.unparse(node.targets[0].value)
    call = getattr(node, "value", None) if isinstance(node, ast.Expr | ast.Assign) else None
    call = call.value if isinstance(call, ast.Await) else call
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _MOVES:
        return ast.unparse(call.func.value)
    return ""


def _changed(place: Place) -> str:
    """What the statement changes, when that is one thing."""
    node = place.item.spot.node if place.item.spot else None
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and not isinstance(node.targets[0], ast.Tuple):
        return "" if _moved(place) else ast.unparse(node.targets[0])
    return _moved(place)
