"""The duck of a session: forecasts beside the steps, and what one can ask it."""

from __future__ import annotations

from typing import Any

from semduck.duck.forecast import Forecaster
from semduck.duck.questions import PromptError
from semduck.duck.utterance import Utterance
from semduck.duck.written import written
from semduck.judge import judge_all
from semduck.session.card import Card
from semduck.session.inputs import Inputs
from semduck.session.talks import MEASURABLE, Question, Talk
from semduck.session.tally import Tally, kind_of
from semduck.session.types import Spoken
from semduck.session.view import ViewSession
from semduck.trace.recording import Recording

AHEAD = 24  # steps that are forecast before the user is there
BEHIND = 30  # forecasts of steps before the cursor that are shown
NO_MODEL = "no model is chosen: semduck models shows how to get one"


class DuckSession(ViewSession):
    """explaining: step by step, forecast by forecast, instead of the monologue of a call."""

    explaining = False
    no_model = NO_MODEL  # one line that says how to get one

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tally = Tally()  # what was right so far
        self._heard: set[str] = set()  # lines about the engine that were told

    @property
    def has_model(self) -> bool:
        """Is there an engine to ask?"""
        return self._ahead is not None

    def explain(self, on: bool) -> None:
        """Forecast each step as the user comes to it, or the whole call at once."""
        if self.explaining != on:
            self.explaining, self._spoken = on, None

    # -- what can be asked ---------------------------------------------------------------------------------

    def ask(self, words: str) -> Talk:
        """A question about the step at the cursor. Raises PromptError."""
        return Question(self._duck(), self._recorded(), self.frame, self.cursor, words)

    def card(self) -> Card:
        """What the function at the cursor means. Raises PromptError."""
        return Card(self._duck(), self._recorded(), self.frame)

    def inputs(self, output: str | None) -> Inputs:
        """Which input gives this? output: as Python source, None for the call's own. Raises PromptError."""
        return Inputs(self._duck(), self._recorded(), self.target, self.frame, output)

    def result_here(self) -> str:
        """What the selected call gave, as Python source; "" when it did not return."""
        recording = self._there()
        value = recording.result(self.frame) if recording is not None else None
        return written(value) if value is not None else ""

    def _duck(self) -> Forecaster:
        if self._ahead is None:
            raise PromptError(self.no_model)
        return self._ahead

    def _recorded(self) -> Recording:
        recording = self._there()
        if recording is None:
            raise PromptError("nothing is recorded yet")
        return recording

    # -- beside the steps ----------------------------------------------------------------------------------

    def _speak(self, recording: Recording) -> list[Spoken]:
        if self._ahead is None or not self.explaining:
            spoken = super()._speak(recording)
        else:
            spoken = self._stepwise(recording) or super()._speak_facts(recording)
        for one in spoken:
            if one.utterance.source == "forecast":
                self.tally.add(recording, one.utterance, one.verdicts)
        return spoken

    def poll(self) -> bool:
        """Take in what happened meanwhile; step by step, ask for the steps to come."""
        changed = super().poll()
        recording = self._there()
        if self.explaining and self._ahead is not None and recording is not None:
            stop = min(self.cursor + AHEAD, len(recording))
            wanted = [(k, recording.frame_at(k)) for k in range(self.cursor, stop)]
            self._ahead.ahead.look(recording, wanted)
        return changed

    def _stepwise(self, recording: Recording) -> list[Spoken]:
        """Forecasts of the steps of this call up to the cursor; those to come are asked for."""
        assert self._ahead is not None
        ahead = self._ahead.ahead
        found: list[Utterance] = []
        for k in range(self.cursor, max(-1, self.cursor - 2000), -1):
            said = ahead.find(recording, k) if recording.frame_at(k) == self.frame else None
            found += [said] if said is not None else []
            if len(found) > BEHIND:
                break
        spoken = [Spoken(u, tuple(judge_all(u, recording)), u.step == self.cursor) for u in reversed(found)]
        return spoken

    def news(self) -> list[str]:
        """What became of the engine, a line each, once: it ran out of memory and became a smaller one, died,
        could not be loaded."""
        if self._ahead is None:
            return []
        lines = [line for line in (*self._ahead.about.notes, self._ahead.error) if line]
        new = [line for line in lines if line not in self._heard]
        self._heard.update(new)
        return new

    def standing(self) -> str:
        """Who forecasts, how fast, and how often it was right on lines like this one; "" without a model."""
        if self._ahead is None:
            return ""
        about, usage = self._ahead.about, self._ahead.usage
        parts = [about.line or (f"{self._ahead.name} is being loaded" if not about.name else about.name)]
        if self._ahead.error and not self._ahead.worker.ready:
            parts = [self._ahead.error]
        if usage is not None and usage.seconds > MEASURABLE and usage.tokens:
            parts.append(f"{usage.tokens / usage.seconds:.0f} tokens/s")
        if self.mute and not self.explaining:
            parts.insert(0, "no claim to check")
        recording = self._there()
        here = next((s for s in self.utterances() if s.current), None) if recording is not None else None
        if recording is not None and here is not None:
            parts.append(self.tally.text(kind_of(recording, here.utterance)))
        return " · ".join(p for p in parts if p)
