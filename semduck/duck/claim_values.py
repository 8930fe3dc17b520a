"""Claims about values: what a name is, becomes, goes through and changes by."""

from __future__ import annotations

import re

from semduck.duck import claim_patterns as p
from semduck.duck import claim_verbs as verbs
from semduck.duck import literals
from semduck.duck.claim_base import (
    RESULT,
    Claim,
    Found,
    Readers,
    Span,
    listing,
    literal_at,
    name_of,
    of,
    readable,
    usable,
)

_VALUE = re.compile(
    rf"{p.NAME}{verbs.NOUN}{p.ALSO}(?:,? (?:which|and it) (?=(?:is|now|becomes|are|has)\b))?\s?\s*"
    rf"(?:(?P<ends>ends as)|(?P<after>{verbs.AFTER})|(?P<before>{verbs.BEFORE})|(?P<either>{verbs.EITHER}))"
    rf"(?P<negative> not(?: equal to)?)?{verbs.ABOUT}{verbs.FILL}:?\s*(?:at )?`?(?=\S)"
)
_GIVING = re.compile(
    rf"{p.NAME}(?:,| and)? (?:giving|making it|so it is|so it becomes|which makes it) `?(?=\S)"
)
_EMPTY_NAMED = re.compile(
    rf"\b(?:[Aa]n )?(?P<empty>empty (?:list|dictionary|dict|set|string|tuple))(?: (?:called|named))? {p.NAME}"
    r"(?= (?:is|was) (?:created|made|initiali[sz]ed|set up|defined)| *(?:[.,;]|$)| to )"
)
_GOES = re.compile(
    rf"{p.NAME}{p.ALSO} (?:(?:then|now|also) )?(?:goes|changes|increases|decreases|grows|drops|shrinks|"
    rf"moves|rises|"
    r"falls|changed|went|(?:is|gets|was) (?:updated|incremented|decremented|halved|doubled|reduced|increased|"
    r"decreased|changed|raised|lowered)|becomes|jump(?:s|ed)|flip(?:s|ped)|climb(?:s|ed)|switche[sd]|"
    r"turn(?:s|ed)|advance[sd]|went|grew|dropped|fell|rose|moved|shift(?:s|ed)|bump(?:s|ed)|increased|"
    r"decreased)(?: up| down| over)?(?: from)?:? `?(?=\S)"
)
_TO = re.compile(r"`?,?\s*(?:→|->|to)\s*`?")
_BY = re.compile(
    rf"{p.NAME} (?:(?:then|now|also|again) )?(?:(?:is|gets|was|has been|is then) )?(?:(?P<up>increase[sd]?|"
    r"incremented|goes up|went up|raised|rises|rose|grows|grew|bumped(?: up)?|increments)|"
    r"(?P<down>decrease[sd]?|"
    r"decremented|reduced|lowered|drop(?:s|ped)|falls?|fell|shrinks|goes down|went down|decrements)) "
    r"by (?:the value )?`?(?P<n>\d[\d,]*(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten)\b`?"
    r"(?! ?[-+*/%\[(])(?:,? (?:to become|becoming|and becomes|to|from (?P<from>-?\d[\d.,]*) to) `?(?=[-\d]))?"
)
_SET = re.compile(
    r"\b(?:sets?|updates?|initiali[sz]es?|assigns?) "
    r"(?:the (?:variable|value of) )?" + p.NAME + r" (?:to|as|with|=) `?"
)
_ASSIGNMENT = re.compile(rf"`(?P<name>{p.PATH}) = ")
_SEVERAL = re.compile(rf"(?<![\w.`])`?(?P<names>{p.PATH}(?:, {p.PATH}){{1,4}}) = `?(?=\S)")
_TUPLE = re.compile(
    rf"`?(?P<names>\({p.PATH}(?:, {p.PATH}){{1,4}}\))`? (?:becomes|is now|is|are|=|are now|becomes now) "
    rf"`?(?=\()"
)
_BOTH = re.compile(
    rf"(?:[Bb]oth )?{p.NAME} and {p.NAME2} (?:are|equal|have the value|start (?:as|at|out as)|become)"
    r"(?: (?:now|both|also|still|initially|each|then))*(?: (?:set|equal|initiali[sz]ed)(?: to| as| "
    r"with))? `?(?=\S)"
)
_PLACES = {w: i - 1 for w, i in p.ORDINALS.items() if i} | {"last": -1, "final": -1}
_PLACED = re.compile(
    rf"\b[Tt]he (?P<nth>{'|'.join(_PLACES)}) (?:element|item|entry|character|value|member|letter|word|"
    rf"number) "
    rf"(?:of|in) (?:the )?(?:list |string |tuple )?{p.NAME} (?:is|becomes|equals|=|is now|was) (?:now |"
    rf"still )?`?(?=\S)"
)
_CUE = re.compile(
    r"(?:^|[,;:.(] ?|\bso |\band |\bbut )(?:[Ss]ince|[Bb]ecause|[Aa]s|[Gg]iven(?: that)?|[Ww]hen|"
    r"[Ww]hile|[Ww]here|[Bb]efore|"
    r"[Ww]ith|[Cc]urrently|[Cc]hecks? (?:if|whether)) [^.;:]{0,60}$"
)
_OTHER_CALL = re.compile(
    r"\b(?:[Cc]alls?|[Cc]alling|[Cc]alled|[Ii]nvoked|recursive call|[Rr]ecurses)\b[^.;]{0,60}? "
    r"with\b[^.;]{0,80}$"
)
_WAS = re.compile(r" \((?:it was|was|previously|from) (?=\S)")
_NOW = re.compile(r"`?,? and (?:(?:it )?(?:is now|now is|becomes|became|is then)) `?(?=\S)")
_THEN = re.compile(
    r"\b(?:now|then|but|becomes?|turns|before|previously|earlier|still|stay(?:s|ed)|remain(?:s|ed)|after\w*)\b|→|->"
)
_AFTERWARDS = re.compile(
    r"(?:^|[.;,] )(?:[Ii]n this (?:iteration|round|pass)|[Tt]his time|[Aa]fter (?:this|that|the (?:line|call|"
    r"assignment|statement|append|swap|update|increment|removal|reversal)|`|[a-z]+ing )[^.;,]{0,60}),? "
    r"(?:[a-z]+ ){0,2}$"
)
_OTHER_NAME = re.compile(rf"{p.PATH} ?=(?!=)")
_COMPARED = re.compile(r"`? ?(?:[<>]=?|[!=]=) ?`?[\w\[('\"-]")
_TESTED = re.compile(r"\b(?:in|not|is) `?$")
_ARROWS = "→-⇒←<"
_SAME = re.compile(r"(?:, | \(|; )the same object as `(?P<other>[^`]+)`")
_ARROW = re.compile(r"`? ?(?:→|->|=>) ?`?(?=\S)")
_TRUTH = re.compile(r"`? (?:is|evaluates to|are|was|→|->) ")


