"""What an engine believes of recorded calls and steps, as sentences, made from its words as they arrive."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from semduck.duck import monologue, questions
from semduck.duck.ahead import Ahead
from semduck.duck.asking import Answer, Asker, Specified
from semduck.duck.engine import EngineSpec
from semduck.duck.questions import PromptError
from semduck.duck.recorded import Recorded
from semduck.duck.source_view import Labelled
from semduck.duck.utterance import Utterance
from semduck.duck.worker import Worker


@dataclass(slots=True)
class _Told:
    """A monologue and the sentences made of it."""

    answer: Answer
    recording: Recorded
    frame: int
    size: tuple[int, int] = (-1, 0)  # of the text and of the call when the sentences were made
    utterances: list[Utterance] = field(default_factory=list)
    reading: monologue.Reading | None = None
    read: int = 0  # characters of the text


class Forecaster(Asker):
    """Monologues of calls and forecasts of steps beside single questions; `cache` keeps what was answered."""

    def __init__(
        self, engine: Worker | EngineSpec | Specified, cache: Path | None = None, max_tokens: int = 1024
    ) -> None:
        super().__init__(engine, cache)
        self.max_tokens = max_tokens
        self._told: dict[tuple[int, int], _Told] = {}
        self.ahead = Ahead(self.worker)

    @property
    def busy(self) -> bool:
        """Is an answer still to come?"""
        return bool(self._requests or self._waiting) or self.ahead.busy

    # -- monologues ----------------------------------------------------------------------------------------

    def ask(self, recording: Recorded, frame: int, line: int = 0) -> str | None:
        """Ask for the monologue of a call; None, or one line on why not. Asking again costs nothing.

        Monologues of other calls that are still being made are given up: nobody looks at them.
        """
        key = (id(recording), frame)
        if key in self._told:
            return None
        try:
            asked = questions.about(recording, frame, line)
            questions.forward(asked)
        except PromptError as error:
            return str(error)
        for other in [k for k, told in self._told.items() if not told.answer.done]:
            self._withdraw(self._told.pop(other).answer)
        answer = Answer(lambda form, context: questions.forward(asked, form, context), self.max_tokens)
        self._told[key] = _Told(answer, recording, frame)
        self.put(answer)
        return None

    def utterances(self, recording: Recorded, frame: int) -> list[Utterance]:
        """All sentences so far about a call."""
        told = self._told.get((id(recording), frame))
        if told is None:
            return []
        self._tell(told)
        return list(told.utterances)

    def note(self, recording: Recorded, frame: int) -> str:
        """What the model was not shown of a call, one line; "" when it saw all."""
        told = self._told.get((id(recording), frame))
        return told.answer.prompt.note if told is not None and told.answer.prompt else ""

    def state(self, recording: Recorded, frame: int) -> str:
        """unasked | thinking | done | failed, for one call."""
        told = self._told.get((id(recording), frame))
        if told is None or not told.answer.done:
            return "thinking" if told else "unasked"
        return "failed" if told.answer.error else "done"

    def _tell(self, told: _Told) -> list[Utterance]:
        answer = told.answer
        size = (len(answer.text) + answer.done, len(told.recording.call_steps(told.frame)))
        if size == told.size or answer.prompt is None:
            return []
        told.size = size
        now = self._parsed(told, answer.prompt.source)
        new = now[len(told.utterances) :]
        told.utterances = now
        return new

    @staticmethod
    def _parsed(told: _Told, source: Labelled) -> list[Utterance]:
        """Every sentence; of a call that has ended, only what is new is read."""
        text, whole = told.answer.text, told.answer.done
        if told.recording.call(told.frame).last is None:
            return monologue.parse(text, source, told.recording, told.frame, whole=whole)
        if told.reading is None or len(text) < told.read:
            told.reading = monologue.Reading(source, told.recording, told.frame)
        told.read = len(text)
        return told.reading.read(text, whole)

    # -- events --------------------------------------------------------------------------------------------

    def poll(self) -> list[Utterance]:
        """Take in what came; sentences that became complete since the last poll."""
        new: list[Utterance] = []
        for event in self.worker.poll():
            new += self.ahead.take(event) or []
            self._heard(event)
        self._send()
        return new + [u for told in self._told.values() for u in self._tell(told)]

    def cancel(self) -> None:
        """Give up what is being asked; it can be asked again."""
        self._told = {k: told for k, told in self._told.items() if told.answer.done}
        self.ahead.cancel()
        super().cancel()

    def forget(self, recording: Recorded) -> None:
        """Drop what was said about a recording that is no longer looked at."""
        self._told = {k: told for k, told in self._told.items() if k[0] != id(recording)}
        self.ahead.forget(recording)
