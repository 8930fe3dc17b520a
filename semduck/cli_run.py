"""Run a target: in the app, or without it as a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from semduck import keeping, locations, target_args
from semduck.cli_options import Options
from semduck.config import Settings
from semduck.exits import ExitCode, Problem, emit, note
from semduck.repair import oracle
from semduck.repair.model import Expectation
from semduck.session import Session
from semduck.trace.opened import Opened
from semduck.trace.recording import Recording, RecordingError
from semduck.trace.target import Target

if TYPE_CHECKING:
    from semduck.duck.choose import Choice
    from semduck.duck.engine import EngineSpec
    from semduck.report_data import Report


def launch(target: Target, settings: Settings, options: Options) -> ExitCode:
    """Open the app on the target, or print its report. Raises Problem when nothing can be run."""
    session = new_session(target, settings, options, follow=settings.follow_children)
    try:
        if options.wants_app():
            return _open_app(session, settings)
        from semduck import headless

        report = headless.run(session, settings.limits_repair_seconds)
        show(report, as_json=options.flag("json"))
        return ExitCode(report.exit_code)
    finally:
        session.close()


def new_session(
    target: Target,
    settings: Settings,
    options: Options,
    opened: Opened | None = None,
    *,
    follow: bool = False,
) -> Session:
    """A session with the engine asked for and every --expect in place. Raises Problem.

    follow: record child processes, too; then the recordings are kept.
    """
    choice = _choice(settings, named=options.names_a_model)
    session = Session(
        target,
        limits=target_args.limits(settings),
        engine=choice.spec,
        max_tokens=settings.model_max_tokens or Settings().model_max_tokens,
        answers=locations.cache() / "answers",
        state_dir=locations.state(),
        keep=locations.recordings() if follow else None,
        opened=opened,
    )
    answers = "only a model can answer this; "
    session.no_model = answers + (choice.why if choice.lacking else f"here speaks {choice.why}")
    session.expectations += [e for e in _typed(options, target) if e not in session.expectations]
    return session


def _typed(options: Options, target: Target) -> list[Expectation]:
    """Every --expect. Raises Problem."""
    default_file = (target.cwd / target.spec).resolve() if target.kind == "script" else None
    found = []
    for text in options.expect:
        try:
            found.append(oracle.parse(text, default_file))
        except ValueError as error:
            raise Problem(f"--expect {text!r}: {error}") from error
    return list(dict.fromkeys(found))


def show(report: Report, *, as_json: bool) -> None:
    """Print the report on stdout."""
    from semduck.report import render

    emit(json.dumps(report.data(), indent=2) + "\n" if as_json else render(report))


def keep(target: Target, settings: Settings, out: Path | None) -> ExitCode:
    """Run the target with our stdin and stdout and keep its recording at `out`."""
    from semduck.headless import exit_code

    path = keeping.place(out, Path(target.spec).stem)
    limits, follow = target_args.limits(settings), settings.follow_children
    kept = keeping.keep(target, limits, path, follow_children=follow, more=_beside)
    note(f"semduck: {kept.ending.detail}; {kept.steps:,} steps are in {path}{kept.more}")
    return exit_code(kept.ending, target.kind, ())


def _beside(recording: Recording) -> str:
    """What is to be said of processes that were started."""
    from semduck import report, report_collect

    started = report_collect.processes(recording)
    return "".join(f"\nsemduck: {line}" for line in report.process_lines(started)) if started else ""


def reopen(path: Path, options: Options) -> ExitCode:
    """Open the app on a recording made earlier, or print its report."""
    try:
        opened = Opened(path)
        if not options.wants_app():
            opened.recording.catch_up()
            opened.poll()
    except RecordingError as error:
        raise Problem(f"cannot open {path}: {error}", "record one with semduck record -o") from error
    recording = opened.recording
    target = recording.target or Target("script", *_words(recording), cwd=recording.cwd)
    settings = options.settings(target.cwd if target.cwd.is_dir() else Path.cwd())
    session = new_session(target, settings, options, opened)
    try:
        if options.wants_app():
            return _open_app(session, settings)
        from semduck import headless

        met = oracle.check_all(_typed(options, target), recording)
        report = headless.report_of(recording, target, met)
        show(report, as_json=options.flag("json"))
        return ExitCode(report.exit_code)
    finally:
        session.close()
        opened.close()


def _open_app(session: Session, settings: Settings) -> ExitCode:
    from semduck.tui.app import run_app  # loads textual

    code = run_app(session, settings)
    return ExitCode.PROGRAM if session.error else ExitCode(code)


def _choice(settings: Settings, *, named: bool) -> Choice:
    """The engine asked for, or the narrator alone.

    named: on the command line; then it must work, else the narrator takes its place. Raises Problem.
    """
    from semduck.duck.choose import MEANWHILE, Choice, choose
    from semduck.duck.engine import EngineError
    from semduck.wanted import wanted

    try:
        choice = choose(wanted(settings))
        _check_script(choice.spec)
        return choice
    except EngineError as error:
        if named:
            raise Problem(str(error), code=ExitCode.NO_MODEL) from error
        note(f"semduck: {error}; {MEANWHILE}")
        return Choice(None, str(error), lacking=True)


def _check_script(spec: EngineSpec | None) -> None:
    """Scripted answers are a file of the user's; what is wrong with it is said at once. EngineError."""
    if spec is not None and "file" in spec.options:
        spec.make().load()


def _words(recording: Recording) -> tuple[str, tuple[str, ...]]:
    return recording.argv[0] if recording.argv else "?", tuple(recording.argv[1:])
