"""The palette: every action of the main screen by name, `area: Verb`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider

from semduck import keys


class Commands(Provider):
    """Commands of the main screen. Their names start with an area, so typing one lists it."""

    def _commands(self) -> Iterator[tuple[str, str, Callable[[], Any]]]:
        screen: Any = self.screen
        for key in keys.bindings("main"):
            area, _, _ = key.id.partition(".")
            first = key.keys.split(",")[0]
            text = f"{area}: {key.tooltip[0].upper()}{key.tooltip[1:]}"
            yield text, f"key {keys.shown(first)}", partial(self._run, key.action)
        yield "repair: Undo the last write", "bring back the exact bytes", screen.undo_repair
        yield "break: Clear all breakpoints", "", screen.clear_breakpoints
        yield "view: Show or hide the timeline", "", screen.action_toggle_timeline

    def _run(self, action: str) -> Any:
        return self.screen.run_action(action)

    async def discover(self) -> Hits:
        for text, help_text, callback in self._commands():
            yield DiscoveryHit(text, callback, help=help_text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for text, help_text, callback in self._commands():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, matcher.highlight(text), callback, help=help_text)
