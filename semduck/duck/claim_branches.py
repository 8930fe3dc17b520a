"""Claims about tests, the branches they choose, and the rounds of loops."""

from __future__ import annotations

import re

from semduck.duck import claim_patterns as p
from semduck.duck.claim_base import NOBODY, Claim, Found, Readers, group, of, parsed

_TRUTH_BEFORE = re.compile(
    r"(?:(?<=\S)(?: is| evaluates to| are| returns| gives|:| →| ->| =>| =))(?: also| now| again| "
    r"indeed)? `?(?P<truth>[Tt]rue|[Ff]alse)\b"
)
_FARTHEST = 120  # characters that a test in front of "is true" may have
_WHAT = (
    r"(?:the |this |its )?(?:body of |inside of |inside )?(?:the |this )?`?(?P<what>if|elif|else|while|"
    r"for|loop|inner|outer)\b`?"
    r"(?:[- ](?:while|for|if)\b)?(?:[- ](?P<noun>loop|block|branch|body|statement|clause|part|case|"
    r"side)s?)*(?:'s body| body)?"
)
NOT_COUNTED = (
    rf"(?! (?:exactly |only |just |a total of |for )*(?:{p.COUNT_BARE})\b| (?:once|twice|for|until|over|"
    rf"through|as long|while|after|when|if|at|with|from)\b)"
)
_BRANCH_ACTIVE = re.compile(
    r"(?P<not>\bnot |n't |\bnever |\bwithout )?(?<!` )\b(?P<verb>enter(?:s|ing)?|go(?:es|ing)? (?:in)?to|"
    r"moves? (?:in)?to|"
    r"proceeds? (?:in)?to|steps? into|fall(?:s)? (?:in)?to|tak(?:e|es|ing)|skip(?:s|ped|ping)?|"
    r"bypass(?:es)?|exits?|"
    rf"leaves?|execut(?:e|es|ing)|runs?) {_WHAT}{NOT_COUNTED}(?! (?:at|on) the)"
)
_BRANCH_PASSIVE = re.compile(
    rf"\b(?:[Tt]he )?(?:body of the )?`?(?P<what>if|elif|else|while|for|loop|inner|"
    rf"outer)\b`?(?:[- ](?:while|for|if)\b)?"
    r"(?:[- ](?P<noun>loop|block|branch|body|statement|clause|part|case|side)s?)*(?:'s body| body)?"
    r" (?:(?:is|are|gets|was|will be|does|do) )?(?P<not>not |never )?(?:also |then |now |again |therefore )*"
    r"(?P<verb>taken|executed|entered|run|runs|skipped|bypassed|executes|execute|reached|(?:starts|"
    r"begins)(?= *(?:[.,;]|$))|continues|"
    rf"continue|ends|end|terminates|terminate|stops|stop|finishes|exits|exited|goes on)\b{NOT_COUNTED}"
)
_LEAVE = re.compile(
    r"\b(?:we|it)(?: (?:immediately|now|then))? (?P<not>do not |don't |does not |doesn't "
    r")?`?(?P<verb>break|continue|raise)s?\b`?"
    r"(?P<end>(?= *(?:[.,;]|$)| (?:out|with the next|to the next|the loop|here)))"
)
_THE_CONDITION = re.compile(
    r"\b(?:[Tt]he|[Tt]his) (?:(?:if|while|loop|elif|else if|first|second) )?(?:condition|check|test|"
    r"comparison)"
    r"(?: (?:`(?P<test>[^`]{1,120})`|in the \w+ statement))? (?:is|evaluates to|holds|fails|becomes|was|"
    r"returns)"
    r"(?P<not> not)?(?: now| also| again| still)? ?`?(?P<truth>[Tt]rue|[Ff]alse|met|satisfied)?\b`?(?P<end>)"
)
_TIMES = re.compile(
    rf"\b(?:(?P<which>inner|outer) (?:\w+ )?(?:loop|body) )?(?:body )?(?:will |is )?(?:runs?|iterates?|"
    rf"executes?|repeats?|"
    rf"loops?|goes round|needs?|needed|requires?|(?:stops|stopped|ends|ended|finishes|terminates|"
    rf"exits) after|"
    rf"ran|iterated|looped|lasts?|executed|run|performs?|performed|takes?|makes?|completes?|has|have|goes "
    rf"(?:round|through)|do|does|"
    rf"repeated)(?: for| exactly| a total of| only| just| through| about)*(?: `?{p.PATH}`? ?=)? {p.COUNT}"
    r"(?P<unit> (?:more |full |complete )?(?:times?|iterations?|rounds?|passes)|(?<=once)|(?<=twice))"
    r"(?! (?:for|per)\b)(?P<tail>)"
)
_THERE = re.compile(
    r"\b(?:[Tt]here (?:are|is|will be|were)|hence|so|thus|i\.e\.,?|making|giving|which (?:makes|means|gives)|"
    rf"for a total of)(?: exactly| only| a total of)? {p.COUNT} (?:iterations?|rounds?|passes)\b"
    r"(?! (?:(?:are|is|were|have|will be) )?(?:later|left|remain|more|done|so far|to go|skipped|over|after))"
)
_IN_ALL = re.compile(
    rf"(?<![\w-]){p.COUNT} (?:iterations?|rounds?|passes)(?= (?:in total|in all|overall|altogether)\b)"
)
_LINE_RUNS = re.compile(
    rf"\b[Tt]h(?:is|e) (?:line|statement|instruction|assignment) (?:is (?:executed|run|reached)|runs|"
    rf"executes|gets "
    rf"executed) {p.COUNT}(?: times)?(?= (?:in total|in all|overall|altogether)\b)"
)
_OVER = re.compile(
    rf"\b[Ll]oop (?:iterates|runs|goes|loops)(?: once)? (?:over|through|for)(?: each of| all)?(?: "
    rf"of)?(?: the)? {p.COUNT} "
    r"(?!(?:seconds|minutes|steps|phases|cases|branches|stages|times|more|levels|loops)\b)(?:[a-z]{3,}s|children|entries|item|element|number|character|word|value)\b"
)
_NOT_RUN = re.compile(
    r"\b(?:loop|body)\b[^.;]{0,60}? (?P<n>does not run|never runs|is not entered|is never entered|does "
    r"not execute|never executes)"
)


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
    test = test_before(text, match.start())
    if not test:
        return None
    span = match.span("truth")
    return [
        Claim("branch", test, text[slice(*span)], *span, "after", text[slice(*span)].lower(), True)
    ], match.end()


