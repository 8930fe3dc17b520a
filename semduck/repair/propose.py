"""Search for repairs: likeliest edits first, each tried on a copy, streamed as they are found."""

from __future__ import annotations

import selectors
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from semduck.repair import oracle, rank
from semduck.repair.apply import sha256, splice
from semduck.repair.candidates import Candidate, candidates, patched
from semduck.repair.edits import Source, load
from semduck.repair.localise import localise
from semduck.repair.model import Expectation, Proposal, Trial
from semduck.repair.observe import Facts
from semduck.repair.pairs import pairs
from semduck.repair.trial import Case, Change, Jobs, TrialError, Verdict, Worker
from semduck.trace.recording import Recording
from semduck.trace.target import Target

TICK = 0.1  # seconds between progress reports
HURRY = 1.5  # seconds a passing patch may wait for a better one before it is shown
LEAST_CPU = 0.3  # seconds any trial gets
FAR = 0.02  # a patch with less than this part of the best one's score is noise
ENDLESS_STEPS = 20_000  # recorded of a trial whose original did not end
AGAIN = 40  # candidates that ran out of time are tried again with more of it, at most so many


@dataclass(frozen=True, slots=True)
class Budget:
    """How long and how far to search. seconds: wall clock."""

    seconds: float = 20.0
    proposals: int = 8
    workers: int = 2
    pairs: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """How the search stands. total: candidates known so far. done: nothing follows."""

    tried: int
    total: int
    seconds: float
    done: bool = False
    message: str = ""


@dataclass(slots=True)
class Search:
    """State of one search."""

    case: Case
    budget: Budget
    started: float = field(default_factory=time.monotonic)
    workers: list[Worker] = field(default_factory=list)
    sources: dict[object, Source] = field(default_factory=dict)
    tried: int = 0
    total: int = 0
    found: list[tuple[float, Proposal, object, float]] = field(default_factory=list)  # waiting to be shown
    shown: set[object] = field(default_factory=set)
    count: int = 0
    late: list[Candidate] = field(default_factory=list)
    promising: list[Candidate] = field(default_factory=list)
    seen: set[tuple[object, str]] = field(default_factory=set)
    message: str = ""
    best: float = 0.0

    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self.started

    def over(self) -> bool:
        """True when time is up or enough is shown."""
        return self.elapsed() > self.budget.seconds or self.count >= self.budget.proposals

    def progress(self, done: bool = False) -> Progress:
        """How it stands."""
        return Progress(self.tried, max(self.total, self.tried), self.elapsed(), done, self.message)


def propose(
    recording: Recording, target: Target, expectations: Sequence[Expectation], budget: Budget | None = None
) -> Iterator[Proposal | Progress]:
    """Proposals as they are found, with Progress in between and one final Progress(done=True).

    Closing the iterator stops the search and kills what it started.
    """
    budget = budget or Budget()
    if recording.ending.kind == "running":
        yield Progress(0, 0, 0.0, True, "the program still runs; repairs are looked for when it has ended")
        return
    if not len(recording) or (recording.main_file and load(recording.main_file) is None):
        yield Progress(0, 0, 0.0, True, "nothing was run: a syntax error has to be mended by hand")
        return
    wanted = unique([*expectations, *oracle.automatic(recording, target)])
    if recording.ending.kind == "stopped" and all(
        m.met is not False for m in oracle.check_all(wanted, recording)
    ):
        wanted.append(Expectation("no-crash", origin="crash"))  # the user had to stop it: it should end
    search = Search(Case(recording, target, wanted), budget)
    try:
        yield from _search(search)
    except TrialError as error:
        search.message = str(error)
    finally:
        for worker in search.workers:
            worker.close()
    yield search.progress(done=True)


def unique(expectations: Iterable[Expectation]) -> list[Expectation]:
    """Each thing expected once, whoever said it; the user's own words first."""
    kept: dict[object, Expectation] = {}
    for e in expectations:
        place = (e.file, e.line, e.occurrence) if e.kind in ("value", "return") else ()
        kept.setdefault((e.kind, e.name, e.relation, e.expected, place), e)
    return list(kept.values())


