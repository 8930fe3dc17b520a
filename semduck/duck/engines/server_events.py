"""What an OpenAI-compatible server sends: lines of server-sent events, their words, and where they end."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from semduck.duck.engine import EngineError

LONGEST = 1_000_000  # characters of one line; no answer has such a one
# Control codes but newline and tab, and the marks that turn the direction of text around.
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SENT = "sent what is no answer"


@dataclass(slots=True)
class Words:
    """text: a piece of the answer. ended: the server says that it is complete."""

    text: str = ""
    ended: bool = False
    last: bool = False
    usage: Mapping[str, Any] = field(default_factory=dict)


class Lines:
    """Bytes in, whole lines out. A character may come in halves."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes, *, final: bool = False) -> list[str]:
        """The lines that are now complete; with `final` also the last one. Raises EngineError."""
        *whole, self._rest = (self._rest + self._decoder.decode(data, final)).split("\n")
        if len(self._rest) > LONGEST:
            raise EngineError(f"{SENT}: a line without an end")
        if final and self._rest:
            whole.append(self._rest)
        return [line.rstrip("\r") for line in whole]


def read_line(line: str) -> Words | None:
    """The words of one line; None for a line that has none. Raises EngineError on anything else."""
    name, _, rest = line.partition(":")
    if not line.strip() or name in ("", "event", "id", "retry"):
        return None
    if name != "data":
        raise EngineError(f"{SENT}: {shown(line)}")
    rest = rest.strip()
    return Words(ended=True, last=True) if rest == "[DONE]" else read_object(rest)


def read_object(text: str) -> Words:
    """The words of one JSON object, a chunk or a whole answer. Raises EngineError."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise EngineError(f"{SENT}: {shown(text)}") from None
    if isinstance(data, dict) and data.get("error"):
        raise EngineError(f"says: {message(data)}")
    choices = data.get("choices") if isinstance(data, dict) else None
    if not isinstance(choices, list):
        raise EngineError(f"{SENT}: {shown(text)}")
    choice = choices[0] if choices and isinstance(choices[0], dict) else {}
    inner = choice.get("delta") or choice.get("message")
    inner = inner if isinstance(inner, dict) else {}
    words = choice.get("text") or inner.get("content") or ""
    if not isinstance(words, str):
        raise EngineError(f"{SENT}: {shown(text)}")
    usage = data.get("usage")
    ended = choice.get("finish_reason") is not None
    return Words(words, ended, usage=usage if isinstance(usage, dict) else {})


def message(data: Mapping[str, Any]) -> str:
    """The words in {"error": {"message": ...}} and its relatives; "" when there are none."""
    inner = data.get("error", data)
    if isinstance(inner, dict):
        inner = inner.get("message") or inner.get("detail") or data.get("message") or data.get("detail") or ""
    return shown(inner, quoted=False) if isinstance(inner, str) else shown(json.dumps(inner))


def shown(text: str, *, quoted: bool = True) -> str:
    """A little of something odd, on one line."""
    line = " ".join(UNWANTED.sub(" ", text[:2000]).split())
    line = line[:160] + ("…" if len(line) > 160 else "")
    return f"'{line}'" if quoted else line


class Cleaner:
    """Takes away what does not belong on a screen, and the stop string with all behind it."""

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._stop = tuple(filter(None, stop))
        self._held = ""  # the end of what came, when it may become a stop string or the rest of a character
        self.stopped = False

    def feed(self, text: str) -> str:
        """What can be shown now."""
        text = UNWANTED.sub("", _joined(self._held + text))
        at = min((i for s in self._stop if (i := text.find(s)) >= 0), default=-1)
        if at >= 0:
            self.stopped, self._held = True, ""
            return _whole(text[:at])
        keep = max((_overlap(text, s) for s in self._stop), default=0)
        if not keep and text[-1:] and "\ud800" <= text[-1] <= "\udbff":
            keep = 1
        self._held = text[len(text) - keep :]
        return _whole(text[: len(text) - keep])

    def rest(self) -> str:
        """What was held back, when nothing more comes."""
        held, self._held = self._held, ""
        return _whole(held)


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of `text` begin `stop`."""
    return next((n for n in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:n])), 0)


def _joined(text: str) -> str:
    """Two halves of a surrogate pair that came in different pieces become one character."""
    if not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _whole(text: str) -> str:
    """Half characters become the mark for what cannot be shown."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if not text.isascii() else text
