"""Claims about calls: what they return, yield, raise and print, and which line runs next."""

from __future__ import annotations

import re

from semduck.duck import claim_patterns as p
from semduck.duck import literals
from semduck.duck.claim_base import NOBODY, Found, Reader, Readers, group, literal_at, of
from semduck.duck.claim_contents import before

_CALLEE = r"(?P<callee>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,4})"
_RETURNS = re.compile(
    rf"(?:(?<![\w.])`?{_CALLEE}"
    r"(?:\((?P<args>[^`()]{0,200}(?:\([^`()]{0,80}\)[^`()]{0,80}){0,4})\))?`?,? )?"
    r"(?P<and>(?:which |then |finally |and )*)"
    r"(?<!should )(?<!not )(?<!would )"
    r"\b(?:[Rr]eturns|[Rr]eturning|[Rr]eturn value is|returned value is|(?:will|to) return|"
    r"(?<!is )(?<!be )(?<!was )[Rr]eturned(?=:| (?:the|an?)\b| [-\d'\"\[({`TFN])|[Rr]eturn)"
    r"(?: the (?:final |current )?value (?:of|in|stored in) `?[A-Za-z_][\w.\[\]]{0,40}`?(?:,? which is| "
    r"\(|,|:)?(?: now)?)?"
    r"(?: (?:the|an?)(?: [a-z]{2,12}){1,3})?(?: value)?(?: of)?:? `?(?=\S)"
)
_RETURN_NOT = re.compile(r"\b(?:does not|doesn't|never|not) returns? `?(?=\S)")
_IS_RETURNED = re.compile(
    r"(?<=\S) (?:is|gets|was|will be) (?:then |immediately |finally |therefore )?returned\b(?! (?:by|"
    r"from|to the caller by))"
)
_YIELDS = re.compile(
    r"\b[Yy]ields(?: the)?(?: (?:value|list|number|string|tuple|next value|chunk))?:? `?(?=\S)"
)
_CALL_BEFORE = re.compile(r"\w\([^()]{0,60}\)|\b__\w+__\b")
_SUBJECT = re.compile(  # "`charge` succeeds and returns 18", "charge is called and …"
    r"`(?P<quoted>[A-Za-z_]\w*(?:\.\w+){0,4})`[^`;.]{0,80}$|"
    r"(?:^|[,;:.] |\b(?:so|then|since|because|as|here) )(?P<bare>[A-Za-z_]\w*)(?: [^`,;.]{0,80})$"
)
_OF_ANOTHER = re.compile(r"\b(?:which|(?:because|since|as) it)\b[^,;]{0,10}$")
_IS_YIELDED = re.compile(r"(?<=\S) (?:is|gets|was|will be) (?:then |now |finally |next )?yielded\b")
_ERROR = (
    r"`?(?P<what>(?:[A-Za-z_]\w*\.)*(?:[A-Z]\w*(?:Error|Exception|Iteration|Interrupt|Warning|Exit)|"
    r"exception|error))\b`?"
)
_MESSAGE = (
    r"(?:\((?P<m1>'[^']{0,200}'|\"[^\"]{0,200}\")\)`?|(?:,? with (?:the )?(?:error )?message|, saying|:) "
    r"`?(?P<m2>'[^']{0,200}'|\"[^\"]{0,200}\"))?"
)
_RAISES = re.compile(
    r"(?<!would )(?<!could )(?<!might )(?<!may )(?<!can )(?<!should )"
    r"(?P<not>\bnot |n't |\bnever |\bwithout )?\b(?:raises|throws|raise|raising|throw|throwing|triggers|"
    r"triggering) "
    rf"(?P<no>no |any )?(?:(?:an?|the) )?{_ERROR}{_MESSAGE}"
)
_IS_RAISED = re.compile(
    rf"(?P<no>\b[Nn]o )?{_ERROR}(?:\((?P<m1>'[^']{{0,200}}'|\"[^\"]{{0,200}}\")\)`?)? (?:exception "
    rf")?(?:(?:is|gets|was|will be) "
    r"(?P<not>not )?(?:immediately |then |therefore )?(?:raised|thrown|triggered)|occurs|is encountered|"
    r"happens)"
    r"(?:,? with (?:the )?(?:error )?message `?(?P<m2>'[^']{0,200}'|\"[^\"]{0,200}\"))?"
)
_IS_CAUGHT = re.compile(
    rf"{_ERROR}(?: (?P<raised>(?:raised|thrown)(?: here| there| by [^,.;]{{1,40}}?)?))? (?:is|was|gets) "
    rf"(?P<n>(?:not |never )?(?:caught|handled))(?! (?:at|on|by [^.;]{{0,40}} (?:at|on)) "
    rf"(?:line )?\d)"
)
_LONGEST_CALL = 200  # characters
_GIVEN = re.compile(
    r"(?<![\w.`'\"*/%+=<>-])(?<![*/%+=<>-] )(?P<callee>(?!len\()[a-z_]\w*(?:\.\w+){0,3})(?=\()"
)
_GIVES = re.compile(
    r" ?(?:→|->|=>|⇒|=(?!=)) ?`?(?=\S)| (?:gives|gave|yields|evaluates to|comes back with|"
    r"is (?:called|invoked|awaited) and (?:returns|gives|yields)) `?(?=\S)"
)
_CALLED = re.compile(
    r"\b(?:[Cc]all(?:s|ed|ing)?|[Aa]wait(?:s|ed|ing)?|[Ii]nvok(?:es?|ed|"
    r"ing)) (?:itself as )?(?:the function )?`?(?P<callee>[A-Za-z_]\w*(?:\.\w+){0,4})\("
)
_WHICH = re.compile(
    r"`?,? (?:(?:which|and it|it|that) )?(?:in turn )?(?P<verb>returns|gives|evaluates to) `?"
)
_WHICH_RAISES = re.compile(r"`?,? (?:which|and it|it|that) (?=raises )")


