"""What a function's body contains: whether probes can follow it, which names it binds, what its file names.

Runs inside the recorded process.
"""

from __future__ import annotations

import _ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FUNCTIONS = (_ast.FunctionDef, _ast.AsyncFunctionDef)
COMPREHENSIONS = (_ast.ListComp, _ast.SetComp, _ast.DictComp, _ast.GeneratorExp)
SCOPES = (*FUNCTIONS, _ast.ClassDef, _ast.Lambda)
LEAVES = frozenset({_ast.Name, _ast.Constant, _ast.Load, _ast.Store, _ast.Del, _ast.Pass, _ast.Global})
LOOPS = (_ast.For, _ast.AsyncFor, _ast.While)
BLOCKS = tuple(getattr(_ast, n) for n in ("Try", "TryStar", "With", "AsyncWith") if hasattr(_ast, n))
# Left to sys.settrace: frames that stop and go on, and what cannot be told from the outside.
HARD = tuple(getattr(_ast, n) for n in (
    "YieldFrom", "Await", "AsyncFor", "AsyncWith", "TryStar"))


# See or change the names of their caller, when they are called with fewer arguments than this.
WATCHED = {"locals": 1, "vars": 1, "dir": 1, "exec": 2, "eval": 2}


def children(node: Any) -> list[Any]:
    """Direct child nodes."""
    found = []
    for value in node.__dict__.values():
        if type(value) is list:
            found += [item for item in value if isinstance(item, _ast.AST)]
        elif isinstance(value, _ast.AST):
            found.append(value)
    return found


def own(body: list[Any]) -> list[Any]:
    """All nodes of a scope, without the insides of the scopes in it."""
    work, found = list(body), []
    while work:
        node = work.pop()
        found.append(node)
        if isinstance(node, SCOPES):
            inside = {id(n) for n in (node.body if isinstance(node.body, list) else [node.body])}
            work += [n for n in children(node) if id(n) not in inside]
        elif type(node) not in LEAVES:
            work += children(node)
    return found


def every(body: list[Any]) -> list[Any]:
    """All nodes below, scopes included."""
    work, found = list(body), []
    while work:
        node = work.pop()
        found.append(node)
        if type(node) not in LEAVES:
            work += children(node)
    return found


def can_follow(nodes: list[Any], function: bool = True) -> bool:
    """Can probes say exactly what the scope with these nodes does?"""
    elsewhere = {id(n.func) for n in nodes if type(n) is _ast.Call and _looks_elsewhere(n)}
    for node in nodes:
        if isinstance(node, HARD):
            return False
        kind = type(node)
        if kind is _ast.While and node.body[0].lineno == node.lineno:
            return False  # python does not tell of its last test
        if function and kind is _ast.Name and node.id in WATCHED and id(node) not in elsewhere:
            return False
        if kind is _ast.Lambda and suspends(own([node.body])):
            return False
    return True


def _looks_elsewhere(call: Any) -> bool:
    """Is it told what to look at?"""
    plain = not any(isinstance(a, _ast.Starred) for a in call.args)
    return plain and type(call.func) is _ast.Name and len(call.args) >= WATCHED.get(call.func.id, 0)


def unbound_elsewhere(tree: Any) -> frozenset[str]:
    """Names that a function may unbind although they belong to another one."""
    nodes = every(tree.body)
    others = {n for node in nodes if type(node) is _ast.Nonlocal for n in node.names}
    if not others:
        return frozenset()
    gone = {n.id for n in nodes if type(n) is _ast.Name and type(n.ctx) is _ast.Del}
    return frozenset(others & gone)


def suspends(nodes: list[Any]) -> bool:
    """Is there a yield among them?"""
    return any(type(n) is _ast.Yield for n in nodes)


def captured(pattern: Any) -> list[str]:
    """Names a pattern of a `match` binds, in order."""
    found = []
    for node in every([pattern]):
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if type(name) is str:
            found.append(name)
    return list(dict.fromkeys(reversed(found)))


def continues(block: Any) -> bool:
    """Does a `continue` leave this try or with? The line of its loop runs after what the block does then."""
    work = list(children(block))
    while work:
        node = work.pop()
        if isinstance(node, _ast.Continue):
            return True
        if not isinstance(node, (*SCOPES, *LOOPS)):
            work += children(node)
        elif isinstance(node, LOOPS):
            work += node.orelse
    return False


def targets(node: Any) -> list[str]:
    """Names an assignment target binds, in order."""
    kind = type(node)
    if kind is _ast.Name:
        return [node.id]
    if kind is _ast.Starred:
        return targets(node.value)
    if kind is _ast.Tuple or kind is _ast.List:
        return [name for part in node.elts for name in targets(part)]
    return []


class Names:
    """Names bound anywhere in a file, and how often; functions and classes that are bound only once."""

    def __init__(self, tree: Any) -> None:
        self.bound: dict[str, int] = {}
        for node in every(tree.body):
            self._note(node)
        self.once = {n.name for n in tree.body if isinstance(n, (_ast.FunctionDef, _ast.ClassDef))
                     and self.bound[n.name] == 1 and not n.decorator_list}

    def _note(self, node: Any) -> None:
        kind = type(node)
        names: list[str] = []
        if kind is _ast.Name and type(node.ctx) is not _ast.Load:
            names = [node.id]
        elif kind is _ast.arg:
            names = [node.arg]
        elif isinstance(node, (*FUNCTIONS, _ast.ClassDef)):
            names = [node.name]
        elif kind is _ast.alias:
            names = [node.asname or node.name.partition(".")[0]]
        elif kind is _ast.Global or kind is _ast.Nonlocal:
            names = node.names
        elif isinstance(getattr(node, "name", None), str):
            names = [node.name]
        elif isinstance(getattr(node, "rest", None), str):
            names = [node.rest]
        for name in names:
            self.bound[name] = self.bound.get(name, 0) + 1
