"""Source -> the same program with probes: every statement says that it begins, and what it bound.

Runs inside the recorded process. What a probe may cost decides its form: an int goes to the log by one
opcode; what a statement may have changed inside objects is looked up by a helper, only where the syntax or
the values seen so far leave the possibility open.
"""

from __future__ import annotations

import _ast
import sys

from . import build as b
from .scope import Scope, Silent
from .scopes import BLOCKS, SCOPES, can_follow, continues, own, suspends
from .sites import ENTER, LEAVE, LINE, RETURN, VALUE
from .trees import copied, parameters_of, returns_from_block, split_off_futures, without_declarations
from .tries import Tries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


MONITORED = sys.version_info >= (3, 12)  # see monitor.py
STOPS = (_ast.Yield, _ast.YieldFrom)  # a function with one of these does not run in one go


class Rewriter(Tries):
    """Rewrites one file. new_code() gives the number of the next code object. waits: generators, too."""

    def rewrite(self) -> Any:
        """The instrumented tree."""
        body = self.tree.body
        nodes = own(body)
        scope = self._open("module", nodes)
        if self._can_follow(nodes, False):
            self.tree.body = self._module(body, scope)
        else:
            self.needs_tracing = True
            scope.fast = False
            head, rest = split_off_futures(body)
            module = b.expression(b.call(b.MODULE, b.constant(scope.code)))
            self.tree.body = [*head, *b.place([module], rest[0]), *self._plain(rest)] if rest else head
        return self.tree

    def _can_follow(self, nodes: list[Any], function: bool = True) -> bool:
        gone = self.lost
        if gone and any(type(n) is _ast.Name and n.id in gone for n in nodes):
            return False
        return can_follow(nodes, function)

    def _left_alone(self, kind: str, body: list[Any], parameters: list[str], owner: str = "") -> list[Any]:
        """A scope that sys.settrace follows; the functions in it may still get probes."""
        outer = self.scope
        scope = self.scope = Scope(-1, kind, own(body), outer)
        scope.owner = owner or scope.owner
        scope.locals.update(parameters)
        done = self._plain(body)
        self.scope = outer
        return done

    def _open(self, kind: str, nodes: list[Any]) -> Scope:
        scope = self.scope = Scope(self.new_code(), kind, nodes, self.scope)
        self.codes.append(scope.code)
        return scope

    def _module(self, body: list[Any], scope: Scope) -> list[Any]:
        head, rest = split_off_futures(body)
        enter = b.emit(self.site(ENTER, []))
        inside = []
        for node in head:  # they had to run before the first probe
            names = self._names_of(node)
            inside += b.place([b.emit(self.site(LINE, node.lineno)), *self.bound(names)], node)
        inside += self._body(rest)
        inside.append(b.emit(self.site(RETURN)))
        inside.append(b.emit(b.constant(None)))
        module = b.expression(b.call(b.MODULE, b.constant(scope.code)))
        new = [module, self._push(scope), enter, self._guard(inside, scope)]
        return [*head, *b.place(new, body[0] if body else b.at_line(1))]

    def _push(self, scope: Scope) -> Any:
        return b.expression(b.method(b.STACK, "append", b.constant((b.MARK, scope.code))))

    def _guard(self, inside: list[Any], scope: Scope) -> Any:
        left = [b.emit(self.site(LEAVE))] if scope.blocks < 0 else []
        failed = [b.expression(b.call(b.LEFT, b.constant(scope.code)))]
        if scope.kind == "class":
            left.append(b.expression(b.call(b.BODY_ENDS)))
        if scope.suspends:
            left.append(b.expression(b.call(b.ENDED)))
        back = b.expression(b.guarded(b.DEEP, b.call(b.SHALLOW)))
        return b.attempt(inside, failed, [*left, b.expression(b.method(b.STACK, "pop")), back])

    def _plain(self, body: list[Any]) -> list[Any]:
        """Statements that stay as they are; the functions in them may still be followed."""
        return [self._inner(node) for node in body]

    def _inner(self, node: Any) -> Any:
        for field in node._fields:
            value = getattr(node, field, None)
            if field == "body" and isinstance(node, SCOPES):
                continue
            if isinstance(value, list):
                setattr(node, field, [self._inner(v) if isinstance(v, _ast.AST) else v for v in value])
            elif isinstance(value, _ast.AST):
                setattr(node, field, self._inner(value))
        return self._definition(node)

    def _definition(self, node: Any) -> Any:
        """A definition whose decorators, defaults and the like are done already: its body."""
        kind = type(node)
        if kind is _ast.FunctionDef:
            self._function(node)
        elif kind is _ast.AsyncFunctionDef:
            self.needs_tracing = True
            node.body = self._left_alone("function", node.body, parameters_of(node.args))
        elif kind is _ast.Lambda:
            self._lambda(node)
        elif kind is _ast.ClassDef:
            self._class(node)
        return node

    def _function(self, node: Any) -> None:
        outer, body = self.scope, node.body
        parameters = parameters_of(node.args)
        nodes = own(body)
        if not self._can_follow(nodes) or (suspends(nodes) and not self.waits):
            node.body = self._traced(node, self._left_alone("function", body, parameters), nodes)
        else:
            scope = self._open("function", nodes)
            scope.parameters.update(parameters)
            scope.locals.update(parameters)
            scope.first = tuple(parameters[:1])
            node.body = self._function_body(node, scope, parameters)
        self.scope = outer

    def _traced(self, node: Any, body: list[Any], nodes: list[Any]) -> list[Any]:
        """A function without probes. Before 3.12 it begins to be traced by itself, if it runs in one go."""
        text = isinstance(body[0], _ast.Expr) and isinstance(body[0].value, _ast.Constant)
        head = body[:1] if text and isinstance(body[0].value.value, str) else []
        rest = body[len(head):]
        if MONITORED or not rest or rest[0].lineno == node.lineno or any(isinstance(n, STOPS) for n in nodes):
            self.needs_tracing = True
            return body
        return [*head, *b.place([b.expression(b.call(b.TRACED))], node), *rest]

    def _function_body(self, node: Any, scope: Scope, parameters: list[str]) -> list[Any]:
        body, head = node.body, []
        if isinstance(body[0], _ast.Expr) and isinstance(body[0].value, _ast.Constant):
            if isinstance(body[0].value.value, str):
                head, body = body[:1], body[1:]
        if not body:
            body = [b.place(_ast.Pass(), node.body[0])]
            silent = True
        else:
            silent = False
        if scope.globals or scope.others:  # declared once, before both ways through the function
            kinds = ((_ast.Global, scope.globals), (_ast.Nonlocal, scope.others))
            head = [*head, *(b.place(kind(names=sorted(names)), body[0]) for kind, names in kinds if names)]
            body = without_declarations(body)
        plain = copied(body)
        scope.blocks = -1 if any(returns_from_block(s) for s in body) else 0
        enter = self._enter(scope, parameters, node.name == "__del__")
        inside = [] if silent else self._body(body)
        inside += [b.emit(self.site(VALUE if scope.blocks < 0 else RETURN)), b.emit(b.constant(None))]
        probed = [self._push(scope), *enter, self._guard(inside, scope)]
        beyond = b.call(b.LEN, b.constant(b.STACK))
        limit = _ast.Subscript(value=b.constant(b.GATE), slice=b.constant(1), ctx=b.LOAD)
        ask = _ast.BoolOp(op=_ast.And(), values=[
            _ast.Compare(left=beyond, ops=[_ast.Gt()], comparators=[limit]), b.call(b.OUTSIDE)])
        test = _ast.BoolOp(op=_ast.Or(), values=[b.helper(b.DEEP), ask])
        choice = _ast.If(test=test, body=self._left_alone("function", plain, parameters), orelse=probed)
        return [*head, *b.place([choice], body[0])]

    def _enter(self, scope: Scope, parameters: list[str], finalizer: bool) -> list[Any]:
        names = list(parameters)
        free = self.asks.free(scope)
        scope.free = tuple(sorted(map(self.mangled, free)))
        site = self.site(ENTER, [*names, ""] if free else names)
        parent = [b.expression(b.guarded(b.PENDING, b.call(b.PARENT)))]
        if finalizer:
            parent.append(b.expression(b.call(b.HALF)))
        entered = [*parent, b.emit(site), *(b.emit(b.seen(n)) for n in names)]
        if scope.suspends:
            entered.insert(0, b.expression(b.call(b.BEGAN)))
        if free:
            entered.append(b.emit(b.call(b.FREE, b.constant(scope.free))))
        return entered

    def _lambda(self, node: Any) -> None:
        outer, question, lazy = self.scope, self.asks.question, self._lazy
        nodes = own([node.body])
        if not self._can_follow(nodes) or suspends(nodes):
            self.needs_tracing = True
            return
        parameters = parameters_of(node.args)
        scope = self._open("function", [])
        scope.parameters.update(parameters)
        scope.locals.update(parameters)
        free = self.asks.free(scope, node.body)
        site = self.site(ENTER, [*parameters, ""] if free else parameters)
        values = [b.append(b.seen(n)) for n in parameters]
        if free:
            values.append(b.append(b.call(b.FREE, b.constant(tuple(sorted(map(self.mangled, free)))))))
        line = b.mark(self.site(LINE, node.body.lineno))
        head = [b.guarded(b.PENDING, b.call(b.PARENT)), b.mark(site), *values, line]
        name = b.constant((b.MARK, scope.code))
        action = self.asks.action(_ast.Expr(value=node.body), scope)
        self._lazy = 0
        body = self.value(node.body)
        body = b.after(body, action) if action is not None else body
        result = b.call(b.RESULT, b.constant(self.site(RETURN)), body)
        order = _ast.Tuple(elts=[name, *head, result], ctx=b.LOAD)
        last = _ast.Subscript(value=order, slice=b.constant(len(head) + 1), ctx=b.LOAD)
        node.body = b.place(last, node.body)
        self.scope, self.asks.question, self._lazy = outer, question, lazy

    def _class(self, node: Any) -> None:
        outer, body = self.scope, node.body
        nodes = own(body)
        if not self._can_follow(nodes, False):
            self.needs_tracing = True
            node.body = self._left_alone("class", body, [], node.name)
        else:
            scope = self._open("class", nodes)
            scope.owner = node.name
            enter = [self._push(scope), b.emit(self.site(ENTER, [""])), b.emit(b.call(b.BODY))]
            inside = self._body(body)
            inside += [b.emit(self.site(RETURN)), b.emit(b.constant(None))]
            doc = isinstance(body[0], _ast.Expr) and isinstance(body[0].value, _ast.Constant)
            doc = doc and isinstance(body[0].value.value, str)
            new = b.place([*enter, self._guard(inside, scope)], body[0])
            node.body = [body[0], *new] if doc else new
        self.scope = outer

    def _body(self, body: list[Any], line: int = 0) -> list[Any]:
        """Statements with their probes. line: where the header stands."""
        done: list[Any] = []
        for node in body:
            if self._makes_no_code(node):
                done.append(node)
                continue
            self._line = node.lineno
            new = self._statement(node)
            if node.lineno != line:
                new.insert(0, b.emit(self.site(LINE, node.lineno)))
            line = node.end_lineno
            done += b.place(new, node)
        return done

    def _makes_no_code(self, node: Any) -> bool:
        """Does python leave the statement out?"""
        if isinstance(node, (_ast.Global, _ast.Nonlocal, Silent)):
            return True
        if isinstance(node, _ast.Assert):
            return sys.flags.optimize > 0
        told = self.scope is not None and self.scope.kind != "function"
        return isinstance(node, _ast.AnnAssign) and node.value is None and bool(node.simple) and not told

    def _statement(self, node: Any) -> list[Any]:
        handler = getattr(self, "_on_" + type(node).__name__, self._simple)
        self.asks.question = None
        if self._again is None or not isinstance(node, BLOCKS) or not continues(node):
            result: list[Any] = handler(node)
            return result
        self._blocks += 1
        body = b.place(handler(node), node)
        self._blocks -= 1
        return body if self._blocks else [self._goes_on_later(body)]
