"""The backward slice of a value: the steps that made it what it is, each with its reason."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from semduck.trace.expressions.compiler import Expression
from semduck.trace.queries.slicing.causes import Cause
from semduck.trace.queries.slicing.sweep import Sweep

if TYPE_CHECKING:
    from semduck.trace.recording import Recording


@dataclass(frozen=True, slots=True)
class Slice:
    """Why a path has its value at a step. causes: in order of their steps.

    complete: False when a bound was reached, or code without source was in the way.
    """

    step: int
    path: str | None
    causes: tuple[Cause, ...]
    complete: bool

    @property
    def steps(self) -> list[int]:
        """The steps, each once, in order."""
        return sorted({cause.step for cause in self.causes})

    @property
    def exact(self) -> bool:
        """Is every cause sure?"""
        return all(cause.exact for cause in self.causes)


def backward_slice(recording: Recording, k: int, path: str | None, frame: int | None, limit: int) -> Slice:
    """The slice of a path at step k, or of what the statement at step k does."""
    sweep = Sweep(recording, limit)
    if path is None:
        sweep.begin_at_statement(k)
    else:
        Expression(path)  # says what is wrong with it
        sweep.begin_at_value(
            k, ast.parse(path.strip(), mode="eval").body, recording.frame_at(k) if frame is None else frame
        )
    sweep.run(k)
    causes = sorted(sweep.causes, key=lambda c: (c.step, c.effect, c.name))
    return Slice(k, path, tuple(causes), sweep.complete)
