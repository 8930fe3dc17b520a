"""Settings: the order of the layers, and one clear line for everything wrong."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from semduck import config, locations
from semduck.config import KEYS, Settings, load
from semduck.exits import Problem

DOCS = Path(__file__).parents[2] / "docs" / "config.md"


@pytest.fixture
def user_file() -> Path:
    path = locations.config()
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "pyproject.toml"


def complaint(**named: object) -> str:
    with pytest.raises(Problem) as caught:
        load(**named)  # type: ignore[arg-type]
    return caught.value.line()


def test_without_any_file_the_defaults_hold() -> None:
    assert load() == Settings()


def test_flag_beats_variable_beats_project_beats_user(
    user_file: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_file.write_text('theme = "user"\npython = "user"\nmouse = false\n[limits]\nmax_steps = 1\n')
    assert load().limits_max_steps == 1
    project.write_text('[tool.semduck]\ntheme = "project"\npython = "project"\nlimits = {max_steps = 2}\n')
    assert load(project=project).limits_max_steps == 2
    monkeypatch.setenv("SEMDUCK_MAX_STEPS", "3")
    monkeypatch.setenv("SEMDUCK_THEME", "variable")
    assert load(project=project).limits_max_steps == 3
    settings = load({"limits.max_steps": 4}, project=project)
    assert (settings.limits_max_steps, settings.theme, settings.python, settings.mouse) == (
        4,
        "variable",
        "project",
        False,
    )


def test_a_config_file_may_be_named(tmp_path: Path, user_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user_file.write_text('theme = "user"')
    other = tmp_path / "other.toml"
    other.write_text('theme = "other"')
    assert load(file=other).theme == "other"
    monkeypatch.setenv("SEMDUCK_CONFIG", str(other))
    assert load().theme == "other"
    assert complaint(file=tmp_path / "gone.toml") == f"no config file {tmp_path / 'gone.toml'}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('thme = "x"', "unknown setting 'thme' in {}; did you mean theme?"),
        ("[limits]\nmax_step = 1", "unknown setting 'limits.max_step' in {}; did you mean limits.max_steps?"),
        ("[limts]\nmax_steps = 1", "unknown setting 'limts' in {}; did you mean limits?"),
        ("zzz = 1", "unknown setting 'zzz' in {}; see docs/config.md"),
        ("mouse = 1", "setting 'mouse' in {} must be true or false, not 1"),
        ("limits = 3", "unknown setting 'limits' in {}; did you mean limits?"),
        ("[limits]\nmax_steps = true", "setting 'limits.max_steps' in {} must be a whole number, not True"),
        (
            "[limits]\nmax_seconds = -1",
            "setting 'limits.max_seconds' in {} must not be negative",
        ),
        ("include = [1]", "setting 'include' in {} must be a list of texts, not [1]"),
        ('[keys]\n"step.ovr" = "n"', "unknown key binding 'step.ovr', did you mean 'step.over'?"),
        ('[keys]\n"step.over" = 3', "'keys.step.over' in {} must be a text like \"n,f10\", not 3"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(user_file: Path, text: str, said: str) -> None:
    user_file.write_text(text)
    assert complaint() == said.format(user_file)


def test_broken_toml_is_one_line(user_file: Path) -> None:
    user_file.write_text("theme = ")
    assert complaint().startswith(f"{user_file} is not valid TOML: ")
    user_file.write_bytes(b"theme = '\xff'")
    assert complaint().startswith(f"{user_file} is not valid TOML: ")


def test_a_project_file_without_our_table_is_left_alone(project: Path) -> None:
    project.write_text("this is not TOML")
    assert load(project=project) == Settings()


def test_variables_are_read_by_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEMDUCK_MOUSE", "off")
    monkeypatch.setenv("SEMDUCK_MAX_SECONDS", "1.5")
    monkeypatch.setenv("SEMDUCK_INCLUDE", "a/*:b/*")
    settings = load()
    assert (settings.mouse, settings.limits_max_seconds, settings.include) == (False, 1.5, ("a/*", "b/*"))


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SEMDUCK_MAX_STEPS", "many", "SEMDUCK_MAX_STEPS=many is not a whole number"),
        ("SEMDUCK_MOUSE", "maybe", "SEMDUCK_MOUSE=maybe is not true or false"),
        (
            "SEMDUCK_THEM",
            "x",
            "unknown variable SEMDUCK_THEM in the environment; did you mean SEMDUCK_THEME?",
        ),
    ],
)
def test_a_wrong_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert complaint() == said


@pytest.mark.parametrize("name", ["url", "key_variable"])
def test_a_project_does_not_choose_where_code_and_keys_go(project: Path, user_file: Path, name: str) -> None:
    text = f'model.{name} = "x"\n'
    user_file.write_text(text)
    assert "x" in (load().model_url, load().model_key_variable)
    project.write_text(f"[tool.semduck]\n{text}")
    said = complaint(project=project)
    assert said.startswith(f"setting 'model.{name}' in [tool.semduck] of ")
    assert said.endswith(" is not taken from a project; put it into your own file")


def test_keys_can_be_remapped_and_clashes_are_found(user_file: Path) -> None:
    user_file.write_text('[keys]\n"step.over" = "ctrl+n"\nstep.into = ["i2", "f11"]\n')
    assert load().keys == {"step.over": "ctrl+n", "step.into": "i2,f11"}
    user_file.write_text('[keys]\n"step.over" = "s"\n')
    assert complaint() == "'s' is bound twice: 'step.over' and 'step.into'"


def test_every_setting_is_documented_with_its_default_and_variable() -> None:
    text = DOCS.read_text(encoding="utf-8")
    defaults = Settings()
    for name, variable in config.variables().items():
        default = getattr(defaults, KEYS[name][0])
        shown = f"{default:,}".replace(",", "_") if type(default) is int else default
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        assert f"| `{variable}` |" in row
        assert str(shown) in row or not default or (default is True and "true" in row)


def test_no_setting_is_without_a_key() -> None:
    fields = {field.name for field in dataclasses.fields(Settings)}
    assert fields == {attribute for attribute, _ in KEYS.values()} | {"keys"}
