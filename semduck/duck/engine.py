"""What a source of words must do, and how to name one so that a worker process can make it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class EngineError(Exception):
    """An engine cannot be loaded, or died. The message is one line for the user."""


class Engine(Protocol):
    """A source of words. Runs inside a worker process; only `cancel` is called from another thread."""

    name: str

    def load(self) -> None:
        """Get ready; may take long. Raises EngineError."""

    def stream(
        self, prompt: str, *, stop: Sequence[str] = (), max_tokens: int = 1024, seed: int = 0
    ) -> Iterator[str]:
        """Pieces of the answer as they come, without the stop string."""

    def cancel(self) -> None:
        """End the stream that runs, within 100 ms where that is possible."""

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, for this engine."""


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
