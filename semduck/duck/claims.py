"""Free prose -> claims that a recording can confirm or refute. Reads from left to right, each value once."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from semduck.duck import claim_patterns as p
from semduck.duck import literals


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable part of a sentence.

    kind: value | gain | lose | member | absent | same | length | order | unchanged | deleted | count |
    iteration | total | branch | case | next | return | called | callraises | calls | raises | caught |
    goes-on | yield | output. said: text of the claimed value at [start, end) of the sentence.
    when: before | after | either | course-before | course-after (of a whole loop).
    extra: operator, message or call text.
    """

    kind: str
    name: str
    said: str
    start: int
    end: int
    when: str = "after"
    extra: str = ""
    quoted: bool = False  # the name stood in backticks


Found = tuple[list[Claim], int]
Reader = Callable[[str, re.Match[str]], Found | None]


def claims(text: str) -> list[Claim]:
    """All claims of one sentence, in order."""
    return list(_claims(text[:4_000]))


@lru_cache(maxsize=4_096)
def _claims(text: str) -> tuple[Claim, ...]:
    found: list[Claim] = []
    heads = [_first(text, 0, pattern, reader) for pattern, reader in _READERS]
    at = 0
    while live := [(head[0], i) for i, head in enumerate(heads) if head]:
        head = heads[min(live)[1]]
        assert head is not None
        begun, (new, at) = at, head[1]
        at += text[at : at + 1] == "`"
        found += new
        odd = text.count("`", begun, at) % 2
        heads = [
            h if h is None or (h[0] >= at and not odd) else _first(text, at, *_READERS[i])
            for i, h in enumerate(heads)
        ]
    return tuple(found)


def _first(text: str, at: int, pattern: re.Pattern[str], reader: Reader) -> tuple[int, Found] | None:
    """The first place from `at` on, outside backticks, where this shape really carries a claim."""
    start = at
    while match := pattern.search(text, start):
        if text.count("`", at, match.start()) % 2 == 0:
            read = reader(text, match)
            if read is not None and read[1] > at:
                return match.start(), read
        start = match.start() + 1
    return None


def _name(match: re.Match[str]) -> tuple[str, bool]:
    return match["quoted"] or match["bare"] or "", match["quoted"] is not None


def _literal(text: str, at: int) -> tuple[int, int] | None:
    """Span of the value that begins at `at`; of a worked sum (0 + 3 = 3) that of its result."""
    end = literals.end_of(text, at)
    if end is None:
        return None
    if operator := p.OPERATOR.match(text, end):
        equals = p.EQUALS.match(text, operator.end())
        return _literal(text, equals.end()) if equals else None
    if p.UNTOLD.match(text, end):
        return None
    chained = re.compile(r"`? = `?").match(text, end)
    return (chained and _literal(text, chained.end())) or (at, end)


def _of(
    kind: str, name: tuple[str, bool], text: str, span: tuple[int, int], when: str = "after", extra: str = ""
) -> Claim:
    return Claim(kind, name[0], text[span[0] : span[1]], *span, when, extra, name[1])


def _readable(said: str) -> bool:
    try:
        ast.literal_eval(said)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _usable(name: tuple[str, bool]) -> bool:
    return name[1] or name[0].partition(".")[0].lower() not in p.PRONOUNS


def _value(text: str, match: re.Match[str]) -> Found | None:
    name, span = _name(match), _literal(text, match.end())
    assigned = (match["either"] or "").startswith("=")  # "a = 3" speaks of a name, "a is 3" hardly
    if span is None or not (assigned or _usable(name)):
        return None
    when = next(w for w in ("ends", "after", "before", "either") if match[w])
    when = "course-after" if when == "ends" else when
    found, at = [_of("value", name, text, span, when)], span[1]
    if was := p.WAS.match(text, at):
        if old := _literal(text, was.end()):
            found.append(_of("value", name, text, old, "before"))
            at = old[1]
    if same := p.SAME.match(text, at):
        found.append(_of("same", name, text, same.span("other")))
        at = same.end()
    return found, at


