"""Properties of a function, held against all its recorded calls. Nothing of the program is executed."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from itertools import islice

from semduck.duck.backward import condition
from semduck.trace.model import Value
from semduck.trace.recording import EvaluateError, Recording

MOST = 300  # calls that are looked at
READ = 8  # properties that are read
_LINE = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s*`(?P<code>[^`]+)`\s*[:—-]*\s*(?P<text>.*)$")


@dataclass(frozen=True, slots=True)
class Property:
    """A condition over arguments and `result`. held, failed, open: recorded calls; failed_at: a step.

    reason: why it could not be decided, of the last such call. prose: what was said of it.
    """

    expression: str
    prose: str = ""
    held: int = 0
    failed: int = 0
    open: int = 0
    failed_at: int | None = None
    reason: str = ""

    @property
    def mark(self) -> str:
        """miss when it failed once, hit when it held and nothing is open, else unknown."""
        return "miss" if self.failed else "hit" if self.held and not self.open else "unknown"

    def text(self) -> str:
        """The calls in words: "held on 4 of 5 recorded calls"."""
        total = self.held + self.failed + self.open
        calls = f"{total} recorded call{'s' if total != 1 else ''}"
        why = f" ({self.reason})" if self.open and self.reason else ""
        return f"held on {self.held} of {calls}" + (f", {self.open} not decided{why}" if self.open else "")


def read(text: str) -> list[Property]:
    """Properties in an answer: lines like "- `len(result) == len(xs)` : one for each"."""
    found: dict[str, Property] = {}
    for line in text.split("\n"):
        match = _LINE.match(line)
        if match and condition(match["code"]) and len(found) < READ:
            found.setdefault(match["code"], Property(match["code"], match["text"].strip()))
    return list(found.values())


def check(found: Property, recording: Recording, frame: int) -> Property:
    """Hold a property against every call of the function that `frame` is a call of."""
    code = recording.code_of(frame)
    count = {True: 0, False: 0, None: 0}
    failed_at: int | None = None
    reason = ""
    for other in islice(recording.frames_of({code}), MOST):
        truth, why = _holds(found.expression, recording, other)
        count[truth] += 1
        reason = why or reason
        if truth is False and failed_at is None:
            failed_at = recording.call(other).first
    return Property(found.expression, found.prose, count[True], count[False], count[None], failed_at, reason)


def _holds(expression: str, recording: Recording, frame: int) -> tuple[bool | None, str]:
    """Of one call: its arguments as they came in, its result as it went out."""
    call = recording.call(frame)
    names = (n for n in ast.walk(ast.parse(expression, mode="eval")) if isinstance(n, ast.Name))
    wants = "result" in {n.id for n in names}
    result = recording.result(frame)
    if wants and result is None:
        return None, "the call did not return"
    given: dict[str, Value] = {k: v for k, v in recording.arguments(frame).items() if v.is_literal}
    if result is not None:
        given["result"] = result
    at = call.last if call.last is not None else call.first
    try:
        value = recording.evaluate(at if wants else call.first, expression, frame, given)
    except EvaluateError as error:
        return None, str(error)
    if not value.is_literal:
        return None, "it is neither true nor false"
    return bool(value.literal), ""
