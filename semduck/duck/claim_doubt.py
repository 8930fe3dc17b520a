"""What stops a claim from being held against its speaker: a supposition, another moment, a unit, a belief.

A wrong "miss" is far worse than none, so these shapes are read widely: they drop a claim or spare it a miss,
they never turn one into a hit.
"""

from __future__ import annotations

import re
from collections.abc import Container

from semduck.duck.claim_base import Claim

_SUPPOSED = re.compile(
    r"(?:^|[,;:.(—–] ?|\b(?:and|but|so|or) )(?:[Hh]ad|[Ww]ere|[Ss]hould) (?!been |to )"
    r"(?:`|[a-z_]\w*\b|there\b|the\b|it\b|we\b)|"
    r"\b(?:[Ss]uppos(?:e|ing)|[Aa]ssum(?:e|ing)|[Ii]magin(?:e|ing)|[Ll]et's say|[Pp]retend|"
    r"[Hh]ypothetical\w*|"
    r"[Ii]n case|[Pp]rovided(?: that)?|[Aa]s long as|[Bb]ut for|[Ww]ere it not|[Ii]n theory|[Ll]est) |"
    r"(?:^|[,;] )[Ss]ay,? (?=`?[a-z_])|"
    r"(?:^|[,;:.] ?|\b(?:and|but|so) )[Ww]ithout (?:the|this|that|it|an?|any|such|its|these|our|"
    r"`)[^.;]{0,60}(?=,|`? ?(?:is|was|=)|"
    r"\bwould)|"
    r"\bneither\b|\bNeither\b|"
    r"\b(?:wrong|false|untrue|incorrect|not (?:the case|true|so|right|correct)|doubt|impossible|"
    r"unlikely) that\b|"
    r"\b(?:is|was) it (?:true|the case) that\b"
)
_ANSWERED = re.compile(r"(?:;|,|—|–) ?(?:but|however|here|in fact|in this case|actually)\b|\. (?=[A-Z`])")
_BELIEF = re.compile(
    r"\b(?:[Nn]ormally|[Uu]sually|[Tt]ypically|[Gg]enerally|[Ii]deally|[Ii]n general|"
    r"[Aa]t first glance|"
    r"[Ss]upposedly|[Pp]resumably|[Pp]erhaps|[Mm]aybe|[Pp]ossibly|might|could|may|would|should|"
    r"thought|expected|"
    r"intended|hoped|wanted|seems?|looks|as if|as though|mistak\w+|misread\w*|[Ww]henever|"
    r"[Oo]nly (?:if|when|"
    r"once)|tempt\w+|one expects|instead of|rather than)\b"
)
_CONDITION = re.compile(
    r"\b(?:[Ww]hen(?:ever)?|[Oo]nce|[Aa]s soon as|[Bb]y the time|[Ee]ach time|[Ee]very time|[Uu]ntil|"
    r"[Oo]nly)\b[^,;.]*$"
)
_OTHER_INPUT = re.compile(
    r"(?:^|[,;.(] ?)(?:[Ww]ith|[Ff]or|[Gg]iven|[Oo]n|[Uu]nder) (?:an?|no|any|such|another|other|more|"
    r"fewer|every) "
    r"[^,;.]*,|"
    r"(?:^|[,;.(] ?)(?:[Ww]ith|[Ff]or|[Gg]iven|[Oo]n|[Uu]nder|[Aa]n?|[Aa]ny|[Aa]nother|[Ee]very|"
    r"[Ee]ach) "
    r"(?:(?:an?|no|any|such|other|another|every|each) )?(?:(?!the |this )\w+ )?(?:larger?|smaller?|"
    r"different|other|empty|input|"
    r"list|string|argument|arguments|number|value|cap|limit|call|key|text|word|negative|positive|odd|"
    r"even)\b[^,;.]*"
    r"(?:,|\b(?:gives?|makes?|means?|leads?|yields?|results?|leaves?|is|has)\b)"
)
_CLEAN = re.compile(  # what may follow a value that stands for itself
    r"`?[\"')\]]*\**(?:$|\.(?!\.)|[;:!?|—–…]|,(?! ?`?[-\d'\"\[({])(?! (?:now|later|then|but|"
    r"next) `?[-\d'\"\[({])|"
    r" ?(?:→|->|=>|⇒)| ?[<>=!]|\)| [—–(&|-]|"
    r" (?:and|&)(?! (?:then )?`?[-\d'\"\[({])|"
    r" (?:so|but|because|since|as|which|that|this|now|here|there|while|where|whereas|then|thus|hence|"
    r"therefore|"
    r"meaning|making|giving|leaving|before|after|afterwards|again|already|too|also|at|due|via|is|was|"
    r"has|does|"
    r"gives|returns|plus|inside|to|into|onto|until|unless|if|when|on|again|holds|instead|rather|not|"
    r"initially|currently|overall|altogether|without|once|through|thanks|even|though|although)\b|"
    r" (?:in|for|from|by|with) (?!the (?:result|returned|caller|output|end|next|other))(?:the|this|"
    r"that|our|all|total|every|each|turn|place|memory|itself)\b|"
    r" (?:the|we|it|its|an?) )"
)
_REMAINDER = re.compile(
    r"`? (?:with (?:a |the )?remainder|to (?:the )?power|at most|at least|as (?:(?:its|the|"
    r"an?) )?(?:first|second|last|"
    r"third|\w+ (?:element|item|value|entry|part|component))|plus|is (?:the )?(?:index|position|"
    r"number))\b|"
    r"`?(?:\.\.\.)"
)
_INDEX = re.compile(
    r"(?:\b(?:is|are|sits|lies|stands|placed|found|located|stored)(?: \w+)? at|\b(?:index|indices|"
    r"element|elements|item|items|number|numbers|key|position|row|column|line|step|round|"
    r"place|slot|entry|iteration|version|case|rank)|#) `?$"
)
_UNIT = re.compile(r"`?(?: (?:more|full|complete|other|further))* ?[a-z-]*(?: [a-z]+s\b)?")
_TIED = re.compile(
    r"\b(?:more|full|complete|left|remaining|so far|already|further|to go|other|again|in a row|"
    r"has (?:now )?(?:run|been)|"
    r"have (?:now )?(?:run|been)|second time|still)\b"
)
_COMBINED = re.compile(
    r"\b(?:plus|minus|times|sum|total|product|difference|average|mean|quotient|ratio|with|old|"
    r"previous|former|"
    r"prior|earlier|next|following|initial|original|another|other|each|every|any|no|per|than|whether|"
    r"between|in|"
    r"inside|into|within|of|by|over|on|from|to|for|at|as|under|across|neighbouring|first|second|third|"
    r"last|single) "
    r"(?:the |our |this |its |each )?`?$"
)
_OF_TWO = re.compile(
    r"\b(?:sum|product|difference|ratio|quotient|mean|average|total) (?:of|between)\b[^,;.]*$"
)
_OTHER_CALL = re.compile(
    r"\b(?!(?:[Tt]his|[Tt]he|[Tt]hat|current|present|whole|[Ii]ts|outermost|"
    r"[Oo]ur) )\w+ (?:recursive )?(?:call|"
    r"invocation|function|method)s?(?: (?:to|of|on|with) [^,;.]{0,40})?,? (?:then |now |also |"
    r"in turn )?`?$"
)
_ELSEWHEN = re.compile(
    r"\b(?:next|later|soon|eventually|finally|the end|end(?:s|ed|ing)? up|ultimately|previous(?:ly)?|"
    r"earlier|"
    r"initially|at first|at last|the start|beginning|originally|the \w+ time|so far|already|will|"
    r"going to|about to|"
    r"once|until|begins?|starts?|started|final|overall|altogether|always|when|"
    r"(?:iteration|round|pass|step|line|call|element|item)s? (?:before|later|ago|after))\b|"
    r"\bstill\b.*\b(?:but|so|until|becomes|now|replaced)\b",
    re.IGNORECASE,
)
_SOON = re.compile(r"\b(?:then|new|so|since|because|as|thus|hence|therefore)\b|→|⇒|=>", re.IGNORECASE)
_CLAUSE = re.compile(r"[;.] |, (?:so|but|and|because|which|while|whereas)\b")
_TEST_OF = re.compile(
    r"`? (?:only|once|when|until|after|at the|in the|later|if|and (?:then )?(?:false|true))\b"
)
_PART_TEST = re.compile(
    r"\b(?:[Ff]irst|[Ss]econd|[Tt]hird|[Ll]ast|[Bb]oth|[Oo]ther|[Oo]ne|[Ll]eft|[Rr]ight|[Ee]ach) "
    r"(?:conditions?|tests?|checks?|comparisons?|part|half|side)\b[^.;]*$"
)
_WHERE = re.compile(r" (?:in|inside|by|within|there|at)\b")
_THING_OF = re.compile(
    r"\b(?:the|an?) (?!(?:value|total|result|sum|length|size|number|count|answer) )\w+ (?:of|for|from|"
    r"with|named|"
    r"called|like|holding|containing) `?$"
)
_VALUED = ("value", "return", "called", "yield", "output", "by")
_NEXT_VALUE = re.compile(r"`?(?:,| and|, and) (?:then )?`?")


