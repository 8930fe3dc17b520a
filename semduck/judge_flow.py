"""What the recording shows about branches, loops, calls, output and exceptions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from semduck.compare import compare, literal, same
from semduck.duck import path, sentences, shape
from semduck.duck.claims import Claim, number
from semduck.duck.path import Way
from semduck.duck.statements import Teller, branch
from semduck.judge_place import NOT_YET, Finding, Place, item_end, resolve
from semduck.judge_values import holds
from semduck.trace.model import Call, Kind


def count(claim: Claim, place: Place) -> Finding:
    """The loop runs 5 times; is in iteration 3; Iteration 2 of 5."""
    wanted, loop = number(claim.said), place.loop
    if loop is None or wanted is None or not loop.clear:
        return Finding(
            None, reason="no loop begins here" if loop is None else "its rounds cannot be told apart"
        )
    last = place.after if place.exact and place.after is not None and claim.kind == "count" else None
    n = len(loop.starts) if last is None else sum(1 for s in loop.starts if s[1] <= last)
    return Finding(n == wanted, str(n))


def iteration(claim: Claim, place: Place) -> Finding:
    """Iteration 2 of the loop whose header this is."""
    wanted, loop = number(claim.said), place.loop
    if loop is None or wanted is None or not loop.clear:
        return Finding(None, reason="no loop begins here")
    n = loop.iteration(place.at) + 1
    return Finding(n == wanted, str(n))


def branch_taken(claim: Claim, place: Place) -> Finding:
    """`n > 3` is true: deduced from what ran next, or from the recorded values."""
    actual = _truth(claim, place)
    if actual is None:
        actual = _computed(claim.name, place)
    if actual is None:
        return Finding(None, reason="no such test at this step")
    return Finding(actual == (claim.extra == "true"), "true" if actual else "false")


def _truth(claim: Claim, place: Place) -> bool | None:
    way, item, after = place.way, place.item, place.after
    node = item.spot.node if item.spot else None
    if node is None or after is None:
        return None
    if isinstance(node, ast.match_case):
        return way.lines[after] in shape.span(node.body) and way.kinds[after] == path.LINE
    test = getattr(node, "test", None)
    if test is None or not _is_test(claim.name, way, test):
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


def _is_test(said: str, way: Way, test: ast.expr) -> bool:
    if not said:
        return True
    written, said = "".join(way.source.segment(test).split()), "".join(said.split()).replace("while", "", 1)
    return written.startswith(said[:-1]) if said.endswith("…") else written.strip("()") == said.strip("()")


def _computed(test: str, place: Place) -> bool | None:
    """One comparison of recorded values and literals."""
    try:
        tree = ast.parse(test.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return None
    sides = [_operand(node, place) for node in (tree.left, tree.comparators[0])]
    if any(s is None for s in sides):
        return None
    a, b = (s[0] for s in sides if s is not None)
    signs = {ast.Gt: ">", ast.Lt: "<", ast.GtE: ">=", ast.LtE: "<=", ast.NotEq: "!=", ast.Eq: "=="}
    sign = signs.get(type(tree.ops[0]))
    if sign == "==":
        return same(a, b)
    return holds(sign, a, b) if sign else None


def _operand(node: ast.expr, place: Place) -> tuple[object] | None:
    try:
        return (ast.literal_eval(node),)
    except (ValueError, SyntaxError, TypeError):
        value = resolve(ast.unparse(node), place, place.at)
    return (value.literal,) if value is not None and value.is_literal else None


def next_line(claim: Claim, place: Place) -> Finding:
    """So line 7 runs next."""
    after = item_end(place.way, place.item)
    if after is None or place.way.kinds[after] != path.LINE:
        return Finding(None, reason=NOT_YET if after is None else "no line of this call runs next")
    line = place.way.lines[after]
    return Finding(str(line) == claim.said, str(line), at=after)


def output(claim: Claim, place: Place) -> Finding:
    """Prints `hello`."""
    if place.after is None:
        return Finding(None, reason=NOT_YET)
    text = Teller(place.way, len(place.way)).printed(place.at, place.after)
    told, said = sentences.printed(text), claim.said.strip("`")
    if claim.extra:
        said, agrees = f"{claim.extra} lines", told == f"{claim.extra} lines, the first {claim.said}"
    else:
        read = literal(said)
        agrees = told == claim.said or text.rstrip("\n") in (said, read)
    return Finding(agrees if text else False, told if text else "nothing", at=place.after)


def returned(claim: Claim, place: Place) -> Finding:
    """This call returns 3."""
    way = place.way
    if way.call.last is None:
        return Finding(None, reason="the call has not ended")
    value = way.recording.result(way.frame)
    end = way.index(way.call.last)
    if value is None:
        return Finding(False, "an exception", "the call is left by an exception", end)
    agrees = compare(claim.said, value)
    return Finding(agrees, sentences.show(value), "" if agrees is not None else "it cannot be compared", end)


def called(claim: Claim, place: Place) -> Finding:
    """`mean([1, 2])` returns 1.5: any call of that name which this statement made."""
    found: Finding = Finding(None, reason="no such call here")
    for call, text in _calls(place):
        if call.function.rpartition(".")[2] != claim.name.rpartition(".")[2] and not text.startswith(
            f"`{claim.name}("
        ):
            continue
        if claim.extra and "…" not in claim.extra and place.exact and text.strip("`") != claim.extra:
            continue
        finding = _outcome(claim, place, call)
        if finding.agrees or found.agrees is None:
            found = finding
        if finding.agrees:
            break
    return found


def _calls(place: Place) -> Iterable[tuple[Call, str]]:
    teller = Teller(place.way, len(place.way))
    stop = place.after if place.after is not None else len(place.way)
    for call in teller.made(place.at, stop):
        yield call, teller.invocation(call)


def _outcome(claim: Claim, place: Place, call: Call) -> Finding:
    recording = place.way.recording
    if call.last is None:
        return Finding(None, reason="that call has not ended")
    if claim.kind == "callraises":
        raised_ = recording.step(call.last).kind is Kind.UNWIND
        error = Teller(place.way, len(place.way)).error_of(call) if raised_ else None
        if error is None:
            return Finding(False if not raised_ else None, "no exception")
        return Finding(error.type_name == claim.said, error.text)
    value = recording.result(call.frame)
    if value is None:
        return Finding(False, "an exception")
    agrees = compare(claim.said, value)
    return Finding(agrees, sentences.show(value), "" if agrees is not None else "it cannot be compared")


def calls(claim: Claim, place: Place) -> Finding:
    """5 calls in all."""
    n = sum(1 for _ in _calls(place))
    return Finding(n == number(claim.said), str(n))


def raised(claim: Claim, place: Place) -> Finding:
    """Raises ValueError: why."""
    way, item = place.way, place.item
    errors = [
        way.recording.step(way.numbers[i]).value
        for i in range(item.start, item.stop)
        if way.kinds[i] == path.EXCEPTION
    ]
    if not errors or errors[-1] is None:
        seen = place.after is not None
        return Finding(False if seen else None, "no exception" if seen else "", "" if seen else NOT_YET)
    error = errors[-1]
    agrees = error.type_name == claim.said.rpartition(".")[2]
    if agrees and claim.extra:
        agrees = _words(sentences.problem(error)).startswith(_words(f"{error.type_name}: {claim.extra}")[:80])
    return Finding(agrees, sentences.problem(error))


def _words(text: str) -> str:
    return re.sub(r"[\s`'\"…]+", " ", text).strip(" .")


def caught(claim: Claim, place: Place) -> Finding:
    """Caught at line 9; nothing catches it here; the program goes on at line 9."""
    way, item = place.way, place.item
    raises = [i for i in range(item.start, item.stop) if way.kinds[i] == path.EXCEPTION]
    if not raises:
        return Finding(None, reason="no exception here")
    fate = Teller(way, len(way)).fate(raises[-1], item.stop)
    if not fate:
        return Finding(None, reason=NOT_YET)
    if claim.said.isdigit():
        return Finding(fate.endswith(f" {claim.said}"), fate)
    return Finding(fate.startswith("nothing"), fate)


def yielded(claim: Claim, place: Place) -> Finding:
    """Yields 3."""
    way, item = place.way, place.item
    values = [
        way.recording.step(way.numbers[i]).value
        for i in range(item.start, item.stop)
        if way.kinds[i] == path.YIELD
    ]
    marks = [(compare(claim.said, v), v) for v in values if v is not None]
    if not marks:
        return Finding(False if place.after is not None else None, "nothing")
    best = next((m for m in marks if m[0]), marks[0])
    return Finding(best[0], sentences.show(best[1]))
