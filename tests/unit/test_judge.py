"""Comparing by structure; saying unknown rather than guessing."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semduck.compare import compare, near
from semduck.duck.literals import end_of, shorten
from semduck.duck.sentences import show
from semduck.trace.model import Value


def value(literal: Any) -> Value:
    text = repr(literal)
    kind = "none" if literal is None else type(literal).__name__
    length = len(literal) if hasattr(literal, "__len__") else None
    children: tuple[tuple[str, Value], ...] = ()
    if isinstance(literal, dict):
        children = tuple((repr(k), value(v)) for k, v in literal.items())
    elif isinstance(literal, list | tuple | set):
        children = tuple((str(i), value(v)) for i, v in enumerate(literal))
    clipped = text if len(text) <= 80 else text[:79] + "…"
    return Value(
        kind, type(literal).__name__, clipped, 1 if children else None, length, children, 0, literal, True
    )


def thing(text: str, kind: str = "object", name: str = "Point", **fields: Any) -> Value:
    children = tuple((k, value(v)) for k, v in fields.items())
    return Value(kind, name, text, 1, len(children), children)


SAME = [
    ("6", 6), ("6.0", 6), ("6", 6.0), ("1,000", 1000), ("−3", -3), ("'a'", "a"), ('"a"', "a"), ("`'a'`", "a"),
    ("[1,2 ,3]", [1, 2, 3]), ('{"a":1}', {"a": 1}), ("{'b': 2, 'a': 1}", {"a": 1, "b": 2}), ("True", True),
    ("true", True), ("None", None), ("(1,)", (1,)), ("set()", set()), ("{2, 1}", {1, 2}), ("4.33", 13 / 3),
    ("0.1", 0.1), ("nan", math.nan), ("inf", math.inf), ("[1, 2, …]", [1, 2, 3, 4]),
    ("[1, 2, ...]", [1, 2, 3]),
    ("'abc…'", "abcdef"), ("'abc…", "abcdef"), ("[…]", [1, 2]), ("{'a': [1, …], …}", {"a": [1, 2], "b": 3}),
]  # fmt: skip
DIFFERENT = [
    ("6", 7), ("1", True), ("True", 1), ("'6'", 6), ("6", "6"), ("[1, 2]", (1, 2)), ("[1, 2]", [1, 2, 3]),
    ("4.34", 13 / 3), ("4", 13 / 3), ("None", 0), ("0", None), ("'A'", "a"), ("[1, 3, …]", [1, 2, 3]),
    ("'abd…'", "abcdef"), ("{1}", {1, 2}), ("{'a': 2, …}", {"a": 1, "b": 3}), ("(1, …)", [1, 2, 3]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "traced"), SAME)
def test_same(said: str, traced: Any) -> None:
    assert compare(said, value(traced)) is True


@pytest.mark.parametrize(("said", "traced"), DIFFERENT)
def test_different(said: str, traced: Any) -> None:
    assert compare(said, value(traced)) is False


def test_objects() -> None:
    point = thing("Point(x=1, y=2)", x=1, y=2)
    assert compare("Point(x = 1, y=2)", point) is True
    assert compare("Point(x=1, y=3)", point) is False
    assert compare("Dot(x=1, y=2)", point) is False
    assert compare("3", point) is False
    assert compare("Point(1, 2)", point) is None
    opaque = Value("opaque", "int64", "<int64>", 1)
    assert compare("3", opaque) is None
    assert compare("<int64>", opaque) is True
    assert compare("<Thing at 0x7f01>", Value("opaque", "Thing", "<Thing at 0x7f99>", 1)) is True
    assert compare("3", Value("elided", "?", "…")) is None


def test_about() -> None:
    assert near("2.3", value(7 / 3)) is True
    assert near("2.4", value(7 / 3)) is False
    assert near("116", value(115.56)) is True
    assert near("115", value(115.56)) is None
    assert near("90", value(115.56)) is False


@pytest.mark.parametrize(
    ("said", "traced"), [("an empty list", []), ("empty dict", {}), ("infinity", math.inf)]
)
def test_values_in_words(said: str, traced: Any) -> None:
    assert compare(said, value(traced)) is True
    assert compare(said, value([1])) is False


LITERALS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=120),
    lambda inner: (
        st.lists(inner, max_size=6) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=9), inner)
    ),
    max_leaves=20,
)


@given(LITERALS, st.integers(12, 90))
def test_what_is_shown_is_a_literal_and_agrees(literal: Any, room: int) -> None:
    traced = value(literal)
    shown = show(traced, room)
    assert end_of(shown + ". Then", 0) == len(shown)
    assert compare(shown, traced) is not False
    if "…" not in shown:
        assert compare(shown, traced) is True


@given(LITERALS, LITERALS)
def test_different_values_do_not_agree(said: Any, traced: Any) -> None:
    if compare(repr(said), value(traced)):
        assert said == traced or "…" in repr(said) or "..." in repr(said) or repr(said)[:9] in repr(traced)


@given(st.text(alphabet="[](){}'\"…, abc=<>1.", max_size=40))
def test_any_text_compares(said: str) -> None:
    for traced in (1, "a", [1, "b"], {"a": [1]}):
        compare(said, value(traced))
    compare(said, thing("Point(x=1)", x=1))
    if said:
        shorten(said, 12)