def supposed(text: str, at: int) -> bool:
    """Is what stands at `at` only supposed ("Had there been …", "without the check …") or denied?"""
    told = [m.end() for m in _SUPPOSED.finditer(text, 0, at)]
    return bool(told) and _ANSWERED.search(text, told[-1], at) is None


def spared(text: str, claim: Claim, starts: Container[int]) -> str:
    """Why this claim may mean something else than it seems to; "" when it is plain.

    starts: where the values of all claims of this sentence begin.
    """
    before, behind = text[: claim.start], text[claim.end :]
    if _BELIEF.search(before) or _OTHER_INPUT.search(before):
        return "it may be no statement about this run"
    if claim.kind in ("count", "length", "total"):
        behind = behind[_after(_UNIT.match(behind)) :]
        near = text[max(0, claim.start - 20) : claim.end + 30]
        return "it may count something else" if _TIED.search(near) or not _CLEAN.match(behind) else ""
    plain = claim.end + _after(_NEXT_VALUE.match(behind)) in starts or _CLEAN.match(behind)
    if claim.kind in _VALUED and (_REMAINDER.match(behind) or not plain):
        return "more is said than the value"
    if claim.kind == "branch" and (_TEST_OF.match(behind) or _PART_TEST.search(before)):
        return "it may be another test or another moment"
    if claim.kind == "caught" and _WHERE.match(behind):
        return "it may speak of another call"
    if claim.kind in ("return", "called") and _THING_OF.search(before):
        return "more is said than the value"
    if claim.kind == "value":
        return _of_value(text, claim, before)
    if claim.kind == "return" and _OTHER_CALL.search(_lead(text, claim, "[Rr]eturn")):
        return "it may speak of another call"
    return ""


