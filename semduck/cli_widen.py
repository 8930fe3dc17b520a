"""`semduck widen`: all of a value that a recording has only a part of, by running its program again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from semduck.cli_options import PATH
from semduck.exits import ExitCode, Problem, emit, note

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

STEPS = re.compile(r"(\d+)(?:\.\.(\d+))?")


@click.command("widen", short_help="Show all of a value, by running its program again.")
@click.argument("recording", type=PATH)
@click.argument("steps", metavar="STEP[..STEP]")
@click.argument("names", nargs=-1, metavar="[EXPRESSION]...")
@click.option("--items", type=click.IntRange(1), metavar="N", help="Elements of one container or array.")
@click.option("--chars", type=click.IntRange(1), metavar="N", help="Characters of one string.")
@click.option("--seconds", type=click.FloatRange(0), default=0.0, metavar="S", help="Stop after S seconds.")
@click.option("-o", "out", type=PATH, metavar="PATH", help="Keep the wide recording here.")
def widen(
    recording: Path,
    steps: str,
    names: tuple[str, ...],
    items: int | None,
    chars: int | None,
    seconds: float,
    out: Path | None,
) -> int:
    """Record the steps of RECORDING from STEP to STEP again, with all of their values.

    The program runs once more, up to the last of these steps, with all it does to files and the network.
    Prints the expressions as they are at the first of the steps; without any, the names of its call.
    """
    from semduck.trace.recording import Recording, RecordingError
    from semduck.trace.widen import WidenError, Wider
    from semduck.trace.widen import widen as again

    first, last = _range(steps)
    if out and out.exists():
        raise Problem(f"{out} is already there", "choose another place with -o")
    try:
        old = Recording.open(recording)
    except RecordingError as error:
        raise Problem(f"cannot open {recording}: {error}", "record one with semduck record -o") from error
    usual = Wider()
    wider = Wider(items or usual.items, chars or usual.text, items or usual.elements, seconds=seconds)
    note(f"semduck: running {old.argv[0] if old.argv else 'the program'} again, up to step {last:,}")
    try:
        wide = again(old, first, last, wider, out)
    except WidenError as error:
        raise Problem(str(error), code=ExitCode.PROGRAM) from error
    finally:
        old.close()
    try:
        _print(wide, first, names)
    finally:
        wide.close()
    if out:
        note(f"semduck: steps {first} to {last} are wide in {out}")
    return ExitCode.FINE


def _range(steps: str) -> tuple[int, int]:
    found = STEPS.fullmatch(steps)
    if found is None:
        raise Problem(f"{steps} is neither a step nor a range of steps", "write 120 or 120..140")
    first = int(found[1])
    return first, int(found[2] or first)


def _print(wide: Recording, step: int, names: tuple[str, ...]) -> None:
    from semduck.trace.evaluate import EvaluateError
    from semduck.trace.widen import whole

    for name in names or tuple(wide.locals(step)):
        try:
            emit(f"{name} = {whole(wide, step, name).text}\n")
        except EvaluateError as error:
            raise Problem(f"{name}: {error}") from error


COMMANDS = (widen,)
