"""`semduck-train` prints the plan of its stages."""

from __future__ import annotations

from click.testing import CliRunner

from trainer.cli import GROUPS, app


def test_the_plan_names_every_stage() -> None:
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 0
    for _, stages in GROUPS:
        assert all(f"  {name} " in result.output for name, _, _ in stages)


def test_help_and_version() -> None:
    assert CliRunner().invoke(app, ["--help"]).exit_code == 0
    assert CliRunner().invoke(app, ["--version"]).output.startswith("semduck-train ")
