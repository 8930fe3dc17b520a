"""Claims about tests told without "is true": "2 > 0, so …", "3 is less than 5", "the body is run"."""

from __future__ import annotations

import re

from semduck.duck import claim_patterns as p
from semduck.duck import literals
from semduck.duck.claim_base import Claim, Found, Readers
from semduck.duck.claim_branches import NOT_COUNTED, test_before

_SIGNS = p.SIGNS | {"equal to": "==", "the same as": "==", "==": "=="}
_WORDS = "|".join(sorted((re.escape(s) for s in _SIGNS if s[0].isalpha()), key=len, reverse=True))
_VALUE = r"(?:-?\d[\d.]*\d|-?\d|'[^']{0,40}'|\"[^\"]{0,40}\"|None|True|False)"
_BEGIN = r"(?<![\w.\])'\"`*/%+<>=!-])(?<![*/%+<>=-] )"
_SIGNED = re.compile(
    rf"{_BEGIN}`?(?P<test>{_VALUE} (?:[<>]=?|[!=]=) {_VALUE}(?: (?:[<>]=?|[!=]=) {_VALUE})?)`?(?![\w.]\w|"
    rf" [-+*/%<>=])"
)
_WORDED = re.compile(
    rf"{_BEGIN}`?(?P<a>{_VALUE})`? (?:(?:is|was)(?P<not> not| n't)? (?:still |also )?(?P<sign>{_WORDS})|"
    rf"(?P<over>exceeds)|equals) `?(?P<b>{_VALUE})`?(?![\w.]\w| [-+*/%<>=])"
)
_TOLD = re.compile(
    r" (?:is|evaluates|gives|returns|yields|was|equals|becomes|means)\b| ?(?:→|->|=>|⇒|=|:) ?`?(?:[Tt]rue|"
    r"[Ff]alse)"
)
_ANSWERED = re.compile(
    r",? (?P<yes>holds|is (?:met|satisfied)|True|true)\b|,? (?P<no>fails|does not hold|is not (?:met|"
    r"satisfied)|"
    r"False|false)\b"
)
_SO = re.compile(
    r",? (?:so|hence|thus|therefore|and so|which means|meaning|we|and we|the (?:condition|loop|branch|if|"
    r"body)|"
    r"this|execution)\b| ?(?:→|->|=>|⇒)"
)
_SINCE = re.compile(r"\b(?:[Ss]ince|[Bb]ecause|[Aa]s|[Bb]ut|[Gg]iven that) $")
_ASKED = re.compile(
    r"\b(?:whether|[Ii]f|[Cc]hecks?|[Cc]hecking|[Tt]ests?|[Tt]esting|[Ww]hile|[Uu]ntil|[Cc]ompar\w+|[Ww]hen|"
    r"[Aa]sks?|[Uu]nless|would|should|[Ee]ither|or|not|[Ww]ere)\b[^,;.:]*$"
)
_QUESTION = re.compile(r"(?<=\S)`?\?\s+(?P<truth>Yes|No|True|False|yes|no)\b")
_NOUN = r"(?<!rest of )(?:[Tt]he|[Tt]his|[Ii]ts) (?:if-)?(?P<what>branch|body|block)"
_BODY_PASSIVE = re.compile(
    rf"\b{_NOUN}(?: of (?:the|this) (?:if|loop)(?: statement| block)?)? (?:is|was|gets|will be) "
    rf"(?P<not>not |never )?(?:therefore |then |thus |now |again )?"
    rf"(?P<verb>taken|executed|entered|run|skipped|reached)\b{NOT_COUNTED}"
)
_BODY_ACTIVE = re.compile(
    rf"(?P<not>\bnot |n't |\bnever )?\b(?P<verb>takes?|took|enter(?:s|ed)?|execute[sd]?|runs?|ran|skip(?:s|"
    rf"ped)?) "
    rf"{_NOUN}\b(?! of)(?!-){NOT_COUNTED}"
)


def _signed(text: str, match: re.Match[str]) -> Found | None:
    """ "2 > 0, so …"; a comparison that is only written down claims nothing."""
    said, end = match["test"], match.end()
    if _TOLD.match(text, end) or text[end : end + 1] == "?" or _ASKED.search(_lead(text, match)):
        return None
    if answer := _ANSWERED.match(text, end):
        return _made(text, said, (match.start("test"), answer.end()), bool(answer["yes"]))
    if _SINCE.search(_lead(text, match)) or _SO.match(text, end):
        return _made(text, said, match.span("test"), True)
    return None


def _lead(text: str, match: re.Match[str]) -> str:
    """The words before."""
    return text[max(0, match.start() - 120) : match.start()]


def _worded(text: str, match: re.Match[str]) -> Found | None:
    """ "3 is not greater than 5"."""
    if _ASKED.search(_lead(text, match)):
        return None
    sign = _SIGNS[match["sign"]] if match["sign"] else ">" if match["over"] else "=="
    told = f"{match['a']} {sign} {match['b']}"
    return _made(text, told, (match.start("a"), match.end("b")), not match["not"])


def _made(text: str, test: str, span: tuple[int, int], truth: bool) -> Found:
    extra = f"numbers {'true' if truth else 'false'}"
    return [Claim("branch", literals.plain(test), text[slice(*span)], *span, "after", extra, True)], span[1]


def _question(text: str, match: re.Match[str]) -> Found | None:
    """ "0 > 0? No": the longest test that ends here."""
    test = test_before(text, match.start())
    if not test:
        return None
    span, truth = match.span("truth"), match["truth"].lower() in ("yes", "true")
    claim = Claim("branch", test, text[slice(*span)], *span, "after", "true" if truth else "false", True)
    return [claim], match.end()


def _body(text: str, match: re.Match[str]) -> Found:
    """The body is skipped; we take the branch."""
    truth = match["verb"].startswith("skip") == bool(match["not"])
    span = match.span()
    extra = f"body {'true' if truth else 'false'}"
    return [Claim("branch", "", text[slice(*span)], *span, "after", extra, True)], span[1]


COMPARISONS: Readers = (
    (_QUESTION, _question),
    (_BODY_PASSIVE, _body),
    (_BODY_ACTIVE, _body),
    (_WORDED, _worded),
    (_SIGNED, _signed),
)