def test_before(text: str, end: int) -> str:
    """The longest test that ends at `end`, "" when there is none."""
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
    if re.search(r"\b(?:would|could|might|should|may) (?:have )?(?:only )?$", text[: match.start()]):
        return None
    if re.match(r" for each\b|(?<=once) for\b", text[match.end() : match.end() + 10]):
        return None
    return [of("count", NOBODY, text, match.span("n"), "after", match["which"] or "")], match.end()


def _over(text: str, match: re.Match[str]) -> Found:
    """The loop iterates over 5 elements: as many rounds, when it is not left early."""
    return [of("count", NOBODY, text, match.span("n"), "after", "over")], match.end()


def _line_runs(text: str, match: re.Match[str]) -> Found:
    return [of("count", NOBODY, text, match.span("n"), "after", "line")], match.end()


def _iteration(text: str, match: re.Match[str]) -> Found:
    found = [of("iteration", NOBODY, text, match.span("n"))]
    if match["of"]:
        found.append(of("total", NOBODY, text, match.span("of")))
    return found, match.end()


TOLD_TESTS: Readers = ((p.ASSERTION, _condition), (p.CASE, _condition))
LOOPS: Readers = (
    (p.ITERATION, _iteration),
    (p.IN_ITERATION, group("count", "n")),
    (_NOT_RUN, group("count", "n")),
    (_LINE_RUNS, _line_runs),
    (_TIMES, _times),
    (_IN_ALL, group("count", "n")),
    (_THERE, group("count", "n")),
    (_OVER, _over),
    (_BRANCH_PASSIVE, _branch),
    (_BRANCH_ACTIVE, _branch),
    (_LEAVE, _leave),
)
TESTS: Readers = (
    (p.CONDITION, _condition),
    (p.PLAIN_CONDITION, _condition),
    (_THE_CONDITION, _condition),
    (_TRUTH_BEFORE, _any_test),
)
