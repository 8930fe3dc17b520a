"""Source that is shown before a line: functions of the program, and classes with what runs of them."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass, field

from semduck.duck import shape

_PLAIN = frozenset({"property", "staticmethod", "classmethod"})


@dataclass(slots=True)
class _Class:
    node: ast.ClassDef
    source: shape.Source
    methods: dict[str, ast.FunctionDef] = field(default_factory=dict)


class Shown:
    """Grows by what runs. `names` are those that it defines."""

    def __init__(self) -> None:
        self._functions: dict[str, list[str]] = {}
        self._classes: dict[str, _Class] = {}

    @property
    def names(self) -> set[str]:
        """Names that the rows define."""
        return {*self._functions, *self._classes}

    def add(self, source: shape.Source, owner: shape.Owner | None, function: str) -> bool:
        """Show what a call of `function` runs; False where that does not stand for itself: closures, lambdas,
        what decorators or defaults may change."""
        if not isinstance(owner, ast.FunctionDef) or _remembers(owner):
            return False
        if owner.name == function:
            self._functions[function] = _lines(source, owner)
            return not owner.decorator_list
        cls, _, name = function.rpartition(".")
        return name == owner.name and self.add_class(source, cls) and self._method(cls, owner)

    def rows(self) -> list[str]:
        """All of it, what is built upon first."""
        done: dict[str, list[str]] = {}
        for name in self._classes:
            self._render(name, done)
        shown = [*done.values(), *self._functions.values()]
        return [row for text in shown for row in text]

    def add_class(self, source: shape.Source, name: str) -> bool:
        """Show that there is such a class, with the classes it comes from."""
        if name in self._classes:
            return self._classes[name].source is source
        node = next((n for n in source.tree.body if isinstance(n, ast.ClassDef) and n.name == name), None)
        if node is None or node.decorator_list or node.keywords:
            return False
        self._classes[name] = _Class(node, source)
        return all(self._base(source, base) for base in node.bases)

    def _base(self, source: shape.Source, base: ast.expr) -> bool:
        """Another class of the file; others are left out: nothing of them runs that is recorded."""
        name = base.id if isinstance(base, ast.Name) else ""
        return not name or self.add_class(source, name) or name not in self._classes

    def _method(self, cls: str, owner: ast.FunctionDef) -> bool:
        shown = self._classes[cls]
        if owner not in shown.node.body or shown.methods.get(owner.name, owner) is not owner:
            return False
        shown.methods[owner.name] = owner
        return True

    def _render(self, name: str, done: dict[str, list[str]]) -> None:
        shown = self._classes[name]
        bases = [b.id for b in shown.node.bases if isinstance(b, ast.Name) and b.id in self._classes]
        for base in bases:
            if base not in done:
                self._render(base, done)
        head = f"class {name}({', '.join(bases)}):" if bases else f"class {name}:"
        body = [ast.unparse(n) for n in shown.node.body if _constant(n)]
        for method in shown.methods.values():
            body += _lines(shown.source, method)
        done[name] = [head, *(f"    {row}" if row else row for row in body or ["pass"])]


def _lines(source: shape.Source, owner: ast.FunctionDef) -> list[str]:
    first = min([owner.lineno, *(d.lineno for d in owner.decorator_list)])
    return textwrap.dedent("\n".join(source.lines[first - 1 : owner.end_lineno])).split("\n")


def _constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)


def _remembers(owner: ast.FunctionDef) -> bool:
    """Can it give something else for the same arguments? Decorators may, and defaults that change."""
    defaults = [d for d in (*owner.args.defaults, *owner.args.kw_defaults) if d is not None]
    fixed = (ast.Constant, ast.UnaryOp, ast.Name, ast.Attribute, ast.Tuple)
    outer = any(isinstance(n, ast.Global | ast.Nonlocal) for n in ast.walk(owner))
    plain = all(isinstance(d, ast.Name) and d.id in _PLAIN for d in owner.decorator_list)
    return not plain or outer or not all(isinstance(d, fixed) for d in defaults)
