"""Values as written in prose: where a literal ends, and how to shorten one so that it stays balanced."""

from __future__ import annotations

import re

_NUMBER = re.compile(
    r"[-+−]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|(?:\d[\d_]*)?(?:\.\d+)?(?:[eE][-+]?\d+)?j?)(?![\w])"
)
_WORD = re.compile(r"(?:True|False|None|nan|-?inf|Ellipsis|NotImplemented)\b")
_STRING = re.compile(r"(?:[rRbBuU]{0,2})(['\"])")
_CALL = re.compile(r"[A-Za-z_][\w.]*(?=\()")
_NAMED_COMMA = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CHARACTER = re.compile(r"\\U[0-9a-f]{0,8}|\\u[0-9a-f]{0,4}|\\x[0-9a-f]{0,2}|\\.?|.", re.DOTALL)
_ESCAPE = {"U": 10, "u": 6, "x": 4}
PAIRS = {"(": ")", "[": "]", "{": "}"}


def end_of(text: str, start: int) -> int | None:
    """Index after the literal that starts at `start`; None when there is none."""
    if start >= len(text):
        return None
    if word := _WORD.match(text, start):
        return word.end()
    if quote := _STRING.match(text, start):
        return _string_end(text, quote.end(), quote.group(1)) or _cut_end(text, start)
    if text[start] in PAIRS:
        return _balanced(text, start) or _cut_end(text, start)
    if text[start] == "<":
        return _angle(text, start)
    if call := _CALL.match(text, start):
        return _balanced(text, call.end()) or _cut_end(text, call.end())
    number = _NUMBER.match(text, start)
    if number is None or not any(c.isdigit() for c in number.group()):
        return None
    return number.end() + (text[number.end() : number.end() + 1] == "…")


def _string_end(text: str, at: int, quote: str) -> int | None:
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == quote:
            return at + 1
        at += 1
    return None


def _cut_end(text: str, start: int) -> int | None:
    """A value that breaks off with an ellipsis, never closed."""
    at = text.find("…", start)
    return at + 1 if at >= 0 else None


def _angle(text: str, start: int) -> int | None:
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == "<") - (text[at] == ">")
        if depth == 0:
            return at + 1
    return None


def _balanced(text: str, start: int) -> int | None:
    """End of the bracketed run at `start`, strings skipped."""
    open_, at = [], start
    while at < len(text):
        char = text[at]
        if char in "'\"":
            at = _string_end(text, at + 1, char) or len(text)
            continue
        if char in PAIRS:
            open_.append(PAIRS[char])
        elif open_ and char == open_[-1]:
            open_.pop()
            if not open_:
                return at + 1
        at += 1
    return None


def opening(text: str) -> str:
    """What a container's text begins with before its first element: "[", "Point(", "deque(["."""
    nested = re.match(r"[A-Za-z_][\w.]*\(([\[({])", text)
    if nested and text.endswith(PAIRS[nested.group(1)] + ")"):
        return nested.group()
    found = re.match(r"(?:[A-Za-z_][\w.]*(?=\())?[(\[{]", text)
    return found.group() if found else ""


def top_commas(text: str) -> list[int]:
    """Positions of the commas directly inside the outermost bracket of `text`."""
    found, depth, at = [], 0, 0
    while at < len(text):
        char = text[at]
        if char in "'\"":
            at = _string_end(text, at + 1, char) or len(text)
            continue
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 1:
            found.append(at)
        at += 1
    return found


def shorten(text: str, limit: int) -> str:
    """`text`, a literal, in at most about `limit` characters; what is left out is marked with …"""
    if len(text) <= limit:
        return text
    if text[0] in "'\"":
        return _whole_escapes(text[: limit - 2]) + "…" + text[0]
    bracket = re.search(r"[(\[{]", text)
    if bracket and text[-1] in ")]}" and (bracket.start() == 0 or _CALL.match(text)):
        cuts = [c for c in top_commas(text) if c <= limit - 3]
        head = text[: cuts[-1]] + ", …" if cuts else text[: bracket.end()] + "…"
        return head + text[-1]
    return text[: limit - 1].rstrip() + "…" + (">" if text[0] == "<" else "")


def _whole_escapes(text: str) -> str:
    """Without an escape sequence that was cut in two."""
    kept = [m.group() for m in _CHARACTER.finditer(text)]
    if kept and kept[-1][0] == "\\" and len(kept[-1]) < _ESCAPE.get(kept[-1][1:2], 2):
        kept.pop()
    return "".join(kept)


def plain(text: str) -> str:
    """A number written for people (1,000 or −3) as Python writes it."""
    return _NAMED_COMMA.sub("", text).replace("−", "-")
