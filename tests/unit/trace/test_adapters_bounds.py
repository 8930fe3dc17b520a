"""What is left out of large values is counted, and cannot be had."""

from __future__ import annotations

import pytest
from oracle.told import after, at_end, record

from semduck.trace.recording import Recording

BOUNDS = """
class Text(str):
    pass


class Many:
    pass


class Number(int):
    pass


wide = list(range(20_000))
long, raw, own, own_raw = "x" * 5000, b"y" * 5000, Text("z" * 5000), bytearray(9000)
huge, own_huge = 10**4000, Number(10**6000)
deep = {}
for n in range(40):
    deep = {"in": deep, "n": n}
many = Many()
for n in range(300):
    setattr(many, f"a{n}", n)
rows = [[[i, j] for j in range(10)] for i in range(4000)]
wide[700] = "here"
print("end")
"""


@pytest.fixture(scope="module")
def bounds(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return record(BOUNDS, tmp_path_factory.mktemp("bounds"))


def test_what_is_left_out_is_counted(bounds: Recording) -> None:
    end = at_end(bounds)
    assert (end["wide"].length, end["wide"].more + len(end["wide"].children)) == (20_000, 20_000)
    assert (end["long"].length, end["long"].more) == (5000, 3000)
    assert (end["raw"].length, end["raw"].more) == (5000, 3000)
    assert (end["own"].length, end["own"].more) == (5000, 3000)
    assert (end["own_raw"].length, end["own_raw"].more) == (9000, 7000)
    assert end["many"].more + len(end["many"].children) == 300
    assert end["huge"].length == (10**4000).bit_length() and end["huge"].more > 0
    assert end["own_huge"].text == f"<int of {(10**6000).bit_length()} bits>"
    assert all(end[n].text.rstrip("'").endswith("…") for n in ("long", "own"))
    assert not any(end[n].is_literal for n in ("wide", "long", "raw", "own", "own_raw", "huge", "own_huge"))


def test_no_more_than_what_is_kept_can_be_had(bounds: Recording) -> None:
    identity = at_end(bounds)["wide"].identity
    assert identity is not None
    opened = bounds.expand(len(bounds) - 1, identity, 1, 100_000)
    assert (len(opened.children), opened.more) == (5000, 15_000)


def test_depth_is_bounded_and_said(bounds: Recording) -> None:
    value = at_end(bounds)["deep"]
    for _ in range(10):
        inner = dict(value.children)
        if "'in'" not in inner:
            break
        value = inner["'in'"]
    assert value.more == 2 and value.text == "{…}" and not value.is_literal


def test_what_was_not_looked_at_is_not_shown_as_empty(bounds: Recording) -> None:
    end = len(bounds) - 1
    rows = bounds.locals(end)["rows"]
    assert rows.identity is not None
    opened = bounds.expand(end, rows.identity, 2, 5000)
    assert {row.length for _, row in opened.children} == {10}
    cells = [bounds.expand(end, row.identity, 2, 100) for _, row in opened.children[::500] if row.identity]
    assert all(len(row.children) + row.more == 10 for row in cells)
    assert all(cell.length == 2 for row in cells for _, cell in row.children)


def test_a_change_far_behind_is_found(bounds: Recording) -> None:
    assert after(bounds, BOUNDS.split("\n").index('wide[700] = "here"') + 1) == [
        ("wide[700]", "700", "'here'")
    ]
