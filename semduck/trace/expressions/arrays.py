"""Elements of recorded arrays and tables, as numpy and pandas reach them: all indices at once, or a label."""

from __future__ import annotations

from typing import Any

from semduck.trace.expressions.operands import EvaluateError, Held, Missing, Operand, named, operand
from semduck.trace.grids import grid, number
from semduck.trace.model import Value
from semduck.trace.render import Renderer
from semduck.trace.replay import State, Thing

ALL = 5000  # elements of a table that are recorded at most
LOCATORS = ("loc", "at")


def item(value: Held, index: Any, state: State) -> Operand:
    """array[1, 2], series['b'], or a column: frame['b']"""
    if value.thing.kind == "array":
        return element(state, value.thing, position(value.thing, index))
    drawn = Renderer(state, ALL, 2 * ALL).value([value.oid])
    return drawn.children[_among(grid(value.thing.text).about["columns"], index, drawn.more)][1]


def cell(column: Value, label: Any, state: State) -> Operand:
    """column['b']"""
    return shown(state, column.children[_among([name for name, _ in column.children], label, column.more)][1])


def located(value: Held, index: Any, state: State) -> Operand:
    """frame.loc[0, 'b'], series.loc['b']"""
    if value.thing.kind == "array":
        return item(value, index, state)
    if not isinstance(index, tuple) or len(index) != 2:
        raise EvaluateError("an element of a table is a row and a column")
    column = item(value, index[1], state)
    return cell(column, index[0], state)


def along(value: Held | Value, state: State) -> list[Operand]:
    """All elements of an array of one axis, or of a column."""
    if type(value) is Value:
        if value.kind != "array" or value.more:
            raise EvaluateError(f"the elements of {value.text} were not recorded")
        return [shown(state, child) for _, child in value.children]
    assert type(value) is Held
    if value.thing.kind != "array" or len(grid(value.thing.text).shape) != 1:
        raise EvaluateError(f"{named(value)} has not one axis: take single elements, as in a[0, 1]")
    return [element(state, value.thing, n) for n in range(len(value.thing.items))]


def element(state: State, thing: Thing, n: int) -> Operand:
    """Item n of an array; 0.1 of one of float32, as numpy compares it with 0.1."""
    ref = thing.items[n]
    return float(number(ref, grid(thing.text).dtype)) if type(ref) is float else operand(state, ref)


def shown(state: State, part: Value) -> Operand:
    """What is drawn, when it has a value: else the picture itself."""
    if part.identity is not None:
        return operand(state, [part.identity])
    if part.kind == "float":
        return float(part.text)
    return part.literal if part.is_literal else part


def position(thing: Thing, index: Any) -> int:
    """Which item of an array an index means. Raises EvaluateError."""
    about = grid(thing.text)
    if "why" in about.about:
        raise EvaluateError(f"the {thing.type} was not read: {about.about['why']}")
    if "index" in about.about:
        return _among(about.rows(), index, about.shape[0] - about.taken[0])
    places = index if isinstance(index, tuple) else (index,)
    if len(places) != len(about.shape) or not all(type(place) is int for place in places):
        raise EvaluateError(f"an element of this {thing.type} is reached by {len(about.shape)} numbers")
    found = 0
    for place, size, taken in zip(places, about.shape, about.taken, strict=True):
        at = place + size if place < 0 else place
        if not 0 <= at < size:
            raise Missing(f"there is no element {index}")
        if at >= taken:
            raise EvaluateError(f"element {index} of {thing.type} was not recorded")
        found = found * taken + at
    return found


def _among(labels: list[str], label: Any, more: int) -> int:
    """The place of a label that is there once."""
    text = repr(label)
    if labels.count(text) > 1:
        raise EvaluateError(f"the label {text} is there more than once")
    if text in labels:
        return labels.index(text)
    raise EvaluateError(f"{text} was not recorded") if more else Missing(f"there is no {text}")
