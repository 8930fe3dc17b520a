"""One debugging session: a program, its recording, the place we stand, what we expect, what we could repair.

No UI, no torch. The app and the report talk only to this.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from semduck.repair.model import Proposal
from semduck.session.difference import Difference
from semduck.session.duck import DuckSession
from semduck.session.repairs import Repairs
from semduck.session.standing import obstacle, outdated
from semduck.session.types import Row, Spoken, SyntaxProblem, WriteRefused, WriteResult
from semduck.trace.opened import Opened
from semduck.trace.recording import Recording
from semduck.trace.target import Limits, Target

if TYPE_CHECKING:
    from semduck.duck.asking import Specified
    from semduck.duck.engine import EngineSpec
    from semduck.repair.propose import Progress

SEARCH_SECONDS = 20.0


class Session(DuckSession):
    """Everything is asked from one thread, except that `find_repairs` may run in another."""

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
        """keep: a folder in which recordings stay; child processes are then recorded, too.

        answers: a folder in which what the engine said is kept; max_tokens: of one of its answers.
        """
        super().__init__(
            target,
            limits=limits,
            engine=engine,
            max_tokens=max_tokens,
            answers=answers,
            state_dir=state_dir,
            keep=keep,
            opened=opened,
        )
        self._repairs = Repairs(target, self._store.journal)

    def _forget_recording(self) -> None:
        super()._forget_recording()
        self._repairs.clear()

    @property
    def proposals(self) -> list[Proposal]:
        """Repairs found so far, best first as they were found."""
        return self._repairs.proposals

    @property
    def decisions(self) -> list[str]:
        """For each proposal: undecided | accepted | rejected."""
        return self._repairs.decisions

    def find_repairs(self, seconds: float = SEARCH_SECONDS) -> Generator[Proposal | Progress, None, None]:
        """Search for repairs. Blocks between items: use a worker thread; close it to cancel."""
        if self.recording is None:
            return
        copy = Recording.open(self.recording.path)  # its own cursor: the screen goes on asking this one
        try:
            yield from self._repairs.search(copy, list(self.expectations), seconds)
        finally:
            copy.close()

    def no_run(self) -> str:
        """Why the program cannot be recorded again, one line; "" when it can."""
        if self.ours or self.recording is None:
            return ""
        return "another process still runs this program" if self.running else obstacle(self.recording)

    def no_repairs(self) -> str:
        """Why no repairs can be tried, one line; "" when they can."""
        if self.ours or self.recording is None:
            return ""
        return self.no_run() or outdated(self.recording)

    def decide(self, index: int, decision: str) -> None:
        """accepted | rejected | undecided."""
        self._repairs.decide(index, decision)

    def add_proposal(self, proposal: Proposal) -> int:
        """Put a patch that was not searched for (a docstring, comments) among the repairs; its place."""
        self._repairs.proposals.append(proposal)
        self._repairs.decisions.append("undecided")
        return len(self._repairs.proposals) - 1

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
        """Undo the newest write to a file of this program, also an earlier session's. Raises WriteRefused."""
        main = self._main()
        files = [*(self.recording.files if self.recording else ()), *([main] if main else ())]
        return self._repairs.undo(files)


__all__ = ["Difference", "Row", "Session", "Spoken", "SyntaxProblem", "WriteRefused", "WriteResult"]
