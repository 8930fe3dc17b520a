"""Statements without blocks.

Runs inside the recorded process.
"""

from __future__ import annotations

import _ast

from . import build as b
from .naming import Naming
from .scopes import every, targets
from .sites import RETURN, VALUE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Calls that may end the process at once, or make another one.
DEADLY = frozenset("""
kill killpg abort _exit execv execve execvp execvpe execl execle execlp execlpe raise_signal pthread_kill
string_at wstring_at memmove memset cast CDLL PyDLL _sigsegv _read_null pythonapi alarm setitimer fork forkpty
setrlimit
""".split())


class Simple(Naming):
    """A layer of the Rewriter."""

    def _simple(self, node: Any) -> list[Any]:
        """Statements without blocks: run, look at what changed, say what was bound."""
        action = self.asks.action(node, self.scope)
        pending = self.asks.pending()
        names = self._names_of(node)
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                setattr(node, field, [self.value(v) if isinstance(v, _ast.AST) else v for v in value])
            elif isinstance(value, _ast.AST):
                setattr(node, field, self.value(value))
        done = [*self._dangers(node), *pending, node]
        if action is not None:
            done.append(b.expression(action))
        return [*done, *self.bound(names, b.CHANGED if type(node) is _ast.AugAssign else b.VALUE)]

    @staticmethod
    def _dangers(node: Any) -> list[Any]:
        """Before calls that may end the process at once: what was recorded goes out of its hands."""
        for at in every([node]):
            name = at.attr if isinstance(at, _ast.Attribute) else at.id if isinstance(at, _ast.Name) else ""
            if name in DEADLY:
                return [b.expression(b.call(b.DRAIN))]
        return []

    @staticmethod
    def _names_of(node: Any) -> list[str]:
        kind = type(node)
        if kind is _ast.Assign:
            return list(dict.fromkeys(n for t in node.targets for n in targets(t)))
        if kind is _ast.AugAssign or (kind is _ast.AnnAssign and node.value is not None):
            return targets(node.target)
        if kind in (_ast.Import, _ast.ImportFrom):
            return [a.asname or a.name.partition(".")[0] for a in node.names if a.name != "*"]
        return []

    def _on_Import(self, node: Any) -> list[Any]:
        done = self._simple(node)
        if self.scope is not None and self.scope.kind == "module":
            done.append(b.expression(b.call(b.IMPORTED)))
        return done

    def _on_ImportFrom(self, node: Any) -> list[Any]:
        done = self._on_Import(node)
        if any(a.name == "*" for a in node.names):
            done.append(b.expression(b.call(b.STAR)))
        return done

    def _on_Delete(self, node: Any) -> list[Any]:
        names = [n for t in node.targets for n in targets(t)]
        return [*self._simple(node), *self.unbound(names)]

    def _on_Return(self, node: Any) -> list[Any]:
        assert self.scope is not None
        kind = VALUE if self.scope.blocks else RETURN
        site = self.site(kind)
        action = self.asks.action(node, self.scope)
        done = [*self._swallows(), *self.asks.pending()]
        value = node.value
        if value is None:
            return [*done, b.emit(site), b.emit(b.constant(None)), node]
        if action is None and (type(value) is _ast.Name or type(value) is _ast.Constant):
            shown = b.seen(value.id) if type(value) is _ast.Name else b.call(b.VALUE, value)
            return [*done, b.emit(site), b.emit(shown), node]
        value = self.value(value)
        value = value if action is None else b.after(value, action)
        node.value = b.place(b.call(b.RESULT, b.constant(site), value), node)
        return [*done, node]

    def _swallows(self) -> list[Any]:
        """Before a statement that leaves a `finally` block: what was flying is gone."""
        assert self.scope is not None
        if any(self.scope.finals):
            forget = b.guarded(b.LATER, b.method_of(b.LATER, "clear"))
            return [b.expression(b.guarded(b.FLYING, b.call(b.HANDLED))), b.expression(forget)]
        return []

    def _on_Break(self, node: Any) -> list[Any]:
        return [*self._swallows(), node]

    def _on_Raise(self, node: Any) -> list[Any]:
        if node.exc is None:
            return [b.expression(b.call(b.AGAIN)), node]
        return self._simple(node)

    def _on_FunctionDef(self, node: Any) -> list[Any]:
        return self._defined(node)

    _on_AsyncFunctionDef = _on_ClassDef = _on_FunctionDef

    def _defined(self, node: Any) -> list[Any]:
        action = self.asks.action(node, self.scope)
        pending = self.asks.pending()
        for field in node._fields:
            if field == "body":
                continue
            value = getattr(node, field, None)
            if isinstance(value, list):
                setattr(node, field, [self.value(v) if isinstance(v, _ast.AST) else v for v in value])
            elif isinstance(value, _ast.AST):
                setattr(node, field, self.value(value))
        self._definition(node)
        done = [*pending, node]
        if action is not None:
            done.append(b.expression(action))
        return [*done, *self.bound([node.name])]

    def _on_Assert(self, node: Any) -> list[Any]:
        return self._simple(node)
