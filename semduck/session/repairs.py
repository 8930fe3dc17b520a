"""The repairs of a session: search, decide, write, undo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from semduck.repair import apply, hunks, propose
from semduck.repair.apply import NothingToUndo, WriteError
from semduck.repair.model import Edit, Expectation, Proposal
from semduck.session.types import WriteRefused, WriteResult
from semduck.trace.recording import Recording
from semduck.trace.target import Target

if TYPE_CHECKING:
    from semduck.repair.propose import Progress

Decisions = ("undecided", "accepted", "rejected")


class Repairs:
    """Proposals for one recording and what was decided about each."""

    def __init__(self, target: Target, journal: Path) -> None:
        self.target, self.journal = target, journal
        self.proposals: list[Proposal] = []
        self.decisions: list[str] = []
        self.written: list[Path] = []

    def clear(self) -> None:
        """Forget all proposals: the recording they were made for is gone."""
        self.proposals, self.decisions = [], []

    def search(
        self, recording: Recording, expectations: Sequence[Expectation], seconds: float
    ) -> Iterator[Proposal | Progress]:
        """Search anew; each proposal was tried. Close the iterator to cancel."""
        self.clear()
        budget = propose.Budget(seconds=seconds)
        for found in propose.propose(recording, self.target, expectations, budget):
            if isinstance(found, Proposal):
                self.proposals.append(found)
                self.decisions.append("undecided")
            yield found

    def decide(self, index: int, decision: str) -> None:
        """Mark one proposal. Accepting one takes back others that change the same bytes."""
        if decision not in Decisions:
            raise ValueError(f"a decision is one of {', '.join(Decisions)}")
        self.decisions[index] = decision
        if decision != "accepted":
            return
        for other, proposal in enumerate(self.proposals):
            if (
                other != index
                and self.decisions[other] == "accepted"
                and _clash(proposal, self.proposals[index])
            ):
                self.decisions[other] = "undecided"

    def edit(
        self, index: int, new_text: str, recording: Recording, expectations: Sequence[Expectation]
    ) -> Proposal:
        """The user changed the patched text of the whole file: take it and try it again."""
        proposal = self.proposals[index]
        edits = hunks.replacement(self._base(proposal), new_text)
        return self._retry(
            index, proposal.with_edits(edits, proposal.trial, "not tried yet"), recording, expectations
        )

    def again(self, index: int, recording: Recording, expectations: Sequence[Expectation]) -> Proposal:
        """Try a proposal once more."""
        return self._retry(index, self.proposals[index], recording, expectations)

    def _retry(
        self, index: int, proposal: Proposal, recording: Recording, expectations: Sequence[Expectation]
    ) -> Proposal:
        tried = propose.retry(proposal, recording, self.target, expectations, propose.Budget())
        self.proposals[index] = tried
        return tried

    def _base(self, proposal: Proposal) -> bytes:
        try:
            data = proposal.file.read_bytes()
        except OSError as error:
            raise WriteRefused(f"{proposal.file.name} cannot be read: {error.strerror}") from None
        if apply.sha256(data) != proposal.base:
            raise WriteRefused(f"{proposal.file.name} changed since it was recorded; ctrl+r records it again")
        return data

    def write(self) -> WriteResult:
        """Write the accepted proposals, file by file. Raises WriteRefused; nothing half is left."""
        accepted = [p for p, d in zip(self.proposals, self.decisions, strict=True) if d == "accepted"]
        if not accepted:
            raise WriteRefused("nothing is accepted: y accepts the repair on screen, w writes it")
        plan = []
        for file in dict.fromkeys(p.file for p in accepted):
            mine = [p for p in accepted if p.file == file]
            data = self._base(mine[0])
            plan.append((file, mine, self._patched(data, mine)))
        for file, mine, new in plan:
            try:
                apply.write(
                    file, mine[0].base, new, journal=self.journal, note="; ".join(p.kind for p in mine)
                )
            except WriteError as error:
                raise WriteRefused(str(error)) from None
            self.written.append(file)
        return WriteResult(tuple(f for f, _, _ in plan), len(accepted))

    @staticmethod
    def _patched(data: bytes, proposals: list[Proposal]) -> bytes:
        edits: list[Edit] = [e for p in proposals for e in p.edits]
        try:
            return apply.splice(data, list(dict.fromkeys(edits)))
        except ValueError:
            raise WriteRefused("two accepted repairs change the same place; reject one of them") from None

    def undo(self, candidates: Sequence[Path]) -> str:
        """Bring back the newest written file, of this run or an earlier one. Raises WriteRefused."""
        for file in dict.fromkeys([*reversed(self.written), *candidates]):
            try:
                apply.undo(file, journal=self.journal)
            except NothingToUndo:
                continue
            except WriteError as error:
                raise WriteRefused(str(error)) from None
            if file in self.written:
                self.written.remove(file)
            return f"{file.name} is as it was before the repair"
        raise WriteRefused("there is no written repair to undo")


def _clash(one: Proposal, other: Proposal) -> bool:
    if one.file != other.file:
        return False
    return any(a.start <= b.end and b.start <= a.end for a in one.edits for b in other.edits)
