"""`semduck models pull`: fetch a model, saying before what it is, how large, and under which licence."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

import click

from semduck import locations
from semduck.exits import ExitCode, Problem, note

if TYPE_CHECKING:
    from semduck.duck.models import Memory
    from semduck.duck.pulling import Offer, Progress


@click.command("pull")
@click.argument("name")
@click.option("--revision", metavar="COMMIT", default="", help="This commit, branch or tag.")
@click.option("--update", is_flag=True, help="The newest commit, even where another was pulled before.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def pull(name: str, revision: str, update: bool, yes: bool) -> int:
    """Fetch model NAME (owner/name at the hub) into the hub's cache.

    The commit is remembered. What was interrupted goes on where it ended.
    """
    from semduck.duck import catalogue, pulling, weights
    from semduck.duck.downloading import PullError
    from semduck.duck.models import Memory

    if weights.is_folder(name):
        raise Problem(f"{name} is a folder, nothing is to be fetched", f"semduck models use {name}")
    name, typed = weights.split(name)
    known = catalogue.find(name)
    name, memory = known.id if known else name, Memory.load(locations.models())
    chosen = revision or typed
    revision = chosen or ("" if update else memory.pinned.get(name, ""))
    if _is_here(name, revision):
        note(f"semduck: {name} is here already, commit {revision[:8]}; --update looks for a newer one")
        return ExitCode.FINE
    try:
        wanted = pulling.offer(name, revision, main=not chosen)
        pulling.check_room(wanted)
        _describe(wanted)
        if not confirmed("Fetch it?", yes):
            return ExitCode.UNMET
        memory.pinned[wanted.id], memory.licences[wanted.id] = wanted.revision, wanted.licence
        remember(memory)
        _fetch(wanted)
    except PullError as error:
        near = "" if known else catalogue.near(name)
        hint = f"did you mean {near}?" if near and near != name else ""
        raise Problem(str(error), hint, code=ExitCode.NO_MODEL) from error
    note(f"semduck: {wanted.id} is here, commit {wanted.revision[:8]}; semduck models use {wanted.id}")
    return ExitCode.FINE


def confirmed(question: str, yes: bool) -> bool:
    """Ask at a terminal. Raises Problem where nobody can be asked."""
    if yes:
        return True
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        raise Problem("nobody is here to be asked", "say --yes")
    return click.confirm(question, err=True)


def remember(memory: Memory) -> None:
    """Write it down. Raises Problem."""
    try:
        memory.save()
    except OSError as error:
        raise Problem(f"cannot write {memory.path}: {error.strerror}") from error


def _is_here(name: str, revision: str) -> bool:
    """Is this very commit here and whole? Told without asking the hub."""
    from semduck.duck import weights

    found = weights.local(f"{name}@{revision}") if revision else None
    return found is not None and found.revision == revision and not found.missing


def _describe(wanted: Offer) -> None:
    """What is about to be fetched."""
    from semduck.duck import catalogue, weights
    from semduck.duck.models import size

    known = catalogue.find(wanted.id)
    terms = f"{known.licence}: {known.terms}" if known and known.terms else known.licence if known else ""
    had = wanted.bytes - wanted.lacking
    note(f"model     {wanted.id}, commit {wanted.revision[:8]}")
    note(f"licence   {terms or wanted.licence or 'not said; see its page at the hub'}")
    note(f"download  {size(wanted.lacking)}{f', {size(had)} are here from before' if had else ''}")
    note(f"to        {weights.hub_cache()}")


def _fetch(wanted: Offer) -> None:
    from semduck.duck import pulling

    meter = Meter()
    try:
        pulling.fetch(wanted, meter.tell)
    except KeyboardInterrupt:
        meter.end()
        again = f"semduck models pull {wanted.id} goes on from there"
        raise Problem(f"interrupted at {meter.percent} %", again, code=ExitCode.INTERRUPTED) from None
    finally:
        meter.end()


class Meter:
    """Shows progress on stderr: one line that changes at a terminal, else a line for every tenth."""

    def __init__(self) -> None:
        self.percent = 0
        self._live = sys.stderr.isatty() and os.environ.get("TERM", "") not in ("dumb", "unknown")
        self._begun: tuple[float, int] | None = None
        self._shown, self._open = (0.0, -10), False

    def tell(self, progress: Progress) -> None:
        """Take in how far it is; shows it when that is worth it."""
        now = time.monotonic()
        begun, had = self._begun = self._begun or (now, progress.done)
        self.percent = int(100 * progress.done / max(1, progress.total))
        last, tenth = self._shown
        if self._live and now - last >= 0.2:
            rate = (progress.done - had) / max(now - begun, 0.001)
            self._shown, self._open = (now, tenth), True
            sys.stderr.write(f"\r{self._line(progress, rate)}\x1b[K")
            sys.stderr.flush()
        elif not self._live and self.percent >= tenth + 10:
            self._shown = (now, self.percent // 10 * 10)
            note(f"{self.percent:>3} %  {progress.what}")

    def end(self) -> None:
        """Leave the line."""
        if self._open:
            self._open = False
            note()

    def _line(self, progress: Progress, rate: float) -> str:
        from semduck.duck.models import size

        left = (progress.total - progress.done) / rate if rate > 0 else 0
        time_left = f"{left / 60:.0f} min left" if left >= 90 else f"{left:.0f} s left" if left else ""
        amount = f"{size(progress.done)} of {size(progress.total)}"
        line = f"{self.percent:>3} %  {amount}  {size(rate)}/s  {time_left}"
        return line[: max(20, shutil.get_terminal_size().columns - 1)]
