"""Words as patches: a docstring, or comments at the end of lines, in the style of the file."""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Mapping

from semduck.repair import hunks
from semduck.repair.apply import sha256
from semduck.repair.edits import load
from semduck.repair.model import Proposal, Trial
from semduck.trace.model import SourceFile

WIDTH = 88  # columns of a docstring where the file's own lines are not longer
NOT_TRIED = "not tried yet: t tries it in a copy"
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module


class CommentError(ValueError):
    """The words cannot be put into the file. One line."""


def docstring(file: SourceFile, owner: Documented, words: str) -> Proposal:
    """A patch that gives `owner` a docstring, or replaces the first paragraph of the one it has.

    Examples and the rest of an old one stay. Raises CommentError.
    """
    text, indent = _plain(file), _indent(owner)
    quotes = "'''" if text.count("'''") > text.count('"""') else '"""'
    words = " ".join(words.split()).replace("\\", "\\\\").replace(quotes, quotes[0])
    if words.endswith(quotes[0]):
        words += " "
    if not words:
        raise CommentError("there are no words to put there")
    old = _old(owner)
    rows = text.split("\n")
    rest = _rest(rows, old, quotes) if old is not None else []
    lines = _wrapped(f"{quotes}{words}{quotes}", quotes, indent, _width(text), rest)
    if old is not None:
        _alone(rows, old)
        rows[old.lineno - 1 : old.end_lineno] = lines
    else:
        at = _place(owner, rows)
        rows[at:at] = lines
    name = getattr(owner, "name", "the module")
    first = (old.lineno if old else owner.body[0].lineno) if owner.body else 1
    return _proposal(file, "\n".join(rows), "docstring", f"Says what `{name}` is for.", first)


def comments(file: SourceFile, words: Mapping[int, str], function: str) -> Proposal:
    """A patch that puts `# words` at the end of lines that have no comment. Raises CommentError."""
    text = _plain(file)
    rows, width, free = text.split("\n"), max(100, _width(text)), _ends(text)
    done = 0
    for line, said in words.items():
        comment = "# " + " ".join(said.split())
        if line in free and len(rows[line - 1]) + 2 + len(comment) <= width:
            rows[line - 1] = f"{rows[line - 1].rstrip()}  {comment}"
            done += 1
    if not done:
        raise CommentError("no line has room for a comment")
    first = min(line for line in words if line in free)
    reason = f"Comments on {done} line{'s' if done > 1 else ''} of `{function}`: what was said and checked."
    return _proposal(file, "\n".join(rows), "comment", reason, first)


def _proposal(file: SourceFile, text: str, kind: str, reason: str, line: int) -> Proposal:
    source = load(file.path)
    if source is None or sha256(source.data) != file.sha256:
        raise CommentError(f"{file.path.name} changed since it was recorded; ctrl+r records it again")
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        raise CommentError("with these words the file would not be Python any more") from None
    crlf = b"\r\n" in source.data
    edits = hunks.replacement(source.data, text.replace("\n", "\r\n") if crlf else text)
    return Proposal(file.path, file.sha256, edits, kind, reason, line, Trial("stopped"), NOT_TRIED, "fair")


def _plain(file: SourceFile) -> str:
    return file.text.removeprefix("\ufeff").replace("\r\n", "\n")


def _indent(owner: Documented) -> str:
    return " " * (owner.body[0].col_offset if owner.body else 0)


def _width(text: str) -> int:
    return max(72, min(WIDTH, max(map(len, text.split("\n")))))


def _old(owner: Documented) -> ast.Expr | None:
    first = owner.body[0] if owner.body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if isinstance(first, ast.Expr) and is_text and isinstance(getattr(first.value, "value", None), str):
        return first
    return None


def _alone(rows: list[str], old: ast.Expr) -> None:
    """A docstring that shares its line with something else is left to the user."""
    before = rows[old.lineno - 1][: old.col_offset].strip()
    after = rows[(old.end_lineno or old.lineno) - 1][old.end_col_offset or 0 :].strip()
    if before or after.startswith(";"):
        raise CommentError("the docstring shares its line with other code")


def _place(owner: Documented, rows: list[str]) -> int:
    """The line, from 0, before which a new docstring goes."""
    first = owner.body[0]
    if rows[first.lineno - 1][: first.col_offset].strip():
        raise CommentError("the body is on the line of its head")
    if isinstance(owner, ast.Module):
        return _after_head(rows)
    decorators: list[ast.expr] = getattr(first, "decorator_list", [])
    return min([first.lineno, *(d.lineno for d in decorators)]) - 1


def _after_head(rows: list[str]) -> int:
    """Behind #! and the encoding line of a file."""
    at = 0
    while at < min(2, len(rows)) and re.match(r"#!|#.*coding[:=]", rows[at]):
        at += 1
    return at


def _rest(rows: list[str], old: ast.Expr, quotes: str) -> list[str]:
    """What follows the first paragraph of an old docstring, with its closing quotes."""
    mine = rows[old.lineno - 1 : old.end_lineno]
    blank = next((n for n, row in enumerate(mine) if not row.strip()), None)
    if blank is None or not mine[0].strip().startswith(quotes) or not mine[-1].rstrip().endswith(quotes):
        return []
    return mine[blank:]


def _wrapped(text: str, quotes: str, indent: str, width: int, rest: list[str]) -> list[str]:
    """On one line where it fits; else wrapped, the closing quotes below. rest: comes behind, as it is."""
    if rest:
        text = text.removesuffix(quotes)
    if len(indent) + len(text) <= width:
        return [indent + text, *rest]
    lines = textwrap.wrap(text, width - len(indent), break_long_words=False, break_on_hyphens=False)
    if not rest:
        lines[-1] = lines[-1].removesuffix(quotes)
        rest = [indent + quotes]
    return [*(indent + line for line in lines if line), *rest]


def _ends(text: str) -> set[int]:
    """Lines at whose end a comment may stand: a statement or header ends there, and there is none yet."""
    found: set[int] = set()
    try:
        last = None
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NEWLINE and last is not None and last.type != tokenize.COMMENT:
                found.add(token.start[0])
            last = token
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return set()
    return found
