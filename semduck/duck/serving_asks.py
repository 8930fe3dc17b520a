"""From the JSON of an OpenAI-compatible request to a question for an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from semduck.duck.engine import Ask


class Refused(Exception):
    """A request that is not answered: HTTP status, one line, further headers."""

    def __init__(self, status: int, line: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(line)
        self.status, self.headers = status, dict(headers or {})


def asked(body: Mapping[str, Any], *, chat: bool, name: str) -> Ask:
    """The question in `body`. name: of the model that is served. Raises Refused."""
    if body.get("model") not in (None, "", name):
        raise Refused(404, f"no model {body['model']!r} here; there is {name!r}")
    if body.get("n") not in (None, 1):
        raise Refused(400, "n must be 1")
    length = "max_completion_tokens" if body.get("max_completion_tokens") is not None else "max_tokens"
    return Ask(
        _messages(body.get("messages")) if chat else _prompt(body.get("prompt")),
        _stop(body.get("stop")),
        _number(body, length, Ask("").max_tokens, 1, 1_000_000, whole=True),
        _number(body, "seed", 0, -(2**63), 2**64, whole=True),
        _number(body, "temperature", 0.0, 0, 2),
        chat,
    )


def _prompt(prompt: Any) -> str:
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str):
        raise Refused(400, "prompt must be one text")
    return prompt


def _messages(messages: Any) -> str:
    """What the user typed, behind what the system says. One turn only."""
    if not isinstance(messages, list) or not messages:
        raise Refused(400, "messages must be a list of messages")
    parts = []
    for message in messages:
        role = message.get("role") if isinstance(message, dict) else None
        if role not in ("system", "developer", "user"):
            raise Refused(400, f"messages from system and user are taken, not from {role!r}")
        parts.append(_content(message.get("content")))
    return "\n\n".join(parts)


def _content(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [None]
    found = [part.get("text") if isinstance(part, dict) else None for part in parts]
    texts = [text for text in found if isinstance(text, str)]
    if len(texts) < len(found):
        raise Refused(400, "the content of a message must be text")
    return "\n".join(texts)


def _stop(stop: Any) -> tuple[str, ...]:
    stops = [stop] if isinstance(stop, str) else stop or []
    if not isinstance(stops, list) or not all(isinstance(s, str) for s in stops):
        raise Refused(400, "stop must be a text or a list of texts")
    return tuple(filter(None, stops))


def _number(
    body: Mapping[str, Any], name: str, default: float, least: float, most: float, *, whole: bool = False
) -> Any:
    value = body.get(name)
    if value is None:
        return default
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
        raise Refused(400, f"{name} must be a number between {least:g} and {most:g}")
    return value
