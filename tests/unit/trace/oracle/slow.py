"""Answers to queries the slow way: every step looked at, nothing remembered."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import Any

from semduck.trace.expressions.compiler import Expression
from semduck.trace.expressions.operands import EvaluateError, Held
from semduck.trace.expressions.operations import true
from semduck.trace.recording import Recording

GONE = "gone"


def picture(recording: Recording, k: int, path: str, frame: int) -> Any:
    """A path's value with all it reaches, objects by number: equal exactly when nothing changed."""
    if k < 0:
        return GONE
    scope = recording.scope(k, frame)
    if scope.own is None and not recording.is_module(frame):
        scope.own = frozenset(recording.names(recording.span(frame)[1], frame))
        recording.state(k)
    try:
        value = Expression(path).value(scope)
    except EvaluateError:
        return GONE
    return _deep(recording, k, value)


def _deep(recording: Recording, k: int, value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(_deep(recording, k, part) for part in value)
    if type(value) is not Held:
        return type(value).__name__, repr(value)
    things, seen, work = recording.state(k).things, {}, [value.oid]
    while work:
        oid = work.pop()
        thing = things.get(oid)
        if oid in seen or thing is None:
            continue
        seen[oid] = (
            thing.kind,
            thing.type,
            thing.text,
            repr(thing.items),
            thing.length,
            thing.attrs,
            thing.frame,
        )
        for ref in recording.state(k).kids(thing):
            if type(ref) is list and len(ref) == 1:
                work.append(ref[0])
    return value.oid, tuple(sorted(seen.items()))


def change_steps(recording: Recording, path: str, frame: int, first: int, last: int) -> list[int]:
    """Steps at which the picture is not that of the step before."""
    pictures = [picture(recording, k, path, frame) for k in range(first - 1, last + 1)]
    return [first + i for i in range(len(pictures) - 1) if pictures[i] != pictures[i + 1]]


def holds(recording: Recording, k: int, condition: str, frame: int, changed: list[bool]) -> bool:
    """The condition at one step, worked out from nothing."""
    scope = recording.scope(k, frame)
    scope.changed = changed
    try:
        return true(Expression(condition, allow_changed=True).value(scope), set())
    except EvaluateError:
        return False


def _changed(recording: Recording, old: int, k: int, path: str, frame: int) -> bool:
    """Another value at k than at `old`, or an object in it was written in between, even if changed back."""
    if picture(recording, old, path, frame) != picture(recording, k, path, frame):
        return True
    if k - old < 2:
        return False
    try:
        value = Expression(path).value(recording.scope(k, frame))
    except EvaluateError:
        return False
    pictures = [_deep(recording, j, value) for j in range(old, k + 1)]
    return any(one != other for one, other in pairwise(pictures))


def where(recording: Recording, condition: str) -> list[int]:
    """Steps at which a condition holds in their frame."""
    names = [n.args[0] for n in ast.walk(ast.parse(condition)) if isinstance(n, ast.Call)
             and isinstance(n.func, ast.Name) and n.func.id == "changed"]  # fmt: skip
    before: dict[int, int] = {}
    found = []
    for k in range(len(recording)):
        frame = recording.frame_at(k)
        old = before.get(frame, k - 1)
        changed = [_changed(recording, old, k, ast.unparse(n), frame) for n in names]
        before[frame] = k
        if holds(recording, k, condition, frame, changed):
            found.append(k)
    return found


def agree(recording: Recording, path: str, frame: int, first: int, last: int) -> int:
    """Compare everything that is said of a path with the pictures; how many changes there were."""
    steps = change_steps(recording, path, frame, first, last)
    lived = [k for k in steps if picture(recording, k, path, frame) != GONE]
    told = [k for k, _ in recording.history(path, frame, 100_000)]
    assert told == lived, (path, steps, told)
    for k in range(first, last + 1, max(1, (last - first) // 7)):
        assert recording.last_change(k, path, frame) == max((s for s in steps if s <= k), default=None), (
            path,
            k,
        )
        assert recording.next_change(k, path, frame) == min((s for s in steps if s > k), default=None), (
            path,
            k,
        )
    return len(steps)
