# ruff: noqa: E501 - program texts and tables read better on long lines
"""Questions about values of the standard library: against python itself, and looking at every step."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle.slow import agree, where
from oracle.told import expected, record

from semduck.trace.evaluate import EvaluateError
from semduck.trace.recording import Recording

STANDARD = """\
import array, datetime, enum
from collections import namedtuple


class Number(enum.IntEnum):
    ONE = 1
    TWO = 2


class Long(str):
    pass


class Odd(float):
    pass


def count(n):
    for i in range(n):
        yield i


def holder(held):
    def inner():
        return held
    return inner


Point = namedtuple("Point", "x y")
a, p, raw = array.array("i", [1, 2, 3]), Point(1, [2]), bytearray(b"abc")
one, long, nan = Number.ONE, Long("ab" * 3000), Odd("nan")
day, same = datetime.date(2024, 1, 31), datetime.date(2024, 1, 31)
row = [5]
keep, gen = holder(row), count(5)
for n in range(4):
    a[n % 3] += n
    p.y.append(n)
    raw.append(n)
    one = Number(1 + n % 2)
    next(gen)
    row.append(n)
done = True
"""
PLAIN = ["a[0]", "a[-1]", "len(a)", "sum(a) > 5", "max(a)", "sorted(a)", "3 in a", "[v for v in a if v > 3]", "p.x + 1", "p.y[-1]",
         "len(p)", "len(raw)", "bool(raw)", "one == 2", "one + 1", "one in [1, 2]", "len(long)", "long[3]", "nan == nan", "nan < 1"]  # fmt: skip
REFUSED = {"a == a": "may be its own code", "a[7]": "no element 7", "a[0, 1]": "reached by 1 numbers", "long < 'b'": "in full", "long[:2]": "in full",
           "day == same": "may be its own code", "keep.held": "no recorded attribute", "gen.i": "no recorded attribute",
           "bool(a)": "its own code", "raw[0]": "no recorded elements"}  # fmt: skip


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return record(STANDARD, tmp_path_factory.mktemp("standard"))


@pytest.mark.parametrize("expression", PLAIN)
def test_values_are_those_of_python(standard: Recording, expression: str) -> None:
    found, value = standard.evaluate(len(standard) - 1, expression), expected(STANDARD, expression)
    assert found.literal == value and found.is_literal


@pytest.mark.parametrize("expression", REFUSED)
def test_what_cannot_be_known_is_said(standard: Recording, expression: str) -> None:
    with pytest.raises(EvaluateError, match=REFUSED[expression]):
        standard.evaluate(len(standard) - 1, expression)


@pytest.mark.parametrize(
    "path", ["a", "a[1]", "sum(a)", "p", "p.y", "p.x", "raw", "len(raw)", "one", "gen", "keep", "day"]
)
def test_changes(standard: Recording, path: str) -> None:
    assert agree(standard, path, 0, 0, len(standard) - 1)


@pytest.mark.parametrize(
    "condition",
    [
        "a[1] > 2",
        "sum(a) % 2 == 0",
        "len(p.y) == 3 and one == 2",
        "changed(gen)",
        "changed(a)",
        "len(raw) > 4",
    ],
)
def test_searches(standard: Recording, condition: str) -> None:
    found = list(standard.steps_where(condition))
    assert found == where(standard, condition) and found


def test_a_closure_is_a_way_to_what_it_holds(standard: Recording) -> None:
    end = len(standard) - 1
    told = standard.aliases(end, standard.evaluate(end, "row").identity or -1)
    assert {a.path for a in told.found} == {"row", "inspect.getclosurevars(keep).nonlocals['held']"}
    fields = standard.aliases(end, standard.evaluate(end, "p.y").identity or -1)
    assert [a.path for a in fields.found] == ["p.y"]


def test_dates_and_members_that_differ_part_two_runs(tmp_path: Path) -> None:
    text = "import datetime, enum\nclass C(enum.Enum):\n    A = 1\n    B = 2\nx = {}\nprint(x)\n"
    for one, other in (
        ("datetime.date(2024, 1, 1)", "datetime.date(2024, 1, 2)"),
        ("C.A", "C.B"),
        ("range(3)", "range(4)"),
    ):
        runs = []
        for value in (one, other):
            folder = tmp_path / str(abs(hash((one, value))))
            folder.mkdir()
            runs.append(record(text.format(value), folder))
        before, after = runs
        found, end = before.divergence(after), len(before) - 1
        assert found is not None and found.why == "event"
        assert [d.path for d in before.disagreements(end, after, end)] == ["x"]
