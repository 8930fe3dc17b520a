"""Settings: flag > SEMDUCK_* variable > project pyproject.toml > user config.toml > default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from semduck import locations
from semduck.exits import Problem, nearest


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. docs/config.md lists them; a test keeps the two equal."""

    theme: str = ""  # "" = the app's default theme
    animation: bool = True
    mouse: bool = True
    python: str = ""  # "" = the active or the project's virtual environment, else semduck's own
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    follow_children: bool = False
    limits_max_steps: int = 5_000_000
    limits_max_seconds: float = 0.0
    limits_max_bytes: int = 2_000_000_000
    limits_keep_first: int = 0
    limits_keep_last: int = 0
    limits_repair_seconds: float = 20.0
    model_engine: str = "auto"
    model_name: str = ""
    model_quantize: str = "auto"
    model_device: str = "auto"
    model_url: str = ""
    model_key_variable: str = "OPENAI_API_KEY"
    model_max_tokens: int = 1024
    keys: Mapping[str, str] = field(default_factory=dict)  # binding id -> "n,f10"


# The name in TOML, the name in Settings, the type. The variable is SEMDUCK_ + the last part, or in VARIABLES.
KEYS: dict[str, tuple[str, type]] = {
    "theme": ("theme", str),
    "animation": ("animation", bool),
    "mouse": ("mouse", bool),
    "python": ("python", str),
    "include": ("include", tuple),
    "exclude": ("exclude", tuple),
    "follow_children": ("follow_children", bool),
    "limits.max_steps": ("limits_max_steps", int),
    "limits.max_seconds": ("limits_max_seconds", float),
    "limits.max_bytes": ("limits_max_bytes", int),
    "limits.keep_first": ("limits_keep_first", int),
    "limits.keep_last": ("limits_keep_last", int),
    "limits.repair_seconds": ("limits_repair_seconds", float),
    "model.engine": ("model_engine", str),
    "model.name": ("model_name", str),
    "model.quantize": ("model_quantize", str),
    "model.device": ("model_device", str),
    "model.url": ("model_url", str),
    "model.key_variable": ("model_key_variable", str),
    "model.max_tokens": ("model_max_tokens", int),
}
VARIABLES = {"model.name": "SEMDUCK_MODEL"}
# A project is often someone else's: it must not choose where source code and keys are sent.
NOT_OF_A_PROJECT = ("model.url", "model.key_variable")
WORDS = {
    str: "text",
    bool: "true or false",
    tuple: "a list of texts",
    int: "a whole number",
    float: "a number",
}
SECTIONS = ("limits", "model", "keys")
OWN_VARIABLES = ("SEMDUCK_HOME", "SEMDUCK_CONFIG")


def load(
    flags: Mapping[str, object] | None = None, *, project: Path | None = None, file: Path | None = None
) -> Settings:
    """The settings in force. flags: dotted name -> value as typed. file: instead of the user's.

    Raises Problem (one line) on an unreadable file, an unknown key, a wrong type or clashing keys.
    """
    merged: dict[str, object] = {}
    keys: dict[str, str] = {}
    for layer, where in _layers(project, file):
        for name, value in layer.items():
            if name.startswith("keys."):
                keys[name[5:]] = _text(name, value, where)
            else:
                merged[name] = _checked(name, value, where)
    merged.update(flags or {})
    _check_keys(keys)
    return Settings(**{KEYS[n][0]: v for n, v in merged.items()}, keys=keys)  # type: ignore[arg-type]


def variables() -> dict[str, str]:
    """Setting name -> its environment variable, e.g. "limits.max_steps" -> "SEMDUCK_MAX_STEPS"."""
    return {name: VARIABLES.get(name) or "SEMDUCK_" + name.rpartition(".")[2].upper() for name in KEYS}


