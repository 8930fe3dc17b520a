"""What one line does, as the body of a small function: the line about to run, given the true state."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from semduck.duck.recorded import Recorded
from semduck.duck.shape import Spot, constant_true
from semduck.trace.model import Kind, Step

LOOKED = 2_000  # steps back to the beginning of a loop
_CHANGES = frozenset("append extend insert remove pop clear sort reverse add discard update".split())


@dataclass(frozen=True, slots=True)
class Told:
    """What a line does. asked: the part of the statement that runs; body: the lines of a function that does
    the same; kind: names | test | return | round | print; gives: what that function gives, as expressions."""

    asked: ast.AST
    body: tuple[str, ...]
    kind: str
    gives: tuple[str, ...]

    @property
    def lines(self) -> range:
        """Of the file."""
        first: int = getattr(self.asked, "lineno", 0)
        return range(first, (getattr(self.asked, "end_lineno", None) or first) + 1)


def told(recording: Recorded, at: Step, spot: Spot) -> Told | None:
    """What the statement at a step does; None when its text does not say what it changes."""
    node = spot.node
    if isinstance(node, ast.For):
        around = spot.chain[-2] if len(spot.chain) > 1 else None
        endless = around is not None and constant_true(around) and around.body[0] is node
        return None if endless else _round(recording, at, node)  # its runs cannot be told apart
    if isinstance(node, ast.If | ast.While | ast.Assert):
        test = ast.unparse(node.test)
        return Told(node.test, (f"return bool({test})",), "test", (test,))
    if isinstance(node, ast.Return) and node.value is not None:
        return Told(node, (ast.unparse(node),), "return", ())
    if (printed := _printed(node)) is not None:
        return Told(node, (f"return {printed}",), "print", ())
    changed = _targets(node)
    if not changed:
        return None
    gives = ", ".join(changed)
    return Told(node, (ast.unparse(node), f"return {gives}"), "names", tuple(changed))


def _printed(node: ast.AST) -> str | None:
    """What a plain print() writes, as an expression."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "print":
        return None
    if not call.args or call.keywords or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    texts = [ast.unparse(a) if _is_text(a) else f"str({ast.unparse(a)})" for a in call.args]
    return texts[0] if len(texts) == 1 else f"' '.join([{', '.join(texts)}])"


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _targets(node: ast.AST) -> list[str]:
    """What a statement changes, as expressions; [] when that cannot be said from its text."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        func = node.value.func
        changes = isinstance(func, ast.Attribute) and func.attr in _CHANGES
        return [ast.unparse(func.value)] if changes and isinstance(func, ast.Attribute) else []
    found = list(node.targets) if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AugAssign) or (isinstance(node, ast.AnnAssign) and node.value is not None):
        found = [node.target]
    flat: list[ast.expr] = []
    while found:
        target = found.pop(0)
        if isinstance(target, ast.Tuple | ast.List):
            found[:0] = target.elts
        elif isinstance(target, ast.Starred):
            found.insert(0, target.value)
        else:
            flat.append(target)
    return list(dict.fromkeys(ast.unparse(t) for t in flat)) if len(flat) <= 4 else []


def _round(recording: Recorded, at: Step, node: ast.For) -> Told | None:
    """The next element of the loop whose header this is: an empty list when there is none."""
    begun = _rounds(recording, at, node)
    if begun is None or any(_unordered(n) for n in ast.walk(node.iter)):
        return None
    first, n = begun
    if not _same(recording, {x.id for x in ast.walk(node.iter) if isinstance(x, ast.Name)}, first, at):
        return None
    drawn = f"list({ast.unparse(node.iter)})[{n}:{n + 1}]"
    return Told(node.iter, (f"return {drawn}",), "round", (ast.unparse(node.target),))


def _unordered(node: ast.AST) -> bool:
    made = isinstance(node, ast.Name) and node.id in ("set", "frozenset")
    return made or isinstance(node, ast.Set | ast.SetComp)


def _rounds(recording: Recorded, at: Step, node: ast.For) -> tuple[Step, int] | None:
    """The step that began this run of a loop, and how many elements it has had; None when it is far away."""
    lines = range(node.lineno, (node.body[-1].end_lineno or node.lineno) + 1)
    first, n = at, 0
    for k in range(at.number - 1, max(-1, at.number - LOOKED), -1):
        here = recording.step(k)
        if here.frame != at.frame:
            continue
        if here.line not in lines:
            return first, n
        if here.line == at.line and here.kind is Kind.LINE:
            first, n = here, n + 1
    return (first, n) if at.number < LOOKED else None


def _same(recording: Recorded, names: set[str], first: Step, at: Step) -> bool:
    """Have names still what they had when the loop began? What has no order is not the same twice."""
    then, now = (
        recording.locals(s.number, s.frame) | recording.globals(s.number, s.frame) for s in (first, at)
    )
    ordered = all(now[n].kind not in ("set", "frozenset") for n in names if n in now)
    return ordered and all(then.get(n) == now.get(n) for n in names)
