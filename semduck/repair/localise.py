"""Where the fault may be: a dynamic slice from the failure, the crash's stack, and calls that went well.

Suspicion is a number from 0 to 1 for each line that ran. The slice goes back in time from the wrong
value or the crash: to the line that last changed each name read there, to the returns of the calls
made there, to the conditions that let the line run.
"""

from __future__ import annotations

import ast
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from semduck.repair.edits import Source, load
from semduck.repair.model import Expectation, Met
from semduck.repair.observe import Facts, Place
from semduck.trace.model import Kind
from semduck.trace.recording import KINDS, EvaluateError, Recording

BASE = 0.15
CHANGED, CALLED, GUARDED, HANDED = 0.88, 0.92, 0.8, 0.85  # suspicion kept from one line to the next
LEAST = 0.2
MAX_VISITS = 400
MAX_BACK = 5000
MAX_SPAN = 15_000  # steps of a call searched for the last change of a name
LINE, CALL, RETURN = (KINDS.index(kind) for kind in (Kind.LINE, Kind.CALL, Kind.RETURN))


def localise(facts: Facts, wrong: Sequence[Met], seconds: float = 2.0) -> dict[Place, float]:
    """Suspicion by file and line, from a failing run and the expectations it did not meet."""
    walk = _Walk(facts.recording, time.monotonic() + seconds)
    for step in _starts(facts, wrong):
        walk.begin(step)
    if not walk.found:
        return {place: 0.5 for place in facts.counts}
    found = {place: max(BASE, walk.found.get(place, 0.0)) for place in facts.counts}
    return _spectrum(facts, found)


def _starts(facts: Facts, wrong: Sequence[Met]) -> list[int]:
    """Steps at which it shows that something is wrong, the most telling first."""
    steps = []
    for met in wrong:
        if met.expectation.kind == "output":
            steps += _output(facts.recording, met.expectation)
        elif met.step is not None:
            steps.append(met.step)
    raised = facts.failure() or next(iter(reversed(facts.recording.raised())), None)
    if raised is not None and (not steps or any(m.expectation.kind in ("no-crash", "pytest") for m in wrong)):
        steps.append(raised.step)
    if not steps and len(facts.recording):
        steps.append(len(facts.recording) - 1)
    return list(dict.fromkeys(steps))


def _output(recording: Recording, expectation: Expectation) -> list[int]:
    """The step that wrote the first character that differs from the expected output."""
    wanted, at = ast.literal_eval(expectation.expected), 0
    for piece in recording.output():
        if piece.stream != "stdout":
            continue
        if wanted[at : at + len(piece.text)] != piece.text:
            return [piece.step]
        at += len(piece.text)
    return []


