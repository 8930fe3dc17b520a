"""What the recording shows about tests and the branches they choose."""

from __future__ import annotations

import ast
from dataclasses import replace

from semduck.compare import literal, same
from semduck.duck import claim_patterns as p
from semduck.duck import path, shape
from semduck.duck.claim_base import Claim, parsed, readable
from semduck.duck.statements import branch
from semduck.judge_place import Finding, Place, item_end, resolve
from semduck.judge_relations import holds, worked

_SPOKEN = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp)  # what a value may be said for
SIGNS: dict[type[ast.cmpop], str] = {
    ast.Gt: ">", ast.Lt: "<", ast.GtE: ">=", ast.LtE: "<=", ast.NotEq: "!=", ast.Eq: "=="
}  # fmt: skip
MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
_BODIES = {"continue": ast.Continue, "break": ast.Break, "raise": ast.Raise}


def branch_taken(claim: Claim, place: Place) -> Finding:
    """`n > 3` is true; the else branch is taken: deduced from what ran next, or from the recorded values."""
    side, _, wanted = claim.extra.rpartition(" ")
    numbers = side == "numbers"
    actual = None if numbers else _side(side, claim, place) if side else _tested(claim, place)
    if numbers:
        return _of_numbers(claim, place)
    if actual is None:
        return Finding(None, reason="no such branch at this step" if side else "no such test at this step")
    if side:
        return Finding(actual == (wanted == "true"), _gone(place))
    return Finding(actual == (wanted == "true"), "true" if actual else "false")


def _of_numbers(claim: Claim, place: Place) -> Finding:
    """ "3 is at least 5" where the test is `n < 5`: it may be told turned round, or as its opposite."""
    tree, test = parsed(claim.name), getattr(place.item.spot.node, "test", None) if place.item.spot else None
    real, wanted = _truth(replace(claim, name=""), place), claim.extra.endswith("true")
    if test is None or real is None or not isinstance(tree, ast.Compare):
        return Finding(None, reason="no such test at this step")
    for said, same_way in _forms(claim.name, tree):
        if _is_test(said, place, test):
            told = wanted if same_way else not wanted
            return Finding(real == told, "true" if real == same_way else "false")
    return Finding(None, reason="no such test at this step")


def _forms(said: str, tree: ast.Compare) -> list[tuple[str, bool]]:
    """The ways to write a comparison: as it is, turned round, and the opposite of both (False)."""
    if len(tree.ops) != 1:
        return [(said, True)]
    a, b = ast.unparse(tree.left), ast.unparse(tree.comparators[0])
    sign = SIGNS.get(type(tree.ops[0]), "")
    turned = MIRRORED.get(sign, sign)
    forms = [(said, True), (f"{b} {turned} {a}", True)]
    if sign in p.OPPOSITE:
        forms += [(f"{a} {p.OPPOSITE[sign]} {b}", False), (f"{b} {p.OPPOSITE[turned]} {a}", False)]
    return forms


def _gone(place: Place) -> str:
    """Where the call went on."""
    at = place.item.stop
    if at >= len(place.way) or place.way.kinds[at] != path.LINE:
        return "no line of this call runs next"
    return f"line {place.way.lines[at]} runs next"


def _tested(claim: Claim, place: Place) -> bool | None:
    actual = _truth(claim, place)
    if actual is not None or not claim.name:
        return actual
    worked, real = _computed(claim.name, place), _truth(replace(claim, name=""), place)
    plain = not any(isinstance(n, ast.Name) for n in ast.walk(parsed(claim.name) or ast.Pass()))
    if plain and real is not None and worked != real:
        return None  # true of these numbers, but they are not the ones tested here
    return worked


