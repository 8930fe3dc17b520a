"""What a line calls: the source of the program's functions that run before it is over, and known imports."""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections.abc import Mapping

from semduck.duck.recorded import Recorded
from semduck.duck.source_view import extent, owner_of
from semduck.duck.written import literal
from semduck.trace.model import Step, Value

LOOKED = 100  # steps: who answers at once, without a monologue, cannot follow more
LINES = 40  # of source, of all functions together
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_CERTAIN = frozenset(  # what they give depends on what they are given alone
    "bisect cmath collections copy decimal fractions functools heapq itertools json math operator re "
    "statistics string textwrap".split()
)


def preface(recording: Recorded, step: Step, lines: range, wanted: set[str]) -> list[str] | None:
    """What must stand before a line. lines: where it is in its file; wanted: its names that are no values.

    None where it needs what cannot be shown: methods, lambdas, closures, decorated functions, or too much.
    """
    inside = _inside(recording, step)
    if inside is None:
        return None
    imports = _imports(owner_of(recording, recording.call(step.frame))[0].tree, wanted)
    values: dict[str, str] = {}
    functions: dict[str, list[str]] = {}
    for at in inside:
        name = at.function
        if name in functions or _written_here(recording, at, step, lines):
            continue
        source, owner = owner_of(recording, recording.call(at.frame))
        if not isinstance(owner, ast.FunctionDef) or owner.name != name or _remembers(owner):
            return None
        first, last = extent(source, owner)
        functions[name] = textwrap.dedent("\n".join(source.lines[first - 1 : last])).split("\n")
        outer = _outer(owner)
        wanted = wanted | outer
        values |= _values(outer, recording.globals(at.number, at.frame))
        imports |= _imports(source.tree, outer)
    rows = [*imports.values(), *values.values(), *(row for text in functions.values() for row in text)]
    whole = wanted <= {*imports, *values, *functions} and len(rows) <= LINES
    return rows if whole else None


def _inside(recording: Recorded, step: Step) -> list[Step] | None:
    """One step of each call that is made before the frame goes on; None when that takes too long."""
    found = dict[int, Step]()
    for at in recording.steps(step.number + 1, step.number + 1 + LOOKED):
        if at.frame == step.frame:
            return list(found.values())
        if at.thread == step.thread:
            found.setdefault(at.frame, at)
    return None if step.number + 1 + LOOKED <= len(recording) else list(found.values())


def _written_here(recording: Recorded, at: Step, step: Step, lines: range) -> bool:
    """Is it a comprehension, or a lambda that stands in the line itself?"""
    name = at.function.rpartition(".")[2]
    here = at.file == step.file and recording.call(at.frame).line in lines
    return name in _COMPREHENSIONS or (name == "<lambda>" and here)


def _remembers(owner: ast.FunctionDef) -> bool:
    """Can it give something else for the same arguments? Decorators may, and defaults that change."""
    defaults = [d for d in (*owner.args.defaults, *owner.args.kw_defaults) if d is not None]
    fixed = (ast.Constant, ast.UnaryOp, ast.Name, ast.Attribute, ast.Tuple)
    outer = any(isinstance(n, ast.Global | ast.Nonlocal) for n in ast.walk(owner))
    return bool(owner.decorator_list) or outer or not all(isinstance(d, fixed) for d in defaults)


def _outer(owner: ast.FunctionDef) -> set[str]:
    """Names that a function reads and does not have itself."""
    names = [n for n in ast.walk(owner) if isinstance(n, ast.Name)]
    own = {a.arg for a in ast.walk(owner) if isinstance(a, ast.arg)}
    own |= {n.id for n in names if not isinstance(n.ctx, ast.Load)}
    return {n.id for n in names if not hasattr(builtins, n.id)} - own


def _values(names: set[str], known: Mapping[str, Value]) -> dict[str, str]:
    """Constants of a module, as they were when the function began."""
    found = {name: known[name] for name in sorted(names) if name in known}
    return {name: f"{name} = {literal(v.literal)}" for name, v in found.items() if v.is_literal}


def _imports(tree: ast.Module, names: set[str]) -> dict[str, str]:
    """The import statements of a module that give such names, of libraries that always do the same."""
    found: dict[str, str] = {}
    for node in tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for alias in node.names:
            name = alias.asname or alias.name
            whole = node.module if isinstance(node, ast.ImportFrom) and not node.level else alias.name
            if name in names and (whole or "").partition(".")[0] in _CERTAIN:
                alone = ast.Import([alias]) if isinstance(node, ast.Import) else None
                found[name] = ast.unparse(alone or ast.ImportFrom(whole, [alias], 0))
    return found
