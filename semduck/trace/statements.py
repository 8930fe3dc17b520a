"""Where statements begin: a step is a statement, wherever in it python says that a line is reached.

Runs inside the recorded process.
"""

from __future__ import annotations

import _ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

HIDDEN = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})  # parts of a statement, not calls
FUNCTIONS = (_ast.FunctionDef, _ast.AsyncFunctionDef)
LOOPS = (_ast.For, _ast.AsyncFor, _ast.While)


class Starts:
    """Statements of one code object: `first` the line a line belongs to, `short` loops on one line."""

    __slots__ = ("first", "short")

    def __init__(self) -> None:
        self.first: dict[int, int] = {}
        self.short: set[int] = set()

    def add(self, line: int, begin: int, end: Any) -> None:
        """Lines begin..end belong to the statement at `line`."""
        for at in range(begin, end + 1):
            self.first.setdefault(at, line)


def starts(tree: Any) -> dict[tuple[str, int], Starts]:
    """Statements of all code objects of a file, by name and first line."""
    found: dict[tuple[str, int], Starts] = {}
    _scope(tree.body, found.setdefault(("<module>", 1), Starts()), found)
    return found


def _scope(body: list[Any], own: Starts, found: dict[tuple[str, int], Starts]) -> None:
    work = list(reversed(body))
    while work:
        node = work.pop()
        if isinstance(node, (*FUNCTIONS, _ast.ClassDef)):
            _definition(node, own, found)
        elif isinstance(node, _ast.Lambda):
            inner = found.setdefault(("<lambda>", node.lineno), Starts())
            inner.add(node.body.lineno, node.body.lineno, node.body.end_lineno)
            _scope([node.body], inner, found)
            work += [node.args]
        else:
            _own(node, own)
            work += reversed(list(_children(node)))


def _definition(node: Any, own: Starts, found: dict[tuple[str, int], Starts]) -> None:
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    own.add(node.lineno, node.lineno, node.lineno)
    own.add(node.lineno, first, max(node.lineno, node.body[0].lineno - 1))
    inner = found.setdefault((node.name, first), Starts())
    _scope(node.body, inner, found)
    rest = [*node.decorator_list]
    rest += [node.args] if isinstance(node, FUNCTIONS) else [*node.bases, *node.keywords]
    _scope(rest, own, found)


def _own(node: Any, own: Starts) -> None:
    """A statement, or a part of one that has a line of its own."""
    if isinstance(node, _ast.ExceptHandler):
        own.add(node.lineno, node.lineno, max(node.lineno, node.body[0].lineno - 1))
    elif isinstance(node, _ast.match_case):
        own.add(node.pattern.lineno, node.pattern.lineno, max(node.pattern.lineno, node.body[0].lineno - 1))
    elif isinstance(node, _ast.stmt) and not isinstance(node, (_ast.Global, _ast.Nonlocal)):
        body = getattr(node, "body", None) or getattr(node, "cases", None)
        end = node.end_lineno
        if body:
            first = body[0].pattern.lineno if isinstance(body[0], _ast.match_case) else _line(body[0])
            end = max(node.lineno, first - 1)
        own.add(node.lineno, node.lineno, end)
        if isinstance(node, LOOPS) and node.body[0].lineno == node.lineno:
            own.short.add(own.first[node.lineno])


def _line(node: Any) -> int:
    """First line of a statement, its decorators counted."""
    return int(min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]))


def _children(node: Any) -> Iterator[Any]:
    for field in node._fields:
        value = getattr(node, field, None)
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, _ast.AST):
                yield item
