"""What a line calls: the source of the program's functions that run before it is over, and known imports."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping

from semduck.duck.lines import Told
from semduck.duck.recorded import Recorded
from semduck.duck.shown import Shown
from semduck.duck.source_view import owner_of
from semduck.duck.written import literal
from semduck.trace.model import Step, Value

LOOKED = 100  # steps: who answers at once, without a monologue, cannot follow more
LINES = 40  # of source, of all functions together
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_CERTAIN = frozenset(  # what they give depends on what they are given alone
    "bisect cmath collections copy decimal fractions functools heapq itertools json math operator re "
    "statistics string textwrap".split()
)


def preface(
    recording: Recorded, step: Step, told: Told, wanted: set[str], kinds: Mapping[str, bool]
) -> list[str] | None:
    """What must stand before a line. wanted: its names that are no values; kinds: names of the classes of its
    objects, and whether the line reads more of them than their fields.

    None where it needs what cannot be shown: lambdas, closures, decorated functions, or too much.
    """
    inside = _inside(recording, step)
    if inside is None:
        return None
    here = owner_of(recording, recording.call(step.frame))[0]
    imports, values, shown = _imports(here.tree, wanted), dict[str, str](), Shown()
    read = _attributes_of(told.asked)
    for at in inside:
        if _written_here(recording, at, step, told.lines):
            continue
        source, owner = owner_of(recording, recording.call(at.frame))
        if not shown.add(source, owner, at.function) or not isinstance(owner, ast.FunctionDef):
            return None
        outer = _outer(owner)
        wanted, read = wanted | outer, read | _attributes_of(owner)
        values |= _values(outer, recording.globals(at.number, at.frame))
        imports |= _imports(source.tree, outer)
    methods = any("." in at.function for at in inside)
    for kind in [k for k, more in kinds.items() if more or methods]:
        shown.add_class(here, kind)
    rows = [*imports.values(), *values.values(), *shown.rows()]
    whole = wanted <= {*imports, *values, *shown.names} and len(rows) <= LINES
    return rows if whole and not read & shown.names else None  # what a class holds may have changed


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


def _attributes_of(node: ast.AST) -> set[str]:
    """Names of which something is read or set: C in C.count."""
    found = [n.value for n in ast.walk(node) if isinstance(n, ast.Attribute)]
    return {n.id for n in found if isinstance(n, ast.Name)}


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
