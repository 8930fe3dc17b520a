"""What widgets and workers tell the screens. Named in the past tense; widgets know no session."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message
from textual.widget import Widget

from semduck.repair.model import Proposal


class FromPane(Message):
    """Base of what a pane says; `control` lets `@on(Message, "#pane")` work."""

    def __init__(self, pane: Widget, index: int) -> None:
        super().__init__()
        self.pane = pane
        self.index = index

    @property
    def control(self) -> Widget:
        return self.pane


class RowMoved(FromPane):
    """The cursor of a pane stands on another row."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, RowMoved) and message.pane is self.pane


class RowChosen(FromPane):
    """The user pressed enter on a row, or clicked it twice."""


class GutterClicked(FromPane):
    """A click on the gutter of source line `index` (1-based)."""


class TabChosen(Message):
    """A click on a tab."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class TimelineClicked(Message):
    """A click on the timeline, at this part of the run (0..1)."""

    def __init__(self, part: float) -> None:
        super().__init__()
        self.part = part


@dataclass
class ProposalFound(Message):
    """The search has one more tried repair. generation: of the search that found it."""

    proposal: Proposal
    generation: int


@dataclass
class SearchProgressed(Message):
    """How far the search for repairs is."""

    tried: int
    total: int
    generation: int
    note: str = ""


@dataclass
class SearchEnded(Message):
    """The search is over. problem: why it could not be done, "" when it was."""

    generation: int
    problem: str = ""


@dataclass
class TrialEnded(Message):
    """One repair was tried again. problem: why it could not be, "" when it was."""

    index: int
    problem: str = ""
