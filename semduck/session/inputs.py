"""Which input gives this? The model deduces and proposes; every proposal is run before it counts."""

from __future__ import annotations

import ast
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from semduck.compare import compare
from semduck.duck import questions
from semduck.duck.asking import Answer
from semduck.duck.backward import Constraint, Deduced, deduced
from semduck.duck.changes import alike
from semduck.duck.forecast import Forecaster
from semduck.duck.written import written
from semduck.repair.attempt import Attempted, Attempts
from semduck.repair.server import TrialError
from semduck.session.talks import Line, Talk
from semduck.trace.model import Value
from semduck.trace.recording import EvaluateError, Recording
from semduck.trace.target import Target

MOST = 100  # recorded calls against which a constraint is held
WARM = 0.8  # temperature of every answer but the first
TRIES = 5  # answers asked for until another input is found


@dataclass(slots=True)
class _Proposed:
    """One answer, what it came to, and what its input gave."""

    answer: Answer
    found: Deduced | None = None
    trial: Future[Attempted] | None = None
    known: bool = False  # an input that was shown before


class Inputs(Talk):
    """A backward monologue. output: as Python source, or None for what the recorded call gave."""

    another = True

    def __init__(
        self, duck: Forecaster, recording: Recording, target: Target, frame: int, output: str | None
    ) -> None:
        super().__init__(duck)
        self.recording, self.frame = recording, frame
        self.asked = questions.about(recording, frame)
        result = recording.result(frame)
        if output is None and result is None:
            raise questions.PromptError("this call did not return: type the result you want")
        self.result: Value | None = result if output is None else None
        self.output = output if output is not None else written(result) if result is not None else ""
        self.title = f"Which input makes {self.asked.name} give {self.output}?"
        self._attempts = Attempts(recording, target)
        self._pool = ThreadPoolExecutor(1, "semduck-inputs")
        self._proposed: list[_Proposed] = []
        questions.backward(self.asked, self.output)  # raises PromptError now rather than later
        self._ask()

    def _ask(self) -> None:
        n = len(self._proposed)
        answer = self.put(
            lambda form, context: questions.backward(self.asked, self.output, form, context),
            seed=n, temperature=WARM if n else 0.0,
        )  # fmt: skip
        self._proposed.append(_Proposed(answer))

    def again(self) -> str | None:
        """A different input, from a warmer answer."""
        if not self.done:
            return "the answer before is still being made"
        self._ask()
        return None

    @property
    def done(self) -> bool:
        """Nothing is asked, nothing runs."""
        self._go_on()
        return all(p.answer.done and (p.trial is None or p.trial.done()) for p in self._proposed)

    def _go_on(self) -> None:
        """Try what was proposed; ask again when it was shown before."""
        for proposed in self._proposed:
            if proposed.answer.done and proposed.found is None:
                proposed.found = found = deduced(proposed.answer.text, self.asked.name)
                if found.call and found.call in self._shown(proposed):
                    proposed.known = True
                elif found.call:
                    proposed.trial = self._pool.submit(self._try, found.call)
        last = self._proposed[-1]
        if last.known and len(self._proposed) <= TRIES and last.answer.done:
            self._ask()

    def _shown(self, before: _Proposed) -> set[str]:
        return {p.found.call for p in self._proposed if p is not before and p.found is not None}

    def _try(self, call: str) -> Attempted:
        owner = self.asked.owner
        wrapper = ""
        if isinstance(owner, ast.FunctionDef | ast.AsyncFunctionDef):
            wrapper = questions.around(owner, "")
        try:
            return self._attempts.run(self.asked.file, call, wrapper.removesuffix("()"))
        except TrialError as error:
            return Attempted(call, None, str(error))

    def lines(self) -> list[Line]:
        """Every answer: its constraints with marks, the input, what running it gave."""
        self._go_on()
        lines: list[Line] = []
        for number, proposed in enumerate((p for p in self._proposed if not p.known), 1):
            lines += [Line(f"Answer {number}", "head")] if len(self._proposed) > 1 else []
            lines += self._lines_of(proposed)
        return lines

    def _lines_of(self, proposed: _Proposed) -> list[Line]:
        now = proposed.found or deduced(proposed.answer.text, self.asked.name)
        lines = [line for c in now.constraints for line in self._constraint(c)]
        if proposed.found is not None and not proposed.answer.error:
            lines += self._verdict(proposed)
        return [*lines, *self.ending(proposed.answer)]

    def _verdict(self, proposed: _Proposed) -> list[Line]:
        found = proposed.found
        assert found is not None
        if proposed.trial is None:
            return [Line(f"No input to try: {found.problem}.", "note", "unknown")]
        if not proposed.trial.done():
            return [Line(f"{found.call} is being run …", "note")]
        tried = proposed.trial.result()
        if tried.value is None:
            return [Line(f"{found.call}: {tried.problem}", "fact", "miss")]
        agrees = self._agrees(tried.value)
        mark = "unknown" if agrees is None else "hit" if agrees else "miss"
        return [Line(f"{found.call} was run and gives {tried.value.text}", "fact", mark)]

    def _agrees(self, value: Value) -> bool | None:
        """Is it the wanted result? Any input that gives it counts."""
        if self.result is not None:
            return True if alike(self.result, value) else None if value.more or self.result.more else False
        return compare(self.output, value)

    def _constraint(self, constraint: Constraint) -> list[Line]:
        if not constraint.expression:
            return [Line(constraint.text)]
        held, total, why = self._held(constraint.expression)
        if not total:
            return [Line(constraint.text), Line(f"`{constraint.expression}`: {why}", "fact", "unknown")]
        mark = "hit" if held == total else "miss"
        calls = f"{total} recorded call{'s' if total != 1 else ''} with this result"
        checked = f"`{constraint.expression}` holds for {held} of {calls}"
        return [Line(constraint.text), Line(checked, "fact", mark)]

    def _held(self, expression: str) -> tuple[int, int, str]:
        """Of the recorded calls that gave the wanted result, for how many a constraint holds."""
        held = total = 0
        why = "no recorded call gave this result"
        for frame in islice(self.recording.frames_of({self.recording.code_of(self.frame)}), MOST):
            result = self.recording.result(frame)
            if result is None or not self._agrees(result):
                continue
            try:
                value = self.recording.evaluate(self.recording.call(frame).first, expression, frame)
            except EvaluateError as error:
                why = str(error)
                continue
            total += 1
            held += bool(value.is_literal and value.literal)
        return held, total, why

    def close(self) -> None:
        """End what runs."""
        super().close()
        self._pool.submit(self._attempts.close)
        self._pool.shutdown(wait=False)

