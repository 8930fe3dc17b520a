"""Canned answers, for tests, the demo and pictures. Says nothing about functions that it has no text for."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

from semduck.duck.engine import About, Ask, EngineError, EngineSpec, Usage

_PIECE = re.compile(r"\s*\S+|\s+$")


class Scripted:
    """answers: function name or part of the prompt -> text; or `file`, the same as JSON ("demo": shipped).

    delay: seconds before each word.
    """

    about = About("scripted", "scripted answers, no model")

    def __init__(self, answers: Mapping[str, str] | None = None, file: str = "", delay: float = 0.0) -> None:
        self.answers, self.file, self.delay = dict(answers or {}), file, delay
        self._stopped = threading.Event()
        self.usage = Usage()

    @property
    def spec(self) -> EngineSpec:
        """How a worker makes this engine again."""
        return EngineSpec(
            "semduck.duck.engines.scripted:Scripted",
            {"answers": self.answers, "file": self.file, "delay": self.delay},
        )

    def load(self) -> None:
        """Read the file. Raises EngineError."""
        if not self.file:
            return
        shipped = resources.files("semduck.duck") / "demo.json"
        try:
            text = shipped.read_text("utf-8") if self.file == "demo" else Path(self.file).read_text("utf-8")
            read = json.loads(text)
        except (OSError, ValueError) as error:
            raise EngineError(f"cannot read the script {self.file}: {error}") from None
        if not isinstance(read, dict):
            raise EngineError(f"the script {self.file} is not an object of function names and texts")
        self.answers |= {k: v if isinstance(v, str) else "\n".join(v) for k, v in read.items()}

    def stream(self, ask: Ask) -> Iterator[str]:
        """Words of the answer to a question."""
        self._stopped.clear()
        text, start = self._answer(ask.prompt), time.monotonic()
        for mark in ask.stop:
            text = text.partition(mark)[0]
        self.usage = Usage(self.count_tokens(ask.prompt))
        for piece in _PIECE.findall(text)[: ask.max_tokens]:
            if self._stopped.wait(self.delay) if self.delay else self._stopped.is_set():
                return
            self.usage.tokens += 1
            self.usage.seconds = time.monotonic() - start
            self.usage.first = self.usage.first or self.usage.seconds
            yield piece

    def _answer(self, prompt: str) -> str:
        """The longest key that is part of the prompt; a bare name must be the function that is called."""
        called = re.search(r"^assert ([\w.]+)\(", prompt, re.MULTILINE)
        fitting = [
            k for k in self.answers if (k == called[1] if called and k.isidentifier() else k in prompt)
        ]
        return self.answers[max(fitting, key=len)] if fitting else ""

    def cancel(self) -> None:
        """Stop at the next word."""
        self._stopped.set()

    def count_tokens(self, text: str) -> int:
        """Words."""
        return len(_PIECE.findall(text))


class Troubled(Scripted):
    """Misbehaves, for tests. how: "die" (the process ends), "hang", "fail" or "unloadable"."""

    about = About("troubled")

    def __init__(self, how: str) -> None:
        super().__init__({})
        self.how = how

    def load(self) -> None:
        """Fails when asked to."""
        if self.how == "unloadable":
            raise EngineError("there is no such model")

    def stream(self, ask: Ask) -> Iterator[str]:
        """One word, then trouble."""
        yield "well"
        if self.how == "die":
            import os

            os._exit(3)
        if self.how == "hang":
            time.sleep(3600)
        raise RuntimeError("out of memory\nand more")