def conditional(text: str, claim: Claim) -> bool:
    """Does it stand under a "when" or "once", which may speak of another moment?"""
    return _CONDITION.search(text, 0, claim.start) is not None


def moments(text: str, claim: Claim) -> int:
    """How far from here the words may speak: 0 not at all, 1 of what comes at once, 2 of any moment."""
    cuts = [m.start() for m in _CLAUSE.finditer(text)]
    first = max((c for c in cuts if c < claim.start), default=0)
    last = min((c for c in cuts if c >= claim.end), default=len(text))
    return 2 if _ELSEWHEN.search(text, first, last) else 1 if _SOON.search(text, 0, claim.start) else 0


def _of_value(text: str, claim: Claim, before: str) -> str:
    if _INDEX.search(before) and not claim.name.endswith(("index", "key", "position")):
        return "it may be an index or a number of something"
    lead = _lead(text, claim, rf"{re.escape(claim.name)}(?!\w)")
    linked = text[len(lead) : claim.start].lstrip("` ").removeprefix(claim.name).lstrip("` ")
    if claim.said[:1] in ("(", "[") and linked[:1] == "=" and re.search(r"\w, `?$", lead):
        return "it may be the value of several names"
    if linked[:1] != "=" and (_COMBINED.search(lead) or _OF_TWO.search(lead)):
        return "it may speak of something else than the name"
    return ""


def _lead(text: str, claim: Claim, word: str) -> str:
    """The words in front of the name (a pattern)."""
    found = [m.start() for m in re.finditer(rf"(?<!\w){word}", text[: claim.start])]
    return text[: found[-1] if found else claim.start]


def _after(match: re.Match[str] | None) -> int:
    return match.end() if match else 0
