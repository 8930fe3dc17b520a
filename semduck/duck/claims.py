"""Free prose -> claims that a recording can confirm or refute. Reads from left to right, each value once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from semduck.duck import claim_patterns as p
from semduck.duck.claim_base import Claim, Found, Reader, number
from semduck.duck.claim_branches import LOOPS, TESTS, TOLD_TESTS
from semduck.duck.claim_contents import CONTENTS
from semduck.duck.claim_doubt import supposed
from semduck.duck.claim_flow import CALLS, ENDINGS, RESULTS
from semduck.duck.claim_lengths import LENGTHS
from semduck.duck.claim_nameless import NAMELESS
from semduck.duck.claim_prints import PRINTS
from semduck.duck.claim_relations import RELATIONS, ROWS, SUMS
from semduck.duck.claim_tests import COMPARISONS
from semduck.duck.claim_told import EARLY, TOLD
from semduck.duck.claim_values import COURSES, SETS, VALUES

__all__ = ["Claim", "claims", "number", "values"]
_LONGEST = 2_000  # characters of a sentence that are read
_OF = re.compile(
    r"\b(?!values? |contents? )[A-Za-z]+ (?:of|in) (?:the |our |this )?(?:list |string |variable )?$"
)
_OPERAND = re.compile(  # the end of a longer expression
    r"[\w)\]`'\"] ?(?:\*\*|//|[-+*/%]|[<>]=?|[!=]=) ?$"
)
_STARTS = re.compile(  # what may stand before a name that is an everyday word, too
    r"(?:^|[,;:(\]→]|\b(?:and|so|since|because|as|when|then|thus|that|while|but|where|both|with|the|now|"
    r"finally|hence|therefore|here)) *$",
    re.IGNORECASE,
)
_WHOSE = re.compile(r"(?:\b(?:whose|[Ii]ts|[Tt]heir)|'s) $")
_READERS = (  # of two that begin at one place the earlier one reads
    *(*EARLY, *PRINTS, *CALLS, *TOLD_TESTS, *LOOPS, *ENDINGS),
    *(*ROWS, *COURSES, *RELATIONS, *SETS),
    *(*CONTENTS, *LENGTHS, *TESTS, *COMPARISONS, *RESULTS, *VALUES, *TOLD, *NAMELESS, *SUMS),
)


def claims(text: str) -> list[Claim]:
    """All claims of one sentence, in order; what stands under an "if" or "otherwise" claims nothing."""
    found = _claims(text[:_LONGEST])
    return [c for c in found if len(text) <= _LONGEST or c.end < _LONGEST]


def values(text: str) -> Iterator[Claim]:
    """Only the claims that carry a literal value."""
    return (c for c in claims(text) if c.kind in ("value", "gain", "lose", "return", "called", "yield"))


@lru_cache(maxsize=4_096)
def _claims(text: str) -> tuple[Claim, ...]:
    found: list[Claim] = []
    heads = [_first(text, 0, pattern, reader) for pattern, reader in _READERS]
    at = 0
    while live := [(head[0], i) for i, head in enumerate(heads) if head]:
        head = heads[min(live)[1]]
        assert head is not None
        begun, (new, at) = at, head[1]
        at += text[at : at + 1] == "`"
        found += new
        odd = text.count("`", begun, at) % 2
        heads = [
            h if h is None or (h[0] >= at and not odd) else _first(text, at, *_READERS[i])
            for i, h in enumerate(heads)
        ]
    return tuple(_earlier(c, found, i) for i, c in enumerate(found) if not _hypothetical(text, c.start))


def _first(text: str, at: int, pattern: re.Pattern[str], reader: Reader) -> tuple[int, Found] | None:
    """The first place from `at` on, outside backticks, where this shape really carries a claim."""
    start = at
    while match := pattern.search(text, start):
        if text.count("`", at, match.start()) % 2 == 0 and not _part_of(text, match):
            read = reader(text, match)
            if read is not None and read[1] > at:
                return match.start(), read
        start = match.start() + 1
    return None


def _part_of(text: str, match: re.Match[str]) -> bool:
    """Is the name only what something else is of? "The top of the stack is 3" says nothing of `stack`."""
    names = match.re.groupindex
    if "quoted" not in names or match.start() not in (match.start("bare"), match.start("quoted") - 1):
        return False
    said = text[max(0, match.start() - 40) : match.start()]
    if _OPERAND.search(said) or _WHOSE.search(said):
        return True
    verb = text[max(match.end("bare"), match.end("quoted")) :].lstrip("` ")[:1]
    if match["bare"] in p.EVERYDAY and verb != "=" and not _STARTS.search(said):
        return True
    return verb not in ("=", ":") and _OF.search(said) is not None


def _hypothetical(text: str, at: int) -> bool:
    """Does this stand behind an "if" that nothing has answered yet?"""
    told = [m.end() for m in p.HYPOTHETICAL.finditer(text, 0, at)]
    return supposed(text, at) or (bool(told) and p.RESUMED.search(text, told[-1], at) is None)


def _earlier(claim: Claim, found: list[Claim], i: int) -> Claim:
    """ "total is 3, so it becomes 5": of a name told twice, the first "is" may be what was before."""
    again = any(
        c.name == claim.name and c.when.endswith("after") and c.kind == "value" for c in found[i + 1 :]
    )
    return (
        replace(claim, when="given") if again and claim.kind == "value" and claim.when == "either" else claim
    )
