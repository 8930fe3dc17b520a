"""What a slice is made of, and what is asked on the way to it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from semduck.trace.queries.slicing.parts import Node

LINE, CALL, RETURN, EXCEPTION, YIELD, RESUME, UNWIND = range(7)


@dataclass(frozen=True, slots=True)
class Cause:
    """Step `step` is a reason for what happens at step `effect`.

    reason: "data" (it wrote what `name` means there), "control" (it decided that the effect runs, or raised
    what brought control there), "call" (it made the call, or passed `name`), "return" (it returned or yielded
    the value of the call `name`). exact: False when it may have had no part in it.
    """

    step: int
    reason: str
    name: str
    effect: int
    exact: bool


@dataclass(slots=True)
class Task:
    """What is asked of a statement: how it got the values of `names`, passed `arguments`, or all it did."""

    frame: int
    until: int  # its first step that is too late
    names: set[str] = field(default_factory=set)
    arguments: set[tuple[int, str]] = field(default_factory=set)  # (called frame, parameter)
    whole: bool = False


@dataclass(slots=True)
class Expected:
    """Calls whose results a statement used. any: perhaps also such that are not written as calls."""

    since: int
    nodes: list[Node]
    calls: list[ast.Call] = field(default_factory=list)
    any: bool = False
