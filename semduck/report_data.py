"""The report as plain data: what both the text and the JSON show. Schema: docs/report.schema.json."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

SCHEMA = "semduck.report/1"
FIRST, LAST = 40, 120  # sentences kept of a long story


@dataclass(frozen=True, slots=True)
class Program:
    """What ran. command: as a shell would take it."""

    kind: str
    spec: str
    args: tuple[str, ...]
    cwd: str
    python: str
    command: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where steps were not kept: before `step`, about `missing`."""

    step: int
    missing: int


@dataclass(frozen=True, slots=True)
class End:
    """How it ended; kind and code as in semduck.trace.model.Ending. gaps: where steps are missing."""

    kind: str
    code: int | None
    detail: str
    step: int | None
    steps: int
    calls: int
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the excerpt; here: the line it is about."""

    line: int
    text: str
    here: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the stack."""

    function: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Named:
    """A name with its value, as text of one line."""

    name: str
    scope: str  # "local" | "global"
    type: str
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Where the program failed, and the values in that frame at that step."""

    type: str
    message: str
    function: str
    file: str
    line: int
    step: int
    source: tuple[SourceLine, ...]
    stack: tuple[Place, ...]
    values: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the story. source: narrator (a recorded fact) or forecast (a model's)."""

    text: str
    file: str
    line: int
    step: int | None
    source: str
    mark: str = ""  # of a forecast: hit | miss | unknown


@dataclass(frozen=True, slots=True)
class Story:
    """What one call did. omitted: sentences left out in the middle of a long one."""

    function: str
    file: str
    line: int
    result: str | None
    omitted: int
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """Text the program wrote. omitted: characters left out in the middle."""

    text: str
    omitted: int = 0


@dataclass(frozen=True, slots=True)
class Expected:
    """An expectation, and whether it holds (None: could not be decided)."""

    text: str
    kind: str
    origin: str
    met: bool | None
    actual: str
    step: int | None


@dataclass(frozen=True, slots=True)
class Repair:
    """A repair that was tried. outcome: as in semduck.repair.model.Trial."""

    file: str
    line: int
    kind: str
    reason: str
    badge: str
    strength: str
    outcome: str
    warnings: tuple[str, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class Syntax:
    """Where the text stops being Python. line and column count from 1; 0: unknown."""

    file: str
    line: int
    column: int
    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Process:
    """A process the program started. how and what: as in semduck.trace.model.ChildProcess."""

    step: int
    pid: int | None
    how: str
    what: str
    recordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes the program started. listed: the first ones; followed: was it asked to record them?"""

    count: int
    recorded: int
    followed: bool
    listed: tuple[Process, ...]


@dataclass(frozen=True, slots=True)
class StartedBy:
    """Of a recorded child: who started it. own_from: after a fork, the first step that is its own."""

    recording: str | None
    pid: int
    step: int | None
    own_from: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything about one run. problem: why the program could not be run, else None."""

    program: Program
    exit_code: int = 0
    problem: str | None = None
    syntax: Syntax | None = None
    end: End | None = None
    started_by: StartedBy | None = None
    processes: Processes | None = None
    failure: Failure | None = None
    story: Story | None = None
    stdout: Stream = field(default_factory=lambda: Stream(""))
    stderr: Stream = field(default_factory=lambda: Stream(""))
    expectations: tuple[Expected, ...] = ()
    repairs: tuple[Repair, ...] = ()
    repairs_tried: int | None = None  # candidates tried; None when none were looked for
    search: str = ""  # how the search for repairs went, in words

    def data(self) -> dict[str, Any]:
        """As JSON would have it, with the name of the schema first."""
        return {"schema": SCHEMA, **asdict(self)}
