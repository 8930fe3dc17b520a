"""try and with: exceptions are told before anything else sees them.

Runs inside the recorded process.
"""

from __future__ import annotations

import _ast

from . import build as b
from .loops import Loops
from .scopes import targets
from .sites import LINE
from .trees import copied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Tries(Loops):
    """A layer of the Rewriter."""

    def _block(self, body: list[Any], line: int = 0) -> list[Any]:
        """The body of a try or with: exceptions are told before anything else sees them."""
        assert self.scope is not None
        told = b.expression(b.call(b.FAILED, b.constant(self.scope.code)))
        inside = [b.attempt(self._body(body, line), [told])]
        b.place(inside, body[0])
        return inside

    def _on_Try(self, node: Any) -> list[Any]:
        assert self.scope is not None
        node.body = self._block(node.body, node.lineno)
        node.handlers = [self._handler(h) for h in node.handlers]
        node.orelse = self._body(node.orelse)
        if not node.finalbody:
            return [node]
        self.scope.finals.append(True)
        final = self._body(node.finalbody)
        self.scope.finals.pop()
        node.finalbody = []
        told = b.expression(b.call(b.FAILED, b.constant(self.scope.code)))
        inner = [node] if node.handlers else [*node.body, *node.orelse]
        outer = b.attempt([b.attempt(inner, [told])], [], final)
        return [outer]

    def _handler(self, node: Any) -> Any:
        assert self.scope is not None
        begins = b.mark(self.site(LINE, node.lineno))
        first = [b.expression(b.call(b.HANDLED))]
        self._line = node.lineno
        if node.type is None:
            first.insert(0, b.expression(begins))
        else:
            node.type = b.place(b.before(begins, self.value(node.type)), node.type)
        names = [node.name] if node.name else []
        body = self._body(node.body, node.lineno)
        if names:
            told = b.expression(b.call(b.FAILED, b.constant(self.scope.code)))
            body = [*self.bound(names), b.attempt([b.attempt(body, [told])], [], self.unbound(names))]
        node.body = b.place([*first, *body], node)
        return node

    def _on_With(self, node: Any) -> list[Any]:
        if len(node.items) > 1:  # each name is bound before the next item is made
            inner = b.place(_ast.With(items=node.items[1:], body=node.body, type_comment=None), node)
            inner.lineno, inner.end_lineno = node.lineno, node.end_lineno
            node.items, node.body = node.items[:1], [inner]
        deepest = not (isinstance(node.body[0], _ast.With) and node.body[0].lineno == node.lineno)
        action = self.asks.action(node, self.scope)
        pending = self.asks.pending()
        names = []
        for item in node.items:
            item.context_expr = self.value(item.context_expr)
            if item.optional_vars is not None:
                names += targets(item.optional_vars)
                item.optional_vars = self.value(item.optional_vars)
        looked = [] if action is None else [b.expression(action)]
        leaves = [] if action is None else [b.expression(b.call(b.WAITS, b.constant(self.asks.number)))]
        inside = self._block(node.body, node.lineno)
        if deepest:
            leaves.insert(0, b.emit(self.site(LINE, node.lineno)))
        if leaves:
            inside = [b.attempt(inside, [], leaves)]
        node.body = b.place([*looked, *self.bound(names), *inside], node)
        done = [] if action is None else [b.expression(copied([action])[0])]
        return [*pending, node, *done, b.expression(b.guarded(b.FLYING, b.call(b.HANDLED, b.constant(1))))]
