"""Any OpenAI-compatible server (vLLM, llama.cpp, Ollama, LM Studio) by its address."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from semduck.duck import catalogue
from semduck.duck.engine import About, Ask, EngineError, Usage
from semduck.duck.engines import server_errors
from semduck.duck.engines.server import Server, grown
from semduck.duck.engines.server_call import Call, Head, Limits
from semduck.duck.engines.server_events import Cleaner, Lines, Words, read_line, read_object

TOGETHER = 4  # questions of a batch that are asked at the same time
CHARS_A_TOKEN = 3.5  # of source code, for servers that do not count
AFTERWORD = 1.0  # seconds that a server gets to say what the answer took, once it is complete


class OpenAI:
    """url: base address, with or without /v1. model: "" takes the first one the server has.

    key_variable: environment variable with the key. shape: "" guesses it from the model's name.
    limits: connect, read and budget in seconds, see server_call.Limits.
    """

    def __init__(
        self,
        url: str,
        model: str = "",
        key_variable: str = "OPENAI_API_KEY",
        shape: str = "",
        **limits: float,
    ) -> None:
        self._server = Server(url, key_variable, Limits(**limits))
        self._server.model, self._shape, self._counts = model, shape, True
        self.about = About(model or "model")
        self.usage = Usage()

    @property
    def where(self) -> str:
        """The server's address, "http://host:port"."""
        return self._server.where

    def load(self) -> None:
        """Ask the server what it has. Raises EngineError."""
        server, notes = self._server, [self._server.check_key()]
        listed = server.models()
        names = [entry["id"] for entry in listed]
        if not server.model:
            if not names:
                raise EngineError(f"{self.where} lists no model; name one with --model")
            server.model = names[0]
            many = f"{self.where} has {len(names)} models; the first is asked, --model names another"
            notes.append(many if len(names) > 1 else "")
        server.check_name(server.model, names)
        entry = next((e for e in listed if e["id"] == server.model), {})
        self.about = About(
            server.model,
            f"{_short(server.model)} at {self.where}",
            self._shape or _shape(entry) or catalogue.shape_of(server.model) or "chat",
            _context(entry),
            device=self.where,
            notes=tuple(filter(None, notes)),
        )

    def stream(self, ask: Ask) -> Iterator[str]:
        """Pieces of the answer as they come. Raises EngineError."""
        self.usage = usage = Usage()
        yield from self._answer(ask, usage, self._server.generation)

    def batch(self, asks: Sequence[Ask]) -> Iterator[tuple[int, str]]:
        """Several questions at the same time: a server works on them together. Raises EngineError."""
        start, generation, usages = time.monotonic(), self._server.generation, [Usage() for _ in asks]

        def one(n: int) -> str:
            return "".join(self._answer(asks[n], usages[n], generation))

        with ThreadPoolExecutor(TOGETHER) as pool:
            places = {pool.submit(one, n): n for n in range(len(asks))}
            try:
                for done in as_completed(places):
                    if generation != self._server.generation:
                        return
                    yield places[done], done.result()
            finally:
                if not all(place.done() for place in places):
                    self.cancel()
        self.usage = _sum(usages, time.monotonic() - start)

    def cancel(self) -> None:
        """Close the connection of every answer that is under way."""
        self._server.give_up()

    def count_tokens(self, text: str) -> int:
        """By the server's /tokenize (vLLM, llama.cpp); elsewhere estimated from the length."""
        found = self._server.count(text) if self._counts else None
        self._counts = found is not None
        return _estimated(text) if found is None else found

    # -- within --------------------------------------------------------------------------------------------

    def _answer(self, ask: Ask, usage: Usage, generation: int) -> Iterator[str]:
        """Pieces that can be shown; nothing more once it was cancelled."""
        if generation != self._server.generation:
            return
        start, cleaner = time.monotonic(), Cleaner(ask.stop)
        usage.prompt_tokens = _estimated(ask.prompt)
        for words in self._words(ask, generation):
            _note_usage(usage, words.usage)
            if words.text:
                if usage.tokens >= ask.max_tokens and not words.ended:
                    break  # it goes on beyond what was asked
                usage.tokens += not words.usage
                if piece := cleaner.feed(words.text):
                    usage.first = usage.first or time.monotonic() - start
                    yield piece
            usage.seconds = time.monotonic() - start
            if cleaner.stopped:
                break
        if generation == self._server.generation and (rest := cleaner.rest()):
            yield rest

    def _words(self, ask: Ask, generation: int) -> Iterator[Words]:
        """The pieces of one answer. Raises EngineError when it is broken off, refused or no answer."""
        call = self._server.call("POST", *_question(ask, self._server.url, self._server.model))
        ended = False
        try:
            for words in _read(call):
                yield words
                if words.last:
                    return
                if words.ended and not ended:
                    ended, call.deadline = True, min(call.deadline, time.monotonic() + AFTERWORD)
            if not ended:
                raise EngineError("closed the connection in mid-answer")
        except EngineError as error:
            if not ended and generation == self._server.generation:
                raise EngineError(self._server.told(str(error))) from None
        finally:
            self._server.forget(call)


