"""A session without a child process: a small program is traced in this process, values are copied text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from hashlib import sha256
from io import StringIO
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

from semduck.repair.model import Edit, Expectation, Met, Proposal, Trial
from semduck.trace.model import Call, Ending, FrameInfo, Kind, OutputPiece, Raised, SourceFile, Step, Value
from semduck.trace.queries.history import History
from semduck.trace.target import Target

KINDS = {"line": Kind.LINE, "call": Kind.CALL, "return": Kind.RETURN, "exception": Kind.EXCEPTION}
PLAIN = (int, float, str, bool, type(None), list, tuple, dict)


def value_of(thing: Any) -> Value:
    """A shallow picture of plain data."""
    kind = type(thing).__name__
    children: tuple[tuple[str, Value], ...] = ()
    if isinstance(thing, (list, tuple)):
        children = tuple((str(i), value_of(x)) for i, x in enumerate(thing))
    identity = id(thing) if isinstance(thing, (list, dict)) else None
    length = len(thing) if isinstance(thing, (list, tuple, dict, str)) else None
    return Value(kind, kind, repr(thing)[:80], identity, length, children, 0, thing, isinstance(thing, PLAIN))


class FakeRecording:
    """Everything about one run, kept in lists."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = path.read_text()
        self.files = {path: SourceFile(path, sha256(text.encode()).hexdigest(), text)}
        self.main_file: Path | None = path
        self.ending = Ending("exit", 0, "")
        self.waiting = False
        self._steps: list[Step] = []
        self._states: list[dict[str, Value]] = []
        self._stacks: list[list[FrameInfo]] = []
        self._calls: list[Call] = []
        self._raised: list[Raised] = []
        self._output: list[OutputPiece] = []
        self._run(text)

    def _run(self, text: str) -> None:
        frames: dict[FrameType, int] = {}
        sink = StringIO()

        def note(frame: FrameType, event: str, arg: Any) -> Any:
            if frame.f_code.co_filename != str(self.path) or len(self._steps) > 5000:
                return None
            if written := sink.getvalue():
                self._output.append(OutputPiece(max(len(self._steps) - 1, 0), "stdout", written))
                sink.seek(0)
                sink.truncate()
            self._step(frames, frame, event, arg)
            return note

        code = compile(text, str(self.path), "exec")
        try:
            with redirect_stdout(sink):
                sys.settrace(note)
                exec(code, {"__name__": "__main__"})
        except Exception as error:
            self.ending = Ending("exception", 1, f"{type(error).__name__}: {error}", self._raised[0].step)
        finally:
            sys.settrace(None)

    def _step(self, frames: dict[FrameType, int], frame: FrameType, event: str, arg: Any) -> None:
        number = len(self._steps)
        name = frame.f_code.co_qualname
        if frame not in frames:
            parent = frames.get(frame.f_back) if frame.f_back else None
            frames[frame] = len(frames)
            self._calls.append(
                Call(frames[frame], name, self.path, frame.f_code.co_firstlineno, parent, number, None)
            )
        stack = []
        at: FrameType | None = frame
        while at is not None and at in frames:
            stack.append(FrameInfo(frames[at], at.f_code.co_qualname, self.path, at.f_lineno))
            at = at.f_back
        result = value_of(arg) if event == "return" else None
        if event == "exception":
            result = Value("exception", arg[0].__name__, repr(arg[1]))
            self._raised.append(
                Raised(number, frames[frame], arg[0].__name__, str(arg[1]), False, self.path, frame.f_lineno)
            )
        self._steps.append(
            Step(
                number,
                KINDS[event],
                self.path,
                frame.f_lineno,
                frames[frame],
                len(stack) - 1,
                0,
                name,
                result,
            )
        )
        shown = {k: value_of(v) for k, v in frame.f_locals.items() if isinstance(v, PLAIN) and k[:2] != "__"}
        self._states.append(shown)
        self._stacks.append(stack)
        if event == "return":
            index = frames[frame]
            call = self._calls[index]
            self._calls[index] = Call(*[getattr(call, s) for s in Call.__slots__[:6]], number)

    def __len__(self) -> int:
        return len(self._steps)

    def gaps(self) -> list[tuple[int, int]]:
        return []

    def step(self, k: int) -> Step:
        return self._steps[k]

    def frame_at(self, k: int) -> int:
        return self._steps[k].frame

    def depth(self, frame: int) -> int:
        return self._steps[self._calls[frame].first].depth

    def executed_lines(self, file: Path) -> set[int]:
        return {step.line for step in self._steps}

    def stack(self, k: int) -> list[FrameInfo]:
        return self._stacks[k]

    def locals(self, k: int, frame: int | None = None) -> dict[str, Value]:
        frame = self._steps[k].frame if frame is None else frame
        return next((self._states[i] for i in range(k, -1, -1) if self._steps[i].frame == frame), {})

    def calls(self) -> list[Call]:
        return self._calls

    def call(self, frame: int) -> Call:
        return self._calls[frame]

    def arguments(self, frame: int) -> dict[str, Value]:
        return self._states[self._calls[frame].first]

    def result(self, frame: int) -> Value | None:
        last = self._calls[frame].last
        return self._steps[last].value if last is not None else None

    def output(self, upto: int | None = None) -> list[OutputPiece]:
        return self._output

    def raised(self) -> list[Raised]:
        return self._raised[:1]

    def expand(self, k: int, identity: int, depth: int = 1, width: int = 1000) -> Value:
        return next(v for v in self._states[k].values() if v.identity == identity)

    def history(self, name: str, frame: int) -> History:
        found: list[tuple[int, Value]] = []
        for step, state in zip(self._steps, self._states, strict=True):
            now = state.get(name)
            if step.frame == frame and now is not None and (not found or found[-1][1].text != now.text):
                found.append((step.number, now))
        values = [value for _, value in found]
        return History([k for k, _ in found], values, lambda _, value: value, len(found))