def _search(search: Search) -> Iterator[Proposal | Progress]:
    yield search.progress()
    while len(search.workers) < search.budget.workers:
        search.workers.append(search.case.worker())  # all start now, the baseline needs one only
    base = _baseline(search)
    if base is None:
        return
    yield search.progress()
    facts = Facts(search.case.recording, _frozen(search.case))
    wrong = [m for m in search.case.before if not m.met]
    ordered = candidates(facts, localise(facts, wrong))
    search.sources = {source.path: source for source in facts.sources()}
    search.total = len(ordered)
    yield from _try_all(search, iter(ordered))
    if search.late and not search.over():
        search.case.cpu, search.case.wall = search.case.cpu * 6, search.case.wall * 4
        yield from _try_all(search, iter(search.late[:AGAIN]), final=True)
    if not search.count and search.budget.pairs and not search.over():
        both = pairs(search.promising, ordered)
        search.total += len(both)
        yield from _try_all(search, iter(both))
    yield from _show(search, -1.0)
    search.message = _summary(search)


def _summary(search: Search) -> str:
    patches = f"{search.tried} patches"
    if not search.count:
        up = " before the time was up" if search.elapsed() > search.budget.seconds else ""
        return f"tried {patches}{up}, none of them passed"
    found = "1 repair" if search.count == 1 else f"{search.count} repairs"
    return f"tried {patches}, {found} passed and did something different"


def _baseline(search: Search) -> Verdict | None:
    """The unpatched program in the copy: it must fail there too. Adds failing docstring examples."""
    case, worker = search.case, search.workers[0]
    endless = case.recording.ending.kind in ("limit", "stopped")
    case.most_steps = ENDLESS_STEPS if endless else case.most_steps
    case.cpu, case.wall = (
        (0.6, 3.0) if endless else (case.cpu, min(case.wall, max(5.0, search.budget.seconds / 2)))
    )
    base = _run(worker, case.judge(worker, None))
    for file, owner in sorted(base.examined - base.examples):
        if not any(e.kind == "doctest" and e.name == owner for e in case.expectations):
            case.add(Expectation("doctest", owner, file=file, origin="doctest"))
    if not case.expectations:
        search.message = "nothing is known to be wrong: say what you expected of a value first"
        return None
    if len(base.trial.met) < len(case.expectations):
        base = _run(worker, case.judge(worker, None))
    case.base = base
    case.steady = base.trial.output == case.said or not case.said
    if not any(m.met is False for m in base.trial.met):
        unsure = next((m for m in base.trial.met if m.met is None), None)
        search.message = (
            f"{unsure.expectation.text()}: {unsure.actual or 'this run does not say'}"
            if unsure
            else "the copy does not fail: the failure depends on something outside the project"
        )
        return None
    quick = 3.0 * base.cpu + LEAST_CPU if not endless else LEAST_CPU
    case.cpu, case.wall = quick, 3 * quick + 2 * max(0.0, base.trial.seconds - base.cpu) + 1.0
    return base


def _run(worker: Worker, jobs: Jobs) -> Verdict:
    """Drive one trial to its end."""
    try:
        job = next(jobs)
        while True:
            worker.submit(job)
            job = jobs.send(worker.collect())
    except StopIteration as stop:
        verdict: Verdict = stop.value
        return verdict


def _frozen(case: Case) -> frozenset[Path]:
    """Tests say what is right: they are never edited."""
    return frozenset(
        p
        for p in case.files
        if case.target.kind == "pytest"
        and (p.name.startswith("test_") or p.name.endswith("_test.py") or p.name == "conftest.py")
    )


def _try_all(
    search: Search, ordered: Iterator[Candidate], final: bool = False
) -> Iterator[Proposal | Progress]:
    """Keep all workers busy until the candidates, the time or the need for more run out."""
    busy: dict[Worker, tuple[Candidate, bytes, Jobs]] = {}
    told = time.monotonic()
    best_left = 1.0
    with selectors.DefaultSelector() as selector:
        for worker in search.workers:
            selector.register(worker, selectors.EVENT_READ, worker)
        while not search.over():
            for worker in search.workers:
                if worker not in busy and (task := _next(search, worker, ordered)):
                    busy[worker] = task
                    best_left = task[0].score
            if not busy:
                break
            for key, _ in selector.select(TICK):
                _advance(search, key.data, busy, final)
            yield from _show(search, best_left)
            if time.monotonic() - told > TICK:
                told = time.monotonic()
                yield search.progress()
    yield from _show(search, -1.0)
    for worker in busy:
        search.workers.remove(worker)
        worker.close()
        if not final and search.elapsed() < search.budget.seconds:
            search.workers.append(search.case.worker())


