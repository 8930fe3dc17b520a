"""Teacher-forced forecasts: given the true state and the line about to run, what happens?

A line becomes a small function of the names it reads; what it gives is asked for at once, without a
monologue. This is the easy regime of execution prediction (true state, one step), so small models can do it.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence
from dataclasses import dataclass

from semduck.duck import literals, prompts
from semduck.duck.recorded import Recorded
from semduck.duck.source_view import owner_of
from semduck.duck.utterance import Utterance
from semduck.duck.written import literal, requoted, written
from semduck.trace.model import Kind, Value

TOKENS = 96  # of one answer
STOP = ("\n", "[/ANSWER]")
_UNKNOWN = ("module", "function", "class")
_CHANGES = frozenset("append extend insert remove pop clear sort reverse add discard update".split())
_FENCE = re.compile(r"^\s*```\w*\s*|\s*```\s*$")
_ASSERTION = re.compile(r"^\s*assert\s.*?==\s*")


@dataclass(frozen=True, slots=True)
class StepQuestion:
    """One line to be forecast. kind: names | test | return. gives: what the answer is about ("total")."""

    step: int
    frame: int
    code: str
    call: str
    kind: str
    gives: tuple[str, ...]

    def text(self, form: str = "semcoder") -> str:
        """The prompt."""
        return prompts.step(self.code, self.call, form)


def question(recording: Recorded, step: int, frame: int) -> StepQuestion | None:
    """The question about one step; None where a line alone does not tell what happens."""
    at = recording.step(step)
    source, owner = owner_of(recording, recording.call(frame))
    spot = source.spot(owner, at.line) if owner is not None and at.kind is Kind.LINE else None
    if spot is None:
        return None
    told = _told(spot.node)
    if told is None or any(isinstance(n, _OPAQUE) for n in ast.walk(told.asked)):
        return None
    state = {**recording.globals(step, frame), **recording.locals(step, frame)}
    return _made(step, frame, told, state)


_OPAQUE = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda)


@dataclass(frozen=True, slots=True)
class _Told:
    """asked: the part of the statement that runs; body: the lines of the small function; see StepQuestion."""

    asked: ast.AST
    body: tuple[str, ...]
    kind: str
    gives: tuple[str, ...]


def _told(node: ast.AST) -> _Told | None:
    if isinstance(node, ast.If | ast.While | ast.Assert):
        test = ast.unparse(node.test)
        return _Told(node.test, (f"return bool({test})",), "test", (test,))
    if isinstance(node, ast.Return) and node.value is not None:
        return _Told(node, (ast.unparse(node),), "return", ())
    targets = _targets(node)
    if not targets:
        return None
    gives = ", ".join(targets)
    return _Told(node, (ast.unparse(node), f"return {gives}"), "names", tuple(targets))


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


def _made(step: int, frame: int, told: _Told, state: dict[str, Value]) -> StepQuestion | None:
    found = [n for n in ast.walk(told.asked) if isinstance(n, ast.Name)]
    found.sort(key=lambda n: (n.lineno, n.col_offset))
    names = [n.id for n in found if isinstance(n.ctx, ast.Load)]
    inner = {n.id for n in found if not isinstance(n.ctx, ast.Load)}
    if isinstance(told.asked, ast.AugAssign) and isinstance(told.asked.target, ast.Name):
        names.append(told.asked.target.id)
    given: dict[str, Value] = {}
    for name in dict.fromkeys(names):
        value = state.get(name)
        known = hasattr(builtins, name) and not name.startswith("__")  # __name__ is the module's own
        if value is None and not known and name not in inner:
            return None
        if value is not None and value.kind in ("function", "class"):
            return None  # the line calls what the model does not see
        if value is not None and value.kind not in _UNKNOWN:
            given[name] = value
    body = [f"def step({', '.join(given)}):", *(f"    {line}" for b in told.body for line in b.split("\n"))]
    code = prompts.label(requoted("\n".join(body)))
    return StepQuestion(step, frame, code, f"step({', '.join(map(written, given.values()))})", told.kind,
                        told.gives)  # fmt: skip


def answered(asked: StepQuestion, answer: str, recording: Recorded) -> Utterance | None:
    """The forecast as a sentence; None when the answer holds no literal."""
    said = _literal(answer)
    if said is None:
        return None
    at = recording.step(asked.step)
    text = _sentence(asked, said)
    if text is None:
        return None
    return Utterance(text, at.file, at.line, asked.step, 1, "forecast", None, asked.frame)


def _sentence(asked: StepQuestion, said: str) -> str | None:
    if asked.kind == "test":
        if said not in ("True", "False"):
            return None
        return f"`{asked.gives[0].replace('`', '')}` is {said.lower()}."
    if asked.kind == "return":
        return f"Returns {said}."
    parts = [said] if len(asked.gives) == 1 else _elements(said, len(asked.gives))
    if parts is None:
        return None
    return " and ".join(f"`{n}` becomes {v}" for n, v in zip(asked.gives, parts, strict=True)) + "."


def _elements(said: str, n: int) -> Sequence[str] | None:
    try:
        read = ast.literal_eval(said)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return [literal(v) for v in read] if isinstance(read, tuple) and len(read) == n else None


def _literal(answer: str) -> str | None:
    """The value an answer gives: `8`, `assert step(3, 5) == 8`, a fenced literal."""
    lines = [line for line in _FENCE.sub("", answer.strip()).split("\n") if line.strip()]
    if not lines:
        return None
    text = _ASSERTION.sub("", lines[0]).strip().strip("`")
    end = literals.end_of(text, 0)
    if end is None or text[end:].strip(" .`"):
        return None
    return text[:end]
