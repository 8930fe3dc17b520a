"""A proposal as the repair screen shows it: the two texts, and what its trial showed."""

from __future__ import annotations

from textual.content import Content

from semduck.repair.apply import sha256, splice
from semduck.repair.hunks import editable
from semduck.repair.model import Met, Proposal
from semduck.tui import marks


def texts(proposal: Proposal) -> tuple[str, str, str]:
    """(before, after, problem). problem: why the texts cannot be shown, "" when they can."""
    try:
        data = proposal.file.read_bytes()
    except OSError as error:
        return "", "", f"cannot read {proposal.file.name}: {error.strerror}"
    if sha256(data) != proposal.base:
        return "", "", f"{proposal.file.name} changed since it was recorded: ctrl+r records it again"
    return editable(data), editable(splice(data, proposal.edits)), ""


def evidence(proposal: Proposal, busy: bool) -> Content:
    """One line for each part of the badge, then unmet expectations and warnings."""
    if busy:
        return Content.styled("trying it in a copy…", "$warning")
    badge = proposal.badge or proposal.trial.detail or proposal.trial.outcome
    lines = [_part(part) for part in badge.split(" · ")]
    lines += [_met(met) for met in proposal.trial.met if met.met is False]
    lines += [Content.styled(f"! {warning}", "$warning") for warning in proposal.also]
    return Content("\n").join(lines)


def _part(text: str) -> Content:
    """A part of a badge; those that say how it went begin with a mark."""
    sign = marks.marks()
    for mark, char in (("hit", "✓"), ("miss", "✗")):
        if text.startswith(char):
            return Content.assemble((sign.of(mark), marks.style(mark)), text[1:])
    return Content.styled(f"  {text}", "$muted")


def _met(met: Met) -> Content:
    sign = marks.marks()
    mark = {True: "hit", False: "miss", None: "unknown"}[met.met]
    actual = f" (it is {met.actual})" if met.actual and not met.met else ""
    return Content.assemble((sign.of(mark), marks.style(mark)), f" {met.expectation.text()}{actual}")