def _quoted_assignment(text: str, match: re.Match[str]) -> Found | None:
    """`total = 6` as a whole in backticks."""
    span = _literal(text, match.end())
    if span is None or text[span[1] : span[1] + 1] != "`" or not _readable(text[slice(*span)]):
        return None
    return [Claim("value", match["name"], text[slice(*span)], *span, "after", "", True)], span[1] + 1


def _goes(text: str, match: re.Match[str]) -> Found | None:
    name, first = _name(match), literals.end_of(text, match.end())
    to = p.TO.match(text, first) if first else None
    last = _literal(text, to.end()) if to else None
    if first is None or last is None or not _usable(name):
        return None
    return [
        _of("value", name, text, (match.end(), first), "course-before"),
        _of("value", name, text, last, "course-after"),
    ], last[1]


def _gain(text: str, match: re.Match[str]) -> Found | None:
    name, span = _name(match), _literal(text, match.end())
    if span is None:
        return None
    found, at = [_of(match["verb"][:-1] if match["verb"] == "gains" else "lose", name, text, span)], span[1]
    arrow = re.compile(r" (?:→|->) ").match(text, at)
    if arrow and (after := _literal(text, arrow.end())):
        found.append(_of("value", name, text, after))
        at = after[1]
    return found, at


def _added(text: str, match: re.Match[str]) -> Found | None:
    span = _literal(text, match.end())
    onto = p.ONTO.match(text, span[1]) if span else None
    return ([_of("gain", _name(onto), text, span)], onto.end()) if onto and span else None


def _set(text: str, match: re.Match[str]) -> Found | None:
    span = _literal(text, match.end())
    return ([_of("value", _name(match), text, span)], span[1]) if span else None


def _condition(text: str, match: re.Match[str]) -> Found | None:
    said, test = match.group("truth"), match.group("test") if "test" in match.re.groupindex else ""
    whole = match.group(0)
    if not said and not re.search(r"(?:holds|fails)\b", whole):
        return None
    if said in ("True", "False") and re.fullmatch(r"[A-Za-z_][\w.]*", test):
        return None
    negative = (said or "").lower() in ("false", "not met", "not satisfied", "fails", "does not match")
    negative = negative or bool(re.search(r"\bfails\b|\bis not\b", whole.rpartition("`")[2]))
    word = said or ("fails" if negative else "holds")
    start = match.start("truth") if said else match.end() - len(word)
    span = (start, start + len(word))
    kind = "case" if "case" in whole[:6] else "branch"
    return [
        Claim(kind, test, text[slice(*span)], *span, "after", "false" if negative else "true", True)
    ], span[1]


def _group(kind: str, group: str) -> Reader:
    """A reader for a shape whose claim is one numbered group."""

    def read(text: str, match: re.Match[str]) -> Found:
        name = _name(match) if "quoted" in match.re.groupindex else ("", False)
        return [_of(kind, name, text, match.span(group))], match.end()

    return read


def _iteration(text: str, match: re.Match[str]) -> Found:
    found = [_of("iteration", ("", False), text, match.span("n"))]
    if match["of"]:
        found.append(_of("total", ("", False), text, match.span("of")))
    return found, match.end()


def _returns(text: str, match: re.Match[str]) -> Found | None:
    span = _literal(text, match.end())
    if span is None:
        return None
    callee = match["callee"] or ""
    if callee.lower() in p.PRONOUNS or callee.lower() in p.GENERIC:
        callee = ""
    call = f"{callee}({match['args']})" if callee and match["args"] is not None else ""
    return [_of("return", (callee, False), text, span, "after", call)], span[1]


def _yields(text: str, match: re.Match[str]) -> Found | None:
    span = _literal(text, match.end())
    return ([_of("yield", ("", False), text, span)], span[1]) if span else None


