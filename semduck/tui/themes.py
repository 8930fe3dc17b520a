"""Themes are TOML values: the shipped ones, the user's own, and defaults for our own colours."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.theme import Theme

DEFAULT = "pond"

# Our variables and the colour of Textual each one falls back to; a percentage mixes it into the background.
OURS = {
    "duck-said": "warning",  # what a forecast claims
    "traced": "foreground",  # what really happened
    "hit": "success",
    "miss": "error",
    "changed": "accent",
    "current-line": "primary 25%",
    "cursor-line": "foreground 10%",
    "tab-active": "primary 30%",
    "tab-text": "foreground",
    "frame": "foreground 30%",
    "muted": "foreground 62%",
    "faint": "foreground 42%",
}


@dataclass
class Loaded:
    """Good themes by name, and one line for every file that is none."""

    themes: dict[str, Theme] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def shipped() -> Traversable:
    """The folder of shipped themes: inside the package, or beside it in a checkout."""
    packaged = files("semduck").joinpath("themes")
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "themes"


def load(user: Path | None = None) -> Loaded:
    """All themes; one of the user's replaces a shipped one of the same name."""
    loaded = Loaded()
    for name, text in [*_texts(shipped()), *(_texts(user) if user else ())]:
        try:
            theme = parse(text)
            loaded.themes[theme.name] = theme
        except (ValueError, TypeError) as error:
            loaded.problems.append(f"{name}: {error}")
    return loaded


def _texts(folder: Traversable) -> Iterator[tuple[str, str]]:
    if folder.is_dir():
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(".toml"):
                yield entry.name, entry.read_bytes().decode("utf-8", "replace")


def parse(text: str) -> Theme:
    """A theme from TOML. ValueError in one line on bad TOML, an unknown key or a bad colour."""
    values = tomllib.loads(text)
    if not isinstance(values.get("name"), str) or not isinstance(values.get("primary"), str):
        raise ValueError("a theme needs a `name` and a `primary` colour")
    unknown = set(values) - set(Theme.__dataclass_fields__)
    if unknown:
        raise ValueError(f"unknown key {sorted(unknown)[0]!r}")
    theme = Theme(**values)
    _check_colours(theme)
    return theme


def _check_colours(theme: Theme) -> None:
    """A bad colour crashes only when the theme is used; find it now."""
    for name, value in theme.variables.items():
        if name in OURS:
            try:
                Color.parse(value.rpartition(" ")[0] if value.endswith("%") else value)
            except ColorParseError:
                raise ValueError(f"{value!r} is not a colour for {name!r}") from None
    try:
        theme.to_color_system().generate()
    except ColorParseError as error:
        raise ValueError(str(error).splitlines()[0]) from None


def defaults(theme: Theme) -> dict[str, str]:
    """Our variables for a theme that does not set them, from its own colours."""
    colours = theme.to_color_system().generate()
    return {name: _mixed(colours, source) for name, source in OURS.items()}


def _mixed(colours: dict[str, str], source: str) -> str:
    name, _, part = source.partition(" ")
    if not part or colours[name].startswith("ansi"):
        return colours[name]
    background = Color.parse(colours["background"])
    return background.blend(Color.parse(colours[name]), int(part.rstrip("%")) / 100).hex