def _side(side: str, claim: Claim, place: Place) -> bool | None:
    """Is this side of the statement taken? None when the statement has no such side."""
    node = place.item.spot.node if place.item.spot else None
    if side == "loop" or (side == "body" and isinstance(node, ast.While | ast.For | ast.AsyncFor)):
        return _enters(claim, place, node)
    if not isinstance(node, ast.If):
        return None
    truth = _truth(replace(claim, name=""), place)
    if truth is None:
        return None
    if side == "body":
        return truth
    if side in _BODIES:
        return truth if isinstance(node.body[0], _BODIES[side]) else None
    line = place.way.source.lines[place.way.lines[place.at] - 1].strip()
    if side == "else":
        chained = len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
        return not truth if node.orelse and not chained else None
    return truth if line.startswith("elif") == (side == "elif") else None


def _enters(claim: Claim, place: Place, node: ast.AST | None) -> bool | None:
    """Does this run of a loop's header lead into its body?"""
    if isinstance(node, ast.While):
        return _truth(replace(claim, name=""), place)
    after = place.item.stop
    if not isinstance(node, ast.For | ast.AsyncFor) or after >= len(place.way):
        return None
    return place.way.lines[after] in shape.span(node.body) if place.way.kinds[after] == path.LINE else False


def _truth(claim: Claim, place: Place) -> bool | None:
    way, item, after = place.way, place.item, place.after
    node = item.spot.node if item.spot else None
    if node is None or after is None:
        return None
    if isinstance(node, ast.match_case):
        return way.lines[after] in shape.span(node.body) and way.kinds[after] == path.LINE
    test = getattr(node, "test", None)
    if test is None or not _is_test(claim.name, place, test):
        return None
    if isinstance(node, ast.Assert):
        return path.EXCEPTION not in way.kinds[item.start : item.stop]
    if isinstance(node, ast.While):
        end = item.stop
        return (
            None
            if end >= len(way) or way.kinds[end] != path.LINE
            else way.lines[end] in shape.span(node.body)
        )
    end_of_item = item_end(way, item)
    return None if end_of_item is None else branch(way, item, end_of_item)


def _is_test(said: str, place: Place, test: ast.expr) -> bool:
    """Is this the test as written, or as written with the values of its names put in?"""
    if not said:
        return True
    written, bare = (
        "".join(place.way.source.segment(test).split()),
        "".join(said.split()).replace("while", "", 1),
    )
    if written.startswith(bare[:-1]) if bare.endswith("…") else written.strip("()") == bare.strip("()"):
        return True
    tree = parsed(said)
    return not place.exact and tree is not None and _same_form(tree, test, place, 12)


def _same_form(said: ast.AST, test: ast.AST, place: Place, deep: int) -> bool:
    """Equal trees, where a value may stand for the expression that had it."""
    if ast.dump(said) == ast.dump(test):
        return True
    if isinstance(test, _SPOKEN) and isinstance(said, ast.expr):
        value = resolve(ast.unparse(test), place, place.at)
        if value is not None and value.is_literal and readable(ast.unparse(said)):
            return same(literal(ast.unparse(said)), value.literal)
    if type(said) is not type(test) or deep == 0:
        return False
    parts = [[*ast.iter_child_nodes(n)] for n in (said, test)]
    names = [getattr(n, "attr", getattr(n, "id", None)) for n in (said, test)]
    if len(parts[0]) != len(parts[1]) or not parts[0] or names[0] != names[1]:
        return False
    return all(_same_form(a, b, place, deep - 1) for a, b in zip(*parts, strict=True))


def _computed(test: str, place: Place) -> bool | None:
    """A test worked out on literals, or on recorded values as they were before the line ran."""
    tree = parsed(test)
    if tree is None:
        return None
    found = resolve(test, place, place.at)
    if found is not None and isinstance(found.literal, bool):
        return found.literal
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return None
    sides = [_operand(node, place) for node in (tree.left, tree.comparators[0])]
    if any(s is None for s in sides):
        return None
    a, b = (s[0] for s in sides if s is not None)
    sign = SIGNS.get(type(tree.ops[0]))
    return holds(sign, a, b) if sign else None


def _operand(node: ast.expr, place: Place) -> tuple[object] | None:
    try:
        return (ast.literal_eval(node),)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        number = worked(node)
        if number is not None:
            return (number,)
        value = resolve(ast.unparse(node), place, place.at)
    return (value.literal,) if value is not None and value.is_literal else None
