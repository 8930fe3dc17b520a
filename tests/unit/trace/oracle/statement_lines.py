"""Which lines begin a statement of which code object: what is a step. Shares no code with the recorder."""

from __future__ import annotations

import ast
from functools import cache

INSIDE = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}  # parts of a statement, not calls
Table = dict[tuple[str, int], dict[int, tuple[int, bool]]]  # (name, first) -> line -> (statement, loop)


@cache
def table(path: str) -> Table:
    """Statements of a file; {} when it cannot be parsed."""
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
    except (SyntaxError, ValueError, OSError):
        return {}
    found: Table = {}
    _Visitor(found).scope("<module>", 1, tree.body)
    return found


class _Visitor(ast.NodeVisitor):
    def __init__(self, found: Table) -> None:
        self.found = found
        self.lines: dict[int, tuple[int, bool]] = {}

    def scope(self, name: str, first: int, body: list[ast.stmt]) -> None:
        outer, self.lines = self.lines, self.found.setdefault((name, first), {})
        for node in body:
            self.visit(node)
        self.lines = outer

    def mark(self, line: int, begin: int, end: int) -> None:
        for at in range(begin, end + 1):
            self.lines.setdefault(at, (line, False))

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.definition(node)
            return
        if isinstance(node, ast.Lambda):
            self.visit(node.args)
            outer, self.lines = self.lines, self.found.setdefault(("<lambda>", node.lineno), {})
            self.mark(node.body.lineno, node.body.lineno, node.body.end_lineno or node.body.lineno)
            self.visit(node.body)
            self.lines = outer
            return
        if isinstance(node, ast.match_case):
            line = node.pattern.lineno
            self.mark(line, line, max(line, top(node.body[0]) - 1))
        elif isinstance(node, ast.ExceptHandler):
            self.mark(node.lineno, node.lineno, max(node.lineno, top(node.body[0]) - 1))
        elif isinstance(node, ast.Match):
            self.mark(node.lineno, node.lineno, max(node.lineno, node.cases[0].pattern.lineno - 1))
        elif isinstance(node, ast.stmt) and not isinstance(node, (ast.Global, ast.Nonlocal)):
            body = getattr(node, "body", None)
            end = max(node.lineno, top(body[0]) - 1) if body else node.end_lineno or node.lineno
            self.mark(node.lineno, node.lineno, end)
            loop = isinstance(node, (ast.For, ast.AsyncFor, ast.While))
            if loop and body and body[0].lineno == node.lineno:
                owner = self.lines[node.lineno][0]
                self.lines |= {at: (owner, True) for at, known in self.lines.items() if known[0] == owner}
        self.generic_visit(node)

    def definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.mark(node.lineno, node.lineno, node.lineno)
        self.mark(node.lineno, top(node), max(node.lineno, top(node.body[0]) - 1))
        self.scope(node.name, top(node), node.body)
        for field in ("decorator_list", "args", "bases", "keywords"):
            value = getattr(node, field, [])
            for part in value if isinstance(value, list) else [value]:
                self.visit(part)


def top(node: ast.AST) -> int:
    """First line of a statement, decorators counted."""
    return int(min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]))  # type: ignore[attr-defined]
