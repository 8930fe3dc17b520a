"""Walking: steps both ways, jumps, frames, breakpoints, search, play."""

from __future__ import annotations

import re

from textual.timer import Timer

from semduck.tui import view
from semduck.tui.screens.ask import Ask
from semduck.tui.screens.painting import Painting

PLAY_EVERY = 0.6  # seconds


class Moves(Painting):
    """Every action ends in `_moved`: a toast with the reason, or a repaint."""

    _play: Timer | None = None

    def _moved(self, reason: str | None) -> None:
        self.say(reason)
        self.repaint()

    def _ready(self) -> bool:
        if view.length(self.session):
            return True
        self.say(self.session.error or "no step is recorded yet", bad=bool(self.session.error))
        return False

    def action_move(self, how: str) -> None:
        if self._ready():
            self._pause()
            self._moved(self.session.move(how))

    def action_goto(self) -> None:
        if self._ready():
            total = view.length(self.session)
            prompt = f"Go to step (0–{total - 1}), or to line (l42):"
            self.app.push_screen(Ask(prompt, hint="120 is a step, l42 is a line"), self._goto)

    def _goto(self, typed: str | None) -> None:
        text = (typed or "").strip().replace(",", "").replace("_", "")
        if not text:
            return
        found = re.fullmatch(r"([lL]?)(\d+)", text)
        if found is None:
            self.say(f"{text!r} is neither a step like 120 nor a line like l42", bad=True)
        elif found[1]:
            self._moved(self.session.goto_line(int(found[2]), self.source.view.path))
        else:
            self._moved(self.session.goto(int(found[2])))

    def action_run_to(self) -> None:
        path = self.source.view.path
        if self._ready() and path is not None:
            self._moved(self.session.run_to(path, self.source.cursor_line))

    def action_miss(self, by: int) -> None:
        if not self._ready():
            return
        misses = self.session.misses()
        here = self.session.cursor
        ahead = [step for step in misses if (step > here if by > 0 else step < here)]
        if ahead:
            self._moved(self.session.goto(min(ahead) if by > 0 else max(ahead)))
        elif misses:
            self.say("no further miss" if by > 0 else "no earlier miss")
        else:
            self.say("no miss: the duck states facts here, it forecasts nothing")

    def action_frame(self, how: str) -> None:
        if self._ready():
            self._moved(self.session.frame_up() if how == "up" else self.session.frame_down())

    def action_breakpoint(self) -> None:
        self.toggle_breakpoint(self.source.cursor_line)

    def toggle_breakpoint(self, line: int) -> None:
        """Set or clear a breakpoint in the shown file."""
        if self.source.view.path is not None:
            self.session.toggle_breakpoint(self.source.view.path, line)
            self._painted = None
            self.repaint()

    def clear_breakpoints(self) -> None:
        """Forget all of them (from the palette)."""
        for file, line in list(self.session.breakpoints):
            self.session.toggle_breakpoint(file, line)
        self._painted = None
        self.repaint()

    def action_search(self) -> None:
        self.app.push_screen(Ask("Search:", self.source.found), self._search)

    def _search(self, typed: str | None) -> None:
        if typed is not None:
            self.source.found = typed
            self.source.refresh()
            if typed:
                self.action_search_again(1)

    def action_search_again(self, by: int) -> None:
        if not self.source.found:
            self.action_search()
            return
        line = self.source.find(self.source.found, by)
        if line is None:
            self.say(f"{self.source.found!r} is not in this file")
        else:
            self.source.go(line)

    def action_play(self) -> None:
        if self._play is not None:
            self._pause()
            self.say("paused")
        elif self._ready():
            self.session.explain(self.session.has_model)
            self._play = self.set_interval(PLAY_EVERY, self._play_on)
            self.say("playing: space pauses")

    def _play_on(self) -> None:
        reason = self.session.move("into")
        if reason is not None and not self.session.running:
            self._pause()
            self.say(reason)
        self.repaint()

    def _pause(self) -> None:
        if self._play is not None:
            self._play.stop()
            self._play = None
