"""Statements that choose and repeat: if, while, for, match, continue.

Runs inside the recorded process.
"""

from __future__ import annotations

import _ast

from . import build as b
from .scopes import captured, targets
from .simple import Simple
from .sites import LINE
from .trees import copied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Loops(Simple):
    """A layer of the Rewriter."""

    def _test(self, node: Any) -> list[Any]:
        """Put the question what the test changed behind the test. Returns what comes before the statement."""
        action = self.asks.action(node, self.scope)
        pending = self.asks.pending()
        node.test = self.value(node.test)
        if action is not None:
            node.test = b.place(b.after(node.test, action), node.test)
        return pending

    def _on_If(self, node: Any) -> list[Any]:
        pending = self._test(node)
        node.body = self._body(node.body, node.lineno)
        node.orelse = self._body(node.orelse, node.lineno)
        return [*pending, node]

    def _on_While(self, node: Any) -> list[Any]:
        pending = self._test(node)
        for told in reversed(pending):
            node.test = b.place(b.before(told.value, node.test), node.test)
        again = self.site(LINE, node.lineno)
        node.body = self._loop_body(node, again)
        node.orelse = self._body(node.orelse, node.lineno)
        return [node]

    def _on_For(self, node: Any) -> list[Any]:
        action = self.asks.action(node, self.scope)
        pending = self.asks.pending()
        node.iter = self.value(node.iter)
        names = targets(node.target)
        node.target = self.value(node.target)
        head: list[Any] = []
        if action is not None:
            node.iter = b.place(b.after(node.iter, action), node.iter)
            head.append(b.expression(copied([action])[0]))
        again = self.site(LINE, node.lineno)
        node.body = b.place([*head, *self.bound(names)], node.iter) + self._loop_body(node, again)
        node.orelse = self._body(node.orelse, node.lineno)
        if action is not None:
            node.orelse = b.place([b.expression(copied([action])[0])], node.iter) + node.orelse
        return [*pending, node]

    def _loop_body(self, node: Any, again: str) -> list[Any]:
        assert self.scope is not None
        finals, self.scope.finals = self.scope.finals, []
        outer, blocks, self._again, self._blocks = self._again, self._blocks, again, 0
        body = self._body(node.body, node.lineno)
        self._again, self._blocks, self.scope.finals = outer, blocks, finals
        if not isinstance(node.body[-1], (_ast.Return, _ast.Raise, _ast.Break, _ast.Continue)):
            body += b.place([b.breath(), b.emit(again)], node.body[-1])
        return body

    def _on_Continue(self, node: Any) -> list[Any]:
        if self._again is None:
            return [node]
        if self._blocks:  # what surrounds it runs first
            return [b.expression(b.method_of(b.LATER, "append", b.constant(1))), node]
        return [b.breath(), b.emit(self._again), node]

    def _goes_on_later(self, body: list[Any]) -> Any:
        """A try or with that a `continue` leaves: the line of the loop comes after what it does then."""
        assert self._again is not None
        later = _ast.If(test=b.helper(b.LATER), body=[
            b.expression(b.method_of(b.LATER, "clear")), b.breath(), b.emit(self._again)], orelse=[])
        return b.attempt(body, [b.expression(b.method_of(b.LATER, "clear"))], [later])

    def _on_Match(self, node: Any) -> list[Any]:
        action = self.asks.action(node, self.scope)
        pending = self.asks.pending()
        node.subject = self.value(node.subject)
        looked = [] if action is None else [action]
        node.cases = [new for case in node.cases for new in self._case(case, node, looked)]
        done = [b.expression(copied(looked)[0])] if looked else []
        return [*pending, node, *done]

    def _case(self, case: Any, match: Any, looked: list[Any]) -> list[Any]:
        """A case, and before it one that only tells that it is looked at."""
        line = self._line = case.pattern.lineno
        cases = [case]
        if line != match.lineno:
            told = b.before(b.mark(self.site(LINE, line)), b.constant(False))
            anything = _ast.MatchAs(pattern=None, name=None)
            cases.insert(0, _ast.match_case(pattern=anything, guard=told, body=[_ast.Pass()]))
        bound = self.bound(captured(case.pattern))
        body = self._body(case.body, line)
        asked = [b.expression(n) for n in copied(looked)]
        if case.guard is None:
            body = [*asked, *bound, *body]
        else:
            case.guard = self.value(case.guard)
            for told in reversed([*copied(asked), *bound]):
                case.guard = b.before(told.value, case.guard)
            body = [*asked, *body]
        case.body = body
        b.place(case.body, case.pattern)
        b.place(cases, case.pattern)
        return cases
