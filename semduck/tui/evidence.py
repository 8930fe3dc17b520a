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
    """Badge, what was checked, and warnings."""
    if busy:
        return Content.styled("trying it in a copy…", "$warning")
    sign = marks.marks()
    good = proposal.trial.outcome == "passed"
    head = (sign.hit, "$hit bold") if good else (sign.miss, "$miss bold")
    badge = proposal.badge or proposal.trial.detail or proposal.trial.outcome
    strength = (f"   {proposal.strength} evidence", "$muted")
    lines = [Content.assemble(head, " ", badge, strength)]
    lines += [_met(met) for met in proposal.trial.met if met.expectation.text() not in badge]
    lines += [Content.styled(f"! {warning}", "$warning") for warning in proposal.also]
    return Content("\n").join(lines)


def _met(met: Met) -> Content:
    sign = marks.marks()
    mark = {True: "hit", False: "miss", None: "unknown"}[met.met]
    actual = f" (it is {met.actual})" if met.actual and not met.met else ""
    return Content.assemble((sign.of(mark), marks.style(mark)), f" {met.expectation.text()}{actual}")
