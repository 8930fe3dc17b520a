"""Source -> which statement and which loops each line belongs to. Parsed once per text, nothing executed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from semduck.trace.model import Value

Loop = ast.For | ast.AsyncFor | ast.While
Owner = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Spot:
    """What a line is. chain: the loops around it inside its function, its own included for a header."""

    node: ast.AST
    chain: tuple[Loop, ...]
    header: bool = False  # of chain[-1]
    single: bool = False  # a compound statement with (some of) its body on its own line
    following: ast.stmt | None = None  # next statement of the same block


class Source:
    """One file's statements by (owner, line)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.owners: dict[tuple[str, int], Owner] = {}
        self._spots: dict[tuple[int, int], Spot] = {}
        self.tree = _parse(text)
        self._block(self.tree.body, self.tree, ())

    def owner(self, function: str, line: int) -> Owner | None:
        """The def, class or module that a call of `function` (qualified name, def line) runs."""
        name = function.rpartition(".")[2]
        if name == "<module>":
            return self.tree
        return self.owners.get((name, line))

    def spot(self, owner: Owner, line: int) -> Spot | None:
        """The statement of `owner` that `line` belongs to."""
        return self._spots.get((id(owner), line))

    def segment(self, node: ast.AST) -> str:
        """Source of a node on one line."""
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
        if not first or not last or last > len(self.lines):
            return ast.unparse(node)
        rows = [line.encode() for line in self.lines[first - 1 : last]]
        rows[-1] = rows[-1][: getattr(node, "end_col_offset", None)]
        rows[0] = rows[0][getattr(node, "col_offset", 0) :]
        return " ".join(b" ".join(rows).decode(errors="replace").split())

    def _block(self, body: list[ast.stmt], owner: Owner, chain: tuple[Loop, ...]) -> None:
        for at, node in enumerate(body):
            following = body[at + 1] if at + 1 < len(body) else None
            self._statement(node, owner, chain, following)

    def _statement(
        self, node: ast.stmt, owner: Owner, chain: tuple[Loop, ...], after: ast.stmt | None
    ) -> None:
        inner: list[ast.stmt] = getattr(node, "body", [])
        is_loop = isinstance(node, Loop)
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        cases = getattr(node, "cases", [])
        below = inner[0].lineno if inner else cases[0].pattern.lineno if cases else None
        last = max(first, below - 1) if below else node.end_lineno or first
        own = (*chain, node) if isinstance(node, Loop) else chain
        spot = Spot(node, own, is_loop, bool(below and below <= node.lineno), after)
        self._mark(range(first, last + 1), owner, spot)
        if isinstance(node, _DEFS):
            for line in range(first, node.lineno + 1):
                self.owners[node.name, line] = node
            self._block(node.body, node, ())
            return
        self._block(inner, owner, own)
        self._block(getattr(node, "orelse", []), owner, chain)
        self._arms(node, owner, chain)
        self._block(getattr(node, "finalbody", []), owner, chain)

    def _arms(self, node: ast.stmt, owner: Owner, chain: tuple[Loop, ...]) -> None:
        for handler in getattr(node, "handlers", []):
            self._mark(range(handler.lineno, handler.body[0].lineno), owner, Spot(handler, chain))
            self._mark([handler.lineno], owner, Spot(handler, chain, single=True))
            self._block(handler.body, owner, chain)
        for case in getattr(node, "cases", []):
            end = max(case.body[0].lineno, case.pattern.lineno + 1)
            self._mark(range(case.pattern.lineno, end), owner, Spot(case, chain))
            self._block(case.body, owner, chain)

    def _mark(self, lines: range | list[int], owner: Owner, spot: Spot) -> None:
        for line in lines:
            self._spots.setdefault((id(owner), line), spot)


def _parse(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module(body=[], type_ignores=[])


@lru_cache(maxsize=64)
def source(text: str) -> Source:
    """The parsed source of `text`, cached."""
    return Source(text)


def span(body: list[ast.stmt]) -> range:
    """Lines of a block."""
    return range(body[0].lineno, (body[-1].end_lineno or body[-1].lineno) + 1) if body else range(0)


def is_generator(owner: Owner | None) -> bool:
    """True when calling `owner` makes a generator."""
    return isinstance(owner, ast.FunctionDef) and any(
        isinstance(n, ast.Yield | ast.YieldFrom) for n in own(owner)
    )


def own(node: ast.AST) -> list[ast.AST]:
    """All nodes below `node` that belong to its own frame."""
    found: list[ast.AST] = []
    work = list(ast.iter_child_nodes(node))
    while work:
        child = work.pop()
        found.append(child)
        if not isinstance(child, (*_DEFS, ast.Lambda)):
            work.extend(ast.iter_child_nodes(child))
    return found


def assigned(node: ast.AST) -> list[str]:
    """Names that a statement binds itself, in order of appearance."""
    if isinstance(node, Loop):
        node = getattr(node, "target", ast.Pass())
    elif hasattr(node, "body"):
        return []
    names = [n for n in [node, *own(node)] if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return list(dict.fromkeys(n.id for n in sorted(names, key=lambda n: (n.lineno, n.col_offset))))


def constant_true(node: Loop) -> bool:
    """`while True:` and the like: the test is never looked at."""
    return isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)


def in_call_order(owner: Owner | None, arguments: Mapping[str, Value]) -> dict[str, Value]:
    """Arguments as a call lists them: *args before the ones that need their name."""
    if not isinstance(owner, ast.FunctionDef | ast.AsyncFunctionDef) or owner.args.vararg is None:
        return dict(arguments)
    late = [a.arg for a in [*owner.args.kwonlyargs, owner.args.kwarg] if a]
    return {k: arguments[k] for k in sorted(arguments, key=lambda name: name in late)}
