"""Where two runs of a program first differ."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from semduck.trace.model import Change, Value
from semduck.trace.recording import Recording


@dataclass(frozen=True, slots=True)
class Difference:
    """The first step that is not alike. Steps are None where that run had already ended."""

    step_before: int | None
    step_after: int | None
    line: int
    text: str


class Lines:
    """Line numbers of the old files as numbers of the new ones, through the unchanged lines."""

    def __init__(self, before: Recording, after: Recording) -> None:
        new = after.files
        self._maps: dict[Path, dict[int, int]] = {}
        for path, file in before.files.items():
            if path in new and new[path].sha256 != file.sha256:
                self._maps[path] = _mapping(file.lines, new[path].lines)

    def moved(self, path: Path, line: int) -> int:
        """The new number of an old line."""
        return self._maps[path].get(line, line) if path in self._maps else line


def _mapping(old: list[str], new: list[str]) -> dict[int, int]:
    found: dict[int, int] = {}
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and i2 - i1 == j2 - j1):
            found.update({i1 + n + 1: j1 + n + 1 for n in range(i2 - i1)})
    return found


def first_difference(before: Recording, after: Recording) -> Difference | None:
    """The first step at which the runs part; None when they do not."""
    lines = Lines(before, after)
    files: dict[int, Path] = {}
    for k in range(min(len(before), len(after))):
        old, new = before.event(k), after.event(k)
        if old[:2] != new[:2] or old[3:] != new[3:]:
            return _described(before, after, k)
        frame = old[1]
        if frame not in files:
            files[frame] = before.call(frame).file
        if old[2] != new[2] and lines.moved(files[frame], old[2]) != new[2]:
            return _described(before, after, k)
    return _ends(before, after)


def _ends(before: Recording, after: Recording) -> Difference | None:
    if len(before) == len(after):
        old, new = before.ending, after.ending
        if (old.kind, old.code) == (new.kind, new.code):
            return None
        return Difference(
            None, None, 0, f"Both runs take the same steps; before it {old.detail}, now it {new.detail}."
        )
    k = min(len(before), len(after))
    if len(after) > k:
        line = after.step(k).line
        return Difference(None, k, line, f"The run before ended here; now line {line} runs next.")
    line = before.step(k).line
    return Difference(k, None, line, f"Now the run ends here; before, line {line} ran next.")


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
