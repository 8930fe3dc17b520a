"""What a trial showed: the replies of the copy held against what is expected, in the host."""

from __future__ import annotations

import doctest
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from semduck.repair import docstrings, oracle
from semduck.repair.edits import moved_line
from semduck.repair.expressions import literal
from semduck.repair.model import Edit, Expectation, Met, Trial
from semduck.repair.server import Reply, Worker
from semduck.trace.finishing import finish
from semduck.trace.recording import Recording, RecordingError
from semduck.trace.target import Limits

if TYPE_CHECKING:
    from semduck.repair.trial import Case

RUN = ("no-crash", "output", "value", "return")
RECORDED = ("value", "return")
LIMIT = 3  # exit code of the recorder when it stops a program
MAX_CALLS = 600
FIRST_CPU, FIRST_WALL = 10.0, 30.0  # for the unpatched program, in seconds
Signature = Counter[tuple[str, str, str]]
Owner = tuple[Path, str]




@dataclass(frozen=True, slots=True)
class Change:
    """New content of one file, and the edits that made it."""

    file: Path
    data: bytes
    edits: tuple[Edit, ...] = ()
    old: bytes = b""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one trial showed. behaviour: equal for trials that nobody could tell apart."""

    trial: Trial
    behaviour: object = None
    prefix_kept: bool = True
    reached: bool = True  # the line that failed still runs
    examples: frozenset[Owner] = frozenset()  # docstrings whose examples all pass
    examined: frozenset[Owner] = frozenset()  # docstrings whose examples ran
    tests: frozenset[str] = frozenset()  # tests that pass
    cpu: float = 0.0
    progress: bool = False  # not repaired, but it fails elsewhere or later than before


class Look:
    """Collects what one trial shows."""

    def __init__(self, case: Case, worker: Worker, change: Change | None) -> None:
        self.case, self.worker, self.change = case, worker, change
        self.met: dict[Expectation, Met] = {}
        self.reply: Reply | None = None
        self.said = ""
        self.prefix = self.reached = True
        self.kept = self.broken = 0
        self.seconds = self.cpu = 0.0
        self.results: object = None
        self.owners: dict[Owner, bool] = {}
        self.examined: set[Owner] = set()
        self.wrong: dict[Owner, str] = {}
        self.tests: frozenset[str] = frozenset()
        self.late = False
        self.steps = 0

    @property
    def fine(self) -> bool:
        """True while nothing that was asked for failed."""
        return all(m.met or (m.met is None and b.met is None) for m, b in self._pairs())

    def _pairs(self) -> list[tuple[Met, Met]]:
        return [(self.met[b.expectation], b) for b in self.case.before if b.expectation in self.met]

    def _took(self, reply: Reply) -> None:
        self.seconds += reply.wall
        self.cpu = max(self.cpu, reply.cpu)
        self.late = self.late or reply.late

    def run(self, reply: Reply, record: bool, again: bool = False) -> None:
        """The program ran."""
        self._took(reply)
        if not again:
            self.reply = reply
            place = str(self.worker.copy.place)
            self.said = reply.stdout.decode(errors="replace").replace(place, str(self.case.plan.root))
            for expectation in self.case.expectations:
                if expectation.kind == "no-crash":
                    self.met[expectation] = self._crash(expectation, reply)
                elif expectation.kind == "output":
                    met = self.said.rstrip("\n") == str(literal(expectation.expected)).rstrip("\n")
                    self.met[expectation] = Met(expectation, met, "" if met else repr(self.said[-200:]))
        if record:
            self._recorded(reply, again)

    def _crash(self, expectation: Expectation, reply: Reply) -> Met:
        met = reply.code == 0 and not reply.late
        said = (
            "it does not end"
            if reply.late or reply.code == LIMIT
            else reply.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        )
        self.prefix = not self.case.steady or self.said.startswith(self.case.said)
        return Met(expectation, met, "" if met else said)

    def _recorded(self, reply: Reply, again: bool) -> None:
        out = self.worker.folder / "run.duck"
        try:
            finish(out, reply.code, "seconds" if reply.late else "", Limits())
            recording: Recording | None = Recording.open(out)
        except (RecordingError, OSError):
            recording = None
        if not again:
            for expectation in self.case.expectations:
                if expectation.kind in RECORDED:
                    self.met[expectation] = self._value(expectation, recording)
        if recording is not None:
            self._compare(recording)
            recording.close()
        out.unlink(missing_ok=True)

    def _value(self, expectation: Expectation, recording: Recording | None) -> Met:
        if recording is None:
            return Met(expectation, False, "nothing was recorded")
        file = expectation.file or self.case.recording.main_file
        line = expectation.line
        if self.change is not None and file == self.change.file and line:
            line = moved_line(self.change.old, self.change.edits, line)
        there = self.worker.copy.path(file) if file else None
        met = oracle.check(replace(expectation, file=there, line=line), recording)
        before = next((b.met for b in self.case.before if b.expectation == expectation), False)
        return Met(expectation, False if met.met is None and before is not None else met.met, met.actual)

    def _compare(self, recording: Recording) -> None:
        mine = signature(recording)
        shared = {key[:2] for key in self.case.calls}
        same = sum((self.case.calls & mine).values())
        both = sum(n for key, n in self.case.calls.items() if key[:2] in {k[:2] for k in mine})
        self.kept, self.broken = same, max(0, both - same)
        self.results = tuple(sorted(k for k in mine if k[:2] in shared))
        self.steps = len(recording)
        if self.case.failed_at is not None:
            file, line = self.case.failed_at
            if self.change is not None and file == self.change.file:
                line = moved_line(self.change.old, self.change.edits, line)
            self.reached = line in recording.executed_lines(self.worker.copy.path(file).resolve())

    def command(self, expectation: Expectation, reply: Reply) -> None:
        """A test or a command ran."""
        self._took(reply)
        self.reply = self.reply or reply
        met = reply.code == 0 and not reply.late
        lines = reply.stdout.decode(errors="replace").strip().splitlines() or [""]
        wrong = next((line[1:].strip() for line in lines if line.startswith("E ")), lines[-1])
        self.met[expectation] = Met(expectation, met, "" if met else wrong)

    def tests_said(self, reply: Reply) -> None:
        """All tests of a file ran, with a line for each."""
        lines = reply.stdout.decode(errors="replace").splitlines()
        self.tests |= {line.removeprefix("PASSED ") for line in lines if line.startswith("PASSED ")}

    def examples(self, file: Path, reply: Reply) -> None:
        """The docstring examples of a file ran."""
        self._took(reply)
        got = _report(self.worker.copy.scratch / "report")
        counts: Counter[str] = Counter()
        for example in docstrings.examples(self.case.files[file]):
            said = got.get((example.owner, counts[example.owner]))
            counts[example.owner] += 1
            owner = (file, example.owner)
            if said is not None:
                self.examined.add(owner)
            self.owners[owner] = (
                self.owners.get(owner, True) and said is not None and matches(example.want, said)
            )
            if not self.owners[owner] and owner not in self.wrong:
                self.wrong[owner] = f"{example.source} gives {(said or 'nothing').strip()[:60]}"
        for expectation in self.case.expectations:
            owner = (expectation.file or file, expectation.name)
            if expectation.kind == "doctest" and owner in self.owners:
                met = self.owners[owner]
                self.met[expectation] = Met(expectation, met, "" if met else self.wrong.get(owner, ""))

    def verdict(self) -> Verdict:
        """Everything in one place."""
        met = tuple(self.met.get(e, Met(e, False, "not tried")) for e in self.case.expectations)
        good = all(
            m.met or (m.met is None and b.met is None) for m, b in zip(met, self.case.before, strict=True)
        )
        failed = "timeout" if self.late else "crashed" if self.reply and self.reply.code < 0 else "failed"
        wrong = next((m for m in met if not m.met), None)
        trial = Trial(
            "passed" if good else failed,
            met,
            self.kept,
            self.broken,
            self.seconds,
            wrong.actual if wrong else "",
            self.said[:20_000],
        )
        passing = frozenset(owner for owner, fine in self.owners.items() if fine)
        code = self.reply.code if self.reply else None
        behaviour = (code, self.said if self.case.steady else "", self.results, passing, self.tests)
        return Verdict(
            trial,
            behaviour,
            self.prefix,
            self.reached,
            passing,
            frozenset(self.examined),
            self.tests,
            self.cpu,
            self._better(met),
        )

    def _better(self, met: Sequence[Met]) -> bool:
        base = self.case.base
        if base is None or self.late:
            return False
        pairs = zip(met, base.trial.met, strict=True)
        gained = any(m.met and not b.met for m, b in pairs)
        return gained or len(self.said) > len(base.trial.output)


def _report(path: Path) -> dict[tuple[str, int], str]:
    """What each example gave; anything that is not as we write it is ignored."""
    found = {}
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return {}
    for line in lines:
        try:
            owner, number, got = json.loads(line)
            found[str(owner), int(number)] = str(got)
        except (ValueError, TypeError):
            continue
    return found


def matches(want: str, got: str) -> bool:
    """As doctest compares: exactly, `...` for anything; of a traceback the last line."""
    if want.startswith("Traceback"):
        return (
            got.startswith("Traceback")
            and want.rpartition("\n")[2].strip() == got.strip().rpartition("\n")[2]
        )
    expected = want + "\n" if want else ""
    return doctest.OutputChecker().check_output(expected, got, doctest.ELLIPSIS)


def signature(recording: Recording) -> Signature:
    """What recorded calls with plain arguments gave: (function, arguments, result), counted."""
    found: Signature = Counter()
    for call in recording.calls()[:MAX_CALLS]:
        if call.function.startswith("<"):
            continue
        try:
            result, arguments = recording.result(call.frame), recording.arguments(call.frame)
        except RecursionError:
            continue  # objects nested too deep to be drawn
        plain = all(v.is_literal for v in arguments.values())
        if result is not None and result.is_literal and plain:
            shown = ", ".join(f"{name}={value.text}" for name, value in arguments.items())
            found[call.function, shown, result.text] += 1
    return found
