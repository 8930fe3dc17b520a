"""What the lists show, as plain values: stack, calls, repairs, marks of the timeline."""

from __future__ import annotations

from semduck.session import Session
from semduck.tui import view
from semduck.tui.widgets.calls import CallRow
from semduck.tui.widgets.proposals import ProposalRow
from semduck.tui.widgets.stack import StackRow

MANY = 500  # marks on the timeline


def stack(session: Session) -> tuple[StackRow, ...]:
    """The stack, innermost first."""
    return tuple(
        StackRow(
            info.frame, info.function, f"{view.short(info.file)}:{info.line}", info.frame == session.frame
        )
        for info in session.stack()
    )


def call_row(session: Session, index: int) -> CallRow:
    """One row of the list of calls."""
    recording = session.recording
    assert recording is not None
    call = recording.calls()[index]
    if call.function == "<module>":
        return CallRow(call.first, 0, f"{view.short(call.file)}", "")
    arguments = ", ".join(f"{name}={value.text}" for name, value in recording.arguments(call.frame).items())
    outcome, failed = "…", False
    if call.last is not None:
        result = recording.result(call.frame)
        outcome, failed = (
            (f"→ {result.text}", False) if result is not None else ("left by an exception", True)
        )
    return CallRow(call.first, recording.depth(call.frame), f"{call.function}({arguments})", outcome, failed)


def proposals(session: Session) -> tuple[ProposalRow, ...]:
    """The proposals with what the user decided."""
    return tuple(
        ProposalRow(decision, proposal.line, proposal.reason, proposal.strength)
        for proposal, decision in zip(session.proposals, session.decisions, strict=False)
    )


def troubles(session: Session, said: view.Said) -> frozenset[int]:
    """Steps to mark on the timeline: exceptions that were not caught, and misses."""
    if session.recording is None:
        return frozenset()
    raised = [r.step for r in session.recording.raised() if not r.handled]
    missed = [
        one.utterance.step
        for one in said.spoken
        if one.utterance.step is not None and any(verdict.mark == "miss" for verdict in one.verdicts)
    ]
    return frozenset([*raised[-MANY:], *missed])
