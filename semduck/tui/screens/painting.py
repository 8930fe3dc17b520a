"""From the session to the panes: what is repainted when, and never more than once per turn of the loop."""

from __future__ import annotations

from functools import partial
from time import monotonic

from textual import getters
from textual.timer import Timer

from semduck.session import Session
from semduck.tui import view, view_lists
from semduck.tui.screens.base import SessionScreen
from semduck.tui.widgets.calls import Calls
from semduck.tui.widgets.monologue import Monologue
from semduck.tui.widgets.output import Output
from semduck.tui.widgets.proposals import Proposals
from semduck.tui.widgets.source import Source
from semduck.tui.widgets.stack import Stack
from semduck.tui.widgets.state import State
from semduck.tui.widgets.status import StatusLine
from semduck.tui.widgets.tabs import TabRow
from semduck.tui.widgets.timeline import Depths, Timeline

PANES = ("source", "duck", "state", "stack", "output", "repairs", "calls")
TABS = PANES[3:]
WHILE_RUNNING = 0.5  # seconds between full repaints while steps still arrive
LONG_CALL = 1_500  # steps of a call about which words may be dear
CHEAP = 0.03  # seconds words may take to come with the step itself
PAUSE = 0.15  # seconds without a key after which costlier words are made


class Painting(SessionScreen):
    """Knows every pane. Actions call `repaint`; many calls make one paint."""

    status = getters.query_one("#status", StatusLine)
    source = getters.query_one("#source", Source)
    duck = getters.query_one("#duck", Monologue)
    state = getters.query_one("#state", State)
    stack = getters.query_one("#stack", Stack)
    output = getters.query_one("#output", Output)
    repairs = getters.query_one("#repairs", Proposals)
    calls = getters.query_one("#calls", Calls)
    timeline = getters.query_one("#timeline", Timeline)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.pane = "duck"  # the tab in front when the screen is narrow
        self.tab = "stack"  # ... and of the lower right when it is wide
        self.notice = ""
        self.difference = ""
        self._waiting = False
        self._painted: object = None
        self._painted_at = 0.0
        self._depths = Depths()
        self._said = view.Said()
        self._words_cost = 0.0  # seconds the last words took
        self._later: Timer | None = None
        self._pieces = 0
        self._all_taken = False
        self._describe = partial(view_lists.call_row, session)

    def repaint(self) -> None:
        """Paint soon; keys that are already waiting are handled first."""
        if not self._waiting:
            self._waiting = True
            self.call_later(self._paint_now)

    def _paint_now(self) -> None:
        self._waiting = False
        if self.is_mounted and self.is_attached:
            self.paint()

    def forget(self) -> None:
        """A new recording began: nothing painted so far is true any more."""
        self._depths, self._pieces, self._painted, self._all_taken = Depths(), 0, None, False
        self._said = view.Said()
        self._describe = partial(view_lists.call_row, self.session)
        self.output.clear()

    def paint(self) -> None:
        """Every pane that differs. While the program runs, the costly ones only now and then."""
        grown = self._take_output()
        key = (self.session.cursor, self.session.frame, self.session.running, bool(view.length(self.session)))
        due = monotonic() - self._painted_at > max(WHILE_RUNNING, 10 * self._words_cost)
        self._paint_run()
        if key == self._painted and self.session.running and not due:
            return
        self._painted, self._painted_at = key, monotonic()
        self._paint_step()
        if grown or not self.session.running:
            self.output.show(self.session.cursor)
        self._paint_tabs()
        self._paint_words_soon()

    def _paint_words_soon(self) -> None:
        """Words now if they are cheap here; else when the user pauses: a step never waits for them."""
        if self._later is not None:
            self._later.stop()
            self._later = None
        if self._words_cost < CHEAP and view.span(self.session) < LONG_CALL:
            self._paint_words()
        else:
            self._later = self.set_timer(PAUSE, self._paint_words)

    def _paint_words(self) -> None:
        """What is said about the step, and everything marked by it."""
        self._later = None
        started = monotonic()
        self._said = said = view.said(self.session)
        self._words_cost = monotonic() - started
        sentences = view.sentences(said)
        self.duck.show(sentences, self._silence())
        facts = all(sentence.fact for sentence in sentences)
        self.duck.border_title = "Duck says — facts" if facts else self._forecasts()
        self.duck.border_subtitle = self._title(self.session.standing())
        self._paint_marks()
        self._paint_run()
        self._paint_tabs()

    def _forecasts(self) -> str:
        whole = "forecast, checked"
        return f"Duck says — step by step, {whole}" if self.session.explaining else f"Duck says — {whole}"

    def _paint_marks(self) -> None:
        """The first line and the source: both carry marks of what was said."""
        self.status.show(view.status(self.session, self._said, self.notice))
        shown = view.source(self.session, self._said)
        self.source.show(shown)
        self.source.border_title = self._title(shown.path.name if shown.path else "")

    def _take_output(self) -> bool:
        if self.session.recording is None or self._all_taken:
            return False
        self._all_taken = not self.session.running
        pieces = self.session.recording.output()
        new = pieces[self._pieces :]
        self._pieces = len(pieces)
        self.output.extend(new)
        return bool(new)

    def _paint_run(self) -> None:
        """What grows with the run: the timeline."""
        recording, total = self.session.recording, view.length(self.session)
        if recording is None or not total:
            return
        self._depths.grow(total, lambda k: recording.depth(recording.frame_at(k)))
        columns = self._depths.columns(max(self.timeline.size.width - 5 - len(str(total - 1)), 1))
        gaps = tuple(step for step, _ in recording.gaps())
        troubles = view_lists.troubles(self.session, self._said)
        self.timeline.show(total, self.session.cursor, columns, troubles, gaps)

    def _paint_step(self) -> None:
        self._paint_marks()
        self.state.show(view.state(self.session) if view.length(self.session) else ())
        self.stack.show(view_lists.stack(self.session) if view.length(self.session) else ())
        self.state.border_title = self._title(self._state_title())
        self._paint_lists()

    def _paint_lists(self) -> None:
        self.repairs.show(view_lists.proposals(self.session), self._repairs_note())
        recording = self.session.recording
        if recording is None:
            return
        # Frames are numbered in the order of their start: a call's place in the list is its frame.
        current = recording.frame_at(self.session.cursor) if len(recording) else -1
        self.calls.show(len(recording.calls()), self._describe, current)

    def _title(self, text: str) -> str:
        return text.replace("[", r"\[")

    def _state_title(self) -> str:
        if not view.length(self.session):
            return "State"
        row = next((row for row in view_lists.stack(self.session) if row.selected), None)
        name = row.function if row else ""
        return f"State of {'the module' if name == '<module>' else name}" if name else "State"

    def _silence(self) -> str:
        """Why the duck says nothing."""
        if self.session.error:
            return self.session.error
        if not view.length(self.session):
            return (
                "No step is recorded yet."
                if self.session.running
                else "Nothing of this program was recorded."
            )
        return "Nothing to say about this call yet."

    def _repairs_note(self) -> str:
        if self.difference:
            return self.difference
        return "Press f to search for repairs. With = you can say first what a value should be."

    def _paint_tabs(self) -> None:
        remarks = {"repairs": f" {len(self.session.proposals)}" if self.session.proposals else ""}
        if any(row.mark == "miss" for row in self.state.rows):
            remarks["state"] = f" {self.state.marks.miss}"
        if any(claim.mark == "miss" for one in self.duck.sentences for claim in one.claims):
            remarks["duck"] = f" {self.state.marks.miss}"
        self.query_one("#wide-tabs", TabRow).show(self.tab, remarks)
        self.query_one("#narrow-tabs", TabRow).show(self.pane, remarks)

    def show_pane(self, name: str, focus: bool = True) -> None:
        """Bring a pane to the front and focus it."""
        if name in TABS:
            self.tab = name
        if name != "source":
            self.pane = name
        for other in PANES[1:]:
            self.query_one(f"#{other}").set_class(other == self.tab, "-tab")
            self.query_one(f"#{other}").set_class(other == self.pane, "-front")
        self.query_one("#tabs").set_class(self.pane in TABS, "-front")
        self._paint_tabs()
        if focus:
            self.query_one(f"#{name}").focus()
