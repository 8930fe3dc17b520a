"""Claims about containers: what they gain, lose and hold, how long they are, and which names share one."""

from __future__ import annotations

import re

from semduck.duck import claim_patterns as p
from semduck.duck import literals
from semduck.duck.claim_base import (
    Found,
    Readers,
    Span,
    listing,
    literal_at,
    name_of,
    named,
    of,
    usable,
)

_GAIN = re.compile(rf"{p.NAME}{p.ALSO} (?P<verb>gains|loses) `?")
_ADDED = re.compile(
    r"\b(?:append(?:s|ed|ing)?|adds?|added|adding|push(?:es|ed)?|inserts?) "
    r"(?:the )?(?:value |string |number |element |item |key |tuple |character )?`?"
)
_TOOK = re.compile(
    r"\b(?:removes?|removing|pops?|popping|deletes?|discards?) "
    r"(?:the )?(?:value |string |number |element |item |key |tuple |character )?`?"
)
_TARGET = r"(?!an? [a-z])(?:the )?(?:end of )?(?:the )?(?:list |set |dictionary |stack |queue |deque )?"
_ONTO = re.compile(rf"`? (?:is (?:appended|added) )?(?:to|into|onto) {_TARGET}(?={p.NAME})")
_FROM = re.compile(rf"`? from {_TARGET}(?={p.NAME})")
_MOVED = re.compile(
    r"(?<=\S) (?:is|are|gets|was|has been) (?:then |also |now |next |again |finally )?(?P<negative>not "
    r")?(?:(?P<gain>appended|"
    r"added|pushed|inserted|put|stored|enqueued|recorded)|(?P<lose>removed|deleted|popped|dropped|discarded|"
    r"dequeued|taken|subtracted)) (?:to|onto|"
    r"on|into|in|from|off) "
    rf"{_TARGET}(?={p.NAME})"
)
_GOES_IN = re.compile(
    rf"(?<=\S) (?P<gain>goes into|is put into|enters|joins|lands in|is saved in|ends up in|"
    rf"went into)(?P<negative>) "
    rf"{_TARGET}(?={p.NAME})"
)
_NEW_KEY = re.compile(
    rf"{p.NAME} (?:(?:then|now|also) )?(?:gets|gains|receives|has) an? (?:new )?(?:key|entry|element|"
    rf"item|member) `?(?=\S)"
)
_IN = re.compile(
    r"(?<=\S) (?:is|was|are)(?: (?:already|also|now|still|indeed|found|present|contained))*(?P<negative> "
    r"not| no longer)?"
    r"(?: (?:yet|already|found|present|contained|currently))*"
    r" (?:in|inside|a key (?:of|in)|a member of|an element of) (?:the )?(?:dictionary |list |set |dict |"
    r"string )?"
    rf"(?!an? [a-z]){p.NAME}(?![\w\[(]|\.\w| (?:is|was|==|!=|>|<|=)| ?\()"
)
_CONTAINS = re.compile(
    rf"{p.NAME} (?:now |also |still |already )?(?P<verb>contains|does not contain|doesn't contain|no "
    rf"longer contains|"
    r"includes|does not include|has the key|does not have the key)(?: the (?:key|value|element|item|"
    r"number|string))? `?"
)
_KEYS = re.compile(
    rf"(?:\b[Tt]he keys (?:of|in) {p.NAME} are|{p.NAME2}(?:'s keys are| (?:now )?(?P<some>contains|has) "
    rf"the keys))"
    r"(?: now)? `?(?=\S)"
)
_UNCHANGED = re.compile(
    rf"{p.NAME}(?: itself)? (?:(?:remains|stays|is|is left) unchanged|(?:is|was) not (?:changed|modified|"
    rf"affected|altered|"
    r"touched|mutated|updated)|does not change|doesn't change|remains the same|stays the same|is "
    r"unaffected|is untouched)"
)
_DELETED = re.compile(rf"{p.NAME}{p.ALSO} is (?:deleted|removed)(?! from)")
_SAME_AS = re.compile(
    rf"{p.NAME} (?:(?:refers|points) to|is|references) (?:exactly )?(?:the same (?:list|object|dict|"
    rf"dictionary|set|"
    rf"instance)(?: in memory)? as|an alias (?:of|for|to)) {p.NAME2}"
)
_SAME_TWO = re.compile(
    rf"{p.NAME} and {p.NAME2} (?:are|refer to|point to|reference) (?P<not>not )?(?:both )?the same "
    r"(?:list|object|dict|dictionary|set|instance)"
)


