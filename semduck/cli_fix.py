"""`semduck fix` and `semduck undo`: repairs without the app. stdout is the diff, stderr the evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from semduck.cli_options import PATH, Options, collect, recording_options
from semduck.exits import ExitCode, Problem, emit, note
from semduck.report import expected_line, repair_lines, syntax_lines
from semduck.report_data import Report

if TYPE_CHECKING:
    from semduck.config import Settings
    from semduck.repair.model import Proposal
    from semduck.session import Session


@click.command("fix")
@click.option(
    "--expect", multiple=True, metavar="'NAME==VALUE@LINE'", help="What should be true. Repeatable."
)
@click.option("--test", "test_command", metavar="CMD", help="A shell command that must succeed.")
@click.option("--apply", is_flag=True, help="Write the repair to the file; `semduck undo` takes it back.")
@click.option("--json", is_flag=True, help="Print the report with all repairs as JSON instead of the diff.")
@click.option("--limit-seconds", type=click.FloatRange(0, min_open=True), metavar="N", help="Search time.")
@recording_options
@click.argument("file")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def fix(ctx: click.Context, /, file: str, args: tuple[str, ...], **_options: Any) -> int:
    """Find a repair of FILE and print it as a unified diff. Arguments of FILE go after --."""
    from semduck import target_args

    options = collect(ctx)
    settings = options.settings(Path(file).absolute().parent)
    target = target_args.script(file, args, settings, options.path("root"))
    from semduck.cli_run import new_session  # after the cheap checks: this loads the session
    from semduck.repair.model import Expectation

    session = new_session(target, settings, options)
    if command := options.typed.get("test_command"):
        session.expectations.append(Expectation("command", command, file=Path(file).resolve()))
    try:
        return _fix(session, settings, options)
    finally:
        session.close()


def _fix(session: Session, settings: Settings, options: Options) -> ExitCode:
    """Run, search, print, and write when asked to."""
    from semduck import cli_run, headless, report_collect

    if headless.finish(session):
        return ExitCode.INTERRUPTED
    if session.recording is None or session.error:
        return _cannot_run(headless.unable(session), as_json=options.flag("json"))
    met = headless.checks(session)
    for one in met:
        if one.met is not None:
            note(expected_line(report_collect.expected(one)))
    searched = headless.search(session, settings.limits_repair_seconds)
    proved = [proposal for proposal in searched.proposals if proposal.trial.outcome == "passed"]
    code = ExitCode.FINE if proved else ExitCode.UNMET
    if options.flag("json"):
        report = headless.report_of(session.recording, session.target, met)
        cli_run.show(replace(headless.with_repairs(report, searched), exit_code=int(code)), as_json=True)
    if not proved:
        note(f"no repair found: {searched.message}")
        return code
    _offer(proved[0], silent=options.flag("json"))
    return _write(session, proved[0]) if options.flag("apply") else code


def _offer(proposal: Proposal, *, silent: bool) -> None:
    """The evidence on stderr, the diff (unless `silent`) on stdout."""
    from semduck.report_collect import patch, repair

    for line in repair_lines(replace(repair(proposal), diff="")):
        note(line)
    if not silent:
        emit(patch(proposal))


def _write(session: Session, proposal: Proposal) -> ExitCode:
    from semduck.session import WriteRefused

    session.decide(session.proposals.index(proposal), "accepted")
    try:
        session.write()
    except WriteRefused as error:
        raise Problem(f"nothing written: {error}", code=ExitCode.PROGRAM) from error
    note(f"written to {proposal.file}; semduck undo {proposal.file} takes it back")
    return ExitCode.FINE


def _cannot_run(report: Report, *, as_json: bool) -> ExitCode:
    from semduck import cli_run

    if as_json:
        cli_run.show(report, as_json=True)
    for line in syntax_lines(report.syntax) if report.syntax else ():
        note(line)
    raise Problem(report.problem or "the program could not be run", code=ExitCode.PROGRAM)


@click.command("undo")
@click.argument("file", type=PATH)
def undo(file: Path) -> int:
    """Take back the newest repair written to FILE."""
    from semduck import locations, target_args
    from semduck.repair import apply

    target_args.check_file(file)
    try:
        apply.undo(file, journal=locations.journal())
    except apply.WriteError as error:
        raise Problem(f"nothing undone in {file}: {error}", code=ExitCode.UNMET) from error
    note(f"semduck: {file} is as it was before the last repair")
    return ExitCode.FINE


COMMANDS = (fix, undo)
