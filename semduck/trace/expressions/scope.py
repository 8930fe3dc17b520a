"""Where an expression takes its names from, and a note of everything it looked at."""

from __future__ import annotations

from typing import Any

from semduck.trace.expressions.operands import Missing, Operand, operand
from semduck.trace.expressions.reader import Reader
from semduck.trace.replay import Ref, State

Cell = Any  # what can be written: (frame, name), (-1 - module, name), or the number of an object
NOTHING: dict[str, Ref] = {}
TURNS = 100_000  # of all comprehensions of an expression


def local_cell(frame: int, name: str) -> Cell:
    """A name of a frame."""
    return (frame, name)


def module_cell(space: int, name: str) -> Cell:
    """A name of a module."""
    return (-1 - space, name)


class Scope:
    """One frame at one step. own: names that are the function's, also while they are unbound.

    seen: the cells looked at; while none of them is written, the expression's value stays.
    stable: False when that is not certain.
    """

    def __init__(
        self,
        state: State,
        frame: int,
        space: int,
        own: frozenset[str] | None,
        classes: dict[str, int] | None = None,
    ) -> None:
        self.state, self.frame, self.space, self.own = state, frame, space, own
        self.classes = {} if classes is None else classes
        self.seen: set[Cell] = set()
        self.stable = True
        self.bound: dict[str, Operand] = {}  # loop variables of comprehensions
        self.changed: list[bool] = []
        self.turns = TURNS

    def reader(self) -> Reader:
        """For containers, with a budget of its own."""
        return Reader(self.state, self.seen)

    def name(self, name: str) -> Operand:
        """What a name means. Raises Missing."""
        if name in self.bound:
            return self.bound[name]
        return operand(self.state, self.ref(name))

    def ref(self, name: str) -> Ref:
        """The same, as it is in the log."""
        local = self.state.frames.get(self.frame, NOTHING)
        self.seen.add((self.frame, name))
        if name in local:
            return local[name]
        if self.own is None or name not in self.own:
            names = self.state.spaces.get(self.space, NOTHING)
            self.seen.add((-1 - self.space, name))
            if name in names:
                return names[name]
        raise Missing(f"{name} has no value here")