@dataclass
class FakeSession:
    """The session the screens talk to. Tests set `utterance_list`, `repairs`, `running` and the rest."""

    target: Target
    recording: Any = None
    error: str | None = None
    syntax: Any = None
    running: bool = False
    waiting_for_input: bool = False
    cursor: int = 0
    frame: int = 0
    previous: Any = None
    voice: str = "narrator · facts"
    breakpoints: set[tuple[Path, int]] = field(default_factory=set)
    expectations: list[Expectation] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    repairs: list[Any] = field(default_factory=list)
    utterance_list: list[Any] = field(default_factory=list)
    miss_list: list[int] = field(default_factory=list)
    log: list[Any] = field(default_factory=list)
    refuse: str = ""
    started: int = 0
    ours: bool = True
    has_model: bool = False
    explaining: bool = False
    no_model: str = "no model is chosen: semduck models shows how to get one"

    def explain(self, on: bool) -> None:
        self.explaining = on

    def news(self) -> list[str]:
        return []

    def standing(self) -> str:
        return ""

    @property
    def path(self) -> Path:
        return self.target.cwd / self.target.spec

    def start(self, *, interactive: bool) -> None:
        self.log.append(("start", interactive))
        if self.error is None:
            self.recording = FakeRecording(self.path)

    def poll(self) -> bool:
        return False

    def stop(self) -> None:
        self.log.append("stop")
        self.running = False

    def prompt(self) -> str:
        return ""

    def send_input(self, text: str) -> None:
        self.log.append(("input", text))
        self.waiting_for_input = False

    def send_eof(self) -> None:
        self.log.append("eof")
        self.waiting_for_input = False

    def move(self, how: str) -> str | None:
        self.log.append(how)
        last = len(self.recording) - 1
        if how == "last":
            return self.goto(last)
        if how == "first":
            return self.goto(0)
        if how == "next_exception":
            later = [r.step for r in self.recording.raised() if r.step > self.cursor]
            return self.goto(later[0]) if later else "no exception after this step"
        if how.startswith("back"):
            return self.goto(self.cursor - 1) if self.cursor else "already at the first step"
        return self.goto(self.cursor + 1) if self.cursor < last else "already at the last step"

    def goto(self, step: int) -> str | None:
        if not 0 <= step < len(self.recording):
            return f"there is no step {step + 1}"
        self.cursor = step
        self.frame = self.recording.step(step).frame
        return None

    def goto_line(self, line: int, file: Path | None = None) -> str | None:
        for step in self.recording._steps:
            if step.line == line and step.kind is Kind.LINE:
                return self.goto(step.number)
        return f"line {line} never ran"

    def run_to(self, file: Path, line: int) -> str | None:
        return self.goto_line(line, file)

    def previous_change(self, name: str) -> str | None:
        steps = [k for k, _ in self.recording.history(name, self.frame) if k < self.cursor]
        return self.goto(steps[-1]) if steps else f"{name} did not change before"

    def next_change(self, name: str) -> str | None:
        steps = [k for k, _ in self.recording.history(name, self.frame) if k > self.cursor]
        return self.goto(steps[0]) if steps else f"{name} does not change after"

    def frame_up(self) -> str | None:
        return self._frame(1)

    def frame_down(self) -> str | None:
        return self._frame(-1)

    def _frame(self, by: int) -> str | None:
        frames = [info.frame for info in self.stack()]
        at = frames.index(self.frame) + by
        if not 0 <= at < len(frames):
            return "already at the outermost frame" if by > 0 else "already at the innermost frame"
        self.frame = frames[at]
        return None

    def toggle_breakpoint(self, file: Path, line: int) -> bool:
        self.breakpoints ^= {(file, line)}
        return (file, line) in self.breakpoints

    def rows(self) -> list[Any]:
        now = self.recording.locals(self.cursor, self.frame)
        before = self.recording.locals(self.cursor - 1, self.frame) if self.cursor else {}
        checks = {met.expectation.name: met for met in self.checked()}
        return [
            SimpleNamespace(
                name=name, said="", traced=value, mark="", scope="local",
                changed=name not in before or before[name].text != value.text,
                expected=checks[name].expectation if name in checks else None,
                met=checks[name].met if name in checks else None,
            )
            for name, value in now.items()
        ]  # fmt: skip

    def utterances(self) -> list[Any]:
        return self.utterance_list

    def misses(self) -> list[int]:
        return self.miss_list

    def stack(self) -> list[FrameInfo]:
        return self.recording.stack(self.cursor)

    def expect(self, name: str, typed: str) -> Met:
        _, equals, wanted = typed.partition("==")
        if not equals:
            raise ValueError(f"type {name} == VALUE")
        line = self.recording.step(self.cursor).line
        self.expectations.append(Expectation("value", name, "==", wanted.strip(), self.path, line))
        return self.checked()[-1]

    def checked(self) -> list[Met]:
        now = self.recording.locals(self.cursor, self.frame) if self.recording else {}
        return [
            Met(
                e, e.name in now and now[e.name].text == e.expected, now[e.name].text if e.name in now else ""
            )
            for e in self.expectations
        ]

    def find_repairs(self) -> Iterator[Any]:
        self.proposals, self.decisions = [], []
        for item in self.repairs:
            if isinstance(item, Proposal):
                self.proposals.append(item)
                self.decisions.append("undecided")
            yield item

    def decide(self, i: int, decision: str) -> None:
        self.decisions[i] = decision

    def edit_proposal(self, i: int, text: str) -> Proposal:
        self.log.append(("edited", text))
        return self.proposals[i]

    def try_again(self, i: int) -> Proposal:
        self.log.append(("tried", i))
        return self.proposals[i]

    def write(self) -> None:
        if self.refuse:
            from semduck.session import WriteRefused

            raise WriteRefused(self.refuse)
        self.log.append("write")
        self.proposals, self.decisions = [], []

    def undo(self) -> str:
        self.log.append("undo")
        return "brought back the file"

    def no_run(self) -> str:
        return ""

    def no_repairs(self) -> str:
        return ""

    def record_again(self) -> None:
        self.log.append("record")
        self.previous = self.recording
        self.start(interactive=True)

    def first_difference(self) -> Any:
        return SimpleNamespace(text="line 3 now runs with size 3", step_before=1, step_after=1, line=3)

    def close(self) -> None:
        self.log.append("close")


def repair_of(path: Path, old: str, new: str, reason: str = "range stops one short") -> Proposal:
    """A proposal that replaces `old` by `new` in a file."""
    data = path.read_bytes()
    start = data.index(old.encode())
    met = Met(Expectation("no-crash", origin="crash"), True)
    trial = Trial("passed", (met,), 3, 0, 0.1)
    edit = Edit(start, start + len(old), new.encode())
    line = data[:start].count(b"\n") + 1
    return Proposal(
        path, sha256(data).hexdigest(), (edit,), "off-by-one", reason, line, trial,
        badge="crash gone · 3 calls unchanged", strength="strong",
    )  # fmt: skip
