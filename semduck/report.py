"""The report as plain text. Complete, linear, no colour: also for pipes and screen readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from semduck.report_data import (
    FIRST,
    Expected,
    Failure,
    Process,
    Processes,
    Repair,
    Report,
    StartedBy,
    Story,
    Stream,
    Syntax,
)

NAMED = 5  # processes named in one line
SHOWN = 10  # recordings of processes
WIDE = 60  # characters of the name of each
MET = {True: "met", False: "NOT met", None: "not decided"}


def render(report: Report) -> str:
    """The whole report, ending in a newline."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"Program   {report.program.command}"
    yield f"Python    {report.program.python}"
    yield f"Folder    {report.program.cwd}"
    if report.problem:
        yield f"Problem   {report.problem}"
    if report.syntax:
        yield from syntax_lines(report.syntax)
    if report.end:
        yield f"Ended     {report.end.detail}"
        yield f"Recorded  {_count(report.end.steps, 'step')} in {_count(report.end.calls, 'call')}"
        for gap in report.end.gaps:
            yield f"Missing   about {_count(gap.missing, 'step')} before step {gap.step:,}: not kept"
    if report.started_by:
        yield _started_by(report.started_by)
    if report.processes:
        yield from (f"Started   {line}" for line in process_lines(report.processes))
    if report.failure:
        yield from _failure(report.failure)
    if report.story:
        yield from _story(report.story)
    yield from _stream("Output", report.stdout)
    yield from _stream("Error output", report.stderr)
    yield from _expectations(report.expectations)
    yield from _repairs(report)


def _started_by(started: StartedBy) -> str:
    who = f"process {started.pid}" + (f", {started.recording}" if started.recording else "")
    where = f", at step {started.step}" if started.step is not None else ""
    own = f"; its own steps begin at {started.own_from}" if started.own_from is not None else ""
    return f"Parent    {who}{where}{own}"


def process_lines(processes: Processes) -> Iterator[str]:
    """What the program started: in one line what was not recorded, and one for each recording."""
    recorded = [one for one in processes.listed if one.recordings]
    others = [one for one in processes.listed if not one.recordings]
    lines = [f"{_process(one)}: semduck open {path}" for one in recorded for path in one.recordings]
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"and {len(lines) - SHOWN:,} more beside these"
    count = processes.count - processes.recorded
    if count:
        named = ", ".join(map(_process, others[:NAMED])) + (", …" if count > NAMED else "")
        hint = "" if processes.followed else " (--follow-children records those of Python)"
        verb = "was" if count == 1 else "were"
        yield f"{count:,} process{'' if count == 1 else 'es'} that {verb} not recorded: {named}{hint}"


def _process(process: Process) -> str:
    """E.g. "python worker.py (step 17)"."""
    return f"{_short(process.what) or process.how} (step {process.step})"


def _short(text: str) -> str:
    return text if len(text) <= WIDE else text[: WIDE - 1] + "…"


def syntax_lines(syntax: Syntax) -> Iterator[str]:
    """Where, the line, and a caret below the column."""
    yield f"  {syntax.file}, line {syntax.line}"
    if syntax.text.strip():
        text = syntax.text.rstrip("\r\n").expandtabs(4)
        yield f"    {text}"
        if syntax.column:
            before = syntax.text[: syntax.column - 1].expandtabs(4)
            yield "    " + " " * len(before) + "^"


def _failure(failure: Failure) -> Iterator[str]:
    said = f"{failure.type}: {failure.message}" if failure.message else failure.type
    yield from _heading("Where it failed")
    yield f"{said}"
    yield f"{failure.file}:{failure.line} in {failure.function} (step {failure.step})"
    width = len(str(failure.source[-1].line)) if failure.source else 1
    for line in failure.source:
        yield f"  {'>' if line.here else ' '} {line.line:>{width}} | {line.text}".rstrip()
    if len(failure.stack) > 1:
        callers = (f"{place.function} at {place.file}:{place.line}" for place in failure.stack[1:])
        yield from _section("Called from", _folded(callers))
    values = (_named(value.name, value.type, value.text, value.scope) for value in failure.values)
    yield from _section("Values there", values)


def _folded(lines: Iterable[str]) -> Iterator[str]:
    """Runs of the same line as python folds them in a traceback."""
    for line, run in groupby(lines):
        count = len(list(run))
        yield from [line] * min(count, 3)
        if count > 3:
            yield f"  … {count - 3} more times the same"


def _named(name: str, type_name: str, text: str, scope: str) -> str:
    return f"{name} = {text}   ({type_name}{', global' if scope == 'global' else ''})"


def _story(story: Story) -> Iterator[str]:
    name = story.file if story.function == "<module>" else f"{story.function}()"
    yield from _heading(f"What {name} did")
    for number, sentence in enumerate(story.sentences):
        if story.omitted and number == FIRST:
            yield f"  {'...':>9}  {_count(story.omitted, 'sentence')} left out"
        mark = f" [{sentence.mark}]" if sentence.mark else ""
        label = "" if sentence.source == "narrator" else f"{sentence.source}: "
        where = f"line {sentence.line}" if sentence.line else ""
        yield f"  {where:>9}  {label}{sentence.text}{mark}"
    if story.result is not None:
        yield f"  {'result':>9}  {story.result}"


def _stream(title: str, stream: Stream) -> Iterator[str]:
    if stream.text:
        yield from _heading(title)
        yield from (f"  {line}".rstrip() for line in stream.text.rstrip("\n").split("\n"))


def _expectations(expectations: tuple[Expected, ...]) -> Iterator[str]:
    yield from _section("Expected", map(expected_line, expectations))


def expected_line(expected: Expected) -> str:
    """E.g. "NOT met: total == 15 at line 7 (it was 10)"."""
    actual = f" ({expected.actual})" if expected.actual and not expected.met else ""
    return f"{MET[expected.met]}: {expected.text}{actual}"


def _repairs(report: Report) -> Iterator[str]:
    if report.repairs_tried is None:
        return
    yield from _heading("Repairs")
    if not report.repairs:
        yield f"  none found: {report.search or _count(report.repairs_tried, 'patch') + ' tried'}"
    for number, repair in enumerate(report.repairs, 1):
        if number > 1:
            yield ""
        yield from repair_lines(repair, f"{number}. ")


def repair_lines(repair: Repair, lead: str = "") -> Iterator[str]:
    """Reason, badge, warnings and the diff."""
    yield f"{lead}{repair.reason}"
    yield f"   tried: {repair.badge or repair.outcome} [{repair.strength}]"
    yield from (f"   beware: {warning}" for warning in repair.warnings)
    yield from (f"   {line}".rstrip() for line in repair.diff.rstrip().split("\n") if repair.diff)


def _heading(title: str) -> Iterator[str]:
    yield ""
    yield title
    yield "-" * len(title)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield from _heading(title)
        yield from (f"  {line}" for line in listed)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
