"""Probes for values: names that are bound and unbound, lambdas, what a `yield` gives.

Runs inside the recorded process.
"""

from __future__ import annotations

import _ast

from ..frames import OWN
from . import build as b
from .asks import Asks
from .scopes import Names, unbound_elsewhere
from .sites import BIND, BIND_GLOBAL, UNBIND, UNBIND_GLOBAL, Sites
from .trees import copied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .scope import Scope


class Naming:
    """The lowest layer of the Rewriter."""

    def __init__(self, tree: Any, sites: Sites, new_code: Callable[[], int], waits: bool = True) -> None:
        self.tree, self.sites, self.new_code = tree, sites, new_code
        self.names, self.waits = Names(tree), waits
        self.lost = unbound_elsewhere(tree)
        self.needs_tracing = False  # some function is left to sys.settrace
        self.scope: Scope | None = None
        self.codes: list[int] = []
        self.asks = Asks(self)
        self._again: str | None = None  # mark of the loop around the statement
        self._line = 0  # of the statement
        self._lazy = 0  # generator expressions around the expression
        self._blocks = 0  # tries and withs between that loop and the statement, which a `continue` leaves

    def site(self, kind: int, what: Any = None) -> str:
        assert self.scope is not None
        if isinstance(what, list):
            what = [self.mangled(name) for name in what]
        return self.sites.add(kind, self.scope.code, what)

    def mangled(self, name: str) -> str:
        """A private name as python knows it."""
        owner = self.scope.owner.lstrip("_") if self.scope is not None else ""
        return f"_{owner}{name}" if owner and name[:2] == "__" and name[-2:] != "__" else name

    def value(self, node: Any) -> Any:
        """An expression, with its lambdas and walruses."""
        self._lazy += type(node) is _ast.GeneratorExp
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                setattr(node, field, [self.value(v) if isinstance(v, _ast.AST) else v for v in value])
            elif isinstance(value, _ast.AST):
                if isinstance(node, _ast.Lambda) and field == "body":
                    continue
                setattr(node, field, self.value(value))
        self._lazy -= type(node) is _ast.GeneratorExp
        if type(node) is _ast.Lambda:
            self._lambda(node)
        elif type(node) is _ast.Yield:
            return self._yield(node)
        elif type(node) is _ast.NamedExpr and self._lazy:
            return b.place(b.call(b.DRAWN, b.constant(self.mangled(node.target.id)), node), node)
        elif type(node) is _ast.NamedExpr:
            return b.place(b.call(b.BOUND, b.constant(self.binding([node.target.id])), node), node)
        return node

    def _yield(self, node: Any) -> Any:
        """Tell of the value that goes out, and that the frame goes on."""
        assert self.scope is not None
        value = node.value or b.place(b.constant(None), node)
        if self.asks.question is not None:
            value = b.after(value, copied([self.asks.question])[0])
        code = b.constant(self.scope.code)
        node.value = b.place(b.call(b.YIELDED, code, b.constant(self._line), value), node)
        return b.place(b.call(b.RESUMED, b.constant(self.scope.free), node), node)

    def binding(self, names: list[str]) -> str:
        assert self.scope is not None
        outside = self.scope.kind == "module" or names[0] in self.scope.globals
        return self.site(BIND_GLOBAL if outside else BIND, names)

    def bound(self, names: list[str], how: int = b.VALUE) -> list[Any]:
        """Probes after names were bound."""
        assert self.scope is not None
        names = [n for n in names if n not in OWN]
        if not names:
            return []
        if self.scope.kind == "class":
            own_names = tuple(self.mangled(n) for n in names if n not in self.scope.globals)
            return [b.expression(b.call(b.CLASS_NAMES, b.constant(own_names)))]
        apart = [n for n in names if n in self.scope.globals] if self.scope.kind == "function" else []
        others = tuple(self.mangled(n) for n in names if n in self.scope.others)
        groups = [[n for n in names if n not in apart and n not in self.scope.others], apart]
        done = [b.expression(b.call(b.SHARED, b.constant(others)))] if others else []
        given = tuple(self.mangled(n) for n in names if n in self.scope.given)
        for group in groups:
            if group:
                done += [b.emit(self.binding(group)), *(b.emit(b.seen(n, how)) for n in group)]
        if given or others:
            done.append(b.expression(b.call(b.CLOSED, b.constant((*given, *others)))))
        return done

    def unbound(self, names: list[str]) -> list[Any]:
        assert self.scope is not None
        done = []
        for name in [n for n in names if n not in OWN]:
            outside = self.scope.kind == "module" or name in self.scope.globals
            done.append(b.emit(self.site(UNBIND_GLOBAL if outside else UNBIND, [name])))
            if name in self.scope.given:
                done.append(b.expression(b.call(b.CLOSED, b.constant((self.mangled(name),)))))
        return done

    def _lambda(self, node: Any) -> None:
        raise NotImplementedError

    def _definition(self, node: Any) -> Any:
        raise NotImplementedError

    def _body(self, body: list[Any], line: int = 0) -> list[Any]:
        raise NotImplementedError
