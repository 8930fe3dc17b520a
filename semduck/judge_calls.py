"""What the recording shows about calls: their results, and what they yield."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from semduck.compare import compare, same
from semduck.duck import path, sentences, shape
from semduck.duck.claim_base import Claim, number, parsed
from semduck.duck.statements import Teller
from semduck.judge_place import Finding, Place, resolve
from semduck.trace.model import Call, Kind, Value


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
    if claim.extra == "not" and agrees is not None:
        agrees = not agrees
    return Finding(agrees, sentences.show(value), "" if agrees is not None else "it cannot be compared", end)


def result(claim: Claim, place: Place) -> Finding:
    """It returns 3; `mean([1])` returns 1: of this call, or of one that it made."""
    call, own = place.way.call, place.way.call.function.split(".")
    receiver, _, callee = claim.name.rpartition(".")
    if claim.when == "subject":
        if callee == own[-1] or not _is_called(callee, place):
            return returned(claim, place)
        return called(claim, place)
    if not callee or place.exact:
        return returned(claim, place) if callee in ("", own[-1]) else called(claim, place)
    if callee != own[-1] or receiver not in ("", "self", "cls", ".".join(own[:-1])):
        return called(claim, place)
    fits = _same_arguments(claim.extra, place, call)
    return returned(claim, place) if fits else called(claim, place)


def _is_called(name: str, place: Place) -> bool:
    """Does the program call anything of that name? Then it is the subject of what is told, and no value."""
    files = place.way.recording.files.values()
    return any(re.search(rf"\b{re.escape(name)}\(", file.text) for file in files)


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
        if not place.exact and not _same_arguments(claim.extra, place, call):
            continue
        finding = _outcome(claim, place, call)
        if finding.agrees or found.agrees is None:
            found = finding
        if finding.agrees:
            break
    return found if found.agrees is not None or place.exact else _assigned(claim, place) or found


def _assigned(claim: Claim, place: Place) -> Finding | None:
    """`queue.popleft()` returns 3: of a call outside the program, what the line makes of its result."""
    node = place.item.spot.node if place.item.spot else None
    call = node.value if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
    call = call.value if isinstance(call, ast.Await) else call
    if not isinstance(node, ast.Assign) or not isinstance(call, ast.Call) or place.after is None:
        return None
    written = ast.unparse(call.func)
    if claim.name not in (written, written.rpartition(".")[2]) or claim.extra not in ("", ast.unparse(call)):
        said = parsed(claim.extra) if claim.extra else None
        if not isinstance(said, ast.Call) or (said.args and ast.dump(said) != ast.dump(call)):
            return None
        if ast.unparse(said.func) not in (written, written.rpartition(".")[2]):
            return None
    value = resolve(ast.unparse(node.targets[0]), place, place.after)
    agrees = compare(claim.said, value) if value is not None else None
    if value is None or agrees is None:
        return None
    return Finding(agrees, sentences.show(value), "", place.after)


def _same_arguments(said: str, place: Place, call: Call) -> bool:
    """Can `fib(3, memo)`, as it is written, be this call? Arguments that cannot be read fit any."""
    tree = parsed(said) if said else None
    if not isinstance(tree, ast.Call):
        return True
    recording = place.way.recording
    file = recording.files.get(call.file)
    owner = shape.source(file.text if file else "").owner(call.function, call.line)
    values = shape.in_call_order(owner, recording.arguments(call.frame))
    if "." in call.function and next(iter(values), "") in ("self", "cls"):
        values.pop(next(iter(values)))
    if len(tree.args) > len(values) and not any(isinstance(a, ast.Starred) for a in tree.args):
        return False
    pairs = [*zip(tree.args, values.values(), strict=False)]
    pairs += [(k.value, values[k.arg]) for k in tree.keywords if k.arg in values]
    return all(_can_be(node, value, place) for node, value in pairs)


def _can_be(node: ast.expr, value: Value, place: Place) -> bool:
    said = ast.unparse(node)
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError):
        found = resolve(said, place, place.at)
        return (
            found is None or not (found.is_literal and value.is_literal) or same(found.literal, value.literal)
        )
    return compare(said, value) is not False


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