def _value(text: str, match: re.Match[str]) -> Found | None:
    name, span = name_of(match), literal_at(text, match.end())
    assigned = (match["either"] or "").startswith("=")  # "a = 3" speaks of a name, "a is 3" hardly
    if span is None or not (assigned or usable(name)):
        return None
    if _in_a_test(text, match, span) or (match["negative"] and (match["after"] or " ")[:1] in _ARROWS):
        return None  # "… → not (True)" works a test out
    if match["either"] in ("=", ":") and (arrow := _ARROW.match(text, span[1])):
        if not _OTHER_NAME.match(text, arrow.end()) and (after := literal_at(text, arrow.end())):
            return _course(text, name, span, after)
    when, extra = _time(text, match, span), "not" if match["negative"] else ""
    if match["about"] or match["either"] == "≈":
        extra = extra or "about"
    if match.group().rstrip("` ").endswith(" are") and _another(text, span[1]):
        return None  # "the items are 1, 2 and 3" names them one by one
    found, at = [of("value", name, text, span, when, extra)], span[1]
    if when == "before" and (now := _NOW.match(text, at)):
        if new := literal_at(text, now.end()):
            found.append(of("value", name, text, new))
            at = new[1]
    if was := _WAS.match(text, at):
        if old := literal_at(text, was.end()):
            found.append(of("value", name, text, old, "before"))
            at = old[1]
    if same := _SAME.match(text, at):
        found.append(of("same", name, text, same.span("other")))
        at = same.end()
    return found, at


def _in_a_test(text: str, match: re.Match[str], span: Span) -> bool:
    """ "x == 3 is True", "'a' in xs → False", "n > k: 5 > 3" tell a test, not a value."""
    if match["either"] == "==" and (_TRUTH.match(text, span[1]) or text[span[1] : span[1] + 1] == ")"):
        return True
    if _COMPARED.match(text, span[1]):
        return True
    return (
        text[slice(*span)].lower() in ("true", "false")
        and _TESTED.search(text[max(0, match.start() - 9) : match.start()]) is not None
    )


def _time(text: str, match: re.Match[str], span: Span) -> str:
    """When it speaks of; a plain "was" may be the tense of the whole story."""
    if match["ends"]:
        return "course-after"
    if match["after"]:
        return "after"
    if match["before"]:
        told = (
            match["before"] not in ("was", "were") or _NOW.match(text, span[1]) or _THEN.search(text, span[1])
        )
        return "before" if told else "either"
    if _AFTERWARDS.search(text, 0, match.start()):
        return "after"
    if match["either"] == "=" and not _at_once(text, match.end(), span):
        return "after"  # "x = xs[0] = 3" is what the line does
    return _when(text, match.start())


