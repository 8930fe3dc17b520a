"""The README and the docs: every command runs, every link leads somewhere, every table is up to date."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(page: Path) -> list[str]:
    """The lines of the ```sh blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    return [line for block in blocks for line in block.splitlines() if line and not line.startswith("#")]


README = commands(ROOT / "README.md")


@pytest.mark.slow
def test_every_semduck_command_of_the_readme_runs(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "semduck").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m semduck "$@"\n')
    (bin_folder / "semduck").chmod(0o755)
    path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "SEMDUCK_REPAIR_SECONDS": "8"}
    fetching = ("semduck models pull ", "semduck models use ")  # tests/unit/engines follows those
    ran = [line for line in README if line.startswith("semduck ") and not line.startswith(fetching)]
    assert len(ran) >= 6
    for line in ran:
        done = subprocess.run(
            line,
            shell=True,
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode in (0, 1, 3), (line, done.stderr)
        assert "semduck/cli" not in done.stderr, (line, done.stderr)  # no traceback of ours
    assert (tmp_path / "repair.patch").read_text().startswith("diff --git ")


def test_the_set_up_commands_name_what_there_is() -> None:
    install = [line for line in README if "pip install" in line]
    assert install == [
        "python3 -m pip install . && semduck data/examples/moving_average.py",
        "python3 -m pip install -e '.[test]' && python3 -m pytest",
        "python3 -m pip install '.[semcoder]'",
    ]
    assert (ROOT / "data" / "examples" / "moving_average.py").is_file()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"test", "dev"} <= set(project["optional-dependencies"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), target


def test_the_key_tables_are_those_of_the_code() -> None:
    check = [sys.executable, "scripts/key_tables.py", "--check"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_options_in_the_docs_exist() -> None:
    from semduck.cli import app
    from semduck.pytest_plugin import FLAG, OUT

    known = {
        name for command in (app, *app.commands.values()) for param in command.params for name in param.opts
    } | {FLAG, OUT}
    for page in (ROOT / "README.md", ROOT / "docs" / "config.md", ROOT / "docs" / "report.md"):
        typed = re.findall(r"`(?:semduck )?(?:fix )?(--[a-z-]+)", page.read_text(encoding="utf-8"))
        assert typed and set(typed) <= known, set(typed) - known
