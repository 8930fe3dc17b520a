"""From a recording (and what a session found out about it) to a Report."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from semduck.duck.narrator import narrate
from semduck.repair.apply import splice
from semduck.repair.hunks import diff
from semduck.repair.model import Met, Proposal
from semduck.report_data import (
    FIRST,
    LAST,
    End,
    Expected,
    Failure,
    Gap,
    Named,
    Place,
    Process,
    Processes,
    Program,
    Repair,
    Sentence,
    SourceLine,
    StartedBy,
    Story,
    Stream,
)
from semduck.trace.model import OutputPiece, Raised
from semduck.trace.queries import tests
from semduck.trace.recording import Recording, RecordingError
from semduck.trace.target import Target, pytest_words

AROUND = 4  # source lines shown before and after the failing one
LISTED = 100  # processes
HEAD, TAIL = 4_000, 8_000  # characters kept of a long output


def program(target: Target) -> Program:
    """What is to run, and the command that a shell would take for it."""
    middle = {"script": [target.spec], "module": ["-m", target.spec], "pytest": pytest_words(target)}
    command = shlex.join([_short_python(target.python), *middle[target.kind], *target.args])
    return Program(target.kind, target.spec, target.args, str(target.cwd), target.python, command)


def end(recording: Recording) -> End:
    """How the run ended and how much of it there is."""
    ending = recording.ending
    gaps = tuple(Gap(step, missing) for step, missing in recording.gaps())
    steps, calls = len(recording), len(recording.calls())
    return End(ending.kind, ending.code, ending.detail, ending.step, steps, calls, gaps)


def processes(recording: Recording) -> Processes | None:
    """What the program started; None when nothing."""
    started = recording.child_processes()
    if not started:
        return None
    listed = tuple(
        Process(one.step, one.pid, one.how, one.what, tuple(map(relative, one.recordings)))
        for one in started[:LISTED]
    )
    recorded = sum(1 for one in started if one.recordings)
    return Processes(len(started), recorded, recording.follows, listed)


def started_by(recording: Recording) -> StartedBy | None:
    """Who started the process of a child's recording."""
    parent, step = recording.parent, None
    if parent is None:
        return None
    if parent.recording is not None:
        try:
            above = Recording.open(parent.recording)
        except RecordingError:
            return StartedBy(None, parent.pid, None, recording.forked)
        step = next((one.step for one in above.child_processes() if one.number == parent.start), None)
        above.close()
    shown = relative(parent.recording) if parent.recording else None
    return StartedBy(shown, parent.pid, step, recording.forked)


def failure(recording: Recording) -> Failure | None:
    """The exception that ended the program, or the last one when it ended with a failure."""
    raised = final_exception(recording)
    if raised is None:
        return None
    shown = recording.files.get(raised.file)
    return Failure(
        type=raised.type_name,
        message=raised.message,
        function=recording.call(raised.frame).function,
        file=relative(raised.file),
        line=raised.line,
        step=raised.step,
        source=excerpt(shown.lines, raised.line) if shown else (),
        stack=tuple(Place(f.function, relative(f.file), f.line) for f in recording.stack(raised.step)),
        values=values(recording, raised.step),
    )


def final_exception(recording: Recording) -> Raised | None:
    """What made the run, or its first failing test, fail: the last exception that nobody caught."""
    if recording.ending.kind == "exit" and not recording.ending.code:
        return None
    failed = tests.first_failed(recording)
    found = tests.raised_in(recording, failed) if failed is not None else None
    if found is not None:
        return found
    raised = [one for one in recording.raised() if one.type_name not in ("SystemExit", "GeneratorExit")]
    escaped = [one for one in raised if not one.handled]
    if escaped:
        return escaped[-1]
    return None


def values(recording: Recording, step: int) -> tuple[Named, ...]:
    """The names of the frame at a step, locals first, then the globals its code mentions."""
    local, outer = recording.locals(step), recording.globals(step)
    outside = {name: value for name, value in outer.items() if name not in local}
    return tuple(
        Named(name, scope, value.type_name, value.text)
        for scope, names in (("local", local), ("global", outside))
        for name, value in names.items()
        if name.isidentifier()  # not what the compiler or pytest made, like .0 and @py_assert1
    )


def story(recording: Recording, about: int | None = None) -> Story | None:
    """What the call did in which step `about` lies; the main module when None."""
    if not len(recording):
        return None
    frame = _main_frame(recording) if about is None else recording.step(about).frame
    call = recording.call(frame)
    result = recording.result(frame)
    said = narrate(recording, frame, about)
    sentences = [Sentence(u.text, relative(u.file), u.line, u.step, u.source) for u in said]
    omitted = max(0, len(sentences) - FIRST - LAST)
    del sentences[FIRST : FIRST + omitted]
    shown = result.text if result is not None and call.function != "<module>" else None
    return Story(call.function, relative(call.file), call.line, shown, omitted, tuple(sentences))


def _main_frame(recording: Recording) -> int:
    """The last module that nothing recorded imported: with -m it comes after the package's __init__.

    Of the child of a fork, which began in the middle of its parent's: the first call of its own.
    """
    if recording.forked is not None:
        own = next((call for call in recording.calls() if call.first >= recording.forked), None)
        if own is not None:
            return own.frame
    outermost = [call for call in recording.calls() if call.parent is None and call.function == "<module>"]
    return outermost[-1].frame if outermost else recording.step(0).frame


def excerpt(lines: Sequence[str], line: int) -> tuple[SourceLine, ...]:
    """The lines around `line`, which counts from 1."""
    count = len(lines) - 1 if lines and not lines[-1] else len(lines)  # after the last newline is no line
    first, last = max(1, line - AROUND), min(count, line + AROUND)
    return tuple(SourceLine(n, lines[n - 1], n == line) for n in range(first, last + 1))


def stream(pieces: Iterable[OutputPiece], name: str) -> Stream:
    """What went to "stdout" or "stderr", the middle left out when it is long."""
    text = "".join(piece.text for piece in pieces if piece.stream == name)
    omitted = len(text) - HEAD - TAIL
    if omitted <= 0:
        return Stream(text)
    return Stream(f"{text[:HEAD]}\n... {omitted:,} characters left out ...\n{text[-TAIL:]}", omitted)


def expected(met: Met) -> Expected:
    """An expectation as checked."""
    what = met.expectation
    return Expected(what.text(), what.kind, what.origin, met.met, met.actual, met.step)


def repair(proposal: Proposal) -> Repair:
    """A proposal with its diff against the file it was made for."""
    return Repair(
        file=relative(proposal.file),
        line=proposal.line,
        kind=proposal.kind,
        reason=proposal.reason,
        badge=proposal.badge,
        strength=proposal.strength,
        outcome=proposal.trial.outcome,
        warnings=proposal.also,
        diff=patch(proposal),
    )


def patch(proposal: Proposal) -> str:
    """The proposal as a unified diff that git and patch take. "" when the file is gone."""
    try:
        old = proposal.file.read_bytes()
        return diff(old, splice(old, proposal.edits), relative(proposal.file))
    except (OSError, ValueError):
        return ""


def relative(path: Path) -> str:
    """The path as one would type it from here."""
    try:
        return str(Path(os.path.relpath(path))) if path.is_relative_to(Path.cwd()) else str(path)
    except (OSError, ValueError):
        return str(path)


def _short_python(python: str) -> str:
    return Path(python).name or "python"
