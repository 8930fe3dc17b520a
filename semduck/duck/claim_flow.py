"""Claims about the way a call goes: tests, branches, rounds of loops, calls, results, exceptions, output."""

from __future__ import annotations

import re

from semduck.duck import claim_patterns as p
from semduck.duck import literals
from semduck.duck.claim_base import (
    NOBODY,
    Claim,
    Found,
    Reader,
    Readers,
    group,
    literal_at,
    of,
    parsed,
)
from semduck.duck.claim_contents import before

_TRUTH_BEFORE = re.compile(
    r"(?:(?<=\S)(?: is| evaluates to| are| returns| gives|:| →| ->| =>| =))(?: also| now| again| indeed)? `?(?P<truth>[Tt]rue|[Ff]alse)\b"
)
_FARTHEST = 120  # characters that a test in front of "is true" may have

_WHAT = (
    r"(?:the |this |its )?(?:body of |inside of |inside )?(?:the |this )?`?(?P<what>if|elif|else|while|for|loop|inner|outer)\b`?"
    r"(?:[- ](?:while|for|if)\b)?(?:[- ](?P<noun>loop|block|branch|body|statement|clause|part|case|side)s?)*(?:'s body| body)?"
)
_NOT_COUNTED = rf"(?! (?:exactly |only |just |a total of |for )*(?:{p.COUNT_BARE})\b| (?:once|twice|for|until|over|through|as long|while|after|when|if|at|with|from)\b)"
_BRANCH_ACTIVE = re.compile(
    r"(?P<not>\bnot |n't |\bnever |\bwithout )?(?<!` )\b(?P<verb>enter(?:s|ing)?|go(?:es|ing)? (?:in)?to|moves? (?:in)?to|"
    r"proceeds? (?:in)?to|steps? into|fall(?:s)? (?:in)?to|tak(?:e|es|ing)|skip(?:s|ped|ping)?|bypass(?:es)?|exits?|"
    rf"leaves?|execut(?:e|es|ing)|runs?) {_WHAT}{_NOT_COUNTED}(?! (?:at|on) the)"
)
_BRANCH_PASSIVE = re.compile(
    rf"\b(?:[Tt]he )?(?:body of the )?`?(?P<what>if|elif|else|while|for|loop|inner|outer)\b`?(?:[- ](?:while|for|if)\b)?"
    r"(?:[- ](?P<noun>loop|block|branch|body|statement|clause|part|case|side)s?)*(?:'s body| body)?"
    r" (?:(?:is|are|gets|was|will be|does|do) )?(?P<not>not |never )?(?:also |then |now |again |therefore )*"
    r"(?P<verb>taken|executed|entered|run|runs|skipped|bypassed|executes|execute|reached|(?:starts|begins)(?= *(?:[.,;]|$))|continues|"
    rf"continue|ends|end|terminates|terminate|stops|stop|finishes|exits|exited|goes on)\b{_NOT_COUNTED}"
)
_LEAVE = re.compile(
    r"\b(?:we|it)(?: (?:immediately|now|then))? (?P<not>do not |don't |does not |doesn't )?`?(?P<verb>break|continue|raise)s?\b`?"
    r"(?P<end>(?= *(?:[.,;]|$)| (?:out|with the next|to the next|the loop|here)))"
)
_THE_CONDITION = re.compile(
    r"\b(?:[Tt]he|[Tt]his) (?:(?:if|while|loop|elif|else if|first|second) )?(?:condition|check|test|comparison)"
    r"(?: (?:`(?P<test>[^`]{1,120})`|in the \w+ statement))? (?:is|evaluates to|holds|fails|becomes|was|returns)"
    r"(?P<not> not)?(?: now| also| again| still)? ?`?(?P<truth>[Tt]rue|[Ff]alse|met|satisfied)?\b`?(?P<end>)"
)

_TIMES = re.compile(
    rf"\b(?:(?P<which>inner|outer) (?:\w+ )?(?:loop|body) )?(?:body )?(?:will |is )?(?:runs?|iterates?|executes?|repeats?|"
    rf"loops?|goes round|executed|run|performs?|performed|takes?|makes?|completes?|has|have|goes (?:round|through)|do|does|"
    rf"repeated)(?: for| exactly| a total of| only| just| through| about)* {p.COUNT}"
    r"(?P<unit> (?:more |full |complete )?(?:times?|iterations?|rounds?|passes)|(?<=once)|(?<=twice))"
    r"(?! (?:for|per)\b)(?P<tail>)"
)
_THERE = re.compile(
    rf"\b[Tt]here (?:are|is|will be)(?: exactly| only| a total of)? {p.COUNT} (?:iterations?|rounds?|passes)\b"
)
_OVER = re.compile(
    rf"\b[Ll]oop (?:iterates|runs|goes|loops)(?: once)? (?:over|through|for)(?: each of| all)?(?: of)?(?: the)? {p.COUNT} "
    r"(?:elements?|items?|numbers?|characters?|words?|values?|entries|keys?|letters?)"
)
_NOT_RUN = re.compile(
    r"\b(?:loop|body)\b[^.;]{0,60}? (?P<n>does not run|never runs|is not entered|is never entered|does not execute|never executes)"
)

