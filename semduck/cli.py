"""The command `semduck`. Imports neither the app nor any model library; each command loads what it needs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from semduck import cli_fix, cli_models, cli_serve, cli_test, cli_tools, cli_widen
from semduck.cli_options import collect, follow_option, recording_options, report_options
from semduck.exits import ExitCode, Problem, complain, nearest

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
EPILOG = """\b
Everything after FILE belongs to your program:
  semduck average.py 3 --verbose      a script with its arguments
  semduck -m package.module input     a module
  semduck test tests/test_x.py::test_y
  semduck fix average.py --expect 'mean([2, 4]) returns 3'
A file named like a command: semduck ./test. Exit codes: 0 fine, 1 not as expected,
2 usage, 3 the program failed, 4 no model, 130 interrupted."""


class Front(click.Group):
    """`semduck FILE …` beside the commands: the first word that is no command is the program."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A command's name leads to it; anything else, and everything after -m, is a program."""
        if ctx.params["module"] or args[0] not in self.commands:
            return "run", run, ["--", *args]  # the -- is eaten: all that follows stays as typed
        return super().resolve_command(ctx, args)


def _show(flag: str, what: str, text: str) -> Decorator:
    """A switch that prints something and ends."""

    def act(ctx: click.Context, _param: click.Parameter, given: bool) -> None:
        if given and not ctx.resilient_parsing:
            ctx.exit(cli_tools.show(what))

    return click.option(flag, is_flag=True, is_eager=True, expose_value=False, callback=act, help=text)


@click.group(
    cls=Front,
    context_settings=CONTEXT,
    epilog=EPILOG,
    subcommand_metavar="[-m] FILE|COMMAND [ARGS]...",
    invoke_without_command=True,
)
@click.option("-m", "module", is_flag=True, help="FILE is a module's name, as with python -m.")
@report_options
@recording_options
@follow_option
@_show("--list-themes", "themes", "Print the names of the themes and exit.")
@_show("--check-themes", "theme-check", "Check your own themes and exit.")
@_show("--version", "version", "Print the version and exit.")
@click.pass_context
def app(ctx: click.Context, /, module: bool, **_options: Any) -> None:
    """Walk through a run of a Python program, forwards and backwards, and repair it.

    At a terminal this opens the app; in a pipe, or with --report, it prints a plain report.
    """
    if ctx.invoked_subcommand is None:
        missing = "-m needs the name of a module" if module else "no program given"
        raise Problem(missing, "type semduck FILE, or semduck --help")


@click.command("run", hidden=True, add_help_option=False, context_settings={"allow_interspersed_args": False})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def run(ctx: click.Context, /, words: tuple[str, ...]) -> int:
    """Run a program: the command that needs no name."""
    from semduck import target_args

    options = collect(ctx)
    spec, args = words[0], words[1:]
    start = Path.cwd() if options.flag("module") else Path(spec).absolute().parent
    settings = options.settings(start)
    make = target_args.module if options.flag("module") else target_args.script
    if not options.flag("module"):
        _maybe_a_command(spec)
    target = make(spec, args, settings, options.path("root"))
    from semduck.cli_run import launch  # after the cheap checks: this loads the session

    return launch(target, settings, options)


def _maybe_a_command(spec: str) -> None:
    """`semduck tets` is a mistyped command unless there is such a file."""
    if Path(spec).exists() or Path(spec).suffix:
        return
    hint = nearest(spec, (name for name, command in app.commands.items() if not command.hidden))
    if hint:
        raise Problem(f"no file or command {spec}", hint)


for part in (cli_fix, cli_test, cli_tools, cli_widen, cli_models, cli_serve):
    for command in part.COMMANDS:
        app.add_command(command)


def run_cli(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code. arguments: None for sys.argv."""
    try:
        code = app.main(arguments, prog_name="semduck", standalone_mode=False)
        return int(code or 0)
    except Problem as problem:
        return complain(problem)
    except click.NoSuchOption as error:
        hint = nearest(error.option_name, _option_names(error.ctx))
        return complain(Problem(f"no option {error.option_name}", hint or "see semduck --help"))
    except click.ClickException as error:
        said = error.format_message().rstrip(".")
        return complain(Problem(said[:1].lower() + said[1:], "see semduck --help"))
    except (click.Abort, KeyboardInterrupt):
        return complain(Problem("interrupted", code=ExitCode.INTERRUPTED))


def _option_names(ctx: click.Context | None) -> list[str]:
    command = ctx.command if ctx else app
    return [name for param in command.params for name in (*param.opts, *param.secondary_opts)]


def main() -> None:
    """Entry point."""
    sys.exit(run_cli())
