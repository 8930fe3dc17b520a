"""The search for repairs and the trials: in threads, cancelled at once, stale answers dropped."""

from __future__ import annotations

from time import monotonic

from textual import on, work
from textual.worker import get_current_worker

from semduck.repair.model import Proposal
from semduck.session import Session
from semduck.tui.messages import ProposalFound, SearchEnded, SearchProgressed, TrialEnded
from semduck.tui.screens.base import SessionScreen


class Searching(SessionScreen):
    """Runs `session.find_repairs` in a worker. `show_all` repaints the screen."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.searching = False
        self.busy = -1  # index of the proposal being tried again
        self._generation = 0
        self._started = 0.0
        self._seen = (0, 0)
        self._problem = ""

    def show_all(self) -> None:
        """Repaint."""
        raise NotImplementedError

    def action_search(self) -> None:
        """Search from the start; earlier proposals are replaced."""
        if self.searching:
            return
        self._generation += 1
        self.searching, self._problem, self._seen = True, "", (0, 0)
        self._started = monotonic()
        self._search(self._generation)
        self.set_timer(0.2, self._tick)
        self.show_all()

    def _tick(self) -> None:
        if self.searching and self.is_attached:
            self.show_all()
            self.set_timer(0.2, self._tick)

    def cancel(self) -> None:
        """Stop searching; what was found stays."""
        self.searching = False
        self._generation += 1
        self.workers.cancel_group(self, "search")

    def progress(self) -> str:
        """What the search is doing, in a few words."""
        if not self.searching:
            return ""
        tried, total = self._seen
        of = f"{tried} of {total}" if total else f"{tried}"
        return f"searching: {of} tried, {monotonic() - self._started:.0f} s (esc stops)"

    def nothing(self) -> str:
        """One paragraph for a screen without repairs."""
        if self.searching:
            return "Small edits are tried in a copy of your program. Your file is not touched."
        if self._problem:
            return self._problem
        tried = f"{self._seen[0]} edits were tried, none made it right. " if self._seen[0] else ""
        return (
            f"{tried}No repair to show. Repairs need to know what is wrong: a crash, a failing test or "
            "doctest, or a value you expected otherwise (= on a value in the main screen). "
            "f searches again, u undoes the last write."
        )

    @work(thread=True, exclusive=True, group="search", exit_on_error=False)
    def _search(self, generation: int) -> None:
        worker = get_current_worker()
        problem = ""
        try:
            for item in self.session.find_repairs():
                if worker.is_cancelled:
                    break  # the iterator is dropped, which ends the search and its children
                self._pass_on(item, generation)
        except Exception as error:  # the screen must say it; a search that dies must not take the app along
            problem = f"The search failed: {type(error).__name__}: {error}"
        self.post_message(SearchEnded(generation, problem))

    def _pass_on(self, item: object, generation: int) -> None:
        if isinstance(item, Proposal):
            self.post_message(ProposalFound(item, generation))
        else:
            tried, total = getattr(item, "tried", 0), getattr(item, "total", 0)
            self.post_message(SearchProgressed(tried, total, generation))

    @on(ProposalFound)
    def _found(self, event: ProposalFound) -> None:
        if event.generation == self._generation:
            self.show_all()

    @on(SearchProgressed)
    def _progressed(self, event: SearchProgressed) -> None:
        if event.generation == self._generation:
            self._seen = (event.tried, event.total)

    @on(SearchEnded)
    def _ended(self, event: SearchEnded) -> None:
        if event.generation == self._generation:
            self.searching, self._problem = False, event.problem
            self.show_all()

    def try_one(self, index: int, edited: str | None) -> None:
        """Try a repair again, with the user's text if there is one."""
        if self.busy >= 0:
            self.say("a trial is still running")
            return
        self.busy = index
        self._try(index, edited)
        self.show_all()

    @work(thread=True, group="trial", exit_on_error=False)
    def _try(self, index: int, edited: str | None) -> None:
        problem = ""
        try:
            if edited is not None:
                self.session.edit_proposal(index, edited)
            else:
                self.session.try_again(index)
        except Exception as error:  # said in a toast
            problem = str(error) or type(error).__name__
        self.post_message(TrialEnded(index, problem))

    @on(TrialEnded)
    def _tried(self, event: TrialEnded) -> None:
        self.busy = -1
        self.say(event.problem, bad=True)
        self.show_all()
