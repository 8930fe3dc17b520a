"""The program itself: running, its input, the file on disk, editing, recording again, repairs, leaving."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Label

from semduck.session import WriteRefused
from semduck.session.standing import sha256
from semduck.tui import view
from semduck.tui.screens.ask import Confirm
from semduck.tui.screens.asking import Asking
from semduck.tui.screens.help import Help
from semduck.tui.screens.repair import Repair

LOOK_AT_DISK = 1.0  # seconds
WORDS_EVERY = 0.2  # seconds between paints of words that a model says: each lays the screen out anew


class StdinInput(Input):
    """A line for the running program."""

    BINDINGS: ClassVar = [
        Binding("ctrl+d", "eof", "End of input", show=False),
        Binding("escape", "leave", "Back to the walk", show=False),
    ]

    def action_eof(self) -> None:
        self.post_message(self.Submitted(self, "\x04"))

    def action_leave(self) -> None:
        self.screen.query_one("#source").focus()


class Files(Asking):
    """Actions around the file and its run."""

    _asked = False
    _compare = False
    _news = False  # something came that is not painted yet
    _took_in = 0.0

    def take_in(self) -> None:
        """Take in what the program did meanwhile."""
        was_running = self.session.running
        self._news = self.session.poll() or self._news
        for line in self.session.news():
            self.say(f"The duck: {line}", bad=True)
            self._news = True
        now = monotonic()
        if self._news and (was_running or now - self._took_in >= WORDS_EVERY):
            self._news, self._took_in = False, now
            self.repaint()
        if was_running and not self.session.running:
            self._painted = None
            self._run_ended()
        self._ask_for_input()

    def _run_ended(self) -> None:
        self.repaint()
        if not self._compare:
            return
        self._compare = False
        difference = self.session.first_difference()
        self.difference = (
            f"First difference: {difference.text}" if difference else "The two runs do not differ."
        )
        self.notify(self.difference, title="Recorded again", markup=False, timeout=15)
        if difference is not None and difference.step_after is not None:
            self.session.goto(difference.step_after)

    def _ask_for_input(self) -> None:
        bar = self.query_one("#stdin", Horizontal)
        waiting = self.session.waiting_for_input
        if waiting:
            prompt = self.session.prompt().strip()
            self.query_one("#asked", Label).update(f"{prompt or 'the program waits for input:'} ")
        if bar.display != waiting:
            bar.display = waiting
            box = self.query_one(StdinInput)
            if waiting:
                box.value = ""
                box.focus()
            elif self.focused is box:
                self.source.focus()

    @on(Input.Submitted, "StdinInput")
    def _send(self, event: Input.Submitted) -> None:
        if event.value == "\x04":
            self.session.send_eof()
        else:
            self.session.send_input(event.value)
        event.input.value = ""
        self.repaint()

    def look_at_disk(self) -> None:
        """Say in the first line when a recorded file was edited or deleted."""
        notice = ""
        for path, recorded in (self.session.recording.files if self.session.recording else {}).items():
            notice = notice or _differs(path, recorded.sha256, self.session.ours)
        if notice != self.notice:
            self.notice = notice
            self._painted = None
            self.repaint()

    def action_stop(self) -> None:
        """esc: only stops or closes."""
        if self.maximized is not None:
            self.minimize()
        elif self._play is not None:
            self._pause()
        elif self.session.explaining:
            self.session.explain(False)
            self.repaint()
        elif self.session.running and not self.session.ours:
            self.say("another process runs this program: it goes on")
        elif self.session.running:
            self.session.stop()
            self.say("stopping the program; what was recorded stays")

    def action_edit(self) -> None:
        path = self.source.view.path
        if path is None:
            return
        before = sha256(path)
        if not before:
            self.say(f"{path} is not here to be edited", bad=True)
        elif self.run_editor(path, self.source.cursor_line) and sha256(path) != before:
            self.look_at_disk()
            self.app.push_screen(Confirm(f"{path.name} was edited. Record it again?"), self._after_edit)

    def _after_edit(self, yes: bool | None) -> None:
        if yes:
            self.action_record_again()

    def action_record_again(self) -> None:
        """A new run of the same program."""
        reason = self.session.no_run()
        if reason:
            self.say(reason, bad=True)
            return
        self.session.record_again()
        self.notice = ""
        self._compare = self.session.previous is not None
        self.forget()
        if not self.session.running:
            self._run_ended()
        self.repaint()

    def action_repairs(self) -> None:
        reason = self.session.no_repairs()
        if reason:
            self.say(reason, bad=True)
        elif self._ready():
            self._pause()
            self.app.push_screen(Repair(self.session), self._after_repairs)

    def open_repairs(self, at: int) -> None:
        """Show one of the repairs: a patch that was not searched for."""
        self.app.push_screen(Repair(self.session, at), self._after_repairs)

    def _after_repairs(self, wrote: bool | None) -> None:
        self._painted = None
        if wrote:
            self.action_record_again()
        self.repaint()

    def undo_repair(self) -> None:
        """Bring back the file as it was before the last write (from the palette)."""
        try:
            self.say(self.session.undo())
        except WriteRefused as error:
            self.say(str(error), bad=True)
            return
        self.action_record_again()

    def action_leave(self) -> None:
        accepted = self.session.decisions.count("accepted")
        if not accepted:
            self.app.exit()
            return
        plural = "repair is" if accepted == 1 else "repairs are"
        question = f"{accepted} accepted {plural} not written. Quit without writing?"
        self.app.push_screen(Confirm(question), self._leave)

    def _leave(self, yes: bool | None) -> None:
        if yes:
            self.app.exit()

    def show_help(self, overrides: dict[str, str]) -> None:
        """The keys of this screen."""
        self.app.push_screen(Help(overrides))


def _differs(path: Path, recorded: str, ours: bool) -> str:
    now = sha256(path)
    if now == recorded:
        return ""
    if not ours:
        return f"{view.short(path)} {'changed since' if now else 'is not here'}: shown as it was recorded"
    return f"{view.short(path)} was {'changed' if now else 'deleted'}: ctrl+r records again"
