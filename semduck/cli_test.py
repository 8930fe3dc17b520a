"""`semduck test`: one pytest test as the program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from semduck.cli_options import collect, follow_option, recording_options, report_options


@click.command("test", context_settings={"allow_interspersed_args": False, "ignore_unknown_options": False})
@report_options
@recording_options
@follow_option
@click.argument("node")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def test(ctx: click.Context, /, node: str, args: tuple[str, ...], **_options: Any) -> int:
    """Run a failing pytest test: tests/test_x.py::test_y. All after it goes to pytest."""
    from semduck import target_args

    options = collect(ctx)
    path = Path(node.partition("::")[0])
    settings = options.settings(path.absolute() if path.is_dir() else path.absolute().parent)
    target = target_args.node(node, args, settings, options.path("root"))
    from semduck.cli_run import launch  # after the cheap checks: this loads the session

    return launch(target, settings, options)


COMMANDS = (test,)