def _at_once(text: str, at: int, span: Span) -> bool:
    """Does the value stand at once behind the verb, not at the end of a working?"""
    return span[0] - at <= 2


def _when(text: str, at: int) -> str:
    """ "since x is 3" may tell what was before; "called with x = 3" speaks of the call that begins."""
    said = text[max(0, at - 160) : at]
    return "call" if _OTHER_CALL.search(said) else "given" if _CUE.search(said) else "either"


def _another(text: str, at: int) -> bool:
    more = p.AND_NEXT.match(text, at)
    return more is not None and literal_at(text, more.end()) is not None


def _giving(text: str, match: re.Match[str]) -> Found | None:
    name, span = name_of(match), literal_at(text, match.end())
    return ([of("value", name, text, span)], span[1]) if span and usable(name) else None


def _empty_named(text: str, match: re.Match[str]) -> Found | None:
    return [of("value", name_of(match), text, match.span("empty"))], match.end()


def _quoted_assignment(text: str, match: re.Match[str]) -> Found | None:
    """`total = 6` as a whole in backticks."""
    close = text.find("`", match.end())
    if close > 0 and (link := RESULT.match(text, close)) and not readable(text[match.end() : close]):
        if told := literal_at(text, link.end()):  # `left = fib(4)`, which is 3
            return [of("value", (match["name"], True), text, told)], told[1]
    span = literal_at(text, match.end())
    if span is None or text[span[1] : span[1] + 1] != "`" or not readable(text[slice(*span)]):
        return None
    return [Claim("value", match["name"], text[slice(*span)], *span, "after", "", True)], span[1] + 1


def _goes(text: str, match: re.Match[str]) -> Found | None:
    name, first = name_of(match), literals.end_of(text, match.end())
    to = _TO.match(text, first) if first else None
    last = literal_at(text, to.end()) if to else None
    if first is None or last is None or not usable(name):
        return None
    return _course(text, name, (match.end(), first), last)


def _course(text: str, name: tuple[str, bool], first: tuple[int, int], last: tuple[int, int]) -> Found:
    before, after = ("value", name, text, first, "course-before"), ("value", name, text, last, "course-after")
    return [of(*before), of(*after)], last[1]


def _by(text: str, match: re.Match[str]) -> Found | None:
    name = name_of(match)
    if not usable(name):
        return None
    sign = "+" if match["up"] else "-"
    found, at = [of("by", name, text, match.span("n"), "after", sign)], match.end("n")
    to = literal_at(text, match.end()) if text[match.end("n") : match.end()].strip("` ") else None
    if match["from"]:
        found.append(of("value", name, text, match.span("from"), "before"))
    if to:
        found.append(of("value", name, text, to))
        at = to[1]
    return found, at


def _set(text: str, match: re.Match[str]) -> Found | None:
    span = literal_at(text, match.end())
    return ([of("value", name_of(match), text, span)], span[1]) if span and usable(name_of(match)) else None


def _several(text: str, match: re.Match[str]) -> Found | None:
    """a, b = 12, 6"""
    names = match["names"].split(", ")
    spans, end = listing(text, match.end())
    if len(names) != len(spans) or {n.lower() for n in names} & p.PRONOUNS:
        return None
    return [of("value", (n, True), text, s, "either") for n, s in zip(names, spans, strict=True)], end


def _tuple(text: str, match: re.Match[str]) -> Found | None:
    span = literal_at(text, match.end())
    return ([of("value", (match["names"], True), text, span, "either")], span[1]) if span else None


def _both(text: str, match: re.Match[str]) -> Found | None:
    names = [name_of(match), name_of(match, "2")]
    span = literal_at(text, match.end())
    if span is None or not all(map(usable, names)):
        return None
    second = p.AND_NEXT.match(text, span[1])
    other = literal_at(text, second.end()) if second else None
    spans = [span, other or span]
    return [of("value", n, text, s, "either") for n, s in zip(names, spans, strict=True)], spans[-1][1]


def _placed(text: str, match: re.Match[str]) -> Found | None:
    """The last element of xs is 3."""
    (name, _), span = name_of(match), literal_at(text, match.end())
    if span is None or not usable(name_of(match)):
        return None
    return [of("value", (f"{name}[{_PLACES[match['nth']]}]", True), text, span, "either")], span[1]


COURSES: Readers = (
    (_EMPTY_NAMED, _empty_named),
    (_BY, _by),
    (_GOES, _goes),
    (_BOTH, _both),
    (_SEVERAL, _several),
    (_TUPLE, _tuple),
    (_PLACED, _placed),
)
SETS: Readers = ((_SET, _set),)
VALUES: Readers = ((_ASSIGNMENT, _quoted_assignment), (_VALUE, _value), (_GIVING, _giving))
