"""Asks an engine and takes in its words as they arrive. Never waits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from semduck.duck import monologue, questions
from semduck.duck.ahead import Ahead
from semduck.duck.answers import Answers
from semduck.duck.engine import About, Ask, EngineSpec, Usage
from semduck.duck.questions import Prompt, PromptError
from semduck.duck.recorded import Recorded
from semduck.duck.source_view import Labelled
from semduck.duck.utterance import Utterance
from semduck.duck.worker import Event, Worker

Build = Callable[[str, int], Prompt]  # shape and context of the engine -> what to ask


class Specified(Protocol):
    """An engine that can say how to make it again in another process."""

    @property
    def spec(self) -> EngineSpec: ...


@dataclass(slots=True, eq=False)
class Answer:
    """One question and its answer so far. error: one line, why there is none."""

    build: Build
    max_tokens: int = questions.ANSWER
    seed: int = 0
    temperature: float = 0.0
    prompt: Prompt | None = None
    text: str = ""
    done: bool = False
    error: str = ""
    usage: Usage | None = None
    request: int | None = None
    model: str = ""  # which one a server has; of local ones the engine's options tell

    @property
    def key(self) -> str:
        """Of the question with all that decides about its answer."""
        asked = f"{self.model}{self.prompt.key if self.prompt else ''} {self.max_tokens} {self.temperature}"
        asked += f" {self.seed}" if self.temperature else ""
        return hashlib.sha256(asked.encode()).hexdigest()


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


class Forecaster:
    """Questions, answers and their cache. engine: a Worker, a spec, or an engine that has a spec."""

    def __init__(
        self, engine: Worker | EngineSpec | Specified, cache: Path | None = None, max_tokens: int = 1024
    ) -> None:
        spec = engine if isinstance(engine, EngineSpec) else None
        self.worker = engine if isinstance(engine, Worker) else Worker(spec or engine.spec)  # type: ignore[union-attr]
        self.max_tokens = max_tokens
        self.error = ""  # one line, the last trouble
        self.usage: Usage | None = None  # of the last answer
        self._answers = Answers(cache, self.worker.spec)
        self._told: dict[tuple[int, int], _Told] = {}
        self._waiting: list[Answer] = []  # until the engine is loaded
        self._requests: dict[int, Answer] = {}
        self.ahead = Ahead(self.worker)

    @property
    def name(self) -> str:
        """Who speaks."""
        return self.worker.name or self.worker.spec.path.rpartition(":")[2].lower()

    @property
    def about(self) -> About:
        """What the engine says of itself; empty until it is loaded."""
        return self.worker.about

    @property
    def busy(self) -> bool:
        """Is an answer still to come?"""
        return bool(self._requests or self._waiting) or self.ahead.busy

    # -- single questions ----------------------------------------------------------------------------------

    def put(self, answer: Answer, urgent: bool = False) -> Answer:
        """Ask something. urgent: the user waits for it; a monologue that is being made begins again after."""
        if answer.done or answer.request is not None or answer in self._waiting:
            return answer
        later = [a for a in self._requests.values() if a is not answer] if urgent else []
        for other in later:
            self._withdraw(other)
        self._waiting.append(answer)
        self._waiting += later
        if not self.worker.ready and self._recall(answer, About("")):
            self._waiting.remove(answer)
        if self._waiting:
            self.worker.start()
            self._send()
        return answer

    def _send(self) -> None:
        """What waits goes to the engine once it is loaded, or is answered from what is known."""
        while self._waiting and self.worker.ready:
            answer = self._waiting.pop(0)
            if not answer.done and not self._recall(answer, self.about):
                self._order(answer)

    def _recall(self, answer: Answer, about: About) -> bool:
        options = self.worker.spec.options
        if not about.name and "url" in options and not options.get("model"):
            return False  # which model a server has is only known when it was asked
        try:
            answer.prompt = answer.build(about.shape, about.context)
        except PromptError as error:
            answer.error, answer.done = str(error), True
            return True
        answer.model = about.name if "url" in options else ""
        known = self._answers.find(answer.key)
        if known is not None:
            answer.text, answer.done = known, True
        return answer.done

    def _order(self, answer: Answer) -> None:
        prompt = answer.prompt
        assert prompt is not None
        ask = Ask(
            prompt.text, prompt.stop, answer.max_tokens, answer.seed, answer.temperature, prompt.chat
        )
        answer.request = self.worker.ask(ask)
        self._requests[answer.request] = answer

    def _withdraw(self, answer: Answer) -> None:
        """Stop an answer; it can be put again."""
        if answer in self._waiting:
            self._waiting.remove(answer)
        if answer.request is not None and not answer.done:
            self._requests.pop(answer.request, None)
            self.worker.cancel(answer.request)
            answer.request, answer.text = None, ""

    def give_up(self, answer: Answer) -> None:
        """The user does not want it any more; what came so far stays."""
        text = answer.text
        self._withdraw(answer)
        answer.text, answer.done = text, True

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
            new += self._take(event)
        self._send()
        return new + [u for told in self._told.values() for u in self._tell(told)]

    def _take(self, event: Event) -> list[Utterance]:
        if event.kind == "error":
            self.error = event.text
            if event.request is None:
                self._fail(event.text)
        ahead = self.ahead.take(event)
        if ahead is not None:
            return ahead
        answer = self._requests.get(event.request) if event.request is not None else None
        if answer is not None:
            self._answered(answer, event)
        return []

    def _answered(self, answer: Answer, event: Event) -> None:
        if event.kind == "token":
            answer.text += event.text
            return
        del self._requests[event.request or 0]
        answer.done, answer.usage = True, event.usage
        self.usage = event.usage or self.usage
        if event.kind == "error":
            answer.error = event.text
        elif event.text != "cancelled":
            self._answers.keep(answer.key, answer.text)

    def _fail(self, why: str) -> None:
        """The engine is gone: nothing that waits for it to be loaded will be answered."""
        for answer in self._waiting:
            answer.error, answer.done = why, True
        self._waiting.clear()

    def cancel(self) -> None:
        """Give up what is being asked; it can be asked again."""
        self._told = {k: told for k, told in self._told.items() if told.answer.done}
        for answer in [*self._waiting, *self._requests.values()]:
            answer.done = True
        self._waiting.clear()
        self._requests.clear()
        self.ahead.cancel()
        self.worker.cancel()

    def forget(self, recording: Recorded) -> None:
        """Drop what was said about a recording that is no longer looked at."""
        self._told = {k: told for k, told in self._told.items() if k[0] != id(recording)}
        self.ahead.forget(recording)

    def close(self) -> None:
        """End the engine's process."""
        self.worker.close()
