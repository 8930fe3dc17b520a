"""The options that `semduck FILE`, `test`, `fix` and `record` share, and what they come to."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from semduck.config import Settings, load
from semduck.exits import at_terminal
from semduck.target_args import project_file

PATH = click.Path(path_type=Path)
# Option -> the setting it overrides.
OVERRIDES = {
    "max_steps": "limits.max_steps",
    "max_seconds": "limits.max_seconds",
    "keep_first": "limits.keep_first",
    "keep_last": "limits.keep_last",
    "limit_seconds": "limits.repair_seconds",
    "python": "python",
    "include": "include",
    "exclude": "exclude",
    "follow_children": "follow_children",
    "theme": "theme",
    "engine": "model.engine",
    "model": "model.name",
    "quantize": "model.quantize",
    "device": "model.device",
    "url": "model.url",
}
NAMED = ("engine", "model", "quantize", "device", "url")


@dataclass(frozen=True, slots=True)
class Options:
    """What was typed, before FILE and after the subcommand's name taken together."""

    typed: dict[str, Any]

    def flag(self, name: str) -> bool:
        """Whether a switch was given."""
        return bool(self.typed.get(name, False))

    def path(self, name: str) -> Path | None:
        """A path option, None when it was not given."""
        value = self.typed.get(name)
        return Path(value) if value else None

    @property
    def names_a_model(self) -> bool:
        """Was an engine, a model or a server asked for on the command line?"""
        return any(name in self.typed for name in NAMED)

    @property
    def expect(self) -> tuple[str, ...]:
        """Every --expect, in order."""
        return tuple(self.typed.get("expect", ()))

    def settings(self, start: Path) -> Settings:
        """The settings in force for a program in folder `start`. Raises Problem."""
        flags = {OVERRIDES[name]: value for name, value in self.typed.items() if name in OVERRIDES}
        if "engine" not in self.typed and {"model", "url"} & self.typed.keys():
            # --model or --url alone says enough, whatever a file says about the other one
            flags = {"model.engine": "auto", "model.url": "", "model.name": "", **flags}
        return load(flags, project=project_file(start), file=self.path("config"))

    def wants_app(self) -> bool:
        """The app only where someone can see and type; a plain report everywhere else."""
        if self.flag("report") or self.flag("json"):
            return False
        return at_terminal()


def collect(ctx: click.Context) -> Options:
    """The options typed for this command and for the ones above it; the nearest wins."""
    typed: dict[str, Any] = {}
    chain = [ctx]
    while chain[0].parent is not None:
        chain.insert(0, chain[0].parent)
    for context in chain:
        for name, value in context.params.items():
            if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
                typed[name] = (*typed.get(name, ()), *value) if isinstance(value, tuple) else value
    if typed.get("no_color"):
        os.environ["NO_COLOR"] = "1"
    return Options(typed)


def recording_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Which Python, which files and within which limits."""
    return _all(
        command,
        click.option(
            "--max-steps", type=click.IntRange(0), metavar="N", help="Stop after N steps. 0: never."
        ),
        click.option("--max-seconds", type=click.FloatRange(0), metavar="S", help="Stop after S seconds."),
        click.option(
            "--keep-first",
            type=click.IntRange(0),
            metavar="N",
            help="Of an endless run, keep about the first N steps ...",
        ),
        click.option(
            "--keep-last",
            type=click.IntRange(0),
            metavar="N",
            help="... and the last N, and leave out those between. --max-steps does not count then.",
        ),
        click.option("--python", metavar="PATH", help="Run the program with this interpreter (3.11+)."),
        click.option("--root", type=PATH, metavar="DIR", help="Record the files below DIR."),
        click.option("--include", multiple=True, metavar="GLOB", help="Record these files too. Repeatable."),
        click.option("--exclude", multiple=True, metavar="GLOB", help="Do not record these. Repeatable."),
        click.option("--config", type=PATH, metavar="FILE", help="Use this config file, not the user's."),
    )


def follow_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Which processes."""
    words = "Record python processes it starts, too, each beside the recording."
    return click.option("--follow-children", is_flag=True, help=words)(command)


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What to show and what to expect."""
    return _all(
        command,
        click.option("--report", is_flag=True, help="Print a plain report instead of opening the app."),
        click.option("--json", is_flag=True, help="Print the report as JSON (docs/report.md)."),
        click.option(
            "--expect",
            multiple=True,
            metavar="'NAME==VALUE@LINE'",
            help="What should be true, e.g. 'total==15@7' or 'mean() returns 3'. Repeatable.",
        ),
        click.option("--theme", metavar="NAME", help="Colours of the app; see --list-themes."),
        model_options,
        click.option("--no-color", is_flag=True, help="No colours, as with NO_COLOR=1."),
    )


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Who speaks."""
    return _all(
        command,
        click.option(
            "--engine",
            metavar="ENGINE",
            help="Who speaks: auto, narrator, transformers, openai, or scripted:FILE.",
        ),
        click.option("--model", metavar="MODEL", help="A folder with a model, or its name at the hub."),
        click.option("--quantize", metavar="HOW", help="auto, none, bf16, int8 or nf4."),
        click.option("--device", metavar="WHERE", help="auto, cpu, cuda:0 ..."),
        click.option("--url", metavar="URL", help="An OpenAI-compatible server, http://localhost:8000/v1."),
    )


def _all(command: Callable[..., Any], *decorators: Callable[..., Any]) -> Callable[..., Any]:
    for decorate in reversed(decorators):
        command = decorate(command)
    return command
