"""One sentence of the duck."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence, anchored to a line and the how-manieth time it runs in its call.

    step: the LINE (or CALL) step it speaks about, None when it could not be anchored. until: the step at
    which its outcome can be seen. source: "narrator" (recorded fact) or "forecast" (a model's belief).
    """

    text: str
    file: Path
    line: int
    step: int | None
    occurrence: int = 1
    source: str = "narrator"
    until: int | None = None
    frame: int | None = None
