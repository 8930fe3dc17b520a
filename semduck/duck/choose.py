"""Which engine to use, and why, in one sentence."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from semduck.duck.engine import EngineError, EngineSpec

KNOWN = ("none", "scripted")
_PLANNED = ("embedded", "transformers", "openai")


@dataclass(frozen=True, slots=True)
class Choice:
    """spec: None means the narrator alone."""

    spec: EngineSpec | None
    why: str


def choose(wanted: str = "", script: str = "") -> Choice:
    """The engine called `wanted` ("" lets us decide). Raises EngineError for one that does not exist."""
    if wanted == "scripted" or (script and not wanted):
        spec = EngineSpec("semduck.duck.engines.scripted:Scripted", {"file": script or "demo"})
        return Choice(spec, f"scripted answers from {script or 'the demo'}: for tests and pictures, no model")
    if wanted in ("", "none"):
        return Choice(None, "no model: the narrator tells recorded facts, nothing is forecast")
    if wanted in _PLANNED:
        raise EngineError(f"this version has no {wanted} engine yet; it has {' and '.join(KNOWN)}")
    near = difflib.get_close_matches(wanted, KNOWN, 1)
    hint = f", did you mean {near[0]}?" if near else f"; there is {' and '.join(KNOWN)}"
    raise EngineError(f"no engine is called {wanted!r}{hint}")
