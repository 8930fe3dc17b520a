"""Claims that set a name against something: a row of values, another name, a type; sums of numbers."""

from __future__ import annotations

import re

from semduck.duck import claim_patterns as p
from semduck.duck.claim_base import NOBODY, Found, Readers, listing, literal_at, name_of, of, readable, usable

_NOTE = r"(?: \([^()`]{1,30}\))?"
_SEQUENCE = re.compile(
    rf"(?:(?:\bfor|\bthrough|\bvisits|\bover|\bwith)(?: each)? {p.NAME} (?:=|in|being|equal to) |"
    rf"{p.NAME2} (?:(?:takes|takes on|assumes|will be|has|is assigned) (?:on )?(?:the )?values? |"
    rf"(?:runs|iterates|loops|goes|ranges|cycles|steps|counts) (?:over|through) (?:the values )?|"
    rf"(?:counts|goes|is in turn|takes in turn) (?=[-\d'\"(\[]))):? ?`?(?=\S)"
)
_RANGE = re.compile(
    rf"{p.NAME} (?:runs|ranges|iterates|counts|loops) from (?P<a>-?\d+) (?:up )?(?:to|through) (?P<b>-?\d+)\b"
    r"(?! \((?:exclusive|not))(?P<inclusive>)"
)
_LIST_END = re.compile(
    r"`?(?: (?:in turn|in order|respectively|one after another|in that order))?\s*(?:[.;,:)]|$| so\b| and\b)"
)
_SIGN = re.compile(
    rf"{p.NAME}{_NOTE} (?:is|are|"
    rf"was)(?P<negative> not)? (?P<op>{'|'.join(sorted(p.SIGNS, key=len, reverse=True))}) "
)
_DIFFERS = re.compile(
    rf"{p.NAME} (?:(?P<ne>differs from|does not equal|is different from|is not the same as)|"
    rf"(?P<eq>equals|is equal to|is "
    rf"the same as|matches)) {p.NAME2}"
)
_EXCEEDS = re.compile(
    rf"{p.NAME}{_NOTE} (?P<no>does not |doesn't )?exceeds? (?:the limit of )?(?!the )(?:{p.NAME2}|"
    rf"(?P<n>-?\d[\d.]*\b))"
)
_EQUAL = re.compile(
    rf"{p.NAME} and {p.NAME2} are (?P<not>not )?(?:(?P<eq>equal|identical|the same)|(?P<ne>different|"
    rf"unequal))"
    r"(?! (?:list|object|dict|set|tuple|length|size|type|kind|in\b))"
)
_TYPES = r"`?(?P<type>{}|[A-Z]\w{{0,60}})`?".format("|".join(sorted(p.TYPES, key=len, reverse=True)))
_TYPE = re.compile(
    rf"{p.NAME} (?:is|remains|stays|becomes|was)(?P<negative> not)?(?: (?:now|still|also|again|actually|"
    rf"just))?"
    r" (?:(?:an? )?(?:instance|object) of (?:the )?(?:class )?|of (?:the )?(?:type|class) |an? )"
    rf"(?:(?:new|sorted|plain|simple|regular|Python|single) )?{_TYPES}"
    r"(?! (?:containing an?|that|which|whose|object whose|comprehension|element|key|item|of length))\b"
    rf"(?: of (?:{p.COUNT} )?(?P<parts>[a-z]+)\b)?"
)
_ALL_TYPE = re.compile(
    rf"(?:\b[Aa]ll (?:of )?(?:the )?(?:elements|values|items|entries|members|keys) (?:of|in) {p.NAME} are|"
    rf"{p.NAME2} (?:contains|holds|consists of) only) `?(?P<parts>[a-z]+)`?(?= *(?:[.,;)]|$))"
)
_RETURN_TYPE = re.compile(
    rf"\b(?:[Tt]he function|[Tt]he method|[Ii]t|[Tt]his) return(?:s|ed) an? (?:(?:new|sorted|single|plain) "
    rf")?{_TYPES}"
    r"(?= *(?:[.,;:)]|$| of\b| with\b| containing\b))"
)
_SUM = re.compile(
    r"(?<![\w.`'\"\[(,=<>+*/%^-])(?<![\w=)] )`?(?P<sum>\(?-?\d[\d.]*(?: ?(?:\*\*|//|"
    r"[-+*/%]) ?\(?-?\d[\d.]*\)?){1,6})"
    r" ?(?:=|equals|is(?= -?\d)) ?`?(?P<n>-?\d+(?:,\d{3})*(?:\.\d+)?)(?![\w%]|\.\d| ?[-+*/(=<>])"
)


