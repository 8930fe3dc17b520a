"""Claims that leave the name to the line they speak of ("7 is pushed"), and what is left of a name."""

from __future__ import annotations

import re

from semduck.duck import claim_patterns as p
from semduck.duck.claim_base import NOBODY, Found, Reader, Readers, literal_at, name_of, of, usable
from semduck.duck.claim_contents import before

_END = r"(?= *(?:[.,;:)]|$)| (?:and|so|which|giving|leaving|making|→|->|=>)(?:\W|$))"
_PLACE = (
    r"(?: (?:to|from|at|off|onto|on|into) (?:the |its )?(?:end|left|right|front|back|top|start|tail|head))?"
)
_GAINS = r"append(?:ed)?|add(?:ed)?|push(?:ed)?|enqueued?|inserted?|stored?"
_LOSES = r"removed?|deleted?|pop(?:ped)?|dequeued?|discard(?:ed)?|dropped"
_PASSIVE = re.compile(
    rf"(?<=\S) (?:is|are|gets|was|has been) (?:then |also |now |next |again |finally )?(?P<not>not )?"
    rf"(?:(?P<gain>{_GAINS})|(?P<lose>{_LOSES})){_PLACE}{_END}"
)
_ACTIVE = re.compile(
    r"\b(?:(?P<gain>[Aa]ppend(?:s|ed|ing)?|[Aa]dd(?:s|ed|ing)?|[Pp]ush(?:es|ed|ing)?|[Ee]nqueue(?:s|d)?)|"
    r"(?P<lose>[Pp]op(?:s|ped|ping)?|[Rr]emov(?:es?|ed|ing)|[Dd]iscards?|[Dd]equeue[sd]?)) "
    r"(?:the )?(?:value |string |number |element |item |key |tuple |character )?`?(?=\S)"
)
_ACTIVE_END = re.compile(rf"`?{_PLACE}{_END}")
_LEAVING = re.compile(
    r"(?:,| and) (?:leaving|giving|which leaves|which gives|resulting in)(?: us)?(?: with)? `?(?=\S)"
)
_LEFT = re.compile(
    rf"(?:\b(?:leaving|leaves|left) (?:the )?{p.NAME}(?: (?:at|as|with|equal to))?|"
    rf"{p.NAME2} (?:is|was) left (?:with|at|as)) (?:(?P<empty>empty)\b|`?(?=\S))"
)
_STARTS_EMPTY = re.compile(
    rf"{p.NAME} (?:starts|started|begins|began)(?: out| off)? (?P<n>empty)\b|"
    rf"\b[Ss]tart(?:s|ed)? (?:out |off )?with an (?P<n2>empty) (?!(?:list|string|dict|set|tuple|"
    rf"deque)\w*\b){p.NAME2}"
)
_BOTH_EMPTY = re.compile(
    rf"{p.NAME} and {p.NAME2} (?:are|were|start|begin|started|remain|stay)(?: (?:out|off|both|still|now|"
    rf"initially))* "
    r"(?P<n>(?:not )?empty)\b"
)
_BOTH_UNCHANGED = re.compile(
    rf"{p.NAME} and {p.NAME2} (?:are|were|stay|remain|do|did|have|is|both)(?: both| left| been)* "
    r"(?:unchanged|untouched|unmodified|unaffected|not (?:change|changed|modified|touched)|the same)\b(?! \w)"
)


def _moved(text: str, match: re.Match[str]) -> Found | None:
    """ "7 is pushed": onto what the line says."""
    span = before(text, match.start())
    if span is None:
        return None
    kind, extra = "gain" if match["gain"] else "lose", "not" if match["not"] else ""
    return [of(kind, NOBODY, text, span, "after", extra)], match.end()


def _moves(text: str, match: re.Match[str]) -> Found | None:
    """ "We push 7"."""
    span = literal_at(text, match.end())
    if span is None or not _ACTIVE_END.match(text, span[1]):
        return None
    return [of("gain" if match["gain"] else "lose", NOBODY, text, span)], span[1]


def _leaving(text: str, match: re.Match[str]) -> Found | None:
    span = literal_at(text, match.end())
    extra = "left" if "leav" in match.group() else ""
    return ([of("value", NOBODY, text, span, "after", extra)], span[1]) if span else None


def _left(text: str, match: re.Match[str]) -> Found | None:
    """ "leaving the stack empty", "xs is left with [1]"."""
    name = name_of(match) if match["quoted"] or match["bare"] else name_of(match, "2")
    if not usable(name):
        return None
    if match["empty"]:
        return [of("length", name, text, match.span("empty"))], match.end()
    span = literal_at(text, match.end())
    return ([of("value", name, text, span)], span[1]) if span else None


def _empty(text: str, match: re.Match[str]) -> Found | None:
    first = match["n"] is not None
    name = name_of(match) if first else name_of(match, "2")
    span = match.span("n" if first else "n2")
    return ([of("length", name, text, span, "either")], match.end()) if usable(name) else None


def _two(kind: str, group: str) -> Reader:
    """A reader for a shape that says the same of two names."""

    def read(text: str, match: re.Match[str]) -> Found | None:
        names = [name_of(match), name_of(match, "2")]
        if not all(map(usable, names)):
            return None
        span = match.span(group) if group else match.span()
        return [of(kind, n, text, span, "either") for n in names], match.end()

    return read


NAMELESS: Readers = (
    (_BOTH_EMPTY, _two("length", "n")),
    (_BOTH_UNCHANGED, _two("unchanged", "")),
    (_STARTS_EMPTY, _empty),
    (_LEFT, _left),
    (_PASSIVE, _moved),
    (_ACTIVE, _moves),
    (_LEAVING, _leaving),
)
