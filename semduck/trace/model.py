"""The plain values everything else talks in: steps, values, frames, calls. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Kind(str, Enum):
    """What happened at a step. Values are the words used in reports and JSON."""

    LINE = "line"  # a line is about to run
    CALL = "call"  # a frame begins; its arguments are bound
    RETURN = "return"  # a frame ends with a value
    EXCEPTION = "exception"  # an exception is raised in, or passes through, this frame
    YIELD = "yield"  # a generator or coroutine is suspended
    RESUME = "resume"  # ... and goes on
    UNWIND = "unwind"  # a frame ends because an exception leaves it


@dataclass(frozen=True, slots=True)
class Value:
    """Bounded picture of an object at one step, made without running user code.

    kind: int float complex bool none str bytes list tuple dict set frozenset deque object
    exception function class module generator opaque elided.
    text: one line, at most ~80 characters, like a repr ("[3, 5, 8]", "Point(x=1, y=2)").
    identity: number of the object in this recording (equal numbers = the same object), None for
    plain values. length: real length of strings and containers. children: (label, value) pairs,
    labels as in source: "0", "'key'", "attr". more: children that exist but are not shown.
    """

    kind: str
    type_name: str
    text: str
    identity: int | None = None
    length: int | None = None
    children: tuple[tuple[str, Value], ...] = ()
    more: int = 0
    literal: object = None  # the Python object itself, when is_literal
    is_literal: bool = False  # exact plain data: numbers, strings, None, and containers of them

    def __eq__(self, other: object) -> bool:
        """Do they look the same? nan, which is not equal to itself, does."""
        if type(other) is not Value:
            return NotImplemented
        alike = self._outline() == other._outline() and self.children == other.children
        return alike and (self.literal == other.literal or repr(self.literal) == repr(other.literal))

    def _outline(self) -> tuple[object, ...]:
        return (self.kind, self.type_name, self.text, self.identity, self.length, self.more, self.is_literal)


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded event: `line` in `frame`. State at a step is the state *before* the line runs."""

    number: int
    kind: Kind
    file: Path
    line: int
    frame: int
    depth: int  # 0 = outermost recorded frame of its thread
    thread: int  # lane, 0 = main thread
    function: str  # qualified name, "<module>" for module level
    value: Value | None = None  # RETURN, YIELD: the value; EXCEPTION: the exception


@dataclass(frozen=True, slots=True)
class FrameInfo:
    """One entry of the stack at a step; `line` is where that frame stands."""

    frame: int
    function: str
    file: Path
    line: int


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between the state at a step and the step before.

    path: how the user would write it ("total", "self.items", "grid[0][1]"). before/after: None when
    it did not exist.
    """

    path: str
    before: Value | None
    after: Value | None
    frame: int | None = None  # the frame owning the name; None for globals


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a recorded function. last: its RETURN/UNWIND step, None while it runs."""

    frame: int
    function: str
    file: Path
    line: int  # of the def
    parent: int | None  # frame that was running, None for the outermost
    first: int
    last: int | None
    thread: int = 0


@dataclass(frozen=True, slots=True)
class OutputPiece:
    """Text the program wrote ("stdout"/"stderr") or read ("stdin") while at `step`."""

    step: int
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class Phase:
    """Setup, call or teardown of a pytest test. Fixtures belong to the phase in which pytest runs them.

    node: the id pytest gives it, relative to pytest's rootdir; file: where it is. first, last: its steps,
    of a phase that goes on the last so far; None when none was recorded. outcome: passed | failed |
    skipped | xfailed | xpassed, "" when pytest did not come to say.
    """

    node: str
    phase: str
    first: int | None
    last: int | None
    outcome: str
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """One exception: where it was first raised, and whether the program caught it."""

    step: int
    frame: int
    type_name: str
    message: str
    handled: bool
    file: Path
    line: int


@dataclass(frozen=True, slots=True)
class Ending:
    """How the run ended. kind: exit | exception | signal | limit | stopped | broken | running.

    code: what the shell would see (negative = signal, as subprocess says). detail: one sentence.
    step: where it ended (the raise for an exception), None when nothing was recorded.
    """

    kind: str
    code: int | None
    detail: str
    step: int | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A program file as it was when it was recorded. text: decoded, newlines as \\n."""

    path: Path
    sha256: str
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")


@dataclass(frozen=True, slots=True)
class ChildProcess:
    """A process the program started while at `step`.

    pid: None when it could not be known. how: subprocess | multiprocessing | system | fork | exec (this
    process became another program). what: its command, or name and function of a multiprocessing.Process.
    recordings: made of it with --follow-children, or of what it started in turn without being recorded.
    """

    number: int  # from 1; what could not be started has one, too
    step: int
    pid: int | None
    how: str
    what: str
    recordings: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Parent:
    """The process that started a recorded child.

    recording: of it, None when it is not there. start: the number that ChildProcess has there.
    """

    recording: Path | None
    pid: int
    start: int
