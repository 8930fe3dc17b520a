"""Which statements need the question "what did you change?" behind them, and what the question is about.

Runs inside the recorded process.
"""

from __future__ import annotations

import _ast

from ..effects import header_of
from ..resolve import _PURE_NAMES, MUTATORS
from . import build as b
from .plans import stores
from .scopes import COMPREHENSIONS, FUNCTIONS, children, every, own, suspends

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..effects import LineInfo
    from .naming import Naming
    from .scope import Scope

PURE = frozenset(_PURE_NAMES)
SURE, MAYBE, NEVER = 2, 1, 0
BRANCHES = (_ast.IfExp, _ast.BoolOp, _ast.Lambda, *COMPREHENSIONS)


class Statement:
    """What a question is about. names: of the values it is given, in order; code: whose statement it is."""

    __slots__ = ("augmented", "classes", "code", "info", "module", "names", "no_arguments", "plan", "planned",
                 "stores", "sure")

    def __init__(self, info: LineInfo, code: int, names: tuple[str, ...], module: bool) -> None:
        self.info, self.code, self.names, self.module = info, code, names, module
        self.sure: list[Any] = []  # effects that are not only possible with unusual objects
        self.stores: list[Any] | None = None  # see plans.stores
        self.augmented = False  # the only store is one of `+=` and the like
        self.no_arguments = False  # a call without any
        self.plan: Any = None  # see plans.py
        self.planned = False
        self.classes = 0  # changes of classes that the plan knows of


class Asks:
    """Questions for one file."""

    def __init__(self, rewriter: Naming) -> None:
        self.rewriter = rewriter
        self._pending: list[Any] = []
        self.question: Any = None  # of the statement that is being rewritten

    def pending(self) -> list[Any]:
        """Statements to put before the one `action` was last asked for."""
        found, self._pending = self._pending, []
        return found

    def action(self, node: Any, scope: Scope | None) -> Any:
        """An expression to evaluate behind the statement, or None."""
        self._pending, self.question = [], None
        if scope is None:
            return None
        info = header_of(node, frozenset())
        if type(node) is _ast.AugAssign and type(node.target) is _ast.Name:
            info.effects = [e for e in info.effects if e != ("shallow", ("n", node.target.id))]
        levels = [self._level(e) for e in info.effects]
        if not any(levels):
            return None
        number, statement, question = self._question(node, info, scope)
        statement.sure = [e for e, level in zip(info.effects, levels, strict=True) if level == SURE]
        statement.stores = stores(node)
        statement.augmented = type(node) is _ast.AugAssign and bool(statement.stores)
        statement.no_arguments = _no_arguments(node)
        self.number = number
        self.question = question
        hold = b.call(b.HOLD, b.constant(number))
        holds = bool(info.rebound) and not (scope.suspends and suspends(own([node])))
        waits = b.call(b.WAITS, b.constant(number))
        # `Node(words["a"])` may make a key, and only then calls.
        first = [waits] if MAYBE in levels and len(levels) > 1 else []
        if SURE not in levels:
            self.question = b.guarded(b.EXOTIC, question)
            unusual = [hold, *first] if holds else first
            self._pending = [b.expression(b.guarded(b.EXOTIC, each)) for each in unusual]
            return self.question
        if holds:
            self._pending = [b.expression(hold)]
        if self._waits(info, levels, scope):
            self._pending.append(b.expression(b.unless(b.QUIET, number, waits)))
        else:
            self._pending += [b.expression(b.guarded(b.EXOTIC, each)) for each in first]
        return question

    def _question(self, node: Any, info: LineInfo, scope: Scope) -> tuple[int, Statement, Any]:
        sites = self.rewriter.sites
        module = scope.kind == "module"
        local = [] if module else [r for r in info.roots if self._is_local(r, scope)]
        if scope.kind == "function" and any(e[0] == "super" for e in info.effects):
            local += [p for p in list(scope.first) if p not in local]
        safe = scope.kind == "function" and not (scope.suspends and suspends(own([node])))
        safe = safe and all(self._is_bound(n, node, scope) for n in local)
        statement = Statement(info, scope.code, tuple(local) if safe else (), module)
        number = len(sites.effects)
        sites.effects[number] = statement
        if module or safe:
            return number, statement, b.call(b.EFFECTS, b.constant(number), *(b.load(n) for n in local))
        return number, statement, b.call(b.EFFECTS_LOCALS, b.constant(number))

    def _is_local(self, name: str, scope: Scope) -> bool:
        at: Scope | None = scope
        while at is not None and at.kind != "module":
            if name in at.globals:
                return False
            if name in at.locals and (at is scope or at.kind == "function"):
                return True
            at = at.outer
        return name in scope.beyond

    @staticmethod
    def _is_bound(name: str, node: Any, scope: Scope) -> bool:
        """Has the name surely a value behind the statement?"""
        if name in scope.parameters and name not in scope.deleted:
            return True
        return name in _loads(node)

    def free(self, scope: Scope, body: Any = None) -> set[str]:
        """Names of enclosing functions that this scope uses."""
        used = scope.used if body is None else {n.id for n in every([body]) if isinstance(n, _ast.Name)}
        outside: set[str] = set(scope.beyond)
        outer = scope.outer
        while outer is not None:
            if outer.kind == "function":
                outside |= outer.locals
            outer = outer.outer
        return (used - scope.locals - scope.globals) & outside

    # -- static answers ------------------------------------------------------------------------------------

    def _level(self, effect: Any) -> int:
        """Can it change something: surely asked, only with unusual objects about, never?"""
        kind = effect[0]
        if kind in ("missing", "operand", "read"):
            return MAYBE
        if kind == "call" and effect[1] is not None and effect[1][0] == "n":
            name, names = effect[1][1], self.rewriter.names
            if name in names.once:
                return NEVER
            if name in PURE and name not in names.bound:
                return MAYBE
        return SURE

    @staticmethod
    def _waits(info: LineInfo, levels: list[int], scope: Scope) -> bool:
        """May code of the program run while the change is half done? Of a method on a name that is a matter
        of its own lines, unless it is one of a base class: `Base.m(self)`."""
        sure = [e for e, level in zip(info.effects, levels, strict=True) if level == SURE]
        if any(e[0] in ("call", "bound", "super") or (e[0] == "method" and e[2] in MUTATORS) for e in sure):
            return True
        first = [("n", name) for name in scope.first]
        return len(sure) > 1 or any(e[0] == "method" and e[3] in first and e[1] not in first for e in sure)


