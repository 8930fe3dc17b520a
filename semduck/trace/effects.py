"""Which objects can one line change? Static part: from the syntax tree, once a file.

Runs inside the recorded process, so it walks `_ast` nodes itself instead of importing `ast`.
A line's effects are over-approximated: what is not understood becomes "anything reachable from the names".
"""

from __future__ import annotations

import _ast
import _warnings
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Path = tuple[Any, ...]  # see `path`
    Effect = tuple[Any, ...]  # (kind, path), ("bound", path, attribute), ("call", path, path of argument),
    #                           ("method", path, attribute, path of argument), ("shallow", path[, "stays"])

ONLY_AST = 0x400
Simple = (_ast.Name, _ast.Attribute, _ast.Subscript)
Scopes = (_ast.Lambda, _ast.ListComp, _ast.SetComp, _ast.DictComp, _ast.GeneratorExp)
Definitions = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef)


class LineInfo:
    """Effects of one line: `effects` in source order, `roots` the names it mentions.

    complex: several effects may interleave (`;`, comprehensions, walrus), so addresses prove nothing.
    globals: the line may bind names of the module from inside a function. bound: names it may bind.
    rebound: those whose old object it may change, too (`xs = xs.sort()`, `a.next, a = b, a.next`).
    inner: names of comprehensions, which may look like names of the function while these run.
    drawn: names that generator expressions bind (`:=`), while whoever draws from them runs.
    """

    __slots__ = ("bound", "complex", "drawn", "effects", "globals", "inner", "rebound", "roots", "statements")

    def __init__(self) -> None:
        self.effects: list[Effect] = []
        self.roots: list[str] = []
        self.bound: frozenset[str] = frozenset()
        self.inner: frozenset[str] = frozenset()
        self.drawn: frozenset[str] = frozenset()
        self.rebound: frozenset[str] = frozenset()
        self.complex = self.globals = False
        self.statements = 0


def _ast_names(target: Any) -> list[Any]:
    """Names in a target."""
    if type(target) is _ast.Name:
        return [target]
    parts = getattr(target, "elts", None) or [getattr(target, "value", None)]
    return [n for part in parts if isinstance(part, _ast.AST) for n in _ast_names(part)]


def _walruses(node: Any) -> frozenset[str]:
    """Names that an expression binds."""
    found = frozenset({node.target.id}) if type(node) is _ast.NamedExpr else frozenset()
    for field in node._fields if type(node) is not _ast.Lambda else ():
        value = getattr(node, field, None)
        for part in value if isinstance(value, list) else (value,):
            found |= _walruses(part) if isinstance(part, _ast.AST) else frozenset()
    return found


