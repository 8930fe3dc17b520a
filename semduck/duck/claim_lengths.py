"""Claims about how long a container is: it has 3 items, is empty, its length grows from 2 to 3."""

from __future__ import annotations

import re

from semduck.duck import claim_patterns as p
from semduck.duck.claim_base import Found, Readers, group, name_of, of, usable

_UNIT = (
    r"(?: more)?(?: [a-z-]+)?(?: (?:items?|elements?|entries|entry|characters?|keys?|values?|words?|"
    r"members?|tuples?|"
    r"strings?|letters?|numbers?|integers?|pairs?|key-value pairs|things|dictionaries|dicts|lists|rows|"
    r"objects|nodes|sublists)\b)"
)
_HAS = re.compile(
    rf"{p.NAME}(?: (?:now|still|only|also))? (?:has|contains|holds|consists of)(?: (?:now|only|exactly|"
    rf"just|still|"
    rf"exactly))*(?: (?:an?|the) (?:length|size) of| length)?(?P<many> \d[\d,]*| (?:one|two|three|four|"
    rf"five|six|seven|"
    rf"eight|nine|ten|eleven|twelve|no))(?P<unit>{_UNIT}| left| remaining)?"
)
_HAS_LENGTH = re.compile(rf"{p.NAME} (?:now )?has (?:a (?:length|size) of |length |size ){p.COUNT}")
_LENGTH = re.compile(
    r"\b(?:[Ll]ength|[Ss]ize|[Nn]umber of (?:elements|items|characters|keys|entries)) (?:of|in) "
    rf"(?:the )?(?:list |string |dictionary |set )?{p.NAME} (?:is|becomes|=|equals)(?: now| still)? {p.COUNT}"
)
_ITS_LENGTH = re.compile(rf"{p.NAME}'s (?:length|size) (?:is|becomes|equals)(?: now| still)? {p.COUNT}")
_EMPTY = re.compile(
    rf"{p.NAME} (?:is|remains|becomes|was)(?: now| still| currently| also)? (?P<n>(?:not )?empty)\b(?! "
    rf"\w+y\b)"
)
_EMPTY_OF = re.compile(r" (?:list|dict|dictionary|set|string|tuple)\b")
_GROWN = re.compile(
    rf"{p.NAME}(?: now| then)? (?:has grown|grows|grew|shrinks|shrank|has shrunk|is down|is up|is reduced|"
    rf"drops|"
    rf"extends|goes (?:up|down)|is cut) to {p.COUNT}{_UNIT}"
)
_IT_HAS = re.compile(
    rf"{p.NAME},?(?: and| so| which means| meaning)? (?:it|which|that) (?:now |then |still |thus )?(?:has|"
    rf"contains|"
    rf"holds|consists of) (?:now |exactly |only )?{p.COUNT}{_UNIT}"
)
_COURSE = re.compile(
    rf"(?:{p.NAME}'s (?:length|size)|\b[Tt]he (?:length|size) of (?:the )?(?:list |string |stack |"
    rf"queue )?{p.NAME2}) "
    r"(?:grows|goes|increases|changes|drops|decreases|shrinks|grew|went|increased|dropped|rises|falls) from "
    rf"(?P<a>{p.COUNT_BARE}) to (?P<b>{p.COUNT_BARE})\b"
)


def _has(text: str, match: re.Match[str]) -> Found | None:
    """`xs` has three elements: with "contains" only when it is said what is counted."""
    start = match.start("many") + 1
    span, unit = (start, match.end("many")), match["unit"]
    if not usable(name_of(match)) or not unit:
        return None
    if " more" in unit or re.search(r"distinct|unique|different|even|odd|same", unit):
        return None
    last = re.match(
        r" (?:now|afterwards|after (?:this|the) (?:line|statement|step|call))\b", text[match.end() :]
    )
    return [of("length", name_of(match), text, span, "after", "now" if last else "")], match.end()


def _empty(text: str, match: re.Match[str]) -> Found | None:
    if not usable(name_of(match)) or _EMPTY_OF.match(text, match.end()):
        return None
    return [of("length", name_of(match), text, match.span("n"), "either")], match.end()


def _course(text: str, match: re.Match[str]) -> Found | None:
    """The length of xs grows from 2 to 3."""
    name = name_of(match) if match["quoted"] or match["bare"] else name_of(match, "2")
    if not usable(name):
        return None
    times = (("a", "before"), ("b", "after"))
    return [of("length", name, text, match.span(g), when, "now") for g, when in times], match.end()


def _now(text: str, match: re.Match[str]) -> Found | None:
    """xs has grown to 3 items: a length after the line, never before it."""
    name = name_of(match)
    if not usable(name) or re.search(r"distinct|unique|different|even|odd|same", match.group()):
        return None
    return [of("length", name, text, match.span("n"), "after", "now")], match.end()


LENGTHS: Readers = (
    (_COURSE, _course),
    (_GROWN, _now),
    (_IT_HAS, _now),
    (_LENGTH, group("length", "n")),
    (_ITS_LENGTH, group("length", "n")),
    (_HAS_LENGTH, group("length", "n")),
    (_HAS, _has),
    (_EMPTY, _empty),
)
