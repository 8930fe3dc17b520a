"""One row of tab names over panes that share a place."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.content import Content
from textual.widget import Widget

from semduck.tui.messages import TabChosen


class TabRow(Widget):
    """Names with remarks, one active. A click posts TabChosen."""

    DEFAULT_CSS = "TabRow { height: 1; text-wrap: nowrap; }"
    ALLOW_SELECT = False

    def __init__(self, names: tuple[str, ...], **options: Any) -> None:
        super().__init__(**options)
        self.names = names
        self.active = names[0]
        self.remarks: dict[str, str] = {}

    def show(self, active: str, remarks: dict[str, str]) -> None:
        """active: name of a pane in lower case. remarks: pane -> short text after its title."""
        active = active if active in self.names else self.active
        if (active, remarks) != (self.active, self.remarks):
            self.active, self.remarks = active, dict(remarks)
            self.refresh()

    def _titles(self) -> list[str]:
        return [f" {name.capitalize()}{self.remarks.get(name, '')} " for name in self.names]

    def render(self) -> Content:
        pieces: list[tuple[str, str]] = []
        for name, title in zip(self.names, self._titles(), strict=True):
            pieces.append((title, "$tab-text on $tab-active bold" if name == self.active else "$muted"))
        return Content.assemble(*pieces)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        x = offset.x if offset is not None else -1
        for name, title in zip(self.names, self._titles(), strict=True):
            if 0 <= x < len(title):
                self.post_message(TabChosen(name))
            x -= len(title)