_CALLEE = r"(?P<callee>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,4})"
_RETURNS = re.compile(
    rf"(?:(?<![\w.])`?{_CALLEE}(?:\((?P<args>[^`()]{{0,200}}(?:\([^`()]{{0,80}}\)[^`()]{{0,80}}){{0,4}})\))?`?,? )?"
    r"(?P<and>(?:which |then |finally |and )*)"
    r"(?<!should )(?<!not )(?<!would )"
    r"\b(?:[Rr]eturns|[Rr]eturning|[Rr]eturn value is|returned value is|(?:will|to) return|[Rr]eturn)"
    r"(?: the (?:final |current )?value (?:of|in|stored in) `?[A-Za-z_][\w.\[\]]{0,40}`?(?:,? which is| \(|,|:)?(?: now)?)?"
    r"(?: the)?(?: (?:final|sorted|resulting|cached|correct|index|tuple|dictionary|string|list|number|boolean|pair|"
    r"value|result|indices))*(?: value)?(?: of)?:? `?(?=\S)"
)
_RETURN_NOT = re.compile(r"\b(?:does not|doesn't|never|not) returns? `?(?=\S)")
_IS_RETURNED = re.compile(
    r"(?<=\S) (?:is|gets|was|will be) (?:then |immediately |finally |therefore )?returned\b(?! (?:by|from|to the caller by))"
)
_YIELDS = re.compile(
    r"\b[Yy]ields(?: the)?(?: (?:value|list|number|string|tuple|next value|chunk))?:? `?(?=\S)"
)
_CALL_BEFORE = re.compile(r"\w\([^()]{0,60}\)")
_IS_YIELDED = re.compile(r"(?<=\S) (?:is|gets|was|will be) (?:then |now |finally |next )?yielded\b")
_ERROR = r"`?(?P<what>(?:[A-Za-z_]\w*\.)*(?:[A-Z]\w*(?:Error|Exception|Iteration|Interrupt|Warning|Exit)|exception|error))\b`?"
_MESSAGE = r"(?:\((?P<m1>'[^']{0,200}'|\"[^\"]{0,200}\")\)`?|(?:,? with (?:the )?(?:error )?message|, saying|:) `?(?P<m2>'[^']{0,200}'|\"[^\"]{0,200}\"))?"
_RAISES = re.compile(
    r"(?P<not>\bnot |n't |\bnever |\bwithout )?\b(?:raises|throws|raise|raising|throw|throwing|triggers|triggering) "
    rf"(?P<no>no |any )?(?:(?:an?|the) )?{_ERROR}{_MESSAGE}"
)
_IS_RAISED = re.compile(
    rf"(?P<no>\b[Nn]o )?{_ERROR}(?:\((?P<m1>'[^']{{0,200}}'|\"[^\"]{{0,200}}\")\)`?)? (?:exception )?(?:(?:is|gets|was|will be) "
    r"(?P<not>not )?(?:immediately |then |therefore )?(?:raised|thrown|triggered)|occurs|is encountered|happens)"
    r"(?:,? with (?:the )?(?:error )?message `?(?P<m2>'[^']{0,200}'|\"[^\"]{0,200}\"))?"
)
_IS_CAUGHT = re.compile(
    rf"{_ERROR} is (?P<n>(?:not |never )?(?:caught|handled))(?! (?:at|on|by [^.;]{{0,40}} (?:at|on)) (?:line )?\d)"
)
_CALLED = re.compile(
    r"\b[Cc]all(?:s|ing)? (?:itself as )?(?:the function )?`?(?P<callee>[A-Za-z_]\w*(?:\.\w+){0,4})\("
)
_WHICH = re.compile(
    r"`?,? (?:(?:which|and it|it|that) )?(?:in turn )?(?P<verb>returns|gives|evaluates to) `?"
)
_WHICH_RAISES = re.compile(r"`?,? (?:which|and it|it|that) (?=raises )")
_PRINTS = re.compile(r"\b[Pp]rints (?:(?P<lines>\d+) lines, the first )?(?:out )?(?=\S)")


def _condition(text: str, match: re.Match[str]) -> Found | None:
    said, test = match.group("truth"), match.group("test") if "test" in match.re.groupindex else ""
    whole, test = match.group(0), test or ""
    if not said and not re.search(r"(?:holds|fails)\b", whole):
        return None
    if said in ("True", "False") and re.fullmatch(r"[A-Za-z_][\w.]*", test):
        return None
    negative = (said or "").lower() in ("false", "not met", "not satisfied", "fails", "does not match")
    if re.search(r"\bfails\b|\bis not\b", whole.rpartition("`")[2]):
        negative = True
    word = said or ("fails" if negative else "holds")
    start = match.start("truth") if said else match.end() - len(word)
    span = (start, start + len(word))
    kind = "case" if "case" in whole[:6] else "branch"
    return [
        Claim(kind, test, text[slice(*span)], *span, "after", "false" if negative else "true", True)
    ], span[1]


