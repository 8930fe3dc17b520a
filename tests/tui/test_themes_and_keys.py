"""Themes as values, keys as data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from semduck import keys
from semduck.config import Settings
from semduck.tui import marks, themes
from semduck.tui.app import SemduckApp
from semduck.tui.bindings import bindings
from tests.tui.driving import keys as press
from tests.tui.driving import started, toasts
from tests.tui.fake import FakeSession

Build = Callable[..., SemduckApp]
SHIPPED = sorted(themes.load().themes)


def test_four_themes_are_shipped() -> None:
    loaded = themes.load()
    assert not loaded.problems
    assert themes.DEFAULT in loaded.themes
    assert len(loaded.themes) >= 4
    assert any(not theme.dark for theme in loaded.themes.values())


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio."""
    dark, light = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: Color) -> float:
    """WCAG relative luminance."""
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("name", SHIPPED)
def test_marks_and_words_can_be_read(name: str) -> None:
    theme = themes.load().themes[name]
    colours = {**themes.defaults(theme), **theme.to_color_system().generate(), **theme.variables}
    least = 7.0 if name == "beacon" else 4.5
    for word in ("hit", "miss", "changed", "traced", "duck-said", "foreground", "primary", "accent"):
        assert contrast(colours[word], colours["background"]) >= least, word
    assert contrast(colours["foreground"], colours["current-line"]) >= least
    assert contrast(colours["muted"], colours["background"]) >= 4.5
    assert contrast(colours["faint"], colours["background"]) >= (4.5 if name == "beacon" else 2.5)


@pytest.mark.parametrize("name", sorted(BUILTIN_THEMES))
def test_our_colours_have_defaults_in_every_theme(name: str) -> None:
    assert set(themes.defaults(BUILTIN_THEMES[name])) == set(themes.OURS)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name = ", "Invalid value"),
        ('name = "x"', "needs a `name` and a `primary`"),
        ('name = "x"\nprimry = "red"\nprimary = "red"', "unknown key 'primry'"),
        ('name = "x"\nprimary = "no colour"', "no colour"),
        (
            'name = "x"\nprimary = "red"\n[variables]\nhit = "greenish"',
            "'greenish' is not a colour for 'hit'",
        ),
    ],
)
def test_a_bad_theme_is_one_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    loaded = themes.load(tmp_path)
    assert len(loaded.problems) == 1
    assert loaded.problems[0].startswith("mine.toml: ")
    assert problem in loaded.problems[0]
    assert len(loaded.themes) == len(SHIPPED)


async def test_bad_themes_are_one_toast(tmp_path: Path, session: FakeSession) -> None:
    (tmp_path / "a.toml").write_text("name = 3")
    (tmp_path / "b.toml").write_text("=")
    (tmp_path / "c.toml").write_text('name = "mine"\nprimary = "red"\n')
    app = SemduckApp(session, Settings(theme="mine"), tmp_path)  # type: ignore[arg-type]
    async with app.run_test(notifications=True) as pilot:
        await started(pilot)
        assert app.theme == "mine"
        assert len(app._notifications) == 1
        assert "a.toml" in toasts(pilot) and "b.toml" in toasts(pilot)


async def test_an_unknown_theme_falls_back(session: FakeSession, app_of: Build) -> None:
    app = app_of(session, theme="ponds")
    async with app.run_test(notifications=True) as pilot:
        await started(pilot)
        assert app.theme == themes.DEFAULT
        assert "did you mean 'pond'?" in toasts(pilot)


@pytest.mark.parametrize("name", [*SHIPPED, "ansi-dark", "gruvbox"])
async def test_every_theme_paints(session: FakeSession, app_of: Build, name: str) -> None:
    app = app_of(session, theme=name)
    async with app.run_test(size=(120, 36)) as pilot:
        await started(pilot)
        assert app.theme == name


def test_every_binding_is_documented() -> None:
    ids = [key.id for key in keys.KEYS]
    assert len(ids) == len(set(ids))
    for key in keys.KEYS:
        assert key.tooltip and key.label and key.group
        assert not set(keys._split(key.keys)) & set(keys.RESERVED)
    for where in ("app", "main", "list", "choice", "repair"):
        for binding in bindings(where):
            assert isinstance(binding, Binding) and binding.id and binding.tooltip


def test_the_defaults_do_not_clash() -> None:
    assert keys.check({}) is None


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        ({"step.ovr": "k"}, "did you mean 'step.over'?"),
        ({"step.over": ""}, "'step.over' is empty"),
        ({"step.over": "ctrl+m"}, "a terminal sends it as enter"),
        ({"step.over": "ctrl+c"}, "it copies"),
        ({"step.over": "s"}, "'s' is bound twice"),
        ({"search.next": "comma"}, "bound twice"),
        ({"search.next": ","}, "the comma is written comma"),
        ({"step.over": "j"}, "bound twice"),
    ],
)
def test_bad_keys_are_one_line(overrides: dict[str, str], complaint: str) -> None:
    assert complaint in (keys.check(overrides) or "")


def test_keys_can_be_swapped() -> None:
    assert keys.check({"step.over": "s", "step.into": "n"}) is None
    assert keys.check({"step.over": "f10", "search.next": "ctrl+n"}) is None


async def test_remapped_keys_work(session: FakeSession, app_of: Build) -> None:
    async with app_of(session, keys={"step.over": "o", "search.open": "w"}).run_test() as pilot:
        await started(pilot)
        await press(pilot, "n")
        assert "over" not in session.log
        await press(pilot, "o")
        assert "over" in session.log


def test_the_docs_table_has_every_binding() -> None:
    table = keys.markdown()
    assert table.count("\n") == len(keys.KEYS) + 2
    assert "| `n` `F10` |" in table


def test_marks_are_ascii_without_unicode(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        encoding = "iso-8859-1"

    monkeypatch.setattr("sys.__stdout__", Old())
    assert marks.marks() is marks.ASCII
    assert all(str(getattr(marks.ASCII, name)).isascii() for name in marks.Marks.__slots__)


async def test_no_color(session: FakeSession, app_of: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_of(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await started(pilot)
        colours = set()
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                if segment.style and segment.style.color and segment.style.color.triplet:
                    colours.add(segment.style.color.triplet)
        assert app.no_color
        assert colours
