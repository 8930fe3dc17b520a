"""Asks an engine about a call and turns its words into sentences as they arrive. Never waits."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from semduck.duck import monologue, prompts
from semduck.duck.engine import Ask, EngineSpec
from semduck.duck.prompts import Prompt, PromptError
from semduck.duck.recorded import Recorded
from semduck.duck.utterance import Utterance
from semduck.duck.worker import Event, Worker


class Specified(Protocol):
    """An engine that can say how to make it again in another process."""

    @property
    def spec(self) -> EngineSpec: ...


@dataclass(slots=True)
class _Asked:
    """One question and its answer so far."""

    prompt: Prompt
    recording: Recorded
    frame: int
    text: str = ""
    done: bool = False
    told: tuple[int, int] = (0, 0)  # size of the text and of the call when the sentences were made
    utterances: list[Utterance] = field(default_factory=list)


class Forecaster:
    """Questions, answers and their cache. engine: a Worker, a spec, or an engine that has a spec."""

    def __init__(
        self, engine: Worker | EngineSpec | Specified, cache: Path | None = None, max_tokens: int = 1024
    ) -> None:
        spec = engine if isinstance(engine, EngineSpec) else None
        self.worker = engine if isinstance(engine, Worker) else Worker(spec or engine.spec)  # type: ignore[union-attr]
        self.cache, self.max_tokens = cache, max_tokens
        self.error = ""  # one line, the last trouble
        self._answers: dict[str, str] = {}
        self._asked: dict[tuple[int, int], _Asked] = {}
        self._requests: dict[int, _Asked] = {}

    @property
    def name(self) -> str:
        """Who speaks."""
        return self.worker.name or self.worker.spec.path.rpartition(":")[2].lower()

    @property
    def busy(self) -> bool:
        """Is an answer still to come?"""
        return bool(self._requests)

    def ask(self, recording: Recorded, frame: int) -> str | None:
        """Ask about a call; None, or one line on why it cannot be asked about. Asking again costs nothing."""
        key = (id(recording), frame)
        if key in self._asked:
            return None
        try:
            prompt = prompts.for_call(recording, frame)
        except PromptError as error:
            return str(error)
        asked = self._asked[key] = _Asked(prompt, recording, frame)
        known = self._recall(prompt)
        if known is not None:
            asked.text, asked.done = known, True
            return None
        request = self.worker.ask(Ask(prompt.text, prompt.stop, self.max_tokens))
        self._requests[request] = asked
        return None

    def poll(self) -> list[Utterance]:
        """Sentences that became complete since the last poll."""
        for event in self.worker.poll():
            self._take(event)
        return [u for asked in self._asked.values() for u in self._tell(asked)]

    def utterances(self, recording: Recorded, frame: int) -> list[Utterance]:
        """All sentences so far about a call."""
        asked = self._asked.get((id(recording), frame))
        if asked is None:
            return []
        self._tell(asked)
        return list(asked.utterances)

    def state(self, recording: Recorded, frame: int) -> str:
        """unasked | thinking | done, for one call."""
        asked = self._asked.get((id(recording), frame))
        return "unasked" if asked is None else "done" if asked.done else "thinking"

    def cancel(self) -> None:
        """Give up what is being asked; it can be asked again."""
        for asked in self._requests.values():
            self._asked.pop((id(asked.recording), asked.frame), None)
        self._requests.clear()
        self.worker.cancel()

    def forget(self, recording: Recorded) -> None:
        """Drop what was said about a recording that is no longer looked at."""
        self._asked = {k: a for k, a in self._asked.items() if k[0] != id(recording)}

    def close(self) -> None:
        """End the engine's process."""
        self.worker.close()

    def _take(self, event: Event) -> None:
        if event.kind == "error":
            self.error = event.text
        asked = self._requests.get(event.request) if event.request is not None else None
        if asked is None:
            return
        if event.kind == "token":
            asked.text += event.text
        elif event.kind in ("done", "error"):
            del self._requests[event.request or 0]
            asked.done = True
            if event.kind == "done" and event.text != "cancelled":
                self._keep(asked.prompt, asked.text)

    def _tell(self, asked: _Asked) -> list[Utterance]:
        size = (len(asked.text) + asked.done, len(asked.recording.call_steps(asked.frame)))
        if size == asked.told:
            return []
        asked.told = size
        now = monologue.parse(asked.text, asked.prompt.source, asked.recording, asked.frame, whole=asked.done)
        new = now[len(asked.utterances) :]
        asked.utterances = now
        return new

    def _recall(self, prompt: Prompt) -> str | None:
        if prompt.key in self._answers or self.cache is None:
            return self._answers.get(prompt.key)
        try:
            read = json.loads(self._file(prompt).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return str(read["text"]) if isinstance(read, dict) and "text" in read else None

    def _keep(self, prompt: Prompt, text: str) -> None:
        self._answers[prompt.key] = text
        if self.cache is not None:
            try:
                self._file(prompt).parent.mkdir(parents=True, exist_ok=True)
                self._file(prompt).write_text(json.dumps({"text": text}), "utf-8")
            except OSError:
                self.cache = None  # a cache that cannot be written is no reason to trouble anyone

    def _file(self, prompt: Prompt) -> Path:
        assert self.cache is not None
        return self.cache / self.worker.spec.path.rpartition(":")[2] / f"{prompt.key}.json"
