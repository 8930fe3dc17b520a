"""Deciding on tried repairs, with the letters of `git add -p`. Nothing is written before `w`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Footer, Static

from semduck.repair.model import Proposal
from semduck.session import Session, WriteRefused
from semduck.tui import evidence, view_lists
from semduck.tui.bindings import bindings
from semduck.tui.screens.help import Help
from semduck.tui.screens.search import Searching
from semduck.tui.widgets.diff import Diff
from semduck.tui.widgets.monologue import coded
from semduck.tui.widgets.proposals import Proposals

DECIDED = {
    "accepted": (" y accepted ", "$background on $hit"),
    "rejected": (" n rejected ", "$background on $miss"),
}
STAY = 0.4  # seconds a choice stays in view before the next repair


class Repair(Searching):
    """One repair at a time: reason, diff, what was tried. Wide screens list them all."""

    BINDINGS: ClassVar = bindings("repair")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - declared like this by the base class
    AUTO_FOCUS = ""

    head = getters.query_one("#head", Static)
    reason = getters.query_one("#reason", Static)
    choices = getters.query_one("#choices", Proposals)
    diff = getters.query_one("#diff", Diff)
    tried = getters.query_one("#tried", Static)

    def __init__(self, session: Session, at: int = 0) -> None:
        super().__init__(session)
        self.at = at
        self.wrote = False
        self._shown: object = None

    def compose(self) -> ComposeResult:
        yield Static(id="head")
        yield Proposals(id="choices")
        yield Static(id="reason", markup=False)
        yield Diff(id="diff")
        yield Static(id="tried")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.choices.can_focus = False
        self.tried.border_title = "Tried in a copy · your file is unchanged"
        if not self.session.proposals:
            self.action_search()
        self.show_all()

    @property
    def proposal(self) -> Proposal | None:
        """The repair in view."""
        return self.session.proposals[self.at] if self.at < len(self.session.proposals) else None

    def show_all(self) -> None:
        """Repaint what differs."""
        self.head.update(self._head())
        rows = view_lists.proposals(self.session)
        self.choices.show(rows, "")
        self.choices.display = len(rows) > 1
        self.choices.cursor = self.at
        proposal = self.proposal
        self.set_class(proposal is None, "-nothing")
        if proposal is None:
            self.reason.update(self.nothing())
            return
        self.reason.update(coded(Content(proposal.reason), True))
        self.tried.update(evidence.evidence(proposal, self.busy == self.at))
        self.tried.border_subtitle = f"{proposal.strength} evidence"
        if self._shown is not proposal:
            self._shown = proposal
            before, after, problem = evidence.texts(proposal)
            self.diff.show(before, after)
            self.diff.border_title = problem or f"{proposal.file.name} line {proposal.line}"

    def _head(self) -> Content:
        total = len(self.session.proposals)
        decisions = [self.session.decisions.count(word) for word in ("accepted", "rejected", "undecided")]
        title = f"Repair {self.at + 1} of {total}" if total else "Repairs"
        decided = DECIDED.get(self.session.decisions[self.at], ("", "")) if total else ("", "")
        counts = (
            f"{decisions[0]} accepted · {decisions[1]} rejected · {decisions[2]} to decide" if total else ""
        )
        return Content.assemble(
            (title, "$primary bold"),
            "  ",
            (counts, "$muted"),
            "  ",
            decided,
            "  ",
            (self.progress(), "$warning"),
        )

    def action_go(self, by: int) -> None:
        self.at = max(0, min(self.at + by, len(self.session.proposals) - 1))
        self.show_all()

    def action_decide(self, decision: str) -> None:
        if self.proposal is None:
            return
        self.session.decide(self.at, decision)
        self.show_all()
        self.set_timer(STAY, lambda: self._next(self.at))

    def _next(self, decided: int) -> None:
        """Move on to the next undecided repair, if the user has not moved already."""
        if not self.is_attached or self.at != decided:
            return
        later = [i for i, word in enumerate(self.session.decisions) if word == "undecided" and i > decided]
        if later:
            self.at = later[0]
            self.show_all()
        elif "accepted" in self.session.decisions:
            self.say("w writes what you accepted")

    def action_edit(self) -> None:
        """The whole repaired file in $EDITOR, at the changed line; what comes back is tried."""
        proposal = self.proposal
        if proposal is None:
            return
        _, after, problem = evidence.texts(proposal)
        if problem:
            self.say(problem, bad=True)
            return
        with tempfile.TemporaryDirectory(prefix="semduck-") as folder:
            copy = Path(folder) / proposal.file.name
            copy.write_text(after, encoding="utf-8")
            if not self.run_editor(copy, proposal.line):
                return
            edited = copy.read_text(encoding="utf-8", errors="replace")
        if edited == after:
            self.say("nothing was edited")
            return
        self.try_one(self.at, edited)

    def action_try_again(self) -> None:
        if self.proposal is not None:
            self.try_one(self.at, None)

    def action_split(self) -> None:
        self.say("the hunks of a repair were tried together, so it is not split: e edits it")

    def action_write(self) -> None:
        if "accepted" not in self.session.decisions:
            self.say("nothing is accepted yet: y accepts this repair")
            return
        self.cancel()
        try:
            self.session.write()
        except WriteRefused as error:
            self.say(str(error), bad=True)
            return
        self.wrote = True
        self.dismiss(True)

    def action_undo(self) -> None:
        self.cancel()
        try:
            undone = self.session.undo()
        except WriteRefused as error:
            self.say(str(error), bad=True)
            return
        self.app.notify(undone, markup=False)
        self.dismiss(True)

    def action_leave(self) -> None:
        self.cancel()
        self.dismiss(False)

    def action_stop(self) -> None:
        """esc stops the search; a second one goes back."""
        if self.searching:
            self.cancel()
            self.show_all()
        else:
            self.action_leave()

    def show_help(self, overrides: dict[str, str]) -> None:
        """The keys of this screen."""
        self.app.push_screen(Help(overrides, "repair"))