def _sequence(text: str, match: re.Match[str]) -> Found | None:
    name = name_of(match) if match["quoted"] or match["bare"] else name_of(match, "2")
    spans, end = listing(text, match.end())
    if len(spans) < 2 or not usable(name) or not _LIST_END.match(text, end):
        return None
    return [of("sequence", name, text, (spans[0][0], spans[-1][1]))], end


def _range(text: str, match: re.Match[str]) -> Found | None:
    name = name_of(match)
    return (
        ([of("sequence", name, text, (match.start("a"), match.end("b")), "after", "range")], match.end())
        if usable(name)
        else None
    )


def _order(text: str, match: re.Match[str]) -> Found | None:
    name, at = name_of(match), match.end() + (text[match.end() : match.end() + 1] == "`")
    span = literal_at(text, at)
    if span is None and (other := p.NAME_HERE.match(text, at)):
        span = other.span()
    if span is None or not usable(name) or text[slice(*span)].lower() in p.PRONOUNS:
        return None
    sign = p.SIGNS[match["op"]]
    return [of("order", name, text, span, "either", p.OPPOSITE[sign] if match["negative"] else sign)], span[1]


def _equal(text: str, match: re.Match[str]) -> Found | None:
    """`a` equals `b`; a and b are equal."""
    name, other = name_of(match), name_of(match, "2")
    if not usable(name) or not usable(other) or readable(other[0]):
        return None
    negated = "not" in match.re.groupindex and bool(match["not"])
    sign = "!=" if bool(match["ne"]) != negated else "=="
    span = match.span("quoted2" if match["quoted2"] else "bare2")
    return [of("order", name, text, span, "either", sign)], match.end()


def _exceeds(text: str, match: re.Match[str]) -> Found | None:
    name = name_of(match)
    other = next(g for g in ("quoted2", "bare2", "n") if match[g])
    if not usable(name) or not usable((match[other], other == "quoted2")):
        return None
    return [of("order", name, text, match.span(other), "either", "<=" if match["no"] else ">")], match.end()


def _type(text: str, match: re.Match[str]) -> Found | None:
    name = name_of(match)
    if not usable(name) or match["type"] in p.NO_TYPES:
        return None
    found = [of("type", name, text, match.span("type"), "either", "not" if match["negative"] else "")]
    parts = match["parts"] or ""
    if parts in p.PLURALS and not match["negative"]:
        found.append(of("type", name, text, match.span("parts"), "either", "parts"))
    return found, match.end()


def _all_type(text: str, match: re.Match[str]) -> Found | None:
    name = name_of(match) if match["quoted"] or match["bare"] else name_of(match, "2")
    if match["parts"] not in p.PLURALS or not usable(name):
        return None
    return [of("type", name, text, match.span("parts"), "either", "parts")], match.end()


def _return_type(text: str, match: re.Match[str]) -> Found | None:
    if match["type"] in p.NO_TYPES:
        return None
    found = [of("type", NOBODY, text, match.span("type"), "either", "result")]
    told = re.compile(r"`?(?:,|:|, namely)? `?(?=[\[({'\"\d-])").match(text, match.end())
    if told and (span := literal_at(text, told.end())):  # it returns a tuple, (1, 2)
        return [*found, of("return", NOBODY, text, span)], span[1]
    return found, match.end()


def _sum(text: str, match: re.Match[str]) -> Found | None:
    """12 % 5 = 2, standing for itself."""
    if "of " in text[max(0, match.start() - 4) : match.start()]:
        return None
    return [of("sum", (match["sum"].strip(), True), text, match.span("n"))], match.end()


ROWS: Readers = ((_SEQUENCE, _sequence), (_RANGE, _range))
RELATIONS: Readers = (
    (_RETURN_TYPE, _return_type),
    (_ALL_TYPE, _all_type),
    (_TYPE, _type),
    (_SIGN, _order),
    (_EXCEEDS, _exceeds),
    (_DIFFERS, _equal),
    (_EQUAL, _equal),
)
SUMS: Readers = ((_SUM, _sum),)
