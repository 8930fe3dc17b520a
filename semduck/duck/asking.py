"""Asks an engine single questions and takes in its words as they arrive. Never waits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from semduck.duck import questions
from semduck.duck.answers import Answers
from semduck.duck.engine import About, Ask, EngineSpec, Usage
from semduck.duck.questions import Prompt, PromptError
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


class Asker:
    """Questions, answers and their cache. engine: a Worker, a spec, or an engine that has a spec."""

    def __init__(self, engine: Worker | EngineSpec | Specified, cache: Path | None = None) -> None:
        spec = engine if isinstance(engine, EngineSpec) else None
        self.worker = engine if isinstance(engine, Worker) else Worker(spec or engine.spec)  # type: ignore[union-attr]
        self.error = ""  # one line, the last trouble
        self.usage: Usage | None = None  # of the last answer
        self._answers = Answers(cache, self.worker.spec)
        self._waiting: list[Answer] = []  # until the engine is loaded
        self._requests: dict[int, Answer] = {}

    @property
    def name(self) -> str:
        """Who speaks."""
        return self.worker.name or self.worker.spec.path.rpartition(":")[2].lower()

    @property
    def about(self) -> About:
        """What the engine says of itself; empty until it is loaded."""
        return self.worker.about

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

    def _heard(self, event: Event) -> None:
        """Take in an event: words of an answer, its end, or trouble."""
        if event.kind == "error":
            self.error = event.text
            if event.request is None:
                self._fail(event.text)
        answer = self._requests.get(event.request) if event.request is not None else None
        if answer is not None and event.kind == "token":
            answer.text += event.text
        elif answer is not None:
            self._ended(answer, event)

    def _ended(self, answer: Answer, event: Event) -> None:
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
        for answer in [*self._waiting, *self._requests.values()]:
            answer.done = True
        self._waiting.clear()
        self._requests.clear()
        self.worker.cancel()

    def close(self) -> None:
        """End the engine's process."""
        self.worker.close()
