"""Claims about what is printed."""

from __future__ import annotations

import re

from semduck.duck import literals
from semduck.duck.claim_base import NOBODY, Found, Readers, literal_at, of
from semduck.duck.claim_contents import before

_PRINTS_ALL = re.compile(r"\b[Aa]ll that is printed is (?=\S)")
_PRINTS = re.compile(
    r"(?<!would )(?<!should )(?<!could )(?<!not )(?<!never )"
    r"\b(?:(?P<sure>[Pp]rints|[Pp]rinted|[Pp]rinting)|[Oo]utputs|[Dd]isplays) "
    r"(?:(?P<lines>\d+) lines, the first )?(?:out )?(?:the (?:line|text|string|message) )?(?=\S)"
)
_BARE = re.compile(
    r"(?!(?:the|an?|out|each|both|its|this|all) )"
    r"[A-Za-z_][\w ]{0,20}?(?: ?= ?|: )[\w.'\"\[\](){}, -]{1,60}?(?=\.?$)"
)
_OUTPUT = re.compile(
    r"\b[Tt]he (?:printed )?(?:output|line printed|printed line|printed text) is:? (?=[`'\"\d])"
)
_IS_PRINTED = re.compile(
    r"(?<=\S) (?:is|gets|was|will be) (?:then |now |also )?(?:printed|output|displayed)\b"
)
_NOTHING = re.compile(
    r"\b(?P<none>[Nn]othing) (?:is|gets|was) (?:printed|output)\b|\b[Pp]rints (?P<none2>nothing)\b"
)


def _prints(text: str, match: re.Match[str]) -> Found | None:
    start = match.end()
    end = text.find("`", start + 1) + 1 if text[start] == "`" else literals.end_of(text, start)
    when, extra = "after" if match["sure"] else "either", match["lines"] or ""
    if not end and (bare := _BARE.match(text, start)):
        end, extra = bare.end(), "bare"
    return ([of("output", NOBODY, text, (start, end), when, extra)], end) if end else None


def _output(text: str, match: re.Match[str]) -> Found | None:
    start = match.end()
    end = text.find("`", start + 1) + 1 if text[start] == "`" else literals.end_of(text, start)
    return ([of("output", NOBODY, text, (start, end), "either")], end) if end else None


def _printed(text: str, match: re.Match[str]) -> Found | None:
    """'done' is printed."""
    span = before(text, match.start())
    return ([of("output", NOBODY, text, span)], match.end()) if span else None


def _nothing(text: str, match: re.Match[str]) -> Found:
    word = "none" if match["none"] else "none2"
    return [of("output", NOBODY, text, match.span(word), "after", "nothing")], match.end()


def _prints_all(text: str, match: re.Match[str]) -> Found | None:
    span = literal_at(text, match.end())
    return ([of("all-output", NOBODY, text, span)], span[1]) if span else None


PRINTS: Readers = (
    (_PRINTS_ALL, _prints_all),
    (_NOTHING, _nothing),
    (_PRINTS, _prints),
    (_OUTPUT, _output),
    (_IS_PRINTED, _printed),
)
