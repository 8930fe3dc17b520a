"""Run a recorded program again, and record a range of its steps with wider bounds.

The program really runs once more, with all it does to files and the network, up to the last of these steps;
so this happens only when it is asked for. The second run has to take the same steps with the same values as
the first one, else there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from semduck.trace.evaluate import DEEP, drawn
from semduck.trace.expressions.compiler import Expression
from semduck.trace.model import Value
from semduck.trace.queries.wider import shows
from semduck.trace.render import Renderer
from semduck.trace.run import Run, RunError
from semduck.trace.target import Limits, Target

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

SLACKS = (300, 30_000, 1 << 62)  # steps by which the wide range begins early, at the most; each is one run
LOOKED_AT = 30  # steps of the wide part at which all values are compared
TELL = 1 << 30  # characters of a value that is drawn in full


class WidenError(Exception):
    """It cannot be recorded once more. One line."""


@dataclass(frozen=True, slots=True)
class Wider:
    """Bounds of one value; none is made narrower than usual. seconds: of each run, 0: no limit."""

    items: int = 1_000_000  # elements of a container
    text: int = 10_000_000  # characters of a string
    elements: int = 1_000_000  # of an array or table
    objects: int = 5_000_000  # looked at in one event
    seconds: float = 0.0

    def bounds(self) -> dict[str, int]:
        """By the names in bounds.py."""
        return {
            "items": self.items,
            "text": self.text,
            "elements": self.elements,
            "memory": 64 * self.elements,
            "objects": self.objects,
        }


def widen(
    recording: Recording, first: int, last: int, wider: Wider | None = None, out: Path | None = None
) -> Recording:
    """A recording of a second run up to step `last`, with the same steps under the same numbers, in which
    values are wide from step `first` on. Raises WidenError.

    out: where to put it, else a temporary folder. The program's output is not shown.
    """
    wider = wider or Wider()
    if not 0 <= first <= last < len(recording):
        raise WidenError(f"there are {len(recording)} steps, not steps {first} to {last}")
    gap = recording.part_of(0)[1] + 1
    if last >= gap:
        raise WidenError(f"steps are missing before step {gap}: only those before can be recorded once more")
    target = _target(recording)
    _unchanged(recording)
    sure = _surely(recording, first)
    for slack in SLACKS:
        begin = max(0, sure - slack) if recording.how.get("probes") else first
        again = _run(recording, target, (begin, last), wider, out)
        try:
            starts = again.begun_anew() if begin else [0]
            _compare(recording, again, (starts[0] if starts else len(again), first, last))
        except BaseException:
            again.close()
            raise
        if starts and starts[0] <= first:
            return again
        again.close()
        Path(again.path).unlink(missing_ok=True)
    raise AssertionError("the last run is wide from its beginning")


def whole(recording: Recording, k: int, expression: str, frame: int | None = None) -> Value:
    """What an expression means at step k, drawn with all that was recorded of it. Raises EvaluateError."""
    scope = recording.scope(k, recording.frame_at(k) if frame is None else frame)
    renderer = Renderer(scope.state, TELL, TELL, TELL)
    return drawn(scope.state, Expression(expression).value(scope), renderer, DEEP)


def _target(recording: Recording) -> Target:
    if recording.target is None:
        raise WidenError("the recording does not say how the program was run: record it again")
    return recording.target


def _unchanged(recording: Recording) -> None:
    """The program is the one that was recorded."""
    for path, file in recording.files.items():
        try:
            data = path.read_bytes()
        except OSError as error:
            raise WidenError(f"cannot read {path}: {error.strerror}") from None
        if file.sha256 != sha256(data).hexdigest():
            raise WidenError(f"{path} is not what it was when it was recorded")


def _surely(recording: Recording, k: int) -> int:
    """So many steps the recorder has surely counted when step k comes: probes do not count all of them."""
    return sum(kind < 2 for kind in recording.kinds(0, k))


def _run(
    recording: Recording, target: Target, begin: tuple[int, int], wider: Wider, out: Path | None
) -> Recording:
    """begin: steps counted before the wide range may begin; the last step."""
    limits = Limits(max_steps=begin[1] + 1, max_seconds=wider.seconds, max_bytes=0)
    wide = {"begin": begin[0], "bounds": wider.bounds()}
    recorder = "probes" if recording.how.get("probes") else "trace"
    run = Run(target, limits, out, stdin="pipe", recorder=recorder, wide=wide)
    try:
        run.start()
        run.send_input("".join(p.text for p in recording.output() if p.stream == "stdin"))
        run.send_eof()
        run.wait()
    except RunError as error:
        raise WidenError(str(error)) from None
    except BaseException:
        run.close()
        raise
    if run.trouble:
        raise WidenError(f"the second run could not be recorded: {run.trouble}")
    return run.recording


def _compare(recording: Recording, again: Recording, steps: tuple[int, int, int]) -> None:
    """Raises WidenError where the second run is another one. steps: the one with which it begins to be wide,
    the first and the last that are asked for."""
    begin, first, last = steps
    narrow = min(begin, last + 1, len(again))
    parted = recording.divergence(again, narrow)
    step = narrow if parted is not None and parted.step_before is None else None
    if parted is not None and parted.step_before is not None:
        step = parted.step_before
    if step is None:
        step = next(_other_steps(recording, again, range(narrow, last + 1)), None)
    if step is None and begin <= first:
        states = sorted({*_spread(range(begin, first)), *_spread(range(first, last + 1)), first, last})
        step = next((k for k in states if not shows(recording, again, k)), None)
    if step is not None:
        raise WidenError(f"the second run differs from the recorded one at step {step}: nothing to show")


def _other_steps(recording: Recording, again: Recording, steps: range) -> Iterator[int]:
    """Those that are not the same in both."""
    ways = (
        ((s.kind, s.file, s.line, s.function, s.thread) for s in r.steps(steps.start, steps.stop))
        for r in (recording, again)
    )
    for k, (one, other) in zip(steps, zip_longest(*ways), strict=False):
        if one != other:
            yield k


def _spread(steps: range) -> range:
    return steps[:: max(1, len(steps) // LOOKED_AT)]
