"""What an import may load, and what a start may cost. Each import in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("textual", "rich", "torch", "transformers", "asyncio")
THIRD_PARTY = ("textual", "rich", "click", "platformdirs", "torch", "transformers")


def loaded(statement: str) -> set[str]:
    """Top-level names in sys.modules after the statement."""
    program = f"import sys, json\n{statement}\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stderr.splitlines()[-1])}


@pytest.mark.parametrize("module", ["semduck", "semduck.cli", "semduck.keys", "trainer.cli"])
def test_the_command_loads_neither_screen_nor_model(module: str) -> None:
    assert loaded(f"import {module}").isdisjoint(HEAVY)


def test_a_report_needs_no_screen() -> None:
    assert loaded("import semduck.cli_run").isdisjoint(("textual", "rich", "torch", "transformers"))


@pytest.mark.parametrize(
    "module", ["semduck.trace.recording", "semduck.trace.run", "semduck.repair.propose", "semduck.judge"]
)
def test_the_core_is_standard_library_only(module: str) -> None:
    assert loaded(f"import {module}").isdisjoint(THIRD_PARTY)


@pytest.mark.parametrize("words", ["--help", "--version", "fix --help", "nosuchfile.py"])
def test_help_and_complaints_load_no_screen(words: str) -> None:
    names = loaded(f"from semduck.cli import run_cli; run_cli({words.split()!r})")
    assert names.isdisjoint(HEAVY)
