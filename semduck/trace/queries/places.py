"""Which steps a search looks at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

Comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Where:
    """Which steps count. function: a name or qualified name. line: only steps about to run that line."""

    frame: int | None = None
    function: str | None = None
    file: Path | None = None
    line: int | None = None


ANYWHERE = Where()


def matches(recording: Recording, frame: int, where: Where) -> bool:
    """Is it the frame, or a call of the function, that is asked about?"""
    return where.frame in (None, frame) and fits(recording, recording.code_of(frame), where)


def fits(recording: Recording, code: int, where: Where) -> bool:
    """Is it the code of such calls?"""
    name, file = recording.code_place(code)
    if where.file is not None and file != where.file:
        return False
    return where.function is None or where.function in (name, name.rpartition(".")[2])


def frames_in(recording: Recording, where: Where, start: int, stop: int, needed: set[str]) -> Iterator[int]:
    """Matching frames with steps in start <= k < stop in which the needed names can exist, in order."""
    fit = {code: fits(recording, code, where) for code in range(recording.code_count())}
    possible: dict[tuple[int, int], bool] = {}
    for frame in recording.frames_between(start, stop):
        code = recording.code_of(frame)
        if not fit[code] or where.frame not in (None, frame):
            continue
        place = code, recording.space(frame)
        if place not in possible:
            possible[place] = _possible(recording, frame, needed)
        if possible[place]:
            yield frame


def _possible(recording: Recording, frame: int, needed: set[str]) -> bool:
    """Can all these names have values in a call of this code?"""
    own, module = recording.own(frame), recording.is_module(frame)
    if own is None and not module:
        return True  # a class body: what it binds is not known beforehand
    ever, space = recording.ever_written, recording.space(frame)
    return all(
        name in own
        if own is not None and name in own
        else ever((-1 - space, name)) or (module and ever((frame, name)))
        for name in needed
    )


def needed_names(node: ast.expr) -> set[str]:
    """Names without which an expression surely has no value."""
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, ast.BoolOp):
        return needed_names(node.values[0])
    if isinstance(node, ast.IfExp):
        return needed_names(node.test)
    if isinstance(node, Comprehensions):
        return needed_names(node.generators[0].iter)
    if isinstance(node, ast.Compare):
        return needed_names(node.left) | needed_names(node.comparators[0])
    if isinstance(node, ast.Call):
        return needed_names(node.args[0]) if node.args else set()
    children = (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
    return set().union(*map(needed_names, children))
