"""Questions to the duck: about this step (a), what a function means (m), which input gives this (i)."""

from __future__ import annotations

from collections.abc import Callable

from semduck.duck.questions import PromptError
from semduck.repair.model import Proposal
from semduck.session.talks import Talk
from semduck.tui.screens.ask import Ask
from semduck.tui.screens.told import Told
from semduck.tui.screens.values import Values


class Asking(Values):
    """Every action opens a talk, or says in one line why it cannot."""

    def action_ask(self) -> None:
        if self._can_ask():
            prompt = f"Ask the duck about step {self.session.cursor}:"
            self.app.push_screen(Ask(prompt, hint="why is total 3 here?"), self._asked_about)

    def _asked_about(self, words: str | None) -> None:
        question = (words or "").strip()
        if question:
            self._talk(lambda: self.session.ask(question))

    def action_card(self) -> None:
        if self._can_ask():
            self._talk(self.session.card)

    def action_backward(self) -> None:
        if not self._can_ask():
            return
        result = self.session.result_here()
        self.app.push_screen(
            Ask("Which input gives this result?", result, "a Python value"),
            lambda typed: self._inputs((typed or "").strip(), result),
        )

    def _inputs(self, wanted: str, result: str) -> None:
        if wanted:
            self._talk(lambda: self.session.inputs(None if wanted == result else wanted))

    def _can_ask(self) -> bool:
        if not self._ready():
            return False
        if not self.session.has_model:
            self.say(self.session.no_model)
            return False
        self._pause()
        return True

    def _talk(self, begin: Callable[[], Talk]) -> None:
        try:
            talk = begin()
        except PromptError as error:
            self.say(str(error), bad=True)
            return
        self.app.push_screen(Told(talk), self._told)

    def _told(self, result: int | Proposal | None) -> None:
        if isinstance(result, Proposal):
            self.open_repairs(self.session.add_proposal(result))
        elif result is not None:
            self._moved(self.session.goto(result))
        self.repaint()

    def open_repairs(self, at: int) -> None:
        """Show one of the repairs."""
        raise NotImplementedError
