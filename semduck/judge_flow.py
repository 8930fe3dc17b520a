"""What the recording shows about rounds of loops, the next line, output and exceptions."""

from __future__ import annotations

import ast
import re

from semduck.compare import literal
from semduck.duck import path, sentences
from semduck.duck.claim_base import Claim, number
from semduck.duck.statements import Teller
from semduck.judge_place import NOT_YET, Finding, Place, item_end
from semduck.trace.model import Value


def count(claim: Claim, place: Place) -> Finding:
    """The loop runs 5 times; is in iteration 3; Iteration 2 of 5."""
    wanted, loop = number(claim.said), place.loop
    if claim.extra == "line" and wanted is not None:
        n = len(place.way.of_line(place.way.lines[place.at]))
        return Finding(n == wanted if place.way.call.last is not None else None, str(n))
    if loop is None or wanted is None or not loop.clear:
        return Finding(
            None, reason="no loop begins here" if loop is None else "its rounds cannot be told apart"
        )
    last = place.after if place.exact and place.after is not None and claim.kind == "count" else None
    n = len(loop.starts) if last is None else sum(1 for s in loop.starts if s[1] <= last)
    spot = place.way.spot(place.at)
    if claim.extra in ("inner", "outer") and spot and (len(spot.chain) > 1) != (claim.extra == "inner"):
        return Finding(None, str(n), "another loop begins here")
    if claim.extra == "over" and n != wanted and loop.end != "done":
        return Finding(None, str(n), "the loop is left early")
    return Finding(n == wanted, str(n))


def iteration(claim: Claim, place: Place) -> Finding:
    """Iteration 2 of the loop whose header this is."""
    wanted, loop = number(claim.said), place.loop
    if loop is None or wanted is None or not loop.clear:
        return Finding(None, reason="no loop begins here")
    n = loop.iteration(place.at) + 1
    return Finding(n == wanted, str(n))


def next_line(claim: Claim, place: Place) -> Finding:
    """So line 7 runs next."""
    after = item_end(place.way, place.item)
    if after is None or place.way.kinds[after] != path.LINE:
        return Finding(None, reason=NOT_YET if after is None else "no line of this call runs next")
    line = place.way.lines[after]
    return Finding(str(line) == claim.said, str(line), at=after)


def output(claim: Claim, place: Place) -> Finding:
    """Prints `hello`: the statement itself, or with the calls it makes."""
    if place.after is None:
        return Finding(None, reason=NOT_YET)
    teller = Teller(place.way, len(place.way))
    if claim.when == "either" and "print" not in _words_of(place):
        return Finding(None, reason="nothing is printed by this line")
    own, below = teller.printed(place.at, place.after), teller.printed_below(place.at, place.after)
    if claim.extra == "nothing":
        return Finding(not own, sentences.printed(own) if own else "nothing", at=place.after)
    if claim.extra == "bare" and own.rstrip("\n") != claim.said:
        head = re.match(r"\w+ ?[=:]", claim.said)
        like = head is not None and own.startswith(head.group())
        return Finding(False if like else None, sentences.printed(own) if own else "nothing", "", place.after)
    if _is_printed(claim, own) or _is_printed(claim, below):
        return Finding(True, sentences.printed(own if _is_printed(claim, own) else below), at=place.after)
    return Finding(False, sentences.printed(own or below) if below else "nothing", at=place.after)


def _words_of(place: Place) -> str:
    node = place.item.spot.node if place.item.spot else None
    return place.way.source.segment(node) if isinstance(node, ast.Expr) else ""


def all_output(claim: Claim, place: Place) -> Finding:
    """All that is printed is "1\\n2\\n": by the whole program."""
    if place.way.call.last is None or not len(place.way):
        return Finding(None, reason=NOT_YET)
    text = Teller(place.way, len(place.way)).printed_below(0, len(place.way) - 1)
    read = literal(claim.said)
    lines = "\n".join(map(str, read)) if isinstance(read, list | tuple) else str(read)
    told = sentences.printed(text) if text else "nothing"
    return Finding(text.rstrip("\n") == lines.rstrip("\n"), told, at=len(place.way) - 1)


def _is_printed(claim: Claim, text: str) -> bool:
    told = sentences.printed(text) if text else "nothing"
    if claim.extra.isdigit():
        return told == f"{claim.extra} lines, the first {claim.said}"
    said = claim.said.strip("`")
    read = literal(said)
    read = read.rstrip("\n") if isinstance(read, str) else read
    return bool(text) and (told == claim.said or text.rstrip("\n") in (said, read))


def raised(claim: Claim, place: Place) -> Finding:
    """Raises ValueError: why; no exception is raised."""
    errors = _errors(place, place.item.start, place.item.stop)
    negative = claim.extra == "not"
    if not errors and not place.exact:
        if later := _soon(claim, place):
            return later
    if not errors or errors[-1] is None:
        seen = place.after is not None
        return Finding(negative if seen else None, "no exception" if seen else "", "" if seen else NOT_YET)
    error, wanted = errors[-1], claim.said.rpartition(".")[2]
    agrees = wanted.lower() in ("exception", "error") or error.type_name == wanted
    if negative:
        return Finding(not agrees, sentences.problem(error))
    if agrees and claim.extra:
        agrees = _words(sentences.problem(error)).startswith(_words(f"{error.type_name}: {claim.extra}")[:80])
    return Finding(agrees, sentences.problem(error))


def _errors(place: Place, start: int, stop: int) -> list[Value | None]:
    way = place.way
    return [
        way.recording.step(way.numbers[i]).value for i in range(start, stop) if way.kinds[i] == path.EXCEPTION
    ]


def _soon(claim: Claim, place: Place) -> Finding | None:
    """Of a call with exceptions elsewhere it is unknown which moment a sentence means."""
    later = _errors(place, 0, len(place.way))
    if not later:
        return None
    ahead = _errors(place, place.item.stop, min(len(place.way), place.item.stop + 3))
    if claim.extra != "not" and ahead and ahead[0] and ahead[0].type_name == claim.said.rpartition(".")[2]:
        return Finding(not claim.extra or None, sentences.problem(ahead[0]))
    return Finding(None, "no exception", "this call raises elsewhere")


def _words(text: str) -> str:
    return re.sub(r"[\s`'\"…]+", " ", text).strip(" .")


def caught(claim: Claim, place: Place) -> Finding:
    """Caught at line 9; nothing catches it here; the program goes on at line 9."""
    way, item = place.way, place.item
    raises = [i for i in range(item.start, item.stop) if way.kinds[i] == path.EXCEPTION]
    if not raises and place.at and way.kinds[place.at - 1] == path.EXCEPTION and not place.exact:
        return Finding(claim.said in ("caught", "handled") or None, "it is handled here")
    if not raises:
        return Finding(None, reason="no exception here")
    fate = Teller(way, len(way)).fate(raises[-1], item.stop)
    if not fate:
        return Finding(None, reason=NOT_YET)
    if "caught" in claim.said or "handled" in claim.said:
        return Finding(fate.startswith("nothing") == (claim.said[:3] in ("not", "nev")), fate)
    if claim.said.isdigit():
        return Finding(fate.endswith(f" {claim.said}"), fate)
    return Finding(fate.startswith("nothing"), fate)
