"""Claims whose value comes late: "x is a list of zeros: [0, 0]", "x keeps the sum, which is 3"."""

from __future__ import annotations

import re

from semduck.duck import claim_patterns as p
from semduck.duck import literals
from semduck.duck.claim_base import Found, Readers, literal_at, name_of, of, usable

_WORDS = r"[^.;:,`'\"=()\[\]→]{2,60}"
_COLON = re.compile(
    rf"{p.NAME} (?:is|was|becomes|became|gets)(?: (?:now|then))? "
    rf"(?=(?:an?|the|(?:re)?created|initiali[sz]ed|built|made|filled|sorted|reversed|updated|set|changed|"
    rf"split|"
    rf"(?:two|three|four|five|\d+)) ?){_WORDS}: `?"
    r"(?=[\[({'\"\w])"
)
_WHICH = re.compile(
    rf"{p.NAME} (?:stores|keeps|holds|saves|remembers|records|gets|receives|takes|is (?:set|"
    rf"assigned)(?: to)?|stored|"
    rf"kept|held|saved|got|becomes) (?:the|its|a) {_WORDS},? (?:which is|which was|namely|"
    rf"i\.e\.,?) (?:now )?`?(?=\S)"
)
_KEEPS = re.compile(
    rf"{p.NAME} (?:stores|keeps|holds|saves|kept) (?:the|its|an?) (?:(?:old|new|current|previous|initial|"
    rf"final|"
    r"original|default|same|running|last) )?(?:value|total|balance|count|sum|result|number|price|amount|"
    r"score) "
    r"(?:of|at) `?(?=[-\d'\"\[({])"
)
_AUGMENTED = re.compile(
    rf"{p.NAME} (?:\+|-|\*|/|//|%|\*\*)= `?(?:[\w.]+|'[^']*'|\"[^\"]*\")`? ?(?:→|->|=>|⇒|gives|"
    rf"makes it) `?(?=\S)"
)
_BEFORE_AFTER = re.compile(
    rf"{p.NAME} (?:is|was) `?(?P<a>[^`,;.]{{1,60}}?)`? before (?:this|the) (?:line|statement|step|"
    rf"assignment|call),?"
    r"(?: and| but|,)? (?:is |becomes )?`?(?P<b>[^`,;.]{1,60}?)`? (?:after(?:wards| it| that| this line)?)\b"
)
_BECOMES = re.compile(r"`? (?:becomes|became|turns into|is now|→|->|=>) `?(?=\S)")
_NOW_LAST = re.compile(rf"{p.NAME} (?:is|are|equals|holds|has the value) `?(?=\S)")
_LAST_NOW = re.compile(
    r"`? (?:now|afterwards|after (?:this|the) (?:line|statement|step|assignment|call))(?= *(?:[.;,]|$))"
)
_LABELLED = re.compile(
    rf"{p.NAME} (?:is|are) (?:an? )(?P<type>[a-z]+) (?:equal to|with (?:the )?value(?: of)?) `?(?=\S)"
)


def _late(text: str, match: re.Match[str]) -> Found | None:
    name, span = name_of(match), literal_at(text, match.end())
    if span is None or not usable(name):
        return None
    if p.AND_NEXT.match(text, span[1]) and text[span[0]] not in "[({":
        return None  # "has two keys: 'a' and 'b'"
    becomes = _BECOMES.match(text, span[1])
    after = literal_at(text, becomes.end()) if becomes else None
    if after is None:
        return [of("value", name, text, span)], span[1]
    return [of("value", name, text, span, "before"), of("value", name, text, after)], after[1]


def _typed(text: str, match: re.Match[str]) -> Found | None:
    """x is an int equal to 3."""
    name, span = name_of(match), literal_at(text, match.end())
    if span is None or not usable(name) or match["type"] not in p.TYPES:
        return None
    kind = of("type", name, text, match.span("type"), "either")
    return [kind, of("value", name, text, span, "either")], span[1]


def _now(text: str, match: re.Match[str]) -> Found | None:
    """ "x is 3 now" speaks of the state after the line."""
    name, span = name_of(match), literal_at(text, match.end())
    if span is None or not usable(name):
        return None
    last = _LAST_NOW.match(text, span[1]) if p.NAME_HERE.fullmatch(name[0]) else None
    return ([of("value", name, text, span)], last.end()) if last else None


def _before_after(text: str, match: re.Match[str]) -> Found | None:
    """x is None before this line and 17 afterwards."""
    name = name_of(match)
    if not usable(name) or any(literals.end_of(text, match.start(g)) != match.end(g) for g in "ab"):
        return None
    times = (("a", "before"), ("b", "after"))
    return [of("value", name, text, match.span(g), when) for g, when in times], match.end()


EARLY: Readers = ((_COLON, _late), (_BEFORE_AFTER, _before_after), (_LABELLED, _typed), (_NOW_LAST, _now))
TOLD: Readers = ((_AUGMENTED, _late), (_WHICH, _late), (_KEEPS, _late))