class _Walk:
    """Goes back in time, keeping the strongest suspicion of every line it comes by."""

    def __init__(self, recording: Recording, deadline: float) -> None:
        self.recording = recording
        self.deadline = deadline
        self.found: dict[Place, float] = {}
        self._seen: dict[int, float] = {}
        self._queue: list[tuple[float, int]] = []
        self._sources: dict[Path, Source | None] = {}
        self._statements: dict[Path, dict[int, ast.stmt]] = {}

    def begin(self, step: int) -> None:
        """Start at a step, and follow everything it depends on."""
        recording = self.recording
        kind, frame, _ = recording.brief(step)
        start = step if kind == LINE else self._before(step, frame)
        for rank, info in enumerate(recording.stack(step)):
            self._mark((info.file, info.line), max(0.5, 1.0 - 0.15 * rank))
        self._push(1.0, start)
        while self._queue and len(self._seen) < MAX_VISITS and time.monotonic() < self.deadline:
            self._queue.sort()
            weight, at = self._queue.pop()
            self._visit(at, weight)

    def _push(self, weight: float, step: int | None) -> None:
        if step is not None and weight >= LEAST and weight > self._seen.get(step, 0.0):
            self._seen[step] = weight
            self._queue.append((weight, step))

    def _mark(self, place: Place, weight: float) -> None:
        self.found[place] = max(weight, self.found.get(place, 0.0))

    def _visit(self, step: int, weight: float) -> None:
        _, frame, line = self.recording.brief(step)
        file = self.recording.call(frame).file
        self._mark((file, line), weight)
        stmt = self._statement(file, line)
        if stmt is None:
            return
        self._returns(step, frame, weight)
        for name in _read(stmt):
            self._definition(step, frame, name, weight)
        self._conditions(file, stmt, step, frame, weight)

    def _definition(self, step: int, frame: int, name: str, weight: float) -> None:
        if step - self.recording.call(frame).first > MAX_SPAN:
            self._written(step, frame, name, weight)
            return
        try:
            changed = self.recording.last_change(step, name, frame)
        except (EvaluateError, KeyError, IndexError):
            return
        if changed is None or changed == 0:
            return
        if self.recording.brief(changed)[0] == CALL:
            parent = self.recording.call(frame).parent
            if parent is not None:
                self._push(weight * HANDED, self._before(changed, parent))
            return
        maker, kind_frame = self._maker(changed, frame)
        self._push(weight * CHANGED, maker)
        if kind_frame != frame and maker is not None:
            self._push(weight * CHANGED, self._before(changed, frame))

    def _written(self, step: int, frame: int, name: str, weight: float) -> None:
        """In a very long call: the last times that lines which assign the name ran, nearby."""
        file = self.recording.call(frame).file
        table = self._statements.get(file, {})
        stored = {
            n.lineno
            for stmt in set(table.values())
            for n in ast.walk(stmt)
            if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
        }
        for line in sorted(stored):
            self._push(weight * CHANGED, self._before(step, frame, line))

    def _maker(self, changed: int, frame: int) -> tuple[int | None, int]:
        """The line step whose effect is seen at `changed`: the one before, in whatever frame that was."""
        kind, other, _ = self.recording.brief(changed - 1)
        if kind == LINE:
            return changed - 1, other
        return self._before(changed, frame), frame

    def _returns(self, step: int, frame: int, weight: float) -> None:
        """Calls made by the line: their last lines gave the values it used."""
        for later in range(step + 1, min(step + MAX_BACK, len(self.recording))):
            kind, other, _ = self.recording.brief(later)
            if other == frame:
                return
            if kind == RETURN and self.recording.call(other).parent == frame:
                self._push(weight * CALLED, self._before(later, other))

    def _conditions(self, file: Path, stmt: ast.stmt, step: int, frame: int, weight: float) -> None:
        source = self._sources[file]
        assert source is not None
        for outer in source.up(stmt):
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                return
            if isinstance(outer, ast.If | ast.While | ast.For):
                self._mark((file, outer.lineno), weight * GUARDED)
                self._push(weight * GUARDED, self._before(step, frame, outer.lineno))

    def _before(self, step: int, frame: int, line: int = 0) -> int | None:
        """The latest line step of a frame before `step`."""
        for earlier in range(step - 1, max(-1, step - MAX_BACK), -1):
            kind, other, at = self.recording.brief(earlier)
            if other == frame and kind == LINE and (not line or at == line):
                return earlier
        return None

    def _statement(self, file: Path, line: int) -> ast.stmt | None:
        if file not in self._sources:
            source = self._sources[file] = load(file)
            table: dict[int, ast.stmt] = {}
            for node in ast.walk(source.tree) if source else ():
                if isinstance(node, ast.stmt):
                    for covered in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                        table[covered] = node  # walked from the outside in: the innermost stays
            self._statements[file] = table
        return self._statements[file].get(line)


def _read(stmt: ast.stmt) -> list[str]:
    """Names a statement reads on its own line (not in the block it heads)."""
    parts: list[ast.AST] = [stmt]
    if isinstance(stmt, ast.If | ast.While):
        parts = [stmt.test]
    elif isinstance(stmt, ast.For):
        parts = [stmt.iter]
    elif hasattr(stmt, "body"):
        return []
    names = [n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)]
    if isinstance(stmt, ast.Assign):
        stored = {t.id for t in stmt.targets if isinstance(t, ast.Name)}
        names = [
            n
            for n in names
            if n not in stored or any(isinstance(m, ast.Name) and m.id == n for m in ast.walk(stmt.value))
        ]
    return list(dict.fromkeys(names))


def _spectrum(facts: Facts, found: dict[Place, float]) -> dict[Place, float]:
    """Ochiai over calls: lines that calls which failed ran and calls which went well did not, weigh more."""
    recording = facts.recording
    calls = [c for c in recording.calls()[:400] if c.last is not None and c.last - c.first < 3000]
    ended = [(c, recording.brief(c.last)[0] == RETURN) for c in calls if c.last is not None]
    broken = [c for c, fine in ended if not fine]
    if not broken or len(broken) == len(ended):
        return found
    with_bad: Counter[Place] = Counter()
    with_good: Counter[Place] = Counter()
    for call, fine in ended:
        (with_good if fine else with_bad).update(
            {(call.file, recording.brief(k)[2]) for k in recording.call_steps(call.frame)}
        )
    return {
        place: blame * (0.85 + 0.15 * _ochiai(with_bad[place], with_good[place], len(broken)))
        for place, blame in found.items()
    }


def _ochiai(bad: int, good: int, all_bad: int) -> float:
    return float(bad / (all_bad * (bad + good)) ** 0.5) if bad else 0.0
