"""An engine that takes its time, for tests of the worker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from semduck.duck.engine import Ask
from semduck.duck.engines.scripted import Scripted


class Slow(Scripted):
    """Loads for a second, says a word every 5 ms; after the first answer it is another one."""

    def load(self) -> None:
        """Wait."""
        time.sleep(1)

    def stream(self, ask: Ask) -> Iterator[str]:
        """The prompt, again and again."""
        self._stopped.clear()
        for _ in range(ask.max_tokens):
            if self._stopped.wait(0.005):
                break
            yield ask.prompt
        self.about = replace(self.about, notes=("smaller now",))


class Shrinking(Scripted):
    """A word an answer; after the first one it is a smaller one."""

    def stream(self, ask: Ask) -> Iterator[str]:
        """One word."""
        yield "well"
        self.about = replace(self.about, notes=("smaller now",))
