"""One debugging session: a program, its recording, the place we stand, what we expect, what we could repair.

No UI, no torch. The app and the report talk only to this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from semduck import precheck
from semduck.difference import Difference, first_difference
from semduck.duck.narrator import narrate
from semduck.judge import judge_all
from semduck.repair import oracle
from semduck.repair.model import Expectation, Met, Proposal
from semduck.session_repairs import Repairs
from semduck.session_store import SessionStore
from semduck.session_types import Row, Spoken, SyntaxProblem, WriteRefused, WriteResult
from semduck.trace.model import Call, FrameInfo, OutputPiece, Value
from semduck.trace.recording import Recording, RecordingError
from semduck.trace.run import Run, RunError
from semduck.trace.target import Limits, Target
from semduck.trace.walk import AT_END, AT_START, Walk

if TYPE_CHECKING:
    from semduck.duck.engine import Engine
    from semduck.repair.propose import Progress

FACTS = "narrator · facts"
MOVES = {"over": AT_END, "into": AT_END, "out": AT_END, "run": AT_END, "last": AT_END, "back_over": AT_START,
         "back_into": AT_START, "back_out": "this is the outermost call", "back_run": AT_START, "first": AT_START,
         "next_exception": "no exception was raised"}
SEARCH_SECONDS = 20.0


class Session:
    """Everything is asked from one thread, except that `find_repairs` may run in another."""

    def __init__(self, target: Target, *, limits: Limits | None = None, engine: Engine | None = None,
                 state_dir: Path | None = None) -> None:
        self.target, self.limits = target, limits or Limits()
        self.recording: Recording | None = None
        self.previous: Recording | None = None
        self.error: str | None = None
        self.syntax: SyntaxProblem | None = None
        self.cursor, self.frame = 0, 0
        self.breakpoints: set[tuple[Path, int]] = set()
        self._store = SessionStore(state_dir)
        self.expectations = self._store.load(target)
        self._repairs = Repairs(target, self._store.journal)
        self._run: Run | None = None
        self._old_run: Run | None = None
        self._interactive = False
        self._settled = self._moved = False
        self._ahead = None
        if engine is not None:
            from semduck.duck.forecast import Forecaster

            self._ahead = Forecaster(engine)
        self._spoken: tuple[tuple[int, ...], list[Spoken]] | None = None
        self._checked: tuple[tuple[object, ...], list[Met]] | None = None

    # -- the run -------------------------------------------------------------------------------------------

    def start(self, *, interactive: bool) -> None:
        """Record the program. interactive: input comes from `send_input`, output is not echoed."""
        self._interactive = interactive
        self.error, self.syntax = precheck.check(self.target)
        if self.error:
            return
        try:
            run = Run(self.target, self.limits, self._store.new_recording(),
                      stdin="pipe" if interactive else "inherit")
            run.start()
        except RunError as error:
            self.error = str(error)
            return
        except OSError as error:
            self.error = f"nothing can be recorded in {self._store.root}: {error.strerror}"
            return
        self._run, self.recording = run, run.recording
        self._settled = self._moved = False
        self.cursor = self.frame = 0

    def poll(self) -> bool:
        """Take in what happened meanwhile; True when anything changed. Never blocks."""
        spoke = self._ahead.poll() if self._ahead else False
        if spoke:
            self._spoken = None
        run, recording = self._run, self.recording
        if run is None or recording is None or self._settled:
            return spoke
        alive = run.poll()
        try:
            grew = recording.refresh(6_000 if self._interactive else 200_000)
        except RecordingError as error:
            self.error, self._settled = str(error), True
            return True
        if grew and not self._moved and not self.cursor:
            self._stand(Walk(recording).first() or 0)
        if not alive and not grew:
            self._settle(recording)
            return True
        return grew or spoke

    def _settle(self, recording: Recording) -> None:
        """The run is over and all of it was read: stand where the user wants to look."""
        self._settled = True
        if not len(recording):
            self.error = self._nothing_recorded(recording)
            return
        if not self._moved:
            failure = self._failure(recording)
            self._stand(failure if failure is not None else Walk(recording).first() or 0)

    def _nothing_recorded(self, recording: Recording) -> str:
        said = self._run.stderr.decode("utf-8", "replace").strip().splitlines() if self._run else []
        why = said[-1] if said else recording.ending.detail
        return f"nothing of {self.target.spec} was recorded: {why}"

    def _failure(self, recording: Recording) -> int | None:
        ending = recording.ending
        if ending.kind == "exception":
            return ending.step
        if self.target.kind == "pytest" and ending.code:
            steps = [r.step for r in recording.raised() if not r.handled]
            return steps[-1] if steps else None
        if ending.kind in ("signal", "limit", "stopped", "broken"):
            return Walk(recording).last()
        return None

    @property
    def running(self) -> bool:
        """The program still runs, or not all of its steps were read yet."""
        return self._run is not None and not self._settled

    @property
    def waiting_for_input(self) -> bool:
        """The program waits for a line of input."""
        return self.running and self.recording is not None and self.recording.waiting

    def send_input(self, text: str) -> None:
        """A line for the program; the newline is added."""
        if self._run is not None:
            self._run.send_input(text + "\n")

    def send_eof(self) -> None:
        """End of the program's input."""
        if self._run is not None:
            self._run.send_eof()

    def stop(self) -> None:
        """Stop the program; what was recorded stays."""
        if self._run is not None:
            self._run.stop()

    def record_again(self) -> None:
        """Run the program anew; the recording so far is kept as `previous`."""
        if self._old_run is not None:
            self._old_run.close()
        if self._run is not None and not self._settled:
            self._run.close()
            self._run = None
        self._old_run, self._run = self._run, None
        self.previous = self.recording if self._old_run else self.previous
        self.recording = None
        self._repairs.clear()
        self._spoken = self._checked = None
        self.start(interactive=self._interactive)

    def first_difference(self) -> Difference | None:
        """Where this run first differs from the one before; None when it does not, or there was none."""
        if self.previous is None or self.recording is None:
            return None
        return first_difference(self.previous, self.recording)

    def close(self) -> None:
        """End the program and let go of its recordings."""
        for run in (self._run, self._old_run):
            if run is not None:
                run.close()
        if self._ahead is not None:
            self._ahead.close()
        self._store.close()

    # -- standing and moving -------------------------------------------------------------------------------

    def _stand(self, step: int) -> None:
        assert self.recording is not None
        self.cursor = step
        self.frame = self.recording.frame_at(step)

    def _there(self) -> Recording | None:
        recording = self.recording
        return recording if recording is not None and len(recording) else None

    def _go(self, step: int | None, refusal: str) -> str | None:
        if step is None:
            return "the program is still running" if self.running and refusal == AT_END else refusal
        self._moved = True
        self._stand(step)
        return None

    def move(self, how: str) -> str | None:
        """One of MOVES. None when we moved, else one line why not."""
        recording = self._there()
        if recording is None:
            return "nothing is recorded yet"
        walk = Walk(recording)
        if how in ("run", "back_run"):
            return self._go(getattr(walk, how)(self.cursor, self.breakpoints), MOVES[how])
        if how in ("first", "last"):
            return self._go(getattr(walk, how)(), MOVES[how])
        return self._go(getattr(walk, how)(self.cursor), MOVES[how])

    def goto(self, step: int) -> str | None:
        """Stand on a step by its number."""
        recording = self._there()
        if recording is None or not 0 <= step < len(recording):
            return f"there is no step {step}: steps go from 0 to {len(recording or ()) - 1}"
        return self._go(step, "")

    def goto_line(self, line: int, file: Path | None = None) -> str | None:
        """The next time a line runs, else the last time it ran."""
        recording = self._there()
        if recording is None:
            return "nothing is recorded yet"
        file = file or recording.step(self.cursor).file
        return self._go(Walk(recording).nearest(self.cursor, file, line), f"line {line} never ran")

    def run_to(self, file: Path, line: int) -> str | None:
        """On to the next time a line runs."""
        recording = self._there()
        if recording is None:
            return "nothing is recorded yet"
        steps = range(self.cursor + 1, len(recording))
        return self._go(Walk(recording).to_line(steps, {(file, line)}), f"line {line} does not run after this")

    def previous_change(self, name: str) -> str | None:
        """To the step that made the value the name has now; from there, to the one before."""
        recording = self._there()
        if recording is None:
            return "nothing is recorded yet"
        found = recording.last_change(self.cursor, name, self.frame)
        if found == self.cursor and self.cursor:
            found = recording.last_change(self.cursor - 1, name, self.frame)
        return self._go(found, f"{name} did not change before this")

    def next_change(self, name: str) -> str | None:
        """To the next step that changes the name."""
        recording = self._there()
        if recording is None:
            return "nothing is recorded yet"
        return self._go(recording.next_change(self.cursor, name, self.frame), f"{name} does not change after this")

    def frame_up(self) -> str | None:
        """Select the caller's frame."""
        return self._select(1, "this is the outermost call")

    def frame_down(self) -> str | None:
        """Select the called frame."""
        return self._select(-1, "this is the innermost call")

    def _select(self, direction: int, refusal: str) -> str | None:
        frames = [info.frame for info in self.stack()]
        index = (frames.index(self.frame) if self.frame in frames else 0) + direction
        if not 0 <= index < len(frames):
            return refusal
        self.frame = frames[index]
        return None

    def toggle_breakpoint(self, file: Path, line: int) -> bool:
        """Set or clear a breakpoint; True when it is set now."""
        self.breakpoints ^= {(file, line)}
        return (file, line) in self.breakpoints

    # -- what is there -------------------------------------------------------------------------------------

    def stack(self) -> list[FrameInfo]:
        """Frames at the cursor, innermost first."""
        recording = self._there()
        return recording.stack(self.cursor) if recording else []

    def output(self) -> list[OutputPiece]:
        """Everything written and read so far; pieces after the cursor have a larger step."""
        return self.recording.output() if self.recording else []

    def calls(self) -> Sequence[Call]:
        """All calls, in order of their start."""
        return self.recording.calls() if self.recording else ()

    def rows(self) -> list[Row]:
        """Names of the selected frame, then the module names it uses."""
        recording = self._there()
        if recording is None:
            return []
        changed = self._changed(recording)
        names = recording.locals(self.cursor, self.frame)
        rows = [self._row(n, v, n in changed, "local") for n, v in names.items()]
        return rows + [self._row(n, v, n in changed, "global")
                       for n, v in recording.globals(self.cursor, self.frame).items()]

    def _changed(self, recording: Recording) -> set[str]:
        if recording.frame_at(self.cursor) != self.frame:
            return set()
        return {c.path.split(".")[0].split("[")[0] for c in recording.changes(self.cursor)}

    def _row(self, name: str, value: Value, changed: bool, scope: str) -> Row:
        met = next((m for m in reversed(self.checked()) if m.expectation.name == name
                    and m.expectation.kind == "value" and self._here(m.expectation)), None)
        said = next((v for s in reversed(self.utterances()) if s.current for v in s.verdicts if v.name == name
                     and s.utterance.source == "forecast"), None)
        return Row(name, said.said if said else "", value, changed, said.mark if said else "",
                   met.expectation if met else None, met.met if met else None, scope)

    def _here(self, expectation: Expectation) -> bool:
        """Does an expectation speak of the function we look at?"""
        if self.recording is None or expectation.file is None:
            return True
        call = self.recording.call(self.frame)
        lines = {self.recording.step(self.cursor).line} | {i.line for i in self.stack()}
        return call.file == expectation.file and (expectation.line in lines or self.recording.is_module(self.frame)
                                                  or expectation.line >= call.line)

    # -- words ---------------------------------------------------------------------------------------------

    @property
    def voice(self) -> str:
        """Who speaks in the duck panel."""
        return self._ahead.name if self._ahead is not None else FACTS

    def utterances(self) -> list[Spoken]:
        """Sentences about the selected call; the current one is marked. Facts, and forecasts when there are any."""
        recording = self._there()
        if recording is None:
            return []
        key = (self.frame, self.cursor, min(len(recording), self._span_end(recording)), id(recording))
        if self._spoken is None or self._spoken[0] != key:
            self._spoken = (key, self._speak(recording))
        return self._spoken[1]

    def _span_end(self, recording: Recording) -> int:
        last = recording.call(self.frame).last
        return len(recording) if last is None else last

    def _speak(self, recording: Recording) -> list[Spoken]:
        told = narrate(recording, self.frame, focus=self.cursor)
        spoken = [Spoken(u) for u in told]
        if self._ahead is not None:
            self._ahead.ask(recording, self.frame)
            ahead = self._ahead.utterances(recording, self.frame)
            spoken = [Spoken(u, tuple(judge_all(u, recording))) for u in ahead] or spoken
        return _with_current(spoken, self.cursor)

    def misses(self) -> list[int]:
        """Steps of this call at which a forecast missed."""
        return sorted({s.utterance.step for s in self.utterances() if s.utterance.step is not None
                       and any(v.mark == "miss" for v in s.verdicts)})

    # -- expectations --------------------------------------------------------------------------------------

    def expect(self, name: str, typed: str) -> Met:
        """State what `name` should be here: a value ("15"), a relation (">= 3", "len 4"), or `NAME == VALUE`.

        Raises ValueError with one line when it cannot be read.
        """
        expectation = self._stated(name.strip(), typed.strip())
        self.expectations = [e for e in self.expectations if (e.kind, e.name, e.file, e.line, e.occurrence) != (
            expectation.kind, expectation.name, expectation.file, expectation.line, expectation.occurrence)]
        self.expectations.append(expectation)
        self._changed_expectations()
        if self.recording is None:
            return Met(expectation, None, "nothing is recorded yet")
        return oracle.check(expectation, self.recording)

    def _stated(self, name: str, typed: str) -> Expectation:
        recording = self._there()
        if recording is None or "@" in typed or " returns " in typed:
            return oracle.parse(typed if "@" in typed or " returns " in typed else f"{name} {typed}", self._main())
        relations = ("==", "!=", "<=", ">=", "<", ">", "in ", "type ", "len ")
        said = typed if typed.startswith(relations) else f"== {typed}"
        if name and typed.startswith(name) and typed[len(name):].lstrip().startswith(relations):
            said = typed[len(name):].lstrip()
        step = recording.step(self.cursor)
        if name in ("return", "returns", step.function.rpartition(".")[2]) and step.value is not None:
            return self._of_return(recording, said)
        file, line, at = self._place(recording)
        occurrence = recording.steps_of_line(file, line).index(at) + 1
        return oracle.parse(f"{name} {said} @ {line} # {occurrence}", file)

    def _main(self) -> Path | None:
        if self.recording is not None and self.recording.main_file is not None:
            return self.recording.main_file
        return (self.target.cwd / self.target.spec).resolve() if self.target.kind == "script" else None

    def _of_return(self, recording: Recording, said: str) -> Expectation:
        call = recording.call(self.frame)
        same = [c.frame for c in recording.calls() if c.function == call.function and c.file == call.file]
        found = oracle.parse(f"{call.function} returns {said}", call.file)
        return Expectation("return", found.name, found.relation, found.expected, call.file, call.line,
                           same.index(self.frame) + 1)

    def _place(self, recording: Recording) -> tuple[Path, int, int]:
        """(file, line, step) of the LINE step the selected frame stands on, or just ran."""
        for k in range(self.cursor, -1, -1):
            kind, frame, line = recording.brief(k)
            if frame == self.frame and kind == 0:
                return recording.call(frame).file, line, k
        raise ValueError("stand on a line to say what should be true there")

    def forget(self, index: int) -> None:
        """Take back an expectation."""
        del self.expectations[index]
        self._changed_expectations()

    def _changed_expectations(self) -> None:
        self._checked = None
        self._store.save(self.target, self.expectations)

    def checked(self) -> list[Met]:
        """Every expectation held against the recording, in order."""
        recording = self._there()
        if recording is None:
            return [Met(e, None, "nothing is recorded yet") for e in self.expectations]
        key = (id(recording), self._settled or len(recording), tuple(self.expectations))
        if self._checked is None or self._checked[0] != key:
            self._checked = (key, oracle.check_all(self.expectations, recording))
        return self._checked[1]

    # -- repairs -------------------------------------------------------------------------------------------

    @property
    def proposals(self) -> list[Proposal]:
        """Repairs found so far, best first as they were found."""
        return self._repairs.proposals

    @property
    def decisions(self) -> list[str]:
        """For each proposal: undecided | accepted | rejected."""
        return self._repairs.decisions

    def find_repairs(self, seconds: float = SEARCH_SECONDS) -> Iterator[Proposal | Progress]:
        """Search for repairs. Blocks between items: use a worker thread; close it to cancel."""
        if self.recording is None:
            return
        copy = Recording.open(self.recording.path)  # its own cursor: the screen goes on asking this one
        try:
            yield from self._repairs.search(copy, list(self.expectations), seconds)
        finally:
            copy.close()

    def decide(self, index: int, decision: str) -> None:
        """accepted | rejected | undecided."""
        self._repairs.decide(index, decision)

    def edit_proposal(self, index: int, new_text: str) -> Proposal:
        """Take the user's version of the whole patched file, and try it."""
        assert self.recording is not None
        return self._repairs.edit(index, new_text, Recording.open(self.recording.path), self.expectations)

    def try_again(self, index: int) -> Proposal:
        """Try one proposal once more."""
        assert self.recording is not None
        return self._repairs.again(index, Recording.open(self.recording.path), self.expectations)

    def write(self) -> WriteResult:
        """Write the accepted repairs. Raises WriteRefused."""
        return self._repairs.write()

    def undo(self) -> str:
        """Undo the newest write to a file of this program, also of an earlier session. Raises WriteRefused."""
        main = self._main()
        files = [*(self.recording.files if self.recording else ()), *([main] if main else ())]
        return self._repairs.undo(files)


def _with_current(spoken: list[Spoken], cursor: int) -> list[Spoken]:
    """Mark the sentence about the cursor: the last one whose step is not after it."""
    best = -1
    for index, one in enumerate(spoken):
        step = one.utterance.step
        if step is not None and step <= cursor and (best < 0 or step >= (spoken[best].utterance.step or 0)):
            best = index
    return [Spoken(s.utterance, s.verdicts, i == best) for i, s in enumerate(spoken)]


__all__ = ["Difference", "Row", "Session", "Spoken", "SyntaxProblem", "WriteRefused", "WriteResult"]
