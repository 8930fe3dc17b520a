"""A session without a screen: run to the end, check, look for repairs, report."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from semduck import report_collect as collect
from semduck.exits import ExitCode
from semduck.repair import oracle
from semduck.repair.model import Met, Proposal
from semduck.report_data import Report, Syntax
from semduck.trace.model import Ending
from semduck.trace.recording import Recording
from semduck.trace.target import Target

if TYPE_CHECKING:
    from semduck.session import Session

WAIT = 0.01  # seconds between two looks at a running program
PYTEST_RAN_NONE = (2, 4, 5)  # pytest's codes: a file that cannot be imported, wrong usage, no test found


def run(session: Session, repair_seconds: float) -> Report:
    """Run the program, then say all there is to say. repair_seconds bounds the search; 0: none."""
    interrupted = finish(session)
    recording = session.recording
    if recording is None or (session.error and session.target.kind != "pytest"):
        return unable(session)
    report = replace(report_of(recording, session.target, checks(session)), problem=session.error)
    if interrupted:
        return replace(report, exit_code=int(ExitCode.INTERRUPTED))
    if repair_seconds and report.exit_code in (ExitCode.UNMET, ExitCode.PROGRAM):
        report = with_repairs(report, search(session, repair_seconds))
    return report


def finish(session: Session) -> bool:
    """Let the program run to its end; True when ctrl+c stopped it. What was recorded stays."""
    try:
        session.start(interactive=False)
        while session.running:
            if not session.poll():
                time.sleep(WAIT)
    except KeyboardInterrupt:
        session.stop()
        return True
    finally:
        session.poll()
    return False


def unable(session: Session) -> Report:
    """The report on a program that could not be run."""
    bad = session.syntax
    return Report(
        program=collect.program(session.target),
        exit_code=int(ExitCode.PROGRAM),
        problem=session.error or "nothing was recorded",
        syntax=Syntax(str(bad.file), bad.line, bad.column, bad.message, bad.text) if bad else None,
    )


def report_of(recording: Recording, target: Target, met: Sequence[Met]) -> Report:
    """Everything a recording tells, without looking for repairs."""
    failure = collect.failure(recording)
    pieces = recording.output()
    return Report(
        program=collect.program(target),
        exit_code=int(exit_code(recording.ending, target.kind, met)),
        end=collect.end(recording),
        started_by=collect.started_by(recording),
        processes=collect.processes(recording),
        failure=failure,
        story=collect.story(recording, failure.step if failure else None),
        stdout=collect.stream(pieces, "stdout"),
        stderr=collect.stream(pieces, "stderr"),
        expectations=tuple(map(collect.expected, met)),
    )


def exit_code(ending: Ending, kind: str, met: Sequence[Met]) -> ExitCode:
    """3 when the program failed or was cut short, else 1 when an expectation is not met, else 0."""
    if kind == "pytest" and ending.kind == "exit" and ending.code:
        return ExitCode.USAGE if ending.code in PYTEST_RAN_NONE else ExitCode.UNMET
    if ending.kind != "exit" or ending.code:
        return ExitCode.PROGRAM
    return ExitCode.FINE if all(one.met for one in met) else ExitCode.UNMET


def checks(session: Session) -> list[Met]:
    """What the user expects, then what the program itself says should hold."""
    recording = session.recording
    assert recording is not None
    own = [e for e in oracle.automatic(recording, session.target) if e not in session.expectations]
    return [*session.checked(), *oracle.check_all(own, recording)]


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for repairs came to: proposals best first, candidates tried, and that in words."""

    proposals: tuple[Proposal, ...]
    tried: int
    message: str


def search(session: Session, seconds: float) -> Search:
    """Look for repairs for at most about `seconds`."""
    found: list[Proposal] = []
    tried, message = 0, ""
    for item in session.find_repairs(seconds):
        if isinstance(item, Proposal):
            found.append(item)
        else:
            tried, message = item.tried, item.message or message
    return Search(tuple(sorted(found, key=lambda one: -one.score)), tried, message)


def with_repairs(report: Report, searched: Search) -> Report:
    """The report with what the search found."""
    repairs = tuple(map(collect.repair, searched.proposals))
    return replace(report, repairs=repairs, repairs_tried=searched.tried, search=searched.message)
