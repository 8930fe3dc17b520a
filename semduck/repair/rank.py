"""Order and label the patches that passed; show the signs of one that only seems right."""

from __future__ import annotations

import ast
from collections import Counter

from semduck.repair.candidates import Candidate
from semduck.repair.edits import Source
from semduck.repair.model import Expectation, Met
from semduck.repair.trial import Case, Verdict

SIZE = 0.97  # kept of the score for each line touched beyond the first
QUIET = ("delete", "drop-operand", "drop-clause", "drop-argument")
STRONG = ("value", "return", "output", "doctest", "pytest", "command")


def score(
    candidate: Candidate, source: Source, new: bytes, verdict: Verdict, case: Case
) -> tuple[float, list[str]]:
    """The final score, at most the candidate's own, and warnings for the user."""
    value, also = candidate.score, []
    for factor, warning in _signs(candidate, source, new, verdict, case):
        value *= factor
        if warning:
            also.append(warning)
    lines = max(0, sum(e.new.count(b"\n") for e in candidate.edits) + len(candidate.edits) - 2)
    return value * float(SIZE**lines), also


def _signs(
    candidate: Candidate, source: Source, new: bytes, verdict: Verdict, case: Case
) -> list[tuple[float, str]]:
    found: list[tuple[float, str]] = []
    old_tree, new_tree = source.tree, _tree(source, new)
    if candidate.kind in QUIET or not any(e.new.strip() for e in candidate.edits):
        found.append((0.5, "it only takes code away"))
    if lifted := _lifted(old_tree, new_tree, case.expectations):
        found.append((0.2, f"it writes the expected value {lifted} into the program"))
    if lost := _unused(old_tree, new_tree):
        found.append((0.5, f"`{lost}` is no longer used"))
    if not verdict.prefix_kept:
        found.append((0.25, "what the program wrote before the crash is different now"))
    if not verdict.reached:
        quiet = candidate.kind in QUIET or all(e.kind == "no-crash" for e in case.expectations)
        found.append((0.15 if quiet else 0.6, "the line that failed is no longer reached"))
    if unsure := next((m for m in verdict.trial.met if m.met is None), None):
        found.append((0.3, f"{unsure.expectation.text()}: not checked, {unsure.actual}"))
    base = case.base
    if base is not None and (gone := base.examples - verdict.examples):
        found.append((0.3, f"the examples of {min(owner for _, owner in gone)} passed before"))
    if base is not None and base.tests and verdict.tests and (fails := base.tests - verdict.tests):
        found.append((0.3, f"{min(fails)} passed before"))
    trial = verdict.trial
    if trial.calls_changed:
        part = trial.calls_changed / (trial.calls_changed + trial.calls_unchanged)
        asked = any(e.kind in STRONG for e in case.expectations)
        found.append((1 - (0.15 if asked else 0.3) * part, ""))
    return found


def _tree(source: Source, new: bytes) -> ast.Module:
    return Source(source.path, new).tree


def _constants(tree: ast.AST) -> Counter[str]:
    return Counter(repr(n.value) for n in ast.walk(tree) if isinstance(n, ast.Constant))


def _lifted(old: ast.AST, new: ast.AST, expectations: list[Expectation]) -> str:
    """An expected value that turns up as a new constant; small numbers turn up for good reasons too."""
    fresh = set(_constants(new) - _constants(old))
    for expectation in expectations:
        text = expectation.expected.strip()
        if text in fresh and text not in ("0", "1", "-1", "2", "True", "False", "None", "''"):
            return text
    return ""


def _unused(old: ast.AST, new: ast.AST) -> str:
    """A local name that was read and now is only written."""
    read = {n.id for n in ast.walk(old) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    names = [n for n in ast.walk(new) if isinstance(n, ast.Name)]
    now = {n.id for n in names if isinstance(n.ctx, ast.Load)}
    stored = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    stored |= {n.arg for n in ast.walk(new) if isinstance(n, ast.arg)}
    return min((read & stored) - now, default="")


def evades(candidate: Candidate, verdict: Verdict, case: Case) -> bool:
    """True for a patch that only keeps the failing line from being reached: no repair at all."""
    if verdict.reached or any(e.kind in STRONG for e in case.expectations):
        return False
    return candidate.kind in QUIET or any(e.origin == "assert" for e in case.expectations)


def badge(verdict: Verdict, case: Case) -> str:
    """One line: what was tried, and what came out."""
    parts = [_part(met) for met in verdict.trial.met]
    if case.base and (passed := case.base.examples):
        kept = len(passed & verdict.examples)
        parts.append(
            f"{'✓' if kept == len(passed) else '✗'} {kept}/{len(passed)} docstrings that passed before"
        )
    if case.base and len(case.base.tests) > 0:
        kept = len(case.base.tests & verdict.tests)
        mark = "✓" if kept == len(case.base.tests) else "✗"
        parts.append(f"{mark} {kept}/{len(case.base.tests)} passing tests still pass")
    trial = verdict.trial
    if trial.calls_unchanged or trial.calls_changed:
        changed = f", {trial.calls_changed} changed" if trial.calls_changed else ""
        parts.append(f"{trial.calls_unchanged} recorded calls unchanged{changed}")
    return " · ".join([*parts, "tried on a copy, limits only"])


def _part(met: Met) -> str:
    expectation = met.expectation
    mark = {True: "✓", False: "✗", None: "·"}[met.met]
    words = "crash gone" if expectation.kind == "no-crash" else expectation.text()
    if expectation.origin == "assert" and expectation.kind == "no-crash":
        words = "assertion holds"
    return f"{mark} {words}"


def strength(verdict: Verdict, case: Case, also: list[str]) -> str:
    """strong: several independent checks agree. fair: one that says what is right. weak: only "no crash"."""
    said = [m.expectation for m in verdict.trial.met if m.met]
    right = [e for e in said if e.kind in STRONG or e.origin == "assert"]
    more = bool(verdict.examples) or bool(verdict.tests) or len(said) > 1
    if not right or also:
        return "weak" if not right else "fair"
    return "strong" if (more and not verdict.trial.calls_changed) or len(right) > 1 else "fair"
