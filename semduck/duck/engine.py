"""What a source of words must do, and how to name one so that a worker process can make it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Protocol


class EngineError(Exception):
    """An engine cannot be loaded, or died. The message is one line for the user."""


@dataclass(frozen=True, slots=True)
class About:
    """What an engine says of itself once it is loaded.

    line: one for the user, "SemCoder-S 6.7B, NF4, 4.1 GB on cuda:0". shape: which prompts it was trained on,
    "semcoder" | "semcoder-old" | "chat" | "plain" (see prompts.py). context: tokens of prompt and answer
    together, 0 when unknown. notes: one line each, e.g. what was tried first and did not fit.
    """

    name: str
    line: str = ""
    shape: str = "semcoder"
    context: int = 0
    quantization: str = ""
    device: str = ""
    notes: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> About:
        """The inverse; what is missing has its default, what is unknown is left out."""
        known = {f.name for f in fields(cls)}
        given = {k: v for k, v in data.items() if k in known}
        return cls(**{**given, "name": str(data.get("name", "")), "notes": tuple(data.get("notes", ()))})


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. chat: `prompt` is what a user would type, the engine puts its own template around it.

    temperature: 0 takes the likeliest token each time; `seed` counts only above that.
    """

    prompt: str
    stop: tuple[str, ...] = ()
    max_tokens: int = 1024
    seed: int = 0
    temperature: float = 0.0
    chat: bool = False


@dataclass(slots=True)
class Usage:
    """What the last answer took. reused: tokens of the prompt that were known from the one before.

    first: seconds to the first word; seconds: of the whole answer.
    """

    prompt_tokens: int = 0
    reused: int = 0
    tokens: int = 0
    first: float = 0.0
    seconds: float = 0.0


class Engine(Protocol):
    """A source of words. Runs inside a worker process; only `cancel` is called from another thread."""

    @property
    def about(self) -> About:
        """What it is; complete once it is loaded."""

    @property
    def usage(self) -> Usage:
        """What the last stream took."""

    def load(self) -> None:
        """Get ready; may take long. Raises EngineError."""

    def stream(self, ask: Ask) -> Iterator[str]:
        """Pieces of the answer as they come, without the stop string. Raises EngineError."""

    def cancel(self) -> None:
        """End the stream that runs, within 100 ms where that is possible."""

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, for this engine."""


class Batching(Protocol):
    """An engine that answers several short questions faster together than one after the other."""

    def batch(self, asks: Sequence[Ask]) -> Iterator[tuple[int, str]]:
        """(place in `asks`, the whole answer), each as it is done."""


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """Class of an engine as "module:Class" and its keyword arguments (plain data)."""

    path: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """One line."""
        return json.dumps({"path": self.path, "options": dict(self.options)})

    @classmethod
    def from_json(cls, text: str) -> EngineSpec:
        """The inverse of to_json."""
        read = json.loads(text)
        return cls(read["path"], read["options"])

    def make(self) -> Engine:
        """The engine itself, not loaded. Raises EngineError."""
        module, _, name = self.path.partition(":")
        try:
            engine: Engine = getattr(importlib.import_module(module), name)(**self.options)
        except (ImportError, AttributeError, TypeError, ValueError, OSError) as error:
            raise EngineError(f"cannot make the engine {self.path}: {error}") from None
        return engine
