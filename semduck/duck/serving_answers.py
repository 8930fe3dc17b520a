"""The JSON of the answers of an OpenAI-compatible server."""

from __future__ import annotations

import time
import uuid
from typing import Any

from semduck.duck.engine import Usage


class Frame:
    """The JSON around the words of one answer."""

    def __init__(self, model: str, chat: bool) -> None:
        self.chat = chat
        kind = "chat.completion" if chat else "text_completion"
        self.base = {"id": uuid.uuid4().hex, "object": kind, "created": int(time.time()), "model": model}

    def piece(self, text: str, why: str | None = None) -> dict[str, Any]:
        """One chunk of a stream."""
        words: dict[str, Any] = {"delta": {"content": text}} if self.chat else {"text": text}
        kind = {"object": "chat.completion.chunk"} if self.chat else {}
        return {**self.base, **kind, "choices": [{"index": 0, **words, "finish_reason": why}]}

    def whole(self, text: str, why: str, usage: dict[str, Any]) -> dict[str, Any]:
        """An answer in one piece."""
        message = {"role": "assistant", "content": text}
        words: dict[str, Any] = {"message": message} if self.chat else {"text": text}
        return {**self.base, "choices": [{"index": 0, **words, "finish_reason": why}], "usage": usage}


def usage_of(usage: Usage) -> dict[str, Any]:
    """What an answer took."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.tokens,
        "total_tokens": usage.prompt_tokens + usage.tokens,
        "prompt_tokens_details": {"cached_tokens": usage.reused},
    }


def error_body(line: str, status: int) -> dict[str, Any]:
    """One line of trouble."""
    return {"error": {"message": line, "type": "server_error" if status >= 500 else "invalid_request_error"}}
