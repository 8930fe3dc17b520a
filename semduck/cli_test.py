"""`semduck test`: pytest tests as the program."""

from __future__ import annotations

from typing import Any

import click

from semduck.cli_options import collect, follow_option, recording_options, report_options


@click.command("test", context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True})
@report_options
@recording_options
@follow_option
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[NODEID|PYTEST OPTION]...")
@click.pass_context
def test(ctx: click.Context, /, words: tuple[str, ...], **_options: Any) -> int:
    """Run pytest tests: tests/test_x.py::test_y tests/test_z.py -k fast.

    Options of semduck come first; from the first node id on all goes to pytest.
    """
    from semduck import target_args

    options = collect(ctx)
    settings = options.settings(target_args.first_folder(words))
    target = target_args.tests(words, settings, options.path("root"))
    from semduck.cli_run import launch  # after the cheap checks: this loads the session

    return launch(target, settings, options)


COMMANDS = (test,)
