"""What pyproject.toml promises: no model library in the base or test install, and all data in the wheel."""

from __future__ import annotations

import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from semduck import __version__

ROOT = Path(__file__).parents[2]
MODEL_LIBRARIES = ("torch", "transformers", "accelerate", "bitsandbytes", "datasets", "peft", "trl")


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    return {requirement.split(">")[0].split("[")[0].strip() for requirement in requirements}


def test_base_and_test_installs_stay_small(project: dict) -> None:  # type: ignore[type-arg]
    extras = project["project"]["optional-dependencies"]
    base = names(project["project"]["dependencies"])
    assert base == {"click", "httpx", "platformdirs", "textual", "tomlkit"}
    assert names(extras["test"]).isdisjoint(MODEL_LIBRARIES)
    assert "torch" in names(extras["semcoder"])


def test_both_commands_are_installed() -> None:
    scripts = {point.name: point.value for point in entry_points(group="console_scripts")}
    assert scripts["semduck"] == "semduck.cli:main"
    assert scripts["semduck-train"] == "trainer.cli:main"


def test_the_themes_go_into_the_wheel(project: dict) -> None:  # type: ignore[type-arg]
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"themes": "semduck/themes"}
    assert list((ROOT / "themes").glob("*.toml"))
    assert not list((ROOT / "themes").rglob("*.py"))  # would shadow the package in an editable install


def test_the_licence_is_mit(project: dict) -> None:  # type: ignore[type-arg]
    assert project["project"]["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


def test_the_version_is_in_the_form_of_a_release() -> None:
    assert len(__version__.split(".")) == 3


def test_data_and_docs_hold_no_path_of_a_machine() -> None:
    suspects = ("/home/", "/Users/", "/var/folders/")
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*"), ROOT / "pyproject.toml"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not [word for word in suspects if word in text], path
