"""What all readers of claims share: the claim itself, names, and where a said value begins and ends."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from semduck.duck import claim_patterns as p
from semduck.duck import literals

_DEPTH = 8  # worked steps followed in one value: a = b + c = 1 + 2 = 3
RESULT = re.compile(
    r"`?(?: ?(?:=(?!=)|→|->|⇒|=>)|,? (?:which|that) (?:is|gives|equals|evaluates to|results in|returns|"
    r"becomes|"
    r"yields)(?: equal to| now)?|,? i\.e\.,?|,? namely|,? giving(?: us)?|,? making it|,? resulting in) ?`?"
)
_TRUTH = re.compile(r"(?:true|false)\b(?![\w(.])")
_LONGEST_EXPRESSION = 120
_EQUALS = re.compile(r"(?<![-=<>!])= ?`?$")
_PREFIX = re.compile(
    r"(?:an? |the )?(?:indices|index|numbers?|values?|integer|string|list|tuple|key|element) (?=\S)"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable part of a sentence.

    kind: value | gain | lose | member | absent | keys | same | length | type | order | by | unchanged |
    deleted | count | iteration | total | sequence | branch | case | next | return | called | callraises |
    calls | raises | caught | goes-on | yield | output | sum. said: text of the claimed value at [start, end)
    of the sentence. when: before | after | either | given | call | course-before | course-after (of a whole
    loop) | subject (of a result: what the sentence is about, which may be a callee). extra: operator,
    message or call text; "not" turns a claim round.
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
Readers = tuple[tuple[re.Pattern[str], Reader], ...]
Name = tuple[str, bool]
Span = tuple[int, int]
NOBODY: Name = ("", False)


def name_of(match: re.Match[str], group: str = "") -> Name:
    """The name a shape found, and whether it stood in backticks."""
    quoted, bare = match[f"quoted{group}"], match[f"bare{group}"]
    return quoted or bare or "", quoted is not None


def usable(name: Name) -> bool:
    """Can this be the name of something in the program?"""
    first = name[0].partition(".")[0]
    small = first.lower()
    return name[1] or not (small in p.PRONOUNS or (small in p.EVERYDAY and small != first))


def of(kind: str, name: Name, text: str, span: Span, when: str = "after", extra: str = "") -> Claim:
    """A claim whose value stands at `span`."""
    return Claim(kind, name[0], text[span[0] : span[1]], *span, when, extra, name[1])


def group(kind: str, wanted: str) -> Reader:
    """A reader for a shape whose claim is one named group."""

    def read(text: str, match: re.Match[str]) -> Found | None:
        name = name_of(match) if "quoted" in match.re.groupindex else NOBODY
        return ([of(kind, name, text, match.span(wanted))], match.end()) if usable(name) else None

    return read


def named(kind: str) -> Reader:
    """A reader for a shape that says something of a name and has no value."""

    def read(text: str, match: re.Match[str]) -> Found | None:
        name = name_of(match)
        return ([of(kind, name, text, match.span())], match.end()) if usable(name) else None

    return read


def literal_at(text: str, at: int, deep: int = _DEPTH) -> Span | None:
    """Span of the value that begins at `at`; of a worked one (0 + 3 = 3; f(2), which is 5) of its result."""
    if deep == 0 or at >= len(text):
        return None
    if prefix := _PREFIX.match(text, at):
        at = prefix.end()
        at += text[at] == "`"
    if empty := p.EMPTY.match(text, at):
        return empty.span()
    if word := _TRUTH.match(text, at):
        return word.span()
    at += text[at] in "$€£~≈"
    end = literals.end_of(text, at)
    if end is not None and p.OPERATOR.match(text, end) is None:
        if p.UNTOLD.match(text, end):
            return None
        return _result(text, at, end, deep) or (at, end)
    return _worked(text, at, deep)


def _result(text: str, at: int, end: int, deep: int) -> Span | None:
    """Of `f(2), which is 5` and `x = 3 = 3` the last value; a plain value stands for itself."""
    link = RESULT.match(text, end)
    if link is None or (readable(literals.plain(text[at:end])) and link.group().strip("` ") != "="):
        return None
    return literal_at(text, link.end(), deep - 1)


def _worked(text: str, at: int, deep: int) -> Span | None:
    """The result of an expression in source form, if one is told."""
    for link in RESULT.finditer(text, at, at + _LONGEST_EXPRESSION):
        said = text[at : link.start()].strip("` ")
        if (
            p.NAME_HERE.fullmatch(said)
            and "=" in link.group()
            and not _EQUALS.search(text[max(0, at - 4) : at])
        ):
            return None  # "word = 'a' → n = 1", "gets a = 3" go on with another name
        plain = said.isidentifier() and text[at - 1 : at] != "`" and link.group().strip("` ") != "="
        if said and not plain and expression(said):
            return literal_at(text, link.end(), deep - 1)
    return None


def expression(said: str) -> bool:
    """Is this one Python expression, and no tuple without brackets?"""
    tree = parsed(said)
    return tree is not None and (not isinstance(tree, ast.Tuple) or said.startswith("("))


def parsed(said: str) -> ast.expr | None:
    """The expression a text stands for; None when it is none."""
    try:
        with warnings.catch_warnings():  # of escapes that Python does not know
            warnings.simplefilter("ignore")
            return ast.parse(said.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def readable(said: str) -> bool:
    """Is this a literal of Python?"""
    tree = parsed(said)
    try:
        ast.literal_eval(tree if tree is not None else "")
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


def listing(text: str, at: int, most: int = 40) -> tuple[list[Span], int]:
    """Values told one after the other ("1, 3 and 5"), and where they end."""
    spans: list[Span] = []
    while len(spans) < most:
        at += text[at : at + 1] == "`"
        end = literals.end_of(text, at)
        if end is None:
            break
        spans.append((at, end))
        link = p.AND_NEXT.match(text, end)
        at = end + (text[end : end + 1] == "`")
        if link is None:
            break
        at = link.end()
    return spans, spans[-1][1] if spans else at


def number(said: str) -> int | None:
    """ "5", "1,000", "twice", "does not run" -> an int."""
    text = literals.plain(p.WORDS.get(said.lower(), said))
    if text.isdigit():
        return int(text) if len(text) < 20 else None
    return 0 if re.match(r"does not|never|is not|is never|is skipped", said) else None
