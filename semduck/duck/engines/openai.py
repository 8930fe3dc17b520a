"""Any OpenAI-compatible server (vLLM, llama.cpp, Ollama, LM Studio) by its address."""

from __future__ import annotations

import difflib
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from semduck.duck import address, catalogue
from semduck.duck.engine import About, Ask, EngineError, Usage
from semduck.duck.engines import server_errors
from semduck.duck.engines.server_call import Call, Head, Limits
from semduck.duck.engines.server_events import Cleaner, Lines, Words, read_line, read_object

TOGETHER = 4  # questions of a batch that are asked at the same time
CHARS_A_TOKEN = 3.5  # of source code, for servers that do not count
AFTERWORD = 1.0  # seconds that a server gets to say what the answer took, once it is complete


class OpenAI:
    """url: base address, with or without /v1. model: "" takes the one the server has.

    key_variable: environment variable with the key; it is sent to this server only and never shown.
    connect, read, budget: seconds, see server_call.Limits. shape: "" guesses it from the model's name.
    """

    def __init__(
        self,
        url: str,
        model: str = "",
        key_variable: str = "OPENAI_API_KEY",
        shape: str = "",
        **limits: float,
    ) -> None:
        self.url = address.base(url)
        self.where = address.origin(self.url)
        self.model, self.key_variable, self.limits = model, key_variable, Limits(**limits)
        self._key = os.environ.get(key_variable, "").strip() if key_variable else ""
        self._shape, self._counts = shape, True
        self._calls: set[Call] = set()
        self._lock = threading.Lock()
        self._generation = 0  # of cancels: what was begun before the last one is given up
        self.about = About(model or "model")
        self.usage = Usage()

    def load(self) -> None:
        """Ask the server what it has. Raises EngineError."""
        if not self._key.isascii() or not self._key.isprintable():
            raise EngineError(f"the key in ${self.key_variable} has characters that cannot be sent")
        listed, notes = self._models(), []
        if not self.model:
            if not listed:
                raise EngineError(f"{self.where} lists no model; name one with --model")
            self.model = str(listed[0]["id"])
            if len(listed) > 1:
                notes.append(
                    f"{self.where} has {len(listed)} models; the first is asked, --model names another"
                )
        self._check_name([str(entry["id"]) for entry in listed])
        if self._key and self.url.startswith("http:") and not address.is_here(self.url):
            notes.append(f"the key goes to {self.where} unencrypted")
        entry = next((e for e in listed if e["id"] == self.model), {})
        shape = self._shape or catalogue.shape_of(self.model) or "chat"
        self.about = About(
            self.model,
            f"{_short(self.model)} at {self.where}",
            shape,
            _context(entry),
            device=self.where,
            notes=tuple(notes),
        )

    def stream(self, ask: Ask) -> Iterator[str]:
        """Pieces of the answer as they come. Raises EngineError."""
        self.usage = usage = Usage()
        yield from self._answer(ask, usage, self._generation)

    def batch(self, asks: Sequence[Ask]) -> Iterator[tuple[int, str]]:
        """Several questions at the same time: a server works on them together."""
        generation, usages = self._generation, [Usage() for _ in asks]

        def one(n: int) -> str:
            return "".join(self._answer(asks[n], usages[n], generation))

        start = time.monotonic()
        with ThreadPoolExecutor(TOGETHER) as pool:
            places = {pool.submit(one, n): n for n in range(len(asks))}
            try:
                for done in as_completed(places):
                    if generation != self._generation:
                        return
                    yield places[done], done.result()
            finally:
                self._give_up(only=generation == self._generation and not all(p.done() for p in places))
        prompt, tokens = sum(u.prompt_tokens for u in usages), sum(u.tokens for u in usages)
        reused, first = sum(u.reused for u in usages), min((u.first for u in usages), default=0.0)
        self.usage = Usage(prompt, reused, tokens, first, time.monotonic() - start)

    def cancel(self) -> None:
        """Close the connection of every answer that is under way."""
        self._give_up()

    def count_tokens(self, text: str) -> int:
        """By the server's /tokenize (vLLM, llama.cpp); elsewhere estimated from the length."""
        if self._counts:
            body = {"model": self.model, "prompt": text, "content": text}
            try:
                read = json.loads(self._fetch("POST", f"{self._root}/tokenize", body))
                return int(read["count"]) if "count" in read else len(read["tokens"])
            except (EngineError, ValueError, TypeError, KeyError):
                self._counts = False
        return _estimated(text)

    # -- within --------------------------------------------------------------------------------------------

    @property
    def _root(self) -> str:
        return self.url.removesuffix("/v1")

    def _answer(self, ask: Ask, usage: Usage, generation: int) -> Iterator[str]:
        start, cleaner = time.monotonic(), Cleaner(ask.stop)
        usage.prompt_tokens = _estimated(ask.prompt)
        if generation != self._generation:
            return
        for words in self._words(self._call("POST", *_question(ask, self.url, self.model)), generation):
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
        if generation == self._generation and (rest := cleaner.rest()):
            yield rest

    def _words(self, call: Call, generation: int) -> Iterator[Words]:
        """The pieces of one answer. Raises EngineError when it is broken off, refused or no answer."""
        lines, whole, ended, body = Lines(), False, False, b""
        try:
            for item in call.items():
                if isinstance(item, Head):
                    whole = self._is_whole(item)
                    continue
                if whole:
                    body = _grown(body, item)
                    continue
                for words in filter(None, map(read_line, lines.feed(item))):
                    yield words
                    if words.last:
                        return
                    if words.ended and not ended:
                        ended, call.deadline = True, min(call.deadline, time.monotonic() + AFTERWORD)
            if generation != self._generation:
                return
            if whole:
                yield read_object(body.decode("utf-8", "replace"))
                return
            for words in filter(None, map(read_line, lines.feed(b"", final=True))):
                yield words
                ended = ended or words.ended
            if not ended:
                raise EngineError("closed the connection in mid-answer")
        except EngineError as error:
            if not ended and generation == self._generation:
                raise EngineError(self._told(str(error))) from None
        finally:
            self._forget(call)

    def _is_whole(self, head: Head) -> bool:
        """Does one JSON object follow, from a server that does not stream? Raises EngineError for a page."""
        if "html" in head.content_type:
            raise EngineError(server_errors.PAGE)
        return "application/json" in head.content_type

    def _models(self) -> list[dict[str, Any]]:
        """What the server lists; [] when it lists nothing."""
        try:
            read = json.loads(self._fetch("GET", f"{self.url}/models"))
        except ValueError:
            raise EngineError(f"{self.where} {server_errors.PAGE}") from None
        found = read.get("data") if isinstance(read, dict) else None
        return (
            [e for e in found or [] if isinstance(e, dict) and e.get("id")] if isinstance(found, list) else []
        )

    def _check_name(self, listed: Sequence[str]) -> None:
        if not listed or any(name == self.model or name.startswith(f"{self.model}:") for name in listed):
            return
        near = difflib.get_close_matches(self.model, listed, 1)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(listed[:5])}"
        raise EngineError(f"{self.where} has no model {self.model!r}; {hint}")

    def _fetch(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> str:
        """A whole small answer. Raises EngineError."""
        call, data = self._call(method, url, body), b""
        try:
            for item in call.items():
                data = data if isinstance(item, Head) else _grown(data, item)
        except EngineError as error:
            raise EngineError(self._told(str(error))) from None
        finally:
            self._forget(call)
        return data.decode("utf-8", "replace")

    def _call(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> Call:
        headers = {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": "semduck"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = {"method": method, "url": url, "headers": headers, "json": body}
        limits = self.limits if "stream" in (body or {}) else self.limits.small()
        call = Call(self.where, request, limits, self._refused)
        with self._lock:
            self._calls.add(call)
        return call

    def _forget(self, call: Call) -> None:
        call.cancel()
        with self._lock:
            self._calls.discard(call)

    def _give_up(self, only: bool = True) -> None:
        if only:
            with self._lock:
                self._generation += 1
                calls, self._calls = self._calls, set()
            for call in calls:
                call.cancel()

    def _refused(self, status: int, headers: Mapping[str, str], body: str) -> str:
        return server_errors.line(
            status, headers, body, model=self.model, key_variable=self.key_variable, has_key=bool(self._key)
        )

    def _told(self, line: str) -> str:
        """A line for the user: says where, and never the key, which a server may repeat."""
        line = line if self.where in line else f"{self.where} {line}"
        return line.replace(self._key, "…") if self._key else line


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


def _context(entry: Mapping[str, Any]) -> int:
    """Tokens that fit, as vLLM ("max_model_len") or llama.cpp ("meta") say it; 0 when nobody does."""
    meta = entry.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    for value in (entry.get("max_model_len"), meta.get("n_ctx"), meta.get("n_ctx_train")):
        if isinstance(value, int) and value > 0:
            return value
    return 0


def _short(model: str) -> str:
    """A model's name; of a file, as llama.cpp calls its models, the last part only."""
    return model.replace("\\", "/").rpartition("/")[2] if model.endswith(".gguf") else model


def _estimated(text: str) -> int:
    return max(1, round(len(text) / CHARS_A_TOKEN)) if text else 0


def _grown(body: bytes, more: bytes) -> bytes:
    if len(body) + len(more) > 10_000_000:
        raise EngineError("sends an answer without an end")
    return body + more
