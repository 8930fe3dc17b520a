"""Literals in prose against recorded values of well-known and of the program's own classes."""

from __future__ import annotations

import pytest

from semduck.compare import compare
from semduck.trace.model import Value
from semduck.trace.run import record
from semduck.trace.target import Limits, Target

PROGRAM = """\
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
counter, ordered = Counter("mississippi"), OrderedDict(a=1, b=2)
default = defaultdict(list)
default["x"].append(1)
queue, frozen, named = deque([1, 2]), frozenset({1, 2}), namedtuple("Pair", "x y")(1, 2)
@dataclass
class Point:
    x: int
    y: list
class Empty:
    pass
point, empty = Point(1, [2]), Empty()
deep = defaultdict(dict, {"p": {"q": [point]}})
"""


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Value]:
    folder = tmp_path_factory.mktemp("values")
    (folder / "program.py").write_text(PROGRAM)
    recording = record(Target("script", str(folder / "program.py")), Limits(), folder / "run")
    return recording.locals(len(recording) - 1, 0)


@pytest.mark.parametrize(
    ("name", "said", "agrees"),
    [
        ("counter", "Counter({'m': 1, 'i': 4, 's': 4, 'p': 2})", True),
        ("counter", "collections.Counter({'i': 4, 's': 4, 'p': 2, 'm': 1})", True),
        ("counter", "{'i': 4, 's': 4, 'p': 2, 'm': 1}", True),
        ("counter", "Counter({'i': 4, 's': 4, 'p': 2, 'm': 2})", False),
        ("counter", "{'i': 4, 's': 4, 'p': 2}", False),
        ("counter", "[('i', 4)]", False),
        ("ordered", "OrderedDict([('a', 1), ('b', 2)])", True),
        ("ordered", "OrderedDict({'b': 2, 'a': 1})", True),
        ("ordered", "OrderedDict([('a', 1), ('b', 3)])", False),
        ("default", "defaultdict(<class 'list'>, {'x': [1]})", True),
        ("default", "defaultdict(list, {'x': [1]})", True),
        ("default", "{'x': [1]}", True),
        ("default", "{'x': []}", False),
        ("queue", "deque([1, 2])", True),
        ("queue", "deque([1, 2], maxlen=5)", True),
        ("queue", "[1, 2]", None),  # equal in content only
        ("queue", "[2, 1]", False),
        ("queue", "deque([1])", False),
        ("frozen", "frozenset({2, 1})", True),
        ("frozen", "{1, 2}", True),
        ("frozen", "{1, 3}", False),
        ("named", "Pair(x=1, y=2)", True),
        ("named", "Pair(1, 2)", True),
        ("named", "(1, 2)", True),
        ("named", "Pair(1, 3)", False),
        ("named", "[1, 2]", False),
        ("point", "Point(x=1, y=[2])", True),
        ("point", 'Point({"x": 1, "y": [2]})', True),
        ("point", 'Point({"x": 1, "y": [3]})', False),
        ("point", 'Point({"x": 1})', None),  # not all of it
        ("point", "Point(1, [2])", None),  # which field is which is not known
        ("point", 'Point({"z": 1})', False),
        ("point", 'Line({"x": 1, "y": [2]})', False),
        ("point", '{"x": 1, "y": [2]}', None),
        ("point", '{"x": 2, "y": [2]}', False),
        ("empty", "Empty()", True),
        ("deep", "{'p': {}}", None),  # holds an object: cannot be told by content
    ],
)
def test_what_a_class_holds_decides(
    values: dict[str, Value], name: str, said: str, agrees: bool | None
) -> None:
    assert compare(said, values[name]) is agrees


@pytest.mark.parametrize("said", ["Counter(", "Counter(**x)", "f" + "(" * 400, "Counter({'a': b})"])
def test_what_cannot_be_read_is_no_hit(values: dict[str, Value], said: str) -> None:
    assert compare(said, values["counter"]) is not True