def _layers(project: Path | None, file: Path | None) -> Iterator[tuple[dict[str, object], str]]:
    """Weakest first, each with the words that say where it is from."""
    chosen = file or (Path(os.environ["SEMDUCK_CONFIG"]) if os.environ.get("SEMDUCK_CONFIG") else None)
    if chosen is not None and not chosen.is_file():
        raise Problem(f"no config file {chosen}")
    user = chosen or locations.config()
    if user.is_file():
        yield _flat(_read(user)), str(user)
    table = _project_table(project)
    if table:
        yield _of_project(_flat(table), f"[tool.semduck] of {project}")
    yield _environment(), "the environment"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem(f"{path} is not valid TOML: {error}") from error
    except OSError as error:
        raise Problem(f"cannot read {path}: {error.strerror}") from error


def _project_table(project: Path | None) -> dict[str, Any]:
    """[tool.semduck] of a pyproject.toml. One that is broken elsewhere is not our business."""
    try:
        if project is None or "semduck" not in project.read_text(encoding="utf-8"):
            return {}
    except (OSError, UnicodeDecodeError):
        return {}
    table = _read(project).get("tool", {}).get("semduck", {})
    if not isinstance(table, dict):
        raise Problem(f"[tool.semduck] of {project} is not a table")
    return table


def _of_project(layer: dict[str, object], where: str) -> tuple[dict[str, object], str]:
    for name in NOT_OF_A_PROJECT:
        if name in layer:
            what = f"setting {name!r} in {where} is not taken from a project"
            raise Problem(what, "put it into your own file")
    return layer, where


def _flat(table: Mapping[str, Any], lead: str = "") -> dict[str, object]:
    """{"limits": {"max_steps": 5}} -> {"limits.max_steps": 5}."""
    flat: dict[str, object] = {}
    for name, value in table.items():
        if isinstance(value, dict) and (lead or name in SECTIONS):
            flat.update(_flat(value, f"{lead}{name}."))
        else:
            flat[f"{lead}{name}"] = value
    return flat


def _environment() -> dict[str, object]:
    names = {variable: name for name, variable in variables().items()}
    for variable in os.environ:
        if variable.startswith("SEMDUCK_") and variable not in names and variable not in OWN_VARIABLES:
            hint = nearest(variable, [*names, *OWN_VARIABLES])
            if hint:
                raise Problem(f"unknown variable {variable} in the environment", hint)
    return {names[v]: _parsed(names[v], text, v) for v, text in os.environ.items() if v in names and text}


def _parsed(name: str, text: str, variable: str) -> object:
    """The text of a variable as the setting's type; lists are separated by the path separator."""
    kind = KEYS[name][1]
    if kind is bool:
        if text.lower() not in ("1", "0", "true", "false", "yes", "no", "on", "off"):
            raise Problem(f"{variable}={text} is not {WORDS[bool]}")
        return text.lower() in ("1", "true", "yes", "on")
    if kind is tuple:
        return [part for part in text.split(os.pathsep) if part]
    try:
        return kind(text)
    except ValueError as error:
        raise Problem(f"{variable}={text} is not {WORDS[kind]}") from error


def _checked(name: str, value: object, where: str) -> object:
    if name not in KEYS:
        known = [*KEYS, *SECTIONS]
        raise Problem(f"unknown setting {name!r} in {where}", nearest(name, known) or "see docs/config.md")
    kind = KEYS[name][1]
    if kind is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise Problem(f"setting {name!r} in {where} must be {WORDS[kind]}, not {value!r}")
    if isinstance(value, (int, float)) and value < 0:
        raise Problem(f"setting {name!r} in {where} must not be negative")
    return value


def _text(name: str, value: object, where: str) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    if not isinstance(value, str):
        raise Problem(f'{name!r} in {where} must be a text like "n,f10", not {value!r}')
    return value


def _check_keys(keys: Mapping[str, str]) -> None:
    """Refuse unknown binding ids and keys that two bindings of one screen claim."""
    if not keys:
        return
    from semduck.keys import check  # only needed by those who remap

    complaint = check(keys)
    if complaint:
        raise Problem(complaint)
