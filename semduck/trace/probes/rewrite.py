"""Source -> the same program with probes: every statement says that it begins, and what it bound.

Runs inside the recorded process. What a probe may cost decides its form: an int goes to the log by one
opcode; what a statement may have changed inside objects is looked up by a helper, only where the syntax or
the values seen so far leave the possibility open.
"""

from __future__ import annotations

import _ast

from . import build as b
from .asks import Asks
from .scopes import (
    BLOCKS,
    COMPREHENSIONS,
    FUNCTIONS,
    SCOPES,
    Names,
    can_follow,
    captured,
    children,
    continues,
    every,
    own,
    suspends,
    targets,
)
from .sites import (
    BIND,
    BIND_GLOBAL,
    ENTER,
    LEAVE,
    LINE,
    RETURN,
    UNBIND,
    UNBIND_GLOBAL,
    VALUE,
    Sites,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


DEADLY = frozenset("""kill killpg abort _exit execv execve execvp execvpe execl execle execlp execlpe
raise_signal pthread_kill string_at wstring_at memmove memset cast CDLL PyDLL _sigsegv _read_null pythonapi alarm
setitimer fork forkpty setrlimit""".split())


class Silent(_ast.Pass):  # type: ignore[misc]
    """Where a `global` or `nonlocal` stood: no step."""


class Scope:
    """One code object while it is rewritten."""

    def __init__(self, code: int, kind: str, body: list[Any], outer: Scope | None) -> None:
        self.code, self.kind, self.outer = code, kind, outer
        self.fast = code >= 0
        self.owner = outer.owner if outer is not None else ""  # the class whose private names are meant
        self.globals = {n for node in own(body) if isinstance(node, _ast.Global) for n in node.names}
        self.others = {n for node in own(body) if isinstance(node, _ast.Nonlocal) for n in node.names}
        self.suspends = suspends(body)
        self.locals: set[str] = set()
        self.parameters: set[str] = set()
        self.deleted: set[str] = set()
        for node in own(body):
            self._note(node)
        self.locals -= self.globals | self.others
        comprehensions = [n for n in own(body) if isinstance(n, COMPREHENSIONS)]
        self.inner = {n for c in comprehensions for g in c.generators for n in targets(g.target)}
        self.used = {n.id for n in every(body) if isinstance(n, _ast.Name)}
        self.beyond: frozenset[str] = frozenset() if outer is None else outer.visible()
        self.first: tuple[str, ...] = ()
        self.free: tuple[str, ...] = ()  # names of enclosing functions that it uses
        # Names that functions inside may take from it.
        self.given = {n.id for s in own(body) if isinstance(s, SCOPES) for n in every([s])
                      if isinstance(n, _ast.Name)} if kind == "function" else set()
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


class Rewriter:
    """Rewrites one file. new_code() gives the number of the next code object. waits: generators, too."""

    def __init__(self, tree: Any, sites: Sites, new_code: Callable[[], int], waits: bool = True) -> None:
        self.tree, self.sites, self.new_code = tree, sites, new_code
        self.names, self.waits = Names(tree), waits
        self.needs_tracing = False  # some function is left to sys.settrace
        self.scope: Scope | None = None
        self.codes: list[int] = []
        self.asks = Asks(self)
        self._again: str | None = None  # mark of the loop around the statement
        self._line = 0  # of the statement
        self._blocks = 0  # tries and withs between that loop and the statement, which a `continue` leaves

    def rewrite(self) -> Any:
        """The instrumented tree."""
        body = self.tree.body
        scope = self._open("module", body)
        if can_follow(body, False):
            self.tree.body = self._module(body, scope)
        else:
            self.needs_tracing = True
            scope.fast = False
            head, rest = _split_off_futures(body)
            module = b.expression(b.call(b.MODULE, b.constant(scope.code)))
            self.tree.body = [*head, *b.place([module], rest[0]), *self._plain(rest)] if rest else head
        return self.tree

    def _left_alone(self, kind: str, body: list[Any], parameters: list[str], owner: str = "") -> list[Any]:
        """A scope that sys.settrace follows; the functions in it may still get probes."""
        outer = self.scope
        scope = self.scope = Scope(-1, kind, body, outer)
        scope.owner = owner or scope.owner
        scope.locals.update(parameters)
        done = self._plain(body)
        self.scope = outer
        return done

    def _open(self, kind: str, body: list[Any]) -> Scope:
        scope = self.scope = Scope(self.new_code(), kind, body, self.scope)
        self.codes.append(scope.code)
        return scope

    def site(self, kind: int, what: Any = None) -> str:
        assert self.scope is not None
        if isinstance(what, list):
            what = [self.mangled(name) for name in what]
        return self.sites.add(kind, self.scope.code, what)

    def mangled(self, name: str) -> str:
        """A private name as python knows it."""
        owner = self.scope.owner.lstrip("_") if self.scope is not None else ""
        return f"_{owner}{name}" if owner and name[:2] == "__" and name[-2:] != "__" else name

    # -- scopes --------------------------------------------------------------------------------------------

    def _module(self, body: list[Any], scope: Scope) -> list[Any]:
        head, rest = _split_off_futures(body)
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
        like = body[0] if body else None
        return [*head, *(b.place(new, like) if like is not None else [])]

    def _push(self, scope: Scope) -> Any:
        return b.expression(b.method(b.STACK, "append", b.constant((b.MARK, scope.code))))

    def _guard(self, inside: list[Any], scope: Scope) -> Any:
        left = [b.emit(self.site(LEAVE))] if scope.blocks < 0 else []
        failed = [b.expression(b.call(b.LEFT, b.constant(scope.code)))]
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
            node.body = self._left_alone("function", node.body, _parameters(node.args))
        elif kind is _ast.Lambda:
            self._lambda(node)
        elif kind is _ast.ClassDef:
            self._class(node)
        return node

    def _function(self, node: Any) -> None:
        outer, body = self.scope, node.body
        parameters = _parameters(node.args)
        if not can_follow(body) or (suspends(body) and not self.waits):
            self.needs_tracing = True
            node.body = self._left_alone("function", body, parameters)
        else:
            scope = self._open("function", body)
            scope.parameters.update(parameters)
            scope.locals.update(parameters)
            scope.first = tuple(parameters[:1])
            node.body = self._function_body(node, scope, parameters)
        self.scope = outer

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
            body = _without_declarations(body)
        plain = _copy(body)
        scope.blocks = -1 if any(_returns_from_block(s) for s in body) else 0
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
        outer = self.scope
        if not can_follow([node.body]):
            self.needs_tracing = True
            return
        parameters = _parameters(node.args)
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
        body = self.value(node.body)
        body = b.after(body, action) if action is not None else body
        result = b.call(b.RESULT, b.constant(self.site(RETURN)), body)
        order = _ast.Tuple(elts=[name, *head, result], ctx=b.LOAD)
        last = _ast.Subscript(value=order, slice=b.constant(len(head) + 1), ctx=b.LOAD)
        node.body = b.place(last, node.body)
        self.scope = outer

    def _class(self, node: Any) -> None:
        outer, body = self.scope, node.body
        if not can_follow(body, False):
            self.needs_tracing = True
            node.body = self._left_alone("class", body, [], node.name)
        else:
            scope = self._open("class", body)
            scope.owner = node.name
            enter = [self._push(scope), b.emit(self.site(ENTER, []))]
            inside = self._body(body)
            inside += [b.emit(self.site(RETURN)), b.emit(b.constant(None))]
            doc = isinstance(body[0], _ast.Expr) and isinstance(body[0].value, _ast.Constant)
            doc = doc and isinstance(body[0].value.value, str)
            new = b.place([*enter, self._guard(inside, scope)], body[0])
            node.body = [body[0], *new] if doc else new
        self.scope = outer

    # -- statements ----------------------------------------------------------------------------------------

    def _body(self, body: list[Any], line: int = 0) -> list[Any]:
        """Statements with their probes. line: where the header stands."""
        done: list[Any] = []
        for node in body:
            if isinstance(node, (_ast.Global, _ast.Nonlocal)) or isinstance(node, Silent):
                done.append(node)
                continue
            self._line = node.lineno
            new = self._statement(node)
            if node.lineno != line:
                new.insert(0, b.emit(self.site(LINE, node.lineno)))
            line = node.end_lineno
            done += b.place(new, node)
        return done

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

    def _goes_on_later(self, body: list[Any]) -> Any:
        """A try or with that a `continue` leaves: the line of the loop runs when it has done what it does then."""
        assert self._again is not None
        later = _ast.If(test=b.helper(b.LATER), body=[
            b.expression(b.method_of(b.LATER, "clear")), b.breath(), b.emit(self._again)], orelse=[])
        return b.attempt(body, [b.expression(b.method_of(b.LATER, "clear"))], [later])

    def value(self, node: Any) -> Any:
        """An expression, with its lambdas and walruses."""
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                setattr(node, field, [self.value(v) if isinstance(v, _ast.AST) else v for v in value])
            elif isinstance(value, _ast.AST):
                if isinstance(node, _ast.Lambda) and field == "body":
                    continue
                setattr(node, field, self.value(value))
        if type(node) is _ast.Lambda:
            self._lambda(node)
        elif type(node) is _ast.Yield:
            return self._yield(node)
        elif type(node) is _ast.NamedExpr:
            return b.place(b.call(b.BOUND, b.constant(self.binding([node.target.id])), node), node)
        return node

    def _yield(self, node: Any) -> Any:
        """Tell of the value that goes out, and that the frame goes on."""
        assert self.scope is not None
        value = node.value or b.place(b.constant(None), node)
        if self.asks.question is not None:
            value = b.after(value, _copy([self.asks.question])[0])
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
        for name in names:
            outside = self.scope.kind == "module" or name in self.scope.globals
            done.append(b.emit(self.site(UNBIND_GLOBAL if outside else UNBIND, [name])))
            if name in self.scope.given:
                done.append(b.expression(b.call(b.CLOSED, b.constant((self.mangled(name),)))))
        return done

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

    def _on_ImportFrom(self, node: Any) -> list[Any]:
        done = self._simple(node)
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

    # -- blocks --------------------------------------------------------------------------------------------

    def _test(self, node: Any) -> list[Any]:
        """Put the question what the test changed behind the test. Returns what comes before the statement."""
        action = self.asks.action(node, self.scope)
        pending = self.asks.pending()
        node.test = self.value(node.test)
        if action is not None:
            node.test = b.place(b.after(node.test, action), node.test)
        return pending

    def _on_Assert(self, node: Any) -> list[Any]:
        return self._simple(node)

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
            head.append(b.expression(_copy([action])[0]))
        again = self.site(LINE, node.lineno)
        node.body = b.place([*head, *self.bound(names)], node.iter) + self._loop_body(node, again)
        node.orelse = self._body(node.orelse, node.lineno)
        if action is not None:
            node.orelse = b.place([b.expression(_copy([action])[0])], node.iter) + node.orelse
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

    def _on_Match(self, node: Any) -> list[Any]:
        action = self.asks.action(node, self.scope)
        pending = self.asks.pending()
        node.subject = self.value(node.subject)
        looked = [] if action is None else [action]
        node.cases = [new for case in node.cases for new in self._case(case, node, looked)]
        done = [b.expression(_copy(looked)[0])] if looked else []
        return [*pending, node, *done]

    def _case(self, case: Any, match: Any, looked: list[Any]) -> list[Any]:
        """A case, and before it one that only tells that it is looked at."""
        line = self._line = case.pattern.lineno
        cases = [case]
        if line != match.lineno:
            told = b.before(b.mark(self.site(LINE, line)), b.constant(False))
            cases.insert(0, _ast.match_case(pattern=_ast.MatchAs(pattern=None, name=None), guard=told, body=[_ast.Pass()]))
        bound = self.bound(captured(case.pattern))
        body = self._body(case.body, line)
        asked = [b.expression(n) for n in _copy(looked)]
        if case.guard is None:
            body = [*asked, *bound, *body]
        else:
            case.guard = self.value(case.guard)
            for told in reversed([*_copy(asked), *bound]):
                case.guard = b.before(told.value, case.guard)
            body = [*asked, *body]
        case.body = body
        b.place(case.body, case.pattern)
        return b.place(cases, case.pattern)

    def _on_Continue(self, node: Any) -> list[Any]:
        if self._again is None:
            return [node]
        if self._blocks:  # what surrounds it runs first
            return [b.expression(b.method_of(b.LATER, "append", b.constant(1))), node]
        return [b.breath(), b.emit(self._again), node]

    def _block(self, body: list[Any], line: int = 0) -> list[Any]:
        """The body of a try or with: exceptions are told before anything else sees them."""
        assert self.scope is not None
        told = b.expression(b.call(b.FAILED, b.constant(self.scope.code)))
        return b.place([b.attempt(self._body(body, line), [told])], body[0])

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
        done = [] if action is None else [b.expression(_copy([action])[0])]
        return [*pending, node, *done, b.expression(b.guarded(b.FLYING, b.call(b.HANDLED, b.constant(1))))]


def _parameters(args: Any) -> list[str]:
    """In the order of co_varnames."""
    names = [a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
    return [*names, *(a.arg for a in (args.vararg, args.kwarg) if a is not None)]


def _split_off_futures(body: list[Any]) -> tuple[list[Any], list[Any]]:
    """The docstring and __future__ imports have to stay in front."""
    at = 0
    if body and isinstance(body[0], _ast.Expr) and isinstance(body[0].value, _ast.Constant):
        at = 1 if isinstance(body[0].value.value, str) else 0
    while at < len(body) and isinstance(body[at], _ast.ImportFrom) and body[at].module == "__future__":
        at += 1
    return body[:at], body[at:]


def _returns_from_block(node: Any) -> bool:
    """Is there a return inside a try, with or for: code may run between its value and the end of the call."""
    work = [(node, False)]
    while work:
        at, inside = work.pop()
        if isinstance(at, _ast.Return) and inside:
            return True
        if not isinstance(at, (*FUNCTIONS, _ast.ClassDef, _ast.Lambda)):
            work += [(c, inside or isinstance(at, (*BLOCKS, _ast.For))) for c in children(at)]
    return False


def _without_declarations(body: list[Any]) -> list[Any]:
    """The same with `pass` for every `global` and `nonlocal`."""
    for node in own(body):
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list) and not isinstance(node, SCOPES):
                setattr(node, field, [_passed(v) for v in value])
    return [_passed(n) for n in body]


def _passed(node: Any) -> Any:
    return b.place(Silent(), node) if isinstance(node, (_ast.Global, _ast.Nonlocal)) else node


def _copy(nodes: list[Any]) -> list[Any]:
    """Statements once more, as nodes of their own."""
    def one(node: Any) -> Any:
        if isinstance(node, list):
            return [one(n) for n in node]
        if not isinstance(node, _ast.AST):
            return node
        new = type(node)(**{f: one(getattr(node, f)) for f in node._fields if hasattr(node, f)})
        for name in node._attributes:
            if getattr(node, name, None) is not None:
                setattr(new, name, getattr(node, name))
        return new

    return [one(n) for n in nodes]
