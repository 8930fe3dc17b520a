"""Which name of the program a sentence means that says less: `balance` for `self.balance`, "7 is pushed"."""

from __future__ import annotations

import ast
import re
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
        return replace(claim, name=_changed(claim, place))
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


def _changed(claim: Claim, place: Place) -> str:
    """What "leaving 3" and "giving 3" speak of: a container that lost or gained, else the plain target."""
    moved, node = _moved(place), place.item.spot.node if place.item.spot else None
    if not isinstance(node, ast.AugAssign) and moved:
        return moved if claim.extra == "left" or re.match(r"[\[{(]|\w+\(", claim.said) else ""
    if isinstance(node, ast.AugAssign):
        return moved if claim.extra == "left" or _plain(node.value, 0) else ""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and not isinstance(node.targets[0], ast.Tuple):
        return ast.unparse(node.targets[0]) if _plain(node.value, 1) else ""
    return ""


def _plain(node: ast.expr, most: int) -> bool:
    """Has it at most that many steps that could each be said to give something?"""
    steps = ast.BinOp | ast.Call | ast.Compare | ast.BoolOp | ast.IfExp | ast.ListComp | ast.GeneratorExp
    return sum(isinstance(n, steps) for n in ast.walk(node)) <= most
