"""The app: themes, keys, screens. All handling is in the screens, all state in the session."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, ClassVar, Protocol

from textual.app import App
from textual.binding import BindingType
from textual.screen import Screen

from semduck import keys, locations
from semduck.session import Session
from semduck.tui import marks, themes
from semduck.tui.bindings import bindings
from semduck.tui.screens.main import Main


class Look(Protocol):
    """What the app needs of the settings."""

    @property
    def theme(self) -> str: ...
    @property
    def keys(self) -> Any: ...
    @property
    def animation(self) -> bool: ...
    @property
    def mouse(self) -> bool: ...


class SemduckApp(App[int]):
    """One session on one screen."""

    TITLE = "semduck"
    CSS_PATH: ClassVar = ["app.tcss", "screens/main.tcss", "screens/repair.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = bindings("app")
    NOTIFICATION_TIMEOUT = 5

    def __init__(self, session: Session, settings: Look, themes_dir: Path | None = None) -> None:
        self._faults: list[str] = []
        super().__init__()
        self.session = session
        self.overrides = dict(settings.keys)
        if not settings.animation:
            self.animation_level = "none"
        self._load_themes(settings.theme, themes_dir)
        self.set_keymap(self.overrides)
        complaint = keys.check(self.overrides)
        if complaint:
            self._faults.append(complaint)
        self.set_class(marks.marks() is marks.ASCII, "-ascii")

    def _load_themes(self, wanted: str, folder: Path | None) -> None:
        loaded = themes.load(folder)
        for theme in loaded.themes.values():
            self.register_theme(theme)
        self._faults += loaded.problems
        name = wanted or themes.DEFAULT
        if name not in self.available_themes:
            near = difflib.get_close_matches(name, self.available_themes, 1)
            self._faults.append(f"no theme {name!r}" + (f", did you mean {near[0]!r}?" if near else ""))
            name = themes.DEFAULT
        if name in self.available_themes:
            self.theme = name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.defaults(self.current_theme)

    def get_default_screen(self) -> Screen[Any]:
        return Main(self.session)

    def on_ready(self) -> None:
        if self._faults and isinstance(self.screen, Main):
            self.screen.toast_problems(self._faults)

    def action_help(self) -> None:
        show = getattr(self.screen, "show_help", None)
        if show is not None:
            show(self.overrides)

    async def action_quit(self) -> None:
        self.exit(0)


def run_app(session: Session, settings: Any) -> int:
    """Show a session until the user leaves; the exit code of the app (0 unless it failed)."""
    app = SemduckApp(session, settings, getattr(settings, "themes_dir", None) or locations.themes())
    app.run(mouse=settings.mouse)
    return app.return_code or 0