def _read(call: Call) -> Iterator[Words]:
    """The words of an event stream, or of one JSON object from a server that does not stream."""
    lines, whole, body = Lines(), False, b""
    for item in call.items():
        if isinstance(item, Head):
            if "html" in item.content_type:
                raise EngineError(server_errors.PAGE)
            whole = "application/json" in item.content_type
        elif whole:
            body = grown(body, item)
        else:
            yield from filter(None, map(read_line, lines.feed(item)))
    if body:
        words = read_object(body.decode("utf-8", "replace"))
        words.last = True
        yield words
    yield from filter(None, map(read_line, lines.feed(b"", final=True)))


def _question(ask: Ask, url: str, model: str) -> tuple[str, dict[str, Any]]:
    """Address and body of the request."""
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": ask.max_tokens,
        "temperature": ask.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if ask.temperature > 0:
        body["seed"] = ask.seed
    if ask.stop:
        body["stop"] = list(ask.stop[:4])  # servers take no more; the rest is cut off here
    if ask.chat:
        return f"{url}/chat/completions", {**body, "messages": [{"role": "user", "content": ask.prompt}]}
    return f"{url}/completions", {**body, "prompt": ask.prompt}


def _note_usage(usage: Usage, said: Mapping[str, Any]) -> None:
    """Take over what the server counted."""
    details = said.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    for name, value in (
        ("prompt_tokens", said.get("prompt_tokens")),
        ("tokens", said.get("completion_tokens")),
        ("reused", cached),
    ):
        if isinstance(value, int) and value >= 0:
            setattr(usage, name, value)


def _sum(usages: Sequence[Usage], seconds: float) -> Usage:
    return Usage(
        sum(u.prompt_tokens for u in usages),
        sum(u.reused for u in usages),
        sum(u.tokens for u in usages),
        min((u.first for u in usages), default=0.0),
        seconds,
    )


def _context(entry: Mapping[str, Any]) -> int:
    """Tokens that fit, as vLLM ("max_model_len") or llama.cpp ("meta") say it; 0 when nobody does."""
    meta = entry.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    for value in (entry.get("max_model_len"), meta.get("n_ctx"), meta.get("n_ctx_train")):
        if isinstance(value, int) and value > 0:
            return value
    return 0


def _shape(entry: Mapping[str, Any]) -> str:
    """The prompts a model was trained on, as our own server says it; "" when it does not."""
    shape = entry.get("shape")
    return shape if shape in ("semcoder", "semcoder-old", "chat", "plain") else ""


def _short(model: str) -> str:
    """A model's name; of a file, as llama.cpp calls its models, the last part only."""
    return model.replace("\\", "/").rpartition("/")[2] if model.endswith(".gguf") else model


def _estimated(text: str) -> int:
    return max(1, round(len(text) / CHARS_A_TOKEN)) if text else 0
