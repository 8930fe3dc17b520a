"""A server and what is under way with it: its address, key and models, and the calls to give up."""

from __future__ import annotations

import difflib
import json
import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from semduck.duck import address
from semduck.duck.engine import EngineError
from semduck.duck.engines import server_errors
from semduck.duck.engines.server_call import Call, Head, Limits

LARGEST = 10_000_000  # bytes of an answer that comes in one piece


class Server:
    """url: base address, with or without /v1. key_variable: environment variable with the key, "" for none.

    The key is sent to this server only, and no line of ours contains it. Raises EngineError.
    """

    def __init__(self, url: str, key_variable: str, limits: Limits) -> None:
        self.url, self.key_variable, self.limits = address.base(url), key_variable, limits
        self.where = address.origin(self.url)
        self.model = ""  # for messages
        self.generation = 0  # of cancels: what was begun before the last one is given up
        self._key = os.environ.get(key_variable, "").strip() if key_variable else ""
        self._calls: set[Call] = set()
        self._lock = threading.Lock()

    def check_key(self) -> str:
        """A note when the key can be read on its way; "" otherwise. Raises EngineError."""
        if not self._key.isascii() or not self._key.isprintable():
            raise EngineError(f"the key in ${self.key_variable} has characters that cannot be sent")
        open_to_all = self._key and self.url.startswith("http:") and not address.is_here(self.url)
        return f"the key goes to {self.where} unencrypted" if open_to_all else ""

    def models(self) -> list[dict[str, Any]]:
        """What it lists, each with an "id"; [] when it lists nothing. Raises EngineError."""
        try:
            read = json.loads(self.fetch("GET", f"{self.url}/models"))
        except ValueError:
            raise EngineError(f"{self.where} {server_errors.PAGE}") from None
        found = read.get("data") if isinstance(read, dict) else None
        entries = found if isinstance(found, list) else []
        return [{**e, "id": str(e["id"])} for e in entries if isinstance(e, dict) and e.get("id")]

    def check_name(self, name: str, listed: Sequence[str]) -> None:
        """Raises EngineError when it lists models, but not this one; "qwen" stands for "qwen:latest", too."""
        if not listed or any(each == name or each.startswith(f"{name}:") for each in listed):
            return
        near = difflib.get_close_matches(name, listed, 1)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(listed[:5])}"
        raise EngineError(f"{self.where} has no model {name!r}; {hint}")

    def count(self, text: str) -> int | None:
        """Tokens of `text`; None when the server does not count them."""
        root = self.url.removesuffix("/v1")
        try:
            body = {"model": self.model, "prompt": text, "content": text}  # for vLLM and for llama.cpp
            read = json.loads(self.fetch("POST", f"{root}/tokenize", body))
            return int(read["count"]) if "count" in read else len(read["tokens"])
        except (EngineError, ValueError, TypeError, KeyError):
            return None

    def fetch(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> str:
        """A whole small answer. Raises EngineError."""
        call, data = self.call(method, url, body, self.limits.small()), b""
        try:
            for item in call.items():
                data = data if isinstance(item, Head) else grown(data, item)
        except EngineError as error:
            raise EngineError(self.told(str(error))) from None
        finally:
            self.forget(call)
        return data.decode("utf-8", "replace")

    def call(
        self, method: str, url: str, body: Mapping[str, Any] | None = None, limits: Limits | None = None
    ) -> Call:
        """Begin a request; to be forgotten in the end."""
        headers = {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": "semduck"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = {"method": method, "url": url, "headers": headers, "json": body}
        call = Call(self.where, request, limits or self.limits, self._refused)
        with self._lock:
            self._calls.add(call)
        return call

    def forget(self, call: Call) -> None:
        """Close its connection, if it is still open."""
        call.cancel()
        with self._lock:
            self._calls.discard(call)

    def give_up(self) -> None:
        """Close the connection of every call that is under way."""
        with self._lock:
            self.generation += 1
            calls, self._calls = self._calls, set()
        for call in calls:
            call.cancel()

    def told(self, line: str) -> str:
        """A line for the user: says where, and never the key, which a server may repeat."""
        line = line if self.where in line else f"{self.where} {line}"
        return line.replace(self._key, "…") if self._key else line

    def _refused(self, status: int, headers: Mapping[str, str], body: str) -> str:
        return server_errors.line(
            status, headers, body, model=self.model, key_variable=self.key_variable, has_key=bool(self._key)
        )


def grown(body: bytes, more: bytes) -> bytes:
    """Both together. Raises EngineError when that is too much."""
    if len(body) + len(more) > LARGEST:
        raise EngineError("sends an answer without an end")
    return body + more
