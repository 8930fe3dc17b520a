"""A program file whose syntax tree is tied to its bytes, so that edits touch only what they change.

Nothing is ever printed from the tree: an edit replaces a byte span of the original, so comments,
formatting, newlines, encoding and BOM outside the span survive.
"""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from semduck.repair.model import Edit

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = Function | ast.Lambda | ast.ClassDef | ast.Module
LINE_END = re.compile(r"\r\n|\r|\n")
ATOMS = (
    ast.Name,
    ast.Constant,
    ast.Call,
    ast.Attribute,
    ast.Subscript,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.JoinedStr,
)
TIGHT = (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Await, ast.Starred)


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the file with character offsets."""

    text: str
    start: int
    end: int


class Source:
    """One file: its bytes, its text and its tree. SyntaxError or UnicodeError when it is not Python."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self.data = data
        self.bom = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
        self.encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0].replace("-sig", "")
        self.text = data[self.bom :].decode(self.encoding)
        self.tree = ast.parse(self.text)
        self.line_starts = [0, *(m.end() for m in LINE_END.finditer(self.text))]
        self.newline = "\r\n" if self.text.count("\r\n") * 2 > self.text.count("\n") else "\n"
        self._ascii = self.text.isascii()
        self.parents: dict[ast.AST, ast.AST] = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }

    # -- positions -------------------------------------------------------------------------------
    def offset(self, line: int, column: int) -> int:
        """Character offset of a tree position (column counts UTF-8 bytes, line from 1)."""
        start = self.line_starts[line - 1]
        if self._ascii:
            return start + column
        stop = self.line_starts[line] if line < len(self.line_starts) else len(self.text)
        return start + len(self.text[start:stop].encode()[:column].decode(errors="ignore"))

    def start(self, node: ast.AST) -> int:
        """Character offset where a node begins."""
        return self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Character offset just after a node."""
        return self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def of(self, node: ast.AST) -> str:
        """The node's own source text."""
        return self.text[self.start(node) : self.end(node)]

    def line_of(self, offset: int) -> int:
        """Line number (from 1) of a character offset."""
        return bisect_left(self.line_starts, offset + 1)

    def byte(self, offset: int) -> int:
        """Byte offset in the file of a character offset."""
        return self.bom + (offset if self._ascii else len(self.text[:offset].encode(self.encoding)))

    def text_offset(self, byte: int) -> int:
        """Character offset of a byte offset in the file."""
        at = byte - self.bom
        return at if self._ascii else len(self.data[self.bom : byte].decode(self.encoding, errors="ignore"))

    # -- edits -----------------------------------------------------------------------------------
    def edit(self, start: int, end: int, new: str) -> Edit:
        """Replace characters [start, end) by `new`. UnicodeError if the encoding has no such letter."""
        return Edit(self.byte(start), self.byte(end), new.encode(self.encoding))

    def replace(self, node: ast.AST, new: str) -> Edit:
        """Replace a node's text."""
        return self.edit(self.start(node), self.end(node), new)

    def fit(self, node: ast.expr, new: str) -> Edit:
        """Replace an expression by a looser-binding one, in parentheses where its place needs them."""
        tight = isinstance(self.parents.get(node), TIGHT) and not self.in_parens(node)
        return self.replace(node, f"({new})" if tight else new)

    def atom(self, node: ast.expr) -> str:
        """The expression's text, in parentheses unless it binds as tightly as a name."""
        return self.of(node) if isinstance(node, ATOMS) else f"({self.of(node)})"

    def in_parens(self, node: ast.expr) -> bool:
        """True if the expression stands directly in parentheses of its own."""
        before = self.text[: self.start(node)].rstrip()
        after = self.text[self.end(node) :].lstrip()
        return before.endswith("(") and after.startswith(")")

    def around(self, node: ast.expr) -> tuple[int | None, int | None]:
        """Offsets of the parentheses directly around an expression, None where there are none."""
        before = self.text[: self.start(node)].rstrip()
        after = self.text[self.end(node) :]
        gap = len(after) - len(after.lstrip())
        if not before.endswith("(") or not after.lstrip().startswith(")"):
            return None, None
        return len(before) - 1, self.end(node) + gap

    # -- tokens ----------------------------------------------------------------------------------
    @cached_property
    def tokens(self) -> list[Token]:
        """Operators and names, in order (no comments, no strings, no layout)."""
        found = []
        lines = io.StringIO(self.text.replace("\r\n", " \n").replace("\r", "\n"))
        for tok in tokenize.generate_tokens(lines.readline):
            if tok.type in (tokenize.OP, tokenize.NAME):
                start = self.line_starts[tok.start[0] - 1] + tok.start[1]
                found.append(Token(tok.string, start, start + len(tok.string)))
        return found

    def tokens_between(self, start: int, end: int) -> list[Token]:
        """Tokens wholly inside the character range."""
        first = bisect_left(self.tokens, start, key=lambda tok: tok.start)
        found = []
        for tok in self.tokens[first:]:
            if tok.start >= end:
                break
            found.append(tok)
        return found

    def operator(self, left: ast.AST, right: ast.AST) -> Token | None:
        """The operator standing between two operands ("not in" and "is not" as one)."""
        inner = [t for t in self.tokens_between(self.end(left), self.start(right)) if t.text not in "()"]
        if not inner:
            return None
        return Token(" ".join(t.text for t in inner), inner[0].start, inner[-1].end)

    # -- structure -------------------------------------------------------------------------------
    def up(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, innermost first."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement a node belongs to."""
        for outer in (node, *self.up(node)):
            if isinstance(outer, ast.stmt):
                return outer
        return None

    def scope(self, node: ast.AST) -> Scope:
        """The function, class or module whose names the node uses (comprehensions are looked through)."""
        for outer in self.up(node):
            if isinstance(outer, Function | ast.ClassDef | ast.Module):
                return outer
        return self.tree

    def function(self, node: ast.AST) -> Function | None:
        """The function around a node, if any."""
        return next((n for n in self.up(node) if isinstance(n, Function)), None)

    def klass(self, node: ast.AST) -> ast.ClassDef | None:
        """The class around a node, if any."""
        return next((n for n in self.up(node) if isinstance(n, ast.ClassDef)), None)

    def loops(self, node: ast.AST) -> list[ast.For | ast.While | ast.AsyncFor]:
        """The loops around a node inside its function, innermost first."""
        found: list[ast.For | ast.While | ast.AsyncFor] = []
        for outer in self.up(node):
            if isinstance(outer, Function | ast.ClassDef | ast.Lambda):
                break
            if isinstance(outer, ast.For | ast.While | ast.AsyncFor):
                found.append(outer)
        return found

    def block(self, stmt: ast.stmt) -> list[ast.stmt]:
        """The list of statements the statement stands in."""
        parent = self.parents.get(stmt)
        for field in ("body", "orelse", "finalbody"):
            body = getattr(parent, field, None)
            if isinstance(body, list) and any(item is stmt for item in body):
                return body
        return [stmt]

    def owns_line(self, stmt: ast.stmt) -> bool:
        """True if the statement has its lines to itself (no `if x: y`, no semicolons)."""
        begin, end = self.start(stmt), self.end(stmt)
        after = self.text[end : self.line_stop(end)].split("#")[0]
        return not self.text[self.line_start(begin) : begin].strip() and not after.strip()

    def line_start(self, offset: int) -> int:
        """Offset of the first character of the line around `offset`."""
        return self.line_starts[self.line_of(offset) - 1]

    def line_stop(self, offset: int) -> int:
        """Offset just after the line around `offset`, its newline included."""
        line = self.line_of(offset)
        return self.line_starts[line] if line < len(self.line_starts) else len(self.text)

    def indent(self, stmt: ast.stmt) -> str:
        """The white space in front of a statement."""
        begin = self.start(stmt)
        return re.match(r"\s*", self.text[self.line_start(begin) : begin])[0]  # type: ignore[index]

    @cached_property
    def unit(self) -> str:
        """One level of indentation as this file writes it."""
        for node in ast.walk(self.tree):
            body = getattr(node, "body", None)
            if isinstance(node, ast.stmt) and isinstance(body, list) and body and self.owns_line(body[0]):
                return self.indent(body[0]).removeprefix(self.indent(node)) or "    "
        return "    "

    def lines_before(self, stmt: ast.stmt, lines: list[str], indent: str | None = None) -> Edit | None:
        """Insert whole lines above a statement, None where it shares its line with something."""
        if not self.owns_line(stmt):
            return None
        lead = self.indent(stmt) if indent is None else indent
        at = self.line_start(self.start(stmt))
        return self.edit(at, at, "".join(f"{lead}{line}{self.newline}" for line in lines))

    def lines_after(self, stmt: ast.stmt, lines: list[str], indent: str | None = None) -> Edit | None:
        """Insert whole lines below a statement."""
        if not self.owns_line(stmt):
            return None
        lead = self.indent(stmt) if indent is None else indent
        at = self.line_stop(self.end(stmt))
        text = "".join(f"{lead}{line}{self.newline}" for line in lines)
        if at == len(self.text) and not self.text.endswith(("\n", "\r")):
            text = self.newline + text.rstrip("\r\n")
        return self.edit(at, at, text)

    def cut(self, stmt: ast.stmt) -> Edit:
        """Take a statement's whole lines out."""
        return self.edit(self.line_start(self.start(stmt)), self.line_stop(self.end(stmt)), "")

    def lines_of(self, stmt: ast.stmt) -> list[str]:
        """A statement's lines without its indentation and newlines, for moving it elsewhere."""
        begin = self.line_start(self.start(stmt))
        lead = self.indent(stmt)
        text = self.text[begin : self.line_stop(self.end(stmt))]
        return [line.removeprefix(lead) for line in LINE_END.split(text.rstrip("\r\n"))]


def load(path: Path) -> Source | None:
    """The file ready for edits, None if it cannot be read or is not Python."""
    try:
        return Source(path, path.read_bytes())
    except (OSError, SyntaxError, UnicodeError, ValueError, tokenize.TokenError, RecursionError):
        return None


def moved_line(data: bytes, edits: tuple[Edit, ...], line: int) -> int:
    """Where a line of the original stands after the edits (lines from 1)."""
    starts = [0, *(m.end() for m in re.finditer(rb"\r\n|\r|\n", data))]
    if not 1 <= line <= len(starts):
        return line
    at = starts[line - 1]
    at += len(data[at:]) - len(data[at:].lstrip(b" \t"))
    moved = 0
    for edit in edits:
        if edit.end <= at and (edit.start < at or edit.start == edit.end):
            # Text put in front of a statement on its own line belongs to the statement.
            old, new = data[edit.start : edit.end], edit.new
            moved += _newlines(new) - _newlines(old)
    return line + moved


def _newlines(data: bytes) -> int:
    return len(re.findall(rb"\r\n|\r|\n", data))
