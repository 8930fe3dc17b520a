"""One code object while it is rewritten: what its names are.

Runs inside the recorded process.
"""

from __future__ import annotations

import _ast

from .scopes import COMPREHENSIONS, FUNCTIONS, SCOPES, captured, every, suspends, targets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Silent(_ast.Pass):
    """Where a `global` or `nonlocal` stood: no step."""


class Scope:
    """One code object while it is rewritten."""

    def __init__(self, code: int, kind: str, nodes: list[Any], outer: Scope | None) -> None:
        """nodes: see scopes.own."""
        self.code, self.kind, self.outer = code, kind, outer
        self.fast = code >= 0
        self.owner: str = outer.owner if outer is not None else ""  # the class whose private names are meant
        self.globals = {n for node in nodes if type(node) is _ast.Global for n in node.names}
        self.others = {n for node in nodes if type(node) is _ast.Nonlocal for n in node.names}
        self.suspends = suspends(nodes)
        self.locals: set[str] = set()
        self.parameters: set[str] = set()
        self.deleted: set[str] = set()
        for node in nodes:
            self._note(node)
        self.locals -= self.globals | self.others
        comprehensions = [n for n in nodes if isinstance(n, COMPREHENSIONS)]
        self.inner = {n for c in comprehensions for g in c.generators for n in targets(g.target)}
        # Names that functions inside may take from it, and all that it uses.
        scopes = [s for s in nodes if isinstance(s, SCOPES)] if kind == "function" else []
        self.given = {n.id for n in every(scopes) if type(n) is _ast.Name}
        self.used = self.given | {n.id for n in nodes if type(n) is _ast.Name}
        self.beyond: frozenset[str] = frozenset() if outer is None else outer.visible()
        self.first: tuple[str, ...] = ()
        self.free: tuple[str, ...] = ()  # names of enclosing functions that it uses
        self.blocks = 0  # -1: something runs between the value of a return and the end of the call
        self.finals: list[bool] = []

    def visible(self) -> frozenset[str]:
        """Names that functions inside may use."""
        return self.beyond | self.inner | (self.locals if self.kind == "function" else set())

    def _note(self, node: Any) -> None:
        kind = type(node)
        if kind is _ast.Name and type(node.ctx) is not _ast.Load:
            self.locals.add(node.id)
            if type(node.ctx) is _ast.Del:
                self.deleted.add(node.id)
        elif isinstance(node, (*FUNCTIONS, _ast.ClassDef)):
            self.locals.add(node.name)
        elif kind is _ast.alias:
            self.locals.add(node.asname or node.name.partition(".")[0])
        elif kind is _ast.ExceptHandler and node.name:
            self.locals.add(node.name)
            self.deleted.add(node.name)
        elif kind is _ast.match_case:
            self.locals.update(captured(node.pattern))