def _returns(text: str, match: re.Match[str]) -> Found | None:
    span = literal_at(text, match.end())
    if span is None:
        return None
    callee = match["callee"] or ""
    said = text[max(0, match.end("and") - 100) : match.end("and")]
    if match["args"] is None and re.search(r"\band (?:then )?$", said) and _CALL_BEFORE.search(said):
        return None  # "f(3) is … and returns 2" speaks of f
    word = callee.lower()
    if _OF_ANOTHER.search(said) and _CALL_BEFORE.search(said):
        return None  # "f(3) is skipped because it returns 0"
    if match["args"] is None and (match["and"] or word in p.PRONOUNS or word in p.GENERIC):
        callee = ""
    call = f"{callee}({match['args']})" if callee and match["args"] is not None else ""
    if not callee and (subject := _SUBJECT.search(said.removesuffix(match["and"]))):
        name = subject["quoted"] or subject["bare"]
        if name.lower() not in p.PRONOUNS | p.GENERIC:
            return [of("return", (name, False), text, span, "subject", call)], span[1]
    return [of("return", (callee, False), text, span, "after", call)], span[1]


def _return_not(text: str, match: re.Match[str]) -> Found | None:
    span = literal_at(text, match.end())
    return ([of("return", NOBODY, text, span, "after", "not")], span[1]) if span else None


def _passive(kind: str) -> Reader:
    def read(text: str, match: re.Match[str]) -> Found | None:
        span = before(text, match.start())
        return ([of(kind, NOBODY, text, span)], match.end()) if span else None

    return read


def _yields(text: str, match: re.Match[str]) -> Found | None:
    span = literal_at(text, match.end())
    return ([of("yield", NOBODY, text, span)], span[1]) if span else None


def _raises(text: str, match: re.Match[str]) -> Found | None:
    if not match["message"] and not re.match(r"[A-Z]|[\w.]*(?:Error|Exception)$", match["what"]):
        return None
    return [of("raises", NOBODY, text, match.span("what"), "after", match["message"] or "")], match.end()


def _told_raise(text: str, match: re.Match[str]) -> Found | None:
    """It raises a ValueError("no"); no exception is raised; a KeyError occurs."""
    negative = bool(match["not"]) or bool(match["no"])
    message = (match["m1"] or match["m2"] or "").strip("'\"")
    span = match.span("what")
    return [of("raises", NOBODY, text, span, "either", "not" if negative else message)], match.end()


def _caught(text: str, match: re.Match[str]) -> Found:
    kind = "goes-on" if match["on"] else "caught"
    wanted = next(g for g in ("none", "n", "on") if match[g])
    return [of(kind, NOBODY, text, match.span(wanted))], match.end()


def _is_caught(text: str, match: re.Match[str]) -> Found:
    """The KeyError (raised here) is caught."""
    found = [of("caught", NOBODY, text, match.span("n"))]
    if match["raised"]:
        found.insert(0, of("raises", NOBODY, text, match.span("what"), "either"))
    return found, match.end()


def _gives(text: str, match: re.Match[str]) -> Found | None:
    """f(2) → 3; f(2) is called and returns 3."""
    close = literals.end_of(text[: match.start("callee") + _LONGEST_CALL], match.start("callee"))
    link = _GIVES.match(text, close) if close else None
    span = literal_at(text, link.end()) if link else None
    if close is None or span is None:
        return None
    call = text[match.start("callee") : close]
    return [of("called", (match["callee"], False), text, span, "after", call)], span[1]


def _called(text: str, match: re.Match[str]) -> Found | None:
    """`f(1)`, which returns 2 / which raises E: why."""
    close = literals.end_of(text, match.start("callee"))
    if close is None:
        return None
    call = text[match.start("callee") : close]
    if which := _WHICH.match(text, close):
        if span := literal_at(text, which.end()):
            return [of("called", (match["callee"], True), text, span, "after", call)], span[1]
    if which := _WHICH_RAISES.match(text, close):
        raised = p.RAISES.match(text, which.end())
        if raised:
            claim = of("callraises", (match["callee"], True), text, raised.span("what"), "after", call)
            return [claim], raised.end()
    return [], close


CALLS: Readers = (
    (p.RUNS, lambda _, match: ([], match.end())),
    (_CALLED, _called),
    (_GIVEN, _gives),
    (p.CALLS, group("calls", "n")),
)
ENDINGS: Readers = (
    (p.CAUGHT, _caught),
    (p.RAISES, _raises),
    (_RAISES, _told_raise),
    (_IS_RAISED, _told_raise),
    (_IS_CAUGHT, _is_caught),
    (p.NEXT, group("next", "n")),
)
RESULTS: Readers = (
    (_RETURN_NOT, _return_not),
    (_RETURNS, _returns),
    (_IS_RETURNED, _passive("return")),
    (_YIELDS, _yields),
    (_IS_YIELDED, _passive("yield")),
)