def _next(
    search: Search, worker: Worker, ordered: Iterator[Candidate]
) -> tuple[Candidate, bytes, Jobs] | None:
    """Start the next candidate that is Python and new."""
    for candidate in ordered:
        source = search.sources[candidate.file]
        data = patched(source, candidate)
        if data is None or (
            (candidate.file, key := sha256(data)) in search.seen and candidate not in search.late
        ):
            search.total -= 1
            continue
        search.seen.add((candidate.file, key))
        change = Change(candidate.file, data, candidate.edits, source.data)
        jobs = search.case.judge(worker, change)
        worker.submit(next(jobs))
        return candidate, data, jobs
    return None


def _advance(
    search: Search, worker: Worker, busy: dict[Worker, tuple[Candidate, bytes, Jobs]], final: bool
) -> None:
    """Take a worker's reply; at the end of its trial judge the candidate."""
    candidate, data, jobs = busy[worker]
    try:
        worker.submit(jobs.send(worker.collect()))
        return
    except StopIteration as stop:
        verdict: Verdict = stop.value
    del busy[worker]
    search.tried += not final
    if verdict.trial.outcome == "passed":
        _keep(search, candidate, data, verdict)
    elif verdict.trial.outcome == "timeout" and not final:
        search.late.append(candidate)
    elif verdict.progress:
        search.promising.append(candidate)


def _keep(search: Search, candidate: Candidate, data: bytes, verdict: Verdict) -> None:
    if rank.evades(candidate, verdict, search.case):
        return
    source = search.sources[candidate.file]
    value, also = rank.score(candidate, source, data, verdict, search.case)
    proposal = Proposal(
        candidate.file,
        sha256(source.data),
        candidate.edits,
        candidate.kind,
        candidate.reason,
        candidate.line,
        verdict.trial,
        rank.badge(verdict, search.case),
        rank.strength(verdict, search.case, also),
        value,
        search.tried,
        tuple(also),
    )
    search.found.append((value, proposal, verdict.behaviour, time.monotonic()))


def _show(search: Search, best_left: float) -> Iterator[Proposal]:
    """What can be shown now: better than anything still to come, or waited long enough. One a behaviour."""
    search.found.sort(key=lambda item: -item[0])
    while search.found and search.count < search.budget.proposals:
        value, proposal, behaviour, since = search.found[0]
        if value < best_left and time.monotonic() - since < HURRY:
            return
        search.found.pop(0)
        if behaviour in search.shown or value < FAR * search.best:
            continue
        search.best = max(value, search.best)
        search.shown.add(behaviour)
        search.count += 1
        yield proposal


def retry(
    proposal: Proposal,
    recording: Recording,
    target: Target,
    expectations: Sequence[Expectation],
    budget: Budget | None = None,
) -> Proposal:
    """The proposal tried once more, after the user edited it. Its trial says what came out."""
    source = load(proposal.file)
    if source is None or sha256(source.data) != proposal.base:
        return proposal.with_edits(proposal.edits, Trial("stopped"), "the file changed since it was recorded")
    try:
        data = splice(source.data, proposal.edits)
    except ValueError as error:
        return proposal.with_edits(proposal.edits, Trial("failed", detail=str(error)), f"✗ {error}")
    search = Search(
        Case(recording, target, unique([*expectations, *oracle.automatic(recording, target)])),
        budget or Budget(),
    )
    try:
        return _retried(search, proposal, Change(proposal.file, data, proposal.edits, source.data))
    except TrialError as error:
        return proposal.with_edits(proposal.edits, Trial("stopped", detail=str(error)), str(error))
    finally:
        for worker in search.workers:
            with suppress(OSError):
                worker.close()


def _retried(search: Search, proposal: Proposal, change: Change) -> Proposal:
    search.workers.append(search.case.worker())
    _baseline(search)
    search.case.cpu, search.case.wall = 4 * search.case.cpu, 4 * search.case.wall
    verdict = _run(search.workers[0], search.case.judge(search.workers[0], change))
    strength = rank.strength(verdict, search.case, []) if verdict.trial.outcome == "passed" else "weak"
    tried = proposal.with_edits(proposal.edits, verdict.trial, rank.badge(verdict, search.case))
    return replace(tried, strength=strength)
