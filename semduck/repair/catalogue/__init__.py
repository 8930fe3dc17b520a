"""The edits we know, one family of human mistakes a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from semduck.repair.candidates import Candidate, Catalogue
from semduck.repair.catalogue import (
    aliasing,
    attributes,
    calls,
    classes,
    constants,
    guards,
    initial,
    logic,
    loops,
    names,
    operators,
    ranges,
    recursion,
    returns,
    shadowing,
    statements,
    types,
)

Family = Callable[[Catalogue], Iterator[Candidate]]
FAMILIES: tuple[Family, ...] = (
    operators.generate,
    logic.generate,
    ranges.generate,
    constants.generate,
    names.generate,
    attributes.generate,
    shadowing.generate,
    aliasing.generate,
    classes.generate,
    types.generate,
    calls.generate,
    returns.generate,
    recursion.generate,
    guards.generate,
    initial.generate,
    loops.generate,
    statements.generate,
)
