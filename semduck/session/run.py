"""The run of a session: start, follow, stop, run again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from semduck.repair.model import Met
from semduck.session import precheck
from semduck.session.difference import Difference, first_difference
from semduck.session.standing import failure, nothing_recorded
from semduck.session.store import SessionStore
from semduck.session.types import Spoken, SyntaxProblem
from semduck.trace.opened import Opened
from semduck.trace.recording import Recording, RecordingError
from semduck.trace.run import Run, RunError
from semduck.trace.target import Limits, Target
from semduck.trace.walk import Walk

if TYPE_CHECKING:
    from semduck.duck.asking import Specified
    from semduck.duck.engine import EngineSpec
    from semduck.duck.forecast import Forecaster
    from semduck.session.teller import Teller

IN_APP, OVER, HEADLESS = 0.03, 0.12, 0.5  # seconds of reading at one poll; OVER: when the program has ended


class RunSession:
    """A program and its recording, and the step we stand on."""

    def __init__(
        self,
        target: Target,
        *,
        limits: Limits | None = None,
        engine: EngineSpec | Specified | None = None,
        max_tokens: int = 1024,
        answers: Path | None = None,
        state_dir: Path | None = None,
        keep: Path | None = None,
        opened: Opened | None = None,
    ) -> None:
        self.target, self.limits = target, limits or Limits()
        self.recording: Recording | None = None
        self.previous: Recording | None = None
        self.error: str | None = None
        self.syntax: SyntaxProblem | None = None
        self.cursor, self.frame = 0, 0
        self.breakpoints: set[tuple[Path, int]] = set()
        self._store = SessionStore(state_dir, keep)
        self.expectations = self._store.load(target)
        self._run: Run | Opened | None = None
        self._opened = opened  # to be walked through instead of a first run
        self._old_run: Run | Opened | None = None
        self._interactive = False
        self._settled = self._moved = False
        self._teller: Teller | None = None
        self._ahead: Forecaster | None = None
        if engine is not None:
            from semduck.duck.forecast import Forecaster

            self._ahead = Forecaster(engine, answers, max_tokens)
        self._spoken: tuple[tuple[int, ...], list[Spoken]] | None = None
        self._checked: tuple[tuple[object, ...], list[Met]] | None = None

    def start(self, *, interactive: bool) -> None:
        """Record the program. interactive: input comes from `send_input`, output is not echoed."""
        self._interactive = interactive
        opened, self._opened = self._opened, None
        if opened is not None:
            self._follow(opened)
            return
        self.error, self.syntax = precheck.check(self.target)
        if self.error:
            return
        try:
            run = Run(
                self.target,
                self.limits,
                self._store.new_recording(self.target),
                stdin="pipe" if interactive else "inherit",
                follow_children=self._store.keeps,
            )
            run.start()
        except RunError as error:
            self.error = str(error)
            return
        except OSError as error:
            self.error = f"nothing can be recorded in {self._store.root}: {error.strerror}"
            return
        self._follow(run)

    def _follow(self, run: Run | Opened) -> None:
        self._run, self.recording = run, run.recording
        self._settled = self._moved = False
        self.cursor = self.frame = 0

    def poll(self) -> bool:
        """Take in what happened meanwhile; True when anything changed. Never blocks."""
        spoke = bool(self._ahead.poll()) if self._ahead else False
        if spoke:
            self._spoken = None
        run, recording = self._run, self.recording
        if run is None or recording is None or self._settled:
            return spoke
        alive = run.poll()
        try:
            grew = self._read(recording, alive)
        except RecordingError as error:
            self.error, self._settled = str(error), True
            return True
        if grew and len(recording) and not self._moved and not self.cursor:
            self._stand(Walk(recording).first() or 0)
        if not alive and not grew:
            self._settle(recording)
            return True
        return grew or spoke

    def _read(self, recording: Recording, alive: bool) -> bool:
        """Take in what was written meanwhile, for a bounded time."""
        patience = HEADLESS if not self._interactive else IN_APP if alive else OVER
        end = time.monotonic() + patience
        grew = recording.refresh(1000)
        while grew and time.monotonic() < end and recording.refresh(1000):
            pass
        return grew

    def _stand(self, step: int) -> None:
        assert self.recording is not None
        self.cursor = step
        self.frame = self.recording.frame_at(step)

    def _settle(self, recording: Recording) -> None:
        """The run is over and all of it was read: stand where the user wants to look."""
        self._settled = True
        if not len(recording):
            self.error = nothing_recorded(self._run, recording, self.target)
            return
        if not self._moved:
            step = failure(recording, self.target)
            self._stand(step if step is not None else Walk(recording).first() or 0)

    @property
    def running(self) -> bool:
        """The program still runs, or not all of its steps were read yet."""
        return self._run is not None and not self._settled

    @property
    def ours(self) -> bool:
        """We run the program; else another process does or did."""
        return not isinstance(self._run, Opened)

    @property
    def waiting_for_input(self) -> bool:
        """The program waits for a line of input that we could give it."""
        return self.running and self.ours and self.recording is not None and self.recording.waiting

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
        self._forget_recording()
        self.start(interactive=self._interactive)

    def _forget_recording(self) -> None:
        """What was worked out from the recording so far no longer holds."""
        self._spoken = self._checked = None

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