def _raises(text: str, match: re.Match[str]) -> Found | None:
    if not match["message"] and not re.match(r"[A-Z]|[\w.]*(?:Error|Exception)$", match["what"]):
        return None
    return [
        _of("raises", ("", False), text, match.span("what"), "after", match["message"] or "")
    ], match.end()


def _caught(text: str, match: re.Match[str]) -> Found:
    kind = "goes-on" if match["on"] else "caught"
    group = next(g for g in ("none", "n", "on") if match[g])
    return [_of(kind, ("", False), text, match.span(group))], match.end()


def _called(text: str, match: re.Match[str]) -> Found | None:
    """`f(1)`, which returns 2 / which raises E: why."""
    close = literals.end_of(text, match.start("callee"))
    if close is None:
        return None
    call = text[match.start("callee") : close]
    if which := p.WHICH.match(text, close):
        if span := _literal(text, which.end()):
            return [_of("called", (match["callee"], True), text, span, "after", call)], span[1]
    if which := p.WHICH_RAISES.match(text, close):
        raised = p.RAISES.match(text, which.end())
        if raised:
            claim = _of("callraises", (match["callee"], True), text, raised.span("what"), "after", call)
            return [claim], raised.end()
    return [], close


def _prints(text: str, match: re.Match[str]) -> Found | None:
    start = match.end()
    end = text.find("`", start + 1) + 1 if text[start] == "`" else literals.end_of(text, start)
    if not end:
        return None
    extra = match["lines"] or ""
    return [_of("output", ("", False), text, (start, end), "after", extra)], end


def _member(text: str, match: re.Match[str]) -> Found | None:
    span = _literal(text, match.end())
    kind = "absent" if "not" in match["verb"] else "member"
    return (
        ([_of(kind, _name(match), text, span, "either")], span[1]) if span and _usable(_name(match)) else None
    )


def _order(text: str, match: re.Match[str]) -> Found | None:
    span = _literal(text, match.end())
    sign = p.SIGNS.get(match["op"], match["op"])
    if span is None or not _usable(_name(match)):
        return None
    return [_of("order", _name(match), text, span, "either", sign)], span[1]


def _named(kind: str) -> Reader:
    def read(text: str, match: re.Match[str]) -> Found | None:
        name = _name(match)
        return ([_of(kind, name, text, match.span())], match.end()) if _usable(name) else None

    return read


def number(said: str) -> int | None:
    """ "5", "1,000", "twice", "does not run" -> an int."""
    text = literals.plain(p.WORDS.get(said.lower(), said))
    return int(text) if text.isdigit() else 0 if re.match(r"does not|never|is not|is skipped", said) else None


def values(text: str) -> Iterator[Claim]:
    """Only the claims that carry a literal value."""
    return (c for c in claims(text) if c.kind in ("value", "gain", "lose", "return", "called", "yield"))


_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (p.RUNS, lambda _, match: ([], match.end())),
    (p.PRINTS, _prints),
    (p.CALLED, _called),
    (p.CALLS, _group("calls", "n")),
    (p.ASSERTION, _condition),
    (p.CASE, _condition),
    (p.ITERATION, _iteration),
    (p.IN_ITERATION, _group("count", "n")),
    (p.NOT_RUN, _group("count", "n")),
    (p.TIMES, _group("count", "n")),
    (p.CAUGHT, _caught),
    (p.RAISES, _raises),
    (p.NEXT, _group("next", "n")),
    (p.GOES, _goes),
    (p.GAIN, _gain),
    (p.ADDED, _added),
    (p.DELETED, _named("deleted")),
    (p.UNCHANGED, _named("unchanged")),
    (p.LENGTH, _group("length", "n")),
    (p.HAS, _group("length", "n")),
    (p.CONTAINS, _member),
    (p.ORDER, _order),
    (p.SET, _set),
    (p.CONDITION, _condition),
    (p.PLAIN_CONDITION, _condition),
    (p.THE_CONDITION, _condition),
    (p.RETURNS, _returns),
    (p.YIELDS, _yields),
    (p.ASSIGNMENT, _quoted_assignment),
    (p.VALUE, _value),
)
