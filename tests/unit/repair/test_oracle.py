"""Expectations: what may be typed, and whether a run keeps them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from semduck.repair import oracle
from semduck.repair.model import Expectation
from semduck.trace.recording import Recording
from semduck.trace.run import record
from semduck.trace.target import Limits, Target

PROGRAM = '''\
def area(width, height=1):
    """
    >>> area(2, 3)
    6
    """
    return width + height


class Box:
    def __init__(self):
        self.items = [1, 2]


total = 0
for n in [1, 2, 3]:
    total += n
box = Box()
mean = total / 7
sizes = {"a": (1, 2)}
print(area(2, 3), area(4))
'''


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    file = tmp_path_factory.mktemp("oracle") / "program.py"
    file.write_text(PROGRAM)
    return record(Target("script", file.name, cwd=file.parent, python=sys.executable), Limits())


@pytest.mark.parametrize(
    "text",
    [
        "total == 15 at line 7",
        "len(out) == 3 at line 4 (time 2)",
        "x in [1, 2] at line 3",
        "f() returns == 3 (call 2)",
        "the output is 'a\\n'",
        "the program does not crash",
        "average([1, 2]) == 1.5",
    ],
)
def test_what_is_shown_can_be_typed_again(text: str) -> None:
    assert oracle.parse(text).text() == text


def test_short_forms() -> None:
    file = Path("/x/program.py")
    assert oracle.parse("total==15@7", file) == Expectation("value", "total", "==", "15", file, 7)
    assert oracle.parse("f() returns 3", file) == Expectation("return", "f", "==", "3", file)
    assert oracle.parse("x is None @ 3").expected == "None"
    assert oracle.parse("x == 1 @ 4#2").occurrence == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 5", "two equal signs"),
        ("x == 5", "@ LINE"),
        ("", "nothing was typed"),
        ("total", "does not compare"),
        ("5 == x @ 3", "the name comes first"),
        ("x == [1,2 @ 3", "cannot be read"),
        ("x == 1 @ 0", "lines count from 1"),
        ("x < y @ 3", "not plain data"),
        ("x len 'a' @ 3", "whole number"),
    ],
)
def test_bad_input_says_what_to_type(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        oracle.parse(text)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("total == 6 @ 17", True),
        ("total == 7 @ 17", False),
        ("total == 1 @ 16#2", True),
        ("total == 1 @ 16#9", None),
        ("total <= 3 @ 16", True),
        ("mean == 0.86 @ 19", True),
        ("mean == 0.87 @ 19", False),
        ("sizes == {'a': (1, 2)} @ 20", True),
        ("sizes == {'a': [1, 2]} @ 20", False),
        ("len(box.items) == 2 @ 20", True),
        ("box.items len 2 @ 20", True),
        ("box.items[0] == 1 @ 20", True),
        ("total type int @ 20", True),
        ("total in [5, 6] @ 20", True),
        ("nothing == 1 @ 20", False),
        ("total == 6 @ 99", None),
        ("area() returns 5", True),
        ("area() returns 6 (call 1)", False),
        ("area(4) == 5", True),
        ("area(9, 9) == 1", None),
        ("output == '5 5\\n'", True),
        ("no crash", True),
    ],
)
def test_check(recording: Recording, text: str, met: bool | None) -> None:
    found = oracle.check(oracle.parse(text, recording.main_file), recording)
    assert found.met is met
    assert met or found.actual


def test_a_docstring_example_that_a_recorded_call_contradicts_is_found(recording: Recording) -> None:
    found = oracle.automatic(recording, Target("script", "program.py"))
    assert [(e.kind, e.name, e.origin) for e in found] == [("doctest", "area", "doctest")]
    assert oracle.check(found[0], recording).met is False


def test_a_crash_is_an_expectation(tmp_path: Path) -> None:
    file = tmp_path / "crash.py"
    file.write_text("x = 1\nassert x == 2\n")
    target = Target("script", file.name, cwd=tmp_path, python=sys.executable)
    crashed = record(target, Limits())
    found = oracle.automatic(crashed, target)
    assert [(e.kind, e.origin, e.line) for e in found] == [("no-crash", "assert", 2)]
    assert oracle.check(found[0], crashed).met is False
