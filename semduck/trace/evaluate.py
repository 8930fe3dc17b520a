"""A small safe evaluator over recorded state: nothing of the program is executed."""

from __future__ import annotations

import ast

from semduck.trace.grids import GRIDS, grid, named
from semduck.trace.model import Value
from semduck.trace.render import Renderer, plain
from semduck.trace.replay import Ref, State, Thing, paired

ALL = 5000  # elements of an array that are recorded at most


class EvaluateError(ValueError):
    """The expression has no value at this step. One line."""


def find(state: State, names: dict[str, Ref], expression: str) -> Value:
    """Value of names, attributes, subscripts, len() and literals. Raises EvaluateError."""
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise EvaluateError(f"cannot read {expression!r}: try a name, an attribute or an element") from None
    found = _Finder(state, names).ref(tree)
    return found if isinstance(found, Value) else Renderer(state, 1000, 20_000).value(found, 12)


class _Finder:
    """Walks the expression over refs. A Value stands for something computed, not recorded."""

    def __init__(self, state: State, names: dict[str, Ref]) -> None:
        self.state, self.names = state, names

    def ref(self, node: ast.expr) -> Ref | Value:
        if isinstance(node, ast.Name):
            if node.id not in self.names:
                raise EvaluateError(f"{node.id} has no value here")
            return self.names[node.id]
        if isinstance(node, ast.Attribute):
            return self._attribute(self.ref(node.value), node.attr)
        if isinstance(node, ast.Subscript):
            return self._item(self.ref(node.value), node.slice)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len":
            if len(node.args) == 1:
                return self._length(self.ref(node.args[0]))
        try:
            value = ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError):
            text = ast.unparse(node)
            raise EvaluateError(f"{text} is more than a name, attribute, element or len()") from None
        return Value(type(value).__name__, type(value).__name__, repr(value), literal=value, is_literal=True)

    def _thing(self, ref: Ref | Value) -> Thing | None:
        if type(ref) is list and len(ref) == 1:
            return self.state.things.get(ref[0])
        return None

    def _attribute(self, ref: Ref | Value, name: str) -> Ref | Value:
        thing = self._thing(ref)
        if thing is not None and name in named(thing):
            return thing.items[named(thing).index(name)]
        if thing is not None and thing.kind in GRIDS and name == "shape":
            return self._shape(thing)
        for owner in (thing, self._attrs(thing), self._class(thing)):
            if owner is not None and paired(owner) and owner.kind != "dict":
                for key, item in owner.items:
                    if key == name:
                        return item
        kind = thing.type if thing is not None else "this value"
        raise EvaluateError(f"{kind} has no recorded attribute {name}")

    def _shape(self, thing: Thing) -> Value:
        shape = grid(thing.text).shape
        return Value("tuple", "tuple", repr(shape), None, len(shape), literal=shape, is_literal=True)

    def _attrs(self, thing: Thing | None) -> Thing | None:
        if thing is None or thing.attrs is None or thing.kind == "function":  # a closure is no attribute
            return None
        return self.state.things.get(thing.attrs)

    def _class(self, thing: Thing | None) -> Thing | None:
        found = None if thing is None else self.state.class_named(thing.type)
        return None if found is None else self.state.things.get(found)

    def _item(self, ref: Ref | Value, index: ast.expr) -> Ref | Value:
        key = self.ref(index)
        wanted = key if isinstance(key, Value) else Renderer(self.state).value(key)
        if not wanted.is_literal:
            raise EvaluateError("the index is not a plain value")
        thing = self._thing(ref)
        if thing is None:
            return self._plain_item(ref, wanted.literal)
        if thing.kind == "dict":
            for item_key, item in thing.items:
                if _same(Renderer(self.state).value(item_key), wanted):
                    return item
            raise EvaluateError(f"there is no key {wanted.text}")
        if thing.kind in GRIDS:
            return _cell(Renderer(self.state, ALL, 2 * ALL).value(ref), wanted)
        number = wanted.literal
        if isinstance(number, int) and not paired(thing):
            number += thing.length if number < 0 else 0
            if 0 <= number < len(thing.items):
                return thing.items[number]
        raise EvaluateError(f"there is no element {wanted.text}")

    def _plain_item(self, ref: Ref | Value, index: object) -> Value:
        whole = ref if isinstance(ref, Value) else Renderer(self.state).value(ref)
        if whole.kind == "array":
            return _cell(whole, Value("", "", repr(index), literal=index))
        if whole.is_literal and isinstance(whole.literal, str) and isinstance(index, int):
            if -len(whole.literal) <= index < len(whole.literal):
                return plain(whole.literal[index])
        raise EvaluateError(f"{whole.text} has no element {index!r}")

    def _length(self, ref: Ref | Value) -> Value:
        thing = self._thing(ref)
        if thing is not None and thing.kind not in ("object", "exception", "class", *GRIDS):
            return plain(thing.length)
        whole = ref if isinstance(ref, Value) else Renderer(self.state).value(ref)
        if whole.length is not None and (thing is None or thing.kind in GRIDS):
            return plain(whole.length)
        raise EvaluateError(f"{whole.text} has no recorded length")


def _cell(whole: Value, key: Value) -> Value:
    """An element of an array, a column of a table, by its label."""
    index, text = key.literal, key.text
    if isinstance(index, tuple):
        text = ", ".join(map(repr, index))
    elif isinstance(index, int) and index < 0 and whole.length is not None:
        text = repr(index + whole.length)
    for label, child in whole.children:
        if label == text:
            return child
    raise EvaluateError(f"element {text} of {whole.type_name} was not recorded")


def _same(one: Value, other: Value) -> bool:
    """Are they the same plain value?"""
    if not (one.is_literal and other.is_literal):
        return False
    return type(one.literal) is type(other.literal) and one.literal == other.literal