def _any_test(text: str, match: re.Match[str]) -> Found | None:
    """`x in seen` is True; 6 % 2 == 0 is True: the longest test that ends here."""
    test = _test_before(text, match.start())
    if not test:
        return None
    span = match.span("truth")
    return [
        Claim("branch", test, text[slice(*span)], *span, "after", text[slice(*span)].lower(), True)
    ], match.end()


def _test_before(text: str, end: int) -> str:
    end -= text[end - 1 : end] == "`"
    best = ""
    for at in range(end - 1, max(-1, end - _FARTHEST), -1):
        if text[at] == "`":
            break
        if at and text[at - 1] not in " `(":
            continue
        said = text[at:end]
        if said[0] != " " and _is_test(said):
            best = said
    return best


def _is_test(said: str) -> bool:
    tree = parsed(said) if len(said) > 2 else None
    kind = type(tree).__name__
    return kind in ("Compare", "Call", "BoolOp") or (kind == "UnaryOp" and said.startswith("not "))


def _branch(text: str, match: re.Match[str]) -> Found | None:
    """The else branch is taken; we skip the loop; the loop ends."""
    verb, what = match["verb"], match["what"]
    if match["noun"] is None and what not in ("loop", "else") and "`" not in match.group():
        return None
    left = re.match(r"skip|bypass|exit|leav|end|terminat|stop|finish", verb) is not None
    truth = left == bool(match["not"])
    loops = "loop" in (what, match["noun"]) or what in ("while", "for", "loop", "inner", "outer")
    if not loops and re.match(r"ends?$|terminat|stop|finish|exit|leav|continue|start|begin|goes on", verb):
        return None
    side = "loop" if loops else what
    span = match.span()
    return [
        Claim(
            "branch", "", text[slice(*span)], *span, "after", f"{side} {'true' if truth else 'false'}", True
        )
    ], span[1]


def _leave(text: str, match: re.Match[str]) -> Found | None:
    span, truth = match.span(), "false" if match["not"] else "true"
    return [Claim("branch", "", text[slice(*span)], *span, "after", f"{match['verb']} {truth}", True)], span[
        1
    ]


def _times(text: str, match: re.Match[str]) -> Found | None:
    if re.match(r" for each\b|(?<=once) for\b", text[match.end() : match.end() + 10]):
        return None
    return [of("count", NOBODY, text, match.span("n"), "after", match["which"] or "")], match.end()


def _over(text: str, match: re.Match[str]) -> Found:
    """The loop iterates over 5 elements: as many rounds, when it is not left early."""
    return [of("count", NOBODY, text, match.span("n"), "after", "over")], match.end()


def _iteration(text: str, match: re.Match[str]) -> Found:
    found = [of("iteration", NOBODY, text, match.span("n"))]
    if match["of"]:
        found.append(of("total", NOBODY, text, match.span("of")))
    return found, match.end()


def _returns(text: str, match: re.Match[str]) -> Found | None:
    span = literal_at(text, match.end())
    if span is None:
        return None
    callee = match["callee"] or ""
    said = text[max(0, match.end("and") - 100) : match.end("and")]
    if not callee and re.search(r"\band (?:then )?$", said) and _CALL_BEFORE.search(said):
        return None  # "f(3) is … and returns 2" speaks of f
    if (
        (match["and"] and match["args"] is None)
        or callee.lower() in p.PRONOUNS
        or callee.lower() in p.GENERIC
    ):
        callee = ""
    call = f"{callee}({match['args']})" if callee and match["args"] is not None else ""
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


def _prints(text: str, match: re.Match[str]) -> Found | None:
    start = match.end()
    end = text.find("`", start + 1) + 1 if text[start] == "`" else literals.end_of(text, start)
    if not end:
        return None
    extra = match["lines"] or ""
    return [of("output", NOBODY, text, (start, end), "after", extra)], end


FLOW: Readers = (
    (p.RUNS, lambda _, match: ([], match.end())),
    (_PRINTS, _prints),
    (_CALLED, _called),
    (p.CALLS, group("calls", "n")),
    (p.ASSERTION, _condition),
    (p.CASE, _condition),
    (p.ITERATION, _iteration),
    (p.IN_ITERATION, group("count", "n")),
    (_NOT_RUN, group("count", "n")),
    (_TIMES, _times),
    (_THERE, group("count", "n")),
    (_OVER, _over),
    (_BRANCH_PASSIVE, _branch),
    (_BRANCH_ACTIVE, _branch),
    (_LEAVE, _leave),
    (p.CAUGHT, _caught),
    (p.RAISES, _raises),
    (_RAISES, _told_raise),
    (_IS_RAISED, _told_raise),
    (_IS_CAUGHT, group("caught", "n")),
    (p.NEXT, group("next", "n")),
)
TESTS: Readers = (
    (p.CONDITION, _condition),
    (p.PLAIN_CONDITION, _condition),
    (_THE_CONDITION, _condition),
    (_TRUTH_BEFORE, _any_test),
)
RESULTS: Readers = (
    (_RETURN_NOT, _return_not),
    (_RETURNS, _returns),
    (_IS_RETURNED, _passive("return")),
    (_YIELDS, _yields),
    (_IS_YIELDED, _passive("yield")),
)
