"""Python source as styled lines. Calm: few hues, so that marks and the current line stand out."""

from __future__ import annotations

import re

from pygments.token import Token  # type: ignore[import-untyped]
from textual.content import Content
from textual.highlight import HighlightTheme, highlight

# str.splitlines would split at these too, and every line number after them would be wrong.
_OTHER_BREAKS = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\r]")


class Ink(HighlightTheme):
    """Token -> theme colour."""

    STYLES = {  # noqa: RUF012 - declared like this by the base class
        Token.Comment: "$muted italic",
        Token.Keyword: "$text-secondary",
        Token.Keyword.Constant: "$text-warning",
        Token.Operator.Word: "$text-secondary",
        Token.Literal.Number: "$text-warning",
        Token.Literal.String: "$text-success",
        Token.Literal.String.Doc: "$text-success italic",
        Token.Literal.String.Interpol: "$foreground",
        Token.Name.Builtin: "$text-primary",
        Token.Name.Builtin.Pseudo: "italic",
        Token.Name.Class: "bold",
        Token.Name.Function: "bold",
        Token.Name.Decorator: "$text-accent",
        Token.Name.Exception: "$text-primary",
    }


def plain_lines(text: str) -> list[Content]:
    """Lines without colours, at once. Tabs are shown four wide."""
    return [Content(line) for line in _clean(text).split("\n")]


def inked_lines(text: str) -> list[Content]:
    """Coloured lines: about 70 ms per 1,000 lines."""
    lines = highlight(_clean(text), language="python", theme=Ink, tab_size=4).split("\n", allow_blank=True)
    wanted = text.count("\n") + 1
    return [*lines[:wanted], *[Content("")] * (wanted - len(lines))]


def _clean(text: str) -> str:
    """One cell per character: no tabs, no control characters, one kind of line end."""
    return _OTHER_BREAKS.sub(" ", text.expandtabs(4)).replace("\x00", "␀").replace("\x1b", "␛")