def analyse(source: bytes | str, filename: str) -> tuple[Any, dict[int, LineInfo] | None]:
    """(syntax tree, {line: LineInfo}) of a source; (None, None) when it has none. Lines without effects are
    left out."""
    filters = getattr(sys.modules.get("warnings", _warnings), "filters", [])
    quiet = ("ignore", None, Warning, None, 0)  # python has said it all when it compiled the file
    filters.insert(0, quiet)
    try:
        tree: Any = compile(source, filename, "exec", ONLY_AST, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, None
    finally:
        filters.remove(quiet)
    lines: dict[int, LineInfo] = {}
    _body(tree.body, lines, frozenset())
    return tree, lines


def _body(statements: list[Any], lines: dict[int, LineInfo], global_names: frozenset[str]) -> None:
    own = set(global_names)
    for node in statements:
        if isinstance(node, _ast.Global):
            own.update(node.names)
    for node in statements:
        _statement(node, lines, frozenset(own))


def header_of(node: Any, global_names: frozenset[str]) -> LineInfo:
    """Effects of one statement, for compound ones of their header; reading an attribute counts as one."""
    header = _header(node, global_names, True)[0]
    for item in getattr(node, "items", ()):
        header.closed(item.optional_vars)
    return header.summary()


def _header(node: Any, global_names: frozenset[str],
            reads: bool = False) -> tuple[_Collector, list[list[Any]]]:
    """What a statement's own expressions do, and the blocks in it."""
    header = _Collector(global_names, reads)
    nested: list[list[Any]] = []
    for field in node._fields:
        value = getattr(node, field, None)
        if field in ("body", "orelse", "finalbody") and isinstance(value, list):
            nested.append(value)
        elif field in ("handlers", "cases"):
            for part in value or ():
                header.part(part)
                nested.append(part.body)
        elif isinstance(node, Definitions) and field in ("name", "type_params", "type_comment"):
            continue
        else:
            header.field(node, field, value)
    if isinstance(node, (_ast.With, _ast.AsyncWith, _ast.For, _ast.AsyncFor)):
        header.info.complex = True  # __exit__ and __next__ run at this line, at other times
    return header, nested


def _statement(node: Any, lines: dict[int, LineInfo], global_names: frozenset[str]) -> None:
    header, nested = _header(node, global_names)
    last = getattr(node, "end_lineno", node.lineno)
    if nested and not isinstance(node, _ast.Expr):
        starts = [b[0].lineno for b in nested if b]
        first_inner = min(starts) if starts else last
        last = max(node.lineno, first_inner - 1) if first_inner > node.lineno else node.lineno
    for item in getattr(node, "items", ()):
        header.closed(item.optional_vars)
    header.place(lines, getattr(node, "decorator_list", None), node.lineno, last)
    for handler in getattr(node, "handlers", None) or ():
        header.place(lines, None, handler.lineno, handler.lineno)
    inner = frozenset() if isinstance(node, Definitions) else global_names
    for statements in nested:
        _body(statements, lines, inner)
    for handler in getattr(node, "handlers", None) or ():
        _unbinds(handler, lines)


def _unbinds(handler: Any, lines: dict[int, LineInfo]) -> None:
    """The last line of `except ... as error` takes the name away from what it may have changed."""
    for line in range(handler.body[0].lineno, handler.end_lineno + 1) if handler.name else ():
        info = lines.get(line)
        if info is not None and info.effects and handler.name in info.roots:
            info.rebound |= {handler.name}


class _Collector:
    """Effects of one statement's own expressions (its header, for compound statements)."""

    def __init__(self, global_names: frozenset[str], reads: bool = False) -> None:
        self.info = LineInfo()
        self.reads = reads
        self.global_names = global_names
        self.bound: set[str] = set()
        self.inner: set[str] = set()
        self.in_place: set[str] = set()  # by += and the like: the same object, or a plain one

    def summary(self) -> LineInfo:
        info = self.info
        info.bound, info.inner = frozenset(self.bound), frozenset(self.inner)
        if info.effects:
            info.rebound = (info.bound - self.in_place).intersection(info.roots)
        return info

    def place(self, lines: dict[int, LineInfo], decorators: list[Any] | None, first: int, last: int) -> None:
        info = self.info
        if decorators:
            first = min(first, decorators[0].lineno)
        for line in range(first, last + 1):
            there = lines.get(line)
            if there is None:
                there = lines[line] = LineInfo()
            there.statements += 1
            if there.effects or there.statements > 1:
                there.complex = True
            there.effects = there.effects + info.effects
            there.roots = there.roots + [r for r in info.roots if r not in there.roots]
            there.bound |= self.bound
            there.inner |= self.inner
            there.drawn |= info.drawn
            if there.effects:
                there.rebound |= (self.bound - self.in_place).intersection(there.roots)
            there.complex = there.complex or info.complex
            there.globals = there.globals or info.globals

    def closed(self, target: Any) -> None:
        """What `with` gave a name to: __exit__ changes it, a file is closed."""
        if type(target) is _ast.Name:
            self.info.effects.append(("shallow", path(target)))

    def part(self, part: Any) -> None:
        for field in part._fields:
            if field != "body":
                self.field(part, field, getattr(part, field, None))

    def field(self, owner: Any, field: str, value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                self.field(owner, field, item)
        elif isinstance(value, _ast.AST):
            if isinstance(owner, _ast.AugAssign) and field == "target":
                self._in_place(value)
            self.visit(value)
        elif field in ("name", "rest") and isinstance(value, str):  # except ... as name, case [*name]
            self.bound.add(value)

    def _in_place(self, target: Any) -> None:
        if type(target) is _ast.Name:
            self.in_place.add(target.id)
            self.info.effects.append(("shallow", path(target)))
        else:  # what is changed is stored where it was, and not hidden by the store
            self.info.effects.append(("shallow", path(target), "stays"))

    def visit(self, node: Any) -> None:
        info = self.info
        kind = type(node)
        if kind is _ast.Name:
            if node.id not in info.roots:
                info.roots.append(node.id)
            if type(node.ctx) is not _ast.Load:
                self.bound.add(node.id)
                info.globals = info.globals or node.id in self.global_names
            return
        if kind is _ast.GeneratorExp:
            info.drawn |= _walruses(node)
        if kind is _ast.comprehension:
            self.inner |= {n.id for n in _ast_names(node.target)}
        if kind in Scopes or kind is _ast.NamedExpr:
            info.complex = True
            info.globals = info.globals or kind is _ast.NamedExpr  # in a comprehension it binds outside
        if kind is _ast.Call:
            self._call(node)
        elif kind is _ast.Await or kind is _ast.Yield or kind is _ast.YieldFrom:
            info.complex = True
        elif kind is _ast.UnaryOp:
            self._operands((node.operand,))
        elif kind is _ast.BinOp:
            self._operands((node.left, node.right))
        elif kind is _ast.Attribute and type(node.ctx) is not _ast.Load:
            info.effects.append(("shallow", path(node.value)))
        elif kind is _ast.Attribute and self.reads and path(node.value) is not None:
            info.effects.append(("read", path(node.value)))
        elif kind is _ast.Subscript:
            load = type(node.ctx) is _ast.Load
            info.effects.append(("missing" if load else "shallow", path(node.value)))
        for field in node._fields:
            value = getattr(node, field, None)
            for item in value if isinstance(value, list) else (value,):
                if isinstance(item, _ast.AST):
                    self.visit(item)
                elif type(item) is str and field in ("name", "rest"):  # patterns
                    self.bound.add(item)

    def _operands(self, operands: Iterable[Any]) -> None:
        for operand in operands:
            found = path(operand)
            if found is not None:
                self.info.effects.append(("operand", found))

    def _call(self, node: Any) -> None:
        function = node.func
        if isinstance(function, _ast.Attribute):
            owner = function.value
            made = owner.func if isinstance(owner, _ast.Call) else None
            if isinstance(made, _ast.Name) and made.id == "super":
                self.info.effects.append(("super", None))
                return
            if isinstance(owner, (_ast.Constant, _ast.JoinedStr)):
                return  # methods of literals change nothing
            self.info.effects.append(
                ("method", path(owner), function.attr, path(node.args[0]) if node.args else None))
        else:
            self.info.effects.append(("call", path(function), path(node.args[0]) if node.args else None))
        for argument in node.args:
            if isinstance(argument, _ast.Attribute):  # may be a bound method: map(found.append, ...)
                self.info.effects.append(("bound", path(argument.value), argument.attr))


def path(node: Any) -> Path | None:
    """A way to find the object again without running code, or None.

    ("n", name) | ("a", path, attribute) | ("i", path, constant) | ("x", path, index), where index is a path,
    ("k", constant) or ("b", operator, index, index).
    """
    kind = type(node)
    if kind is _ast.Name:
        return ("n", node.id)
    if kind is _ast.Attribute:
        base = path(node.value)
        return base and ("a", base, node.attr)
    if kind is _ast.Subscript:
        base = path(node.value)
        if base is None:
            return None
        if type(node.slice) is _ast.Constant:
            return ("i", base, node.slice.value)
        index = _index(node.slice)
        return index and ("x", base, index)
    return None


def _index(node: Any) -> Path | None:
    """Integer arithmetic on names: the index of a path."""
    kind = type(node)
    if kind is _ast.Constant:
        return ("k", node.value) if type(node.value) is int else None
    if kind is _ast.UnaryOp and type(node.op) is _ast.USub:
        below = _index(node.operand)
        return below and ("b", "Sub", ("k", 0), below)
    if kind is _ast.BinOp:
        left, right = _index(node.left), _index(node.right)
        return ("b", type(node.op).__name__, left, right) if left and right else None
    return path(node)
