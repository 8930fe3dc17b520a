"""Forecasts of single steps, made in batches before the user comes to them."""

from __future__ import annotations

from collections.abc import Sequence

from semduck.duck import steps
from semduck.duck.engine import Ask
from semduck.duck.recorded import Recorded
from semduck.duck.steps import StepQuestion
from semduck.duck.utterance import Utterance
from semduck.duck.worker import Event, Worker


class Ahead:
    """At most one batch is with the engine at a time, so that a question of the user never waits for many."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self._said: dict[tuple[int, int], Utterance | None] = {}  # by recording and step, once asked
        self._asked: tuple[int, Recorded, list[StepQuestion]] | None = None

    @property
    def busy(self) -> bool:
        """Is a batch still to come?"""
        return self._asked is not None

    def look(self, recording: Recorded, wanted: Sequence[tuple[int, int]]) -> None:
        """Forecast steps, (step, frame) each; those asked before cost nothing."""
        if not self.worker.ready:
            self.worker.start()
            return
        if self._asked is not None:
            return
        new: list[StepQuestion] = []
        for step, frame in wanted:
            if (id(recording), step) not in self._said:
                self._said[id(recording), step] = None
                question = steps.question(recording, step, frame)
                new += [question] if question is not None else []
        if new:
            self._asked = self.worker.batch([self._ask(q) for q in new]), recording, new

    def _ask(self, question: StepQuestion) -> Ask:
        form = self.worker.about.shape
        chat = form == "chat"
        return Ask(question.text(form), () if chat else steps.STOP, steps.TOKENS, chat=chat)

    def find(self, recording: Recorded, step: int) -> Utterance | None:
        """What is forecast of a step; None while it is not known, or where nothing can be said."""
        return self._said.get((id(recording), step))

    def take(self, event: Event) -> list[Utterance] | None:
        """Take in an event; the sentence it brings. None when it is not about a batch."""
        if self._asked is None or event.request != self._asked[0]:
            return None
        _, recording, questions = self._asked
        if event.kind in ("done", "error"):
            self._asked = None
        if event.kind != "token":
            return []
        question = questions[event.n]
        said = self._said[id(recording), question.step] = steps.answered(question, event.text, recording)
        return [said] if said is not None else []

    def cancel(self) -> None:
        """Give up the batch; its steps can be asked about again."""
        if self._asked is not None:
            request, recording, questions = self._asked
            self._asked = None
            self.worker.cancel(request)
            for question in questions:
                if self._said.get((id(recording), question.step)) is None:
                    self._said.pop((id(recording), question.step), None)

    def forget(self, recording: Recorded) -> None:
        """Drop what was said about a recording."""
        self._said = {k: said for k, said in self._said.items() if k[0] != id(recording)}
