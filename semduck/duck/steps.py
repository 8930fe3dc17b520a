"""Teacher-forced forecasts: given the true state and the line about to run, what happens?

A line becomes a small function of the names it reads; what it gives is asked for at once, without a
monologue. This is the easy regime of execution prediction (true state, one step), so small models can do it.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from semduck.duck import callees, given_values, lines, literals, prompts
from semduck.duck.recorded import Recorded
from semduck.duck.shape import Spot
from semduck.duck.source_view import owner_of
from semduck.duck.utterance import Utterance
from semduck.duck.written import literal, requoted, written
from semduck.trace.model import Kind, Step, Value

TOKENS = 96  # of one answer
STOP = ("\n", "[/ANSWER]")
_UNKNOWN = ("module", "function", "class")
_HIDDEN = ("generator", "opaque", "elided")  # whose state a picture does not tell
_OUTSIDE = frozenset("input open id globals locals vars dir eval exec breakpoint __import__".split())
_FENCE = re.compile(r"^\s*```\w*\s*|\s*```\s*$")
_ASSERTION = re.compile(r"^\s*assert\s.*?==\s*")


@dataclass(frozen=True, slots=True)
class StepQuestion:
    """One line to be forecast. kind, gives: see lines.Told."""

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
    told = lines.told(recording, at, spot) if _alone(spot) else None
    if told is None or any(isinstance(n, _OPAQUE) for n in ast.walk(told.asked)):
        return None
    return _made(recording, at, told, {**recording.globals(step, frame), **recording.locals(step, frame)})


def _alone(spot: Spot) -> bool:
    """Does no other statement stand on its line? What happens there is one step."""
    below = getattr(spot.node, "body", None)
    last = spot.node.lineno if isinstance(below, list) else getattr(spot.node, "end_lineno", None)  # type: ignore[attr-defined]
    return not spot.single and (spot.following is None or spot.following.lineno > (last or 0))


_OPAQUE = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


def _made(recording: Recorded, at: Step, told: lines.Told, state: Mapping[str, Value]) -> StepQuestion | None:
    found = _given(told, state)
    if found is None:
        return None
    given, unknown = found
    objects = {name: v for name, v in given.items() if v.kind == "object"}
    kinds = {v.type_name: given_values.more(v, name, told.asked) for name, v in objects.items()}
    before = callees.preface(recording, at, told, unknown, kinds)
    call = f"step({', '.join(map(written, given.values()))})"
    if before is None or not given_values.whole(call):
        return None
    one = any(isinstance(n, ast.Is | ast.IsNot) for n in ast.walk(told.asked))
    if (one or before or told.kind == "names") and given_values.shared(given.values()):
        return None
    body = [f"def step({', '.join(given)}):", *(f"    {line}" for b in told.body for line in b.split("\n"))]
    code = prompts.label(requoted("\n".join([*before, *body])))
    return StepQuestion(at.number, at.frame, code, call, told.kind, told.gives)


def _given(told: lines.Told, state: Mapping[str, Value]) -> tuple[dict[str, Value], set[str]] | None:
    """The values the line reads, and its names that are none; None where a picture does not tell enough."""
    given: dict[str, Value] = {}
    unknown: set[str] = set()
    own = _own(told.asked)
    for name in _read(told.asked):
        value = state.get(name)
        hidden = value is not None and value.kind in _HIDDEN and value.type_name != "range"
        if hidden or (name in _OUTSIDE and value is None):
            return None
        if value is not None and value.kind not in _UNKNOWN:
            given[name] = given_values.used(value, name, told.asked)
        elif value is not None or not (name in own or _is_builtin(name)):
            unknown.add(name)
    return given, unknown


def _is_builtin(name: str) -> bool:
    return hasattr(builtins, name) and not name.startswith("__")  # __name__ is the module's own


def _read(asked: ast.AST) -> list[str]:
    """Names whose values it needs, in the order they stand."""
    found = [n for n in ast.walk(asked) if isinstance(n, ast.Name)]
    found.sort(key=lambda n: (n.lineno, n.col_offset))
    names = [n.id for n in found if isinstance(n.ctx, ast.Load)]
    if isinstance(asked, ast.AugAssign) and isinstance(asked.target, ast.Name):
        names.append(asked.target.id)
    return list(dict.fromkeys(names))


def _own(asked: ast.AST) -> set[str]:
    """Names of its comprehensions and lambdas."""
    names = {n.id for n in ast.walk(asked) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    return names | {n.arg for n in ast.walk(asked) if isinstance(n, ast.arg)}


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
    if asked.kind == "print":
        return f"Prints {said}." if said[:1] in "'\"" else None
    if asked.kind == "round":
        return _next(asked, said)
    return _named(asked.gives, [said] if len(asked.gives) == 1 else _elements(said, len(asked.gives)))


def _next(asked: StepQuestion, said: str) -> str | None:
    """What a loop's header does, from `[element]` or `[]`."""
    if said == "[]":
        return "The loop ends."
    parts = _elements(f"({said[1:-1]},)", 1)
    target = ast.parse(asked.gives[0], mode="eval").body
    if parts is not None and isinstance(target, ast.Tuple | ast.List):
        return _named([ast.unparse(t) for t in target.elts], _elements(parts[0], len(target.elts)))
    return _named(asked.gives, parts)


def _named(names: Sequence[str], values: Sequence[str] | None) -> str | None:
    if values is None:
        return None
    return " and ".join(f"`{n}` becomes {v}" for n, v in zip(names, values, strict=True)) + "."


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