def _no_arguments(node: Any) -> bool:
    value = getattr(node, "value", None)
    return isinstance(value, _ast.Call) and not value.args and not value.keywords


def _loads(node: Any) -> set[str]:
    """Names that are surely read by the statement's own expressions."""
    found: set[str] = set()
    work = _parts(node)
    while work:
        at = work.pop()
        kind = type(at)
        if kind is _ast.Name:
            if type(at.ctx) is not _ast.Del:
                found.add(at.id)
        elif kind is _ast.IfExp:
            work.append(at.test)
        elif kind is _ast.BoolOp:
            work.append(at.values[0])
        elif kind is _ast.Compare:
            work += [at.left, at.comparators[0]]
        elif not isinstance(at, BRANCHES):
            work += children(at)
    return found


def _parts(node: Any) -> list[Any]:
    """A statement's own expressions that are evaluated when its question is asked."""
    if isinstance(node, (_ast.For, _ast.AsyncFor)):
        return [node.iter]
    if isinstance(node, _ast.AnnAssign):  # in functions, annotations are not evaluated
        return [] if node.value is None else [node.target, node.value]
    if isinstance(node, (_ast.If, _ast.While)):
        return [node.test]
    if isinstance(node, _ast.Assert):
        return [node.test]
    if isinstance(node, _ast.With):
        return [i.context_expr for i in node.items]
    if isinstance(node, (*FUNCTIONS, _ast.ClassDef)):
        return list(node.decorator_list)
    return list(children(node))
