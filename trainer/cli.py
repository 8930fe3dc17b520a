"""`semduck-train`: in this version it prints the plan of its stages."""

from __future__ import annotations

import sys

import click

from semduck import __version__

# name, what goes in, what comes out
PYX = (
    ("seeds", "pieces of open code", "seed functions"),
    ("problem", "a seed", "a task in words with its entry point"),
    ("solve", "a task", "a program"),
    ("run", "a program", "programs that run"),
    ("inputs", "a program", "inputs that cover it"),
    ("trace", "a program and an input", "its recording"),
    ("forward", "a recording", "the monologue from input to output"),
    ("backward", "a recording", "the monologue from output to input"),
    ("check", "a monologue", "monologues whose every claim the recording bears out"),
    ("dedupe", "rows", "rows that differ"),
    ("decontaminate", "rows", "rows that are in no benchmark"),
    ("assemble", "rows", "the PyX data set"),
)
PYX_R = (
    ("bugs", "a task", "programs that fail a test"),
    ("failing", "a program", "the failing input"),
    ("annotate", "a failing run", "the program with its states as comments"),
    ("rationale", "an annotated program", "why it fails"),
    ("fix", "a rationale", "a repair"),
    ("check", "a repair", "repairs that pass the tests"),
    ("assemble", "rows", "the PyX-R data set"),
)
MODEL = (
    ("sft", "the data sets", "a fine-tuned model"),
    ("evaluate", "a model", "its figures"),
    ("export", "a model", "files that semduck loads"),
)
GROUPS = (
    ("PyX, execution reasoning", PYX),
    ("PyX-R, debugging and repair", PYX_R),
    ("Training", MODEL),
)


def plan() -> str:
    """The stages in the order they run, one a line."""
    lines = ["The stages of semduck-train. This version prints the plan; it runs none of them yet.", ""]
    for title, stages in GROUPS:
        lines += [title, *(f"  {name:<14} {source} -> {result}" for name, source, result in stages), ""]
    return "\n".join(lines)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="semduck-train %(version)s")
def app() -> None:
    """Build data for, train and evaluate models that reason about execution. Prints its plan."""
    click.echo(plan(), nl=False)


def main() -> None:
    """Entry point."""
    sys.exit(app(prog_name="semduck-train"))
