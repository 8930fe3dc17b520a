"""What every screen with a session shares: the session, toasts, and the user's editor."""

from __future__ import annotations

import subprocess
from pathlib import Path
from time import monotonic

from textual.app import SuspendNotSupported
from textual.screen import Screen

from semduck.session import Session
from semduck.tui import editor

GOOD, BAD = 5.0, 10.0  # seconds a toast stays


class SessionScreen(Screen[bool]):
    """A screen that talks to the session. The repair screen answers whether it wrote the file."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._shown_until: dict[str, float] = {}  # toasts, by the time at which they go

    def say(self, text: str | None, bad: bool = False) -> None:
        """A toast, if there is something to say that is not there yet. Text is shown as it is."""
        now, seconds = monotonic(), BAD if bad else GOOD
        if text and self._shown_until.get(text, now) <= now:
            self._shown_until = {t: until for t, until in self._shown_until.items() if until > now}
            self._shown_until[text] = now + seconds
            self.notify(text, severity="error" if bad else "information", markup=False, timeout=seconds)

    def run_editor(self, path: Path, line: int) -> bool:
        """Open the user's editor and wait for it. False (and a toast) when that cannot be done."""
        words = editor.command(path, line)
        if words is None:
            self.say("no editor found: set $EDITOR", bad=True)
            return False
        try:
            with self.app.suspend():
                code = subprocess.run(words, check=False).returncode
        except SuspendNotSupported:
            self.say("an editor cannot be opened here", bad=True)
            return False
        except OSError as error:
            self.say(f"cannot start {words[0]}: {error.strerror}", bad=True)
            return False
        if code:
            self.say(f"{words[0]} ended with exit code {code}", bad=True)
        return code == 0