def _gain(text: str, match: re.Match[str]) -> Found | None:
    name, span = name_of(match), literal_at(text, match.end())
    if span is None or not usable(name):
        return None
    found, at = [of(match["verb"][:-1] if match["verb"] == "gains" else "lose", name, text, span)], span[1]
    arrow = re.compile(r" (?:→|->) ").match(text, at)
    if arrow and (after := literal_at(text, arrow.end())):
        found.append(of("value", name, text, after))
        at = after[1]
    return found, at


def _added(text: str, match: re.Match[str]) -> Found | None:
    """We append 3 to `xs`; the name may begin a claim of its own ("`xs`, which is now …")."""
    return _active(text, match, _ONTO, "gain")


def _took(text: str, match: re.Match[str]) -> Found | None:
    return _active(text, match, _FROM, "lose")


def _active(text: str, match: re.Match[str], link: re.Pattern[str], kind: str) -> Found | None:
    span = literal_at(text, match.end())
    joint = link.match(text, span[1]) if span else None
    if span is None or joint is None or not usable(name_of(joint)):
        return None
    return [of(kind, name_of(joint), text, span)], joint.end() - 1


def _moved(text: str, match: re.Match[str]) -> Found | None:
    span = before(text, match.start())
    if span is None or not usable(name_of(match)):
        return None
    kind = "gain" if match["gain"] else "lose"
    return [
        of(kind, name_of(match), text, span, "after", "not" if match["negative"] else "")
    ], match.end() - 1


def before(text: str, end: int) -> Span | None:
    """Span of the literal that ends at `end`: the longest one that begins behind a space, "`" or "("."""
    found = None
    end -= text[end - 1 : end] == "`"
    for at in range(end - 1, max(-1, end - 200), -1):
        if at and text[at - 1] not in " `\t(":
            continue
        if literals.end_of(text, at) == end:
            found = (at, end)
            if text[at] in "[({'\"" or text[at - 1 : at] in ("`", ""):
                break
        elif found and text[at] not in "'\"[({":
            break
    return found


def _new_key(text: str, match: re.Match[str]) -> Found | None:
    span = literal_at(text, match.end())
    if span is None or not usable(name_of(match)):
        return None
    return [of("gain", name_of(match), text, span, "after", "new")], span[1]


def _in(text: str, match: re.Match[str]) -> Found | None:
    span = before(text, match.start()) or _path_before(text, match.start())
    if span is None or not usable(name_of(match)):
        return None
    kind = "absent" if match["negative"] else "member"
    return [of(kind, name_of(match), text, span, "either")], match.end()


def _path_before(text: str, end: int) -> Span | None:
    """A name or element in backticks that ends at `end`."""
    start = text.rfind("`", 0, end - 1) + 1
    quoted = text[end - 1 : end] == "`" and start > 0
    return (start, end - 1) if quoted and re.fullmatch(p.PATH, text[start : end - 1]) else None


def _member(text: str, match: re.Match[str]) -> Found | None:
    spans, end = listing(text, match.end())
    if not spans or not usable(name_of(match)) or p.UNTOLD.match(text, end):
        return None
    kind = "absent" if "no" in match["verb"].split("contain")[0].replace("n't", "no") else "member"
    when = "after" if re.search(r" (?:still|now|no longer) ", match.group()) else "either"
    return [of(kind, name_of(match), text, s, when) for s in spans], end


def _keys(text: str, match: re.Match[str]) -> Found | None:
    name = name_of(match) if match["quoted"] or match["bare"] else name_of(match, "2")
    spans, end = listing(text, match.end())
    if not spans or not usable(name):
        return None
    return [of("keys", name, text, (spans[0][0], spans[-1][1]), "either", match["some"] or "")], end


def _same(text: str, match: re.Match[str]) -> Found | None:
    name, other = name_of(match), name_of(match, "2")
    if not usable(name) or not usable(other):
        return None
    extra = "not" if "not" in match.re.groupindex and match["not"] else ""
    span = match.span("quoted2" if match["quoted2"] else "bare2")
    return [of("same", name, text, span, "after", extra)], match.end()


CONTENTS: Readers = (
    (_GAIN, _gain),
    (_ADDED, _added),
    (_TOOK, _took),
    (_MOVED, _moved),
    (_GOES_IN, _moved),
    (_NEW_KEY, _new_key),
    (_DELETED, named("deleted")),
    (_UNCHANGED, named("unchanged")),
    (_SAME_AS, _same),
    (_SAME_TWO, _same),
    (_KEYS, _keys),
    (_CONTAINS, _member),
    (_IN, _in),
)
