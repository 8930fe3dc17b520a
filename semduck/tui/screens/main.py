"""The main screen: where the panes are, and what their messages mean."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Footer, Label

from semduck.tui.bindings import bindings
from semduck.tui.commands import Commands
from semduck.tui.messages import GutterClicked, RowChosen, TabChosen, TimelineClicked
from semduck.tui.screens.files import LOOK_AT_DISK, Files, StdinInput
from semduck.tui.screens.painting import PANES, TABS
from semduck.tui.screens.repair import Repair
from semduck.tui.widgets.calls import Calls
from semduck.tui.widgets.monologue import Monologue
from semduck.tui.widgets.output import Output
from semduck.tui.widgets.proposals import Proposals
from semduck.tui.widgets.source import Source
from semduck.tui.widgets.stack import Stack
from semduck.tui.widgets.state import State
from semduck.tui.widgets.status import StatusLine
from semduck.tui.widgets.tabs import TabRow
from semduck.tui.widgets.timeline import Timeline

POLL = 1 / 18  # seconds
TOO_SMALL = "Too small for more than the source: 60×16 shows everything."


class Main(Files):
    """Source, duck, state, tabs, timeline."""

    BINDINGS: ClassVar = bindings("main")
    COMMANDS: ClassVar = {Commands}
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]  # noqa: RUF012 - declared like this by the base class
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (16, "-low"), (30, "-high")]  # noqa: RUF012 - declared like this by the base class
    ALLOW_IN_MAXIMIZED_VIEW = "Footer, StatusLine, Timeline"
    ESCAPE_TO_MINIMIZE = False
    AUTO_FOCUS = "#source"

    def compose(self) -> ComposeResult:
        yield StatusLine(id="status")
        with Container(id="body"):
            yield Source(id="source")
            yield TabRow(PANES[1:], id="narrow-tabs")
            yield Monologue(id="duck")
            yield State(id="state")
            with Vertical(id="tabs"):
                yield TabRow(TABS, id="wide-tabs")
                yield Stack(id="stack")
                yield Output(id="output")
                yield Proposals(id="repairs")
                yield Calls(id="calls")
        yield Label(TOO_SMALL, id="small", markup=False)
        with Horizontal(id="stdin"):
            yield Label("", id="asked", markup=False)
            yield StdinInput(placeholder="enter sends · ctrl+d ends the input · esc walks", compact=True)
        yield Timeline(id="timeline")
        yield Footer(compact=False, show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#stdin").display = False
        self.show_pane("duck", focus=False)
        self.paint()
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        """After the first paint: it must not wait for the program."""
        self.session.start(interactive=True)
        self._painted = None
        self.paint()
        self.set_interval(POLL, self.take_in)
        self.set_interval(LOOK_AT_DISK, self.look_at_disk)

    def on_resize(self) -> None:
        self._painted = None
        self.repaint()

    def on_screen_resume(self) -> None:
        self._painted = None
        self.repaint()

    def action_pane(self, name: str) -> None:
        self.show_pane(name)

    def action_zoom(self) -> None:
        if self.maximized is not None:
            self.minimize()
        elif self.focused is not None:
            self.maximize(self.focused, container=False)

    def action_toggle_timeline(self) -> None:
        self.timeline.display = not self.timeline.display

    @on(TabChosen)
    def _tab(self, event: TabChosen) -> None:
        self.show_pane(event.name)

    @on(GutterClicked)
    def _gutter(self, event: GutterClicked) -> None:
        self.toggle_breakpoint(event.index)

    @on(TimelineClicked)
    def _timeline(self, event: TimelineClicked) -> None:
        if self._ready() and self.session.recording is not None:
            self._moved(self.session.goto(round(event.part * (len(self.session.recording) - 1))))

    @on(RowChosen, "#stack")
    def _frame(self, event: RowChosen) -> None:
        """Walk to the chosen frame by its distance from the selected one."""
        rows = self.stack.rows
        selected = next((i for i, row in enumerate(rows) if row.selected), 0)
        for _ in range(abs(event.index - selected)):
            self.action_frame("up" if event.index > selected else "down")

    @on(RowChosen, "#calls")
    def _call(self, event: RowChosen) -> None:
        if self.session.recording is not None:
            self._moved(self.session.goto(self.session.recording.calls()[event.index].first))

    @on(RowChosen, "#output")
    def _printed(self, event: RowChosen) -> None:
        self._moved(self.session.goto(self.output.steps[event.index]))

    @on(RowChosen, "#duck")
    def _sentence(self, event: RowChosen) -> None:
        sentence = self.duck.sentence_at(event.index)
        if sentence is None or sentence.step is None:
            self.say("this line did not run in this call")
        else:
            self._moved(self.session.goto(sentence.step))

    @on(RowChosen, "#state")
    def _open(self) -> None:
        self.action_open_value()

    @on(RowChosen, "#repairs")
    def _repair(self, event: RowChosen) -> None:
        self.app.push_screen(Repair(self.session, at=event.index), self._after_repairs)

    def toast_problems(self, problems: list[str]) -> None:
        """Bad theme files, all in one toast."""
        if problems:
            self.say("\n".join(["These themes were not loaded:", *problems]), bad=True)
