"""The commands around a run: record, open, locate, doctor, and what --version and the like print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from semduck import __version__, locations
from semduck.cli_options import PATH, collect, follow_option, recording_options, report_options
from semduck.exits import ExitCode, Problem, emit, note

LATER = {
    "explain": "say what a function is for",
    "export": "write a recording as a page",
}


@click.command("record", context_settings={"allow_interspersed_args": False})
@click.option("-o", "out", type=PATH, metavar="PATH", help="Where to put the recording.")
@click.option("-m", "module", is_flag=True, help="FILE is a module's name.")
@recording_options
@follow_option
@click.argument("file")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def record(
    ctx: click.Context, /, out: Path | None, module: bool, file: str, args: tuple[str, ...], **_options: Any
) -> int:
    """Run FILE as python would; keep the recording."""
    from semduck import target_args

    options = collect(ctx)
    settings = options.settings(Path.cwd() if module else Path(file).absolute().parent)
    make = target_args.module if module else target_args.script
    target = make(file, args, settings, options.path("root"))
    from semduck.cli_run import keep  # after the cheap checks: this loads the recorder

    return keep(target, settings, out)


@click.command("open")
@report_options
@click.option("--config", type=PATH, metavar="FILE", help="Use this config file, not the user's.")
@click.argument("recording", type=PATH)
@click.pass_context
def open_(ctx: click.Context, /, recording: Path, **_options: Any) -> int:
    """Walk through a recording made earlier, or one that is still being made."""
    from semduck import cli_run

    return cli_run.reopen(recording, collect(ctx))


@click.command("locate")
@click.argument("what", type=click.Choice(locations.NAMES), metavar="WHAT")
def locate(what: str) -> int:
    """Print where semduck keeps its config, themes, state, cache or recordings."""
    emit(f"{locations.locate(what)}\n")
    return ExitCode.FINE


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def doctor(as_json: bool) -> int:
    """Say what this machine and this configuration offer."""
    from semduck import config, probing, target_args
    from semduck import doctor as examination

    settings = config.load(project=target_args.project_file(Path.cwd()))
    probed = None
    if probing.has_torch():
        note("semduck: looking at torch, which takes some seconds")
        probed = probing.probe()
    facts = examination.examine(settings, probed)
    emit(examination.to_json(facts) if as_json else examination.to_text(facts))
    return ExitCode.FINE


def show(what: str) -> int:
    """What --version, --list-themes and --check-themes print."""
    if what == "version":
        emit(f"semduck {__version__}\n")
        return ExitCode.FINE
    from semduck.tui.themes import load  # loads textual

    loaded = load(locations.themes())
    if what == "themes":
        emit("".join(f"{name}\n" for name in sorted(loaded.themes)))
    for problem in loaded.problems:
        note(f"semduck: theme {problem}")
    if what == "theme-check" and not loaded.problems:
        emit(f"{len(loaded.themes)} themes, all good\n")
    return ExitCode.USAGE if loaded.problems else ExitCode.FINE


def _later(name: str, what: str) -> click.Command:
    @click.command(name, help=f"Not in this version: {what}.", hidden=True, add_help_option=False)
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    def stub(words: tuple[str, ...]) -> int:
        raise Problem(f"`semduck {name}` is not in this version", "see semduck --help for what is")

    stub.context_settings["ignore_unknown_options"] = True
    return stub


COMMANDS = (record, open_, locate, doctor, *(_later(name, what) for name, what in LATER.items()))
