"""Where two runs of a program first differ, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from semduck.trace.model import Change, Value
from semduck.trace.queries.compare import divergence
from semduck.trace.recording import Recording


@dataclass(frozen=True, slots=True)
class Difference:
    """The first step that is not alike. Steps are None where that run had already ended."""

    step_before: int | None
    step_after: int | None
    line: int
    text: str


def first_difference(before: Recording, after: Recording) -> Difference | None:
    """The first step at which the runs part; None when they do not."""
    found = divergence(before, after)
    if found is None:
        return None
    if found.step_before is not None and found.step_after is not None:
        return _described(before, after, found.step_after)
    return _ends(before, after, found.step_before, found.step_after)


def _ends(before: Recording, after: Recording, old: int | None, new: int | None) -> Difference:
    if new is not None:
        line = after.step(new).line
        return Difference(None, new, line, f"The run before ended here; now line {line} runs next.")
    if old is not None:
        line = before.step(old).line
        return Difference(old, None, line, f"Now the run ends here; before, line {line} ran next.")
    was, now = before.ending.detail, after.ending.detail
    return Difference(None, None, 0, f"Both runs take the same steps; before it {was}, now it {now}.")


def _described(before: Recording, after: Recording, k: int) -> Difference:
    old, new = before.step(k), after.step(k)
    if (old.kind, old.function, old.line) != (new.kind, new.function, new.line) and old.kind is not new.kind:
        was, now = (_event(s.kind.value, s.line, s.value) for s in (old, new))
        return Difference(k, k, new.line, f"At step {k}, {was} before; {now} now.")
    changed = _changed(before.changes(k), after.changes(k))
    if changed:
        return Difference(k, k, new.line, f"At step {k}, before line {new.line} runs, {changed}.")
    if old.value != new.value and old.value and new.value:
        return Difference(
            k,
            k,
            new.line,
            f"At step {k}, {new.function} {_verb(new.kind.value)} {new.value.text}; "
            f"before it was {old.value.text}.",
        )
    return Difference(k, k, new.line, f"At step {k}, line {new.line} runs; before it was line {old.line}.")


def _verb(kind: str) -> str:
    return {"return": "returns", "yield": "yields", "exception": "raises"}.get(kind, "gives")


def _event(kind: str, line: int, value: Value | None) -> str:
    shown = f" {value.text}" if value is not None else ""
    word = {
        "line": "runs",
        "call": "is called",
        "return": "returns" + shown,
        "exception": "raises" + shown,
        "yield": "yields" + shown,
        "resume": "resumes",
        "unwind": "is left by the exception",
    }[kind]
    return f"line {line} {word}"


def _changed(old: list[Change], new: list[Change]) -> str:
    olds, news = {c.path: c.after for c in old}, {c.path: c.after for c in new}
    for path in {**news, **olds}:
        was, now = olds.get(path), news.get(path)
        if (was and was.text) != (now and now.text):
            if now is None:
                return f"{path} does not change; before it became {was.text if was else 'nothing'}"
            before = f"before it became {was.text}" if was else "before it did not change"
            return f"{path} becomes {now.text}; {before}"
    return ""
