# ruff: noqa: E501 - tables of values read better on long lines
"""Values of the standard library's classes: when they change."""

from __future__ import annotations

import pytest
from oracle.told import after, line_of, record

from semduck.trace.recording import Recording

IN_PLACE = """\
import array, io
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple

counts = Counter("ab")
counts.update("bb")  # counter
queue = deque([1, 2, 3], maxlen=3)
queue.rotate(1)  # rotated
queue.append(9)  # pushed out
groups = defaultdict(list)
groups["k"].append(1)  # default
groups.default_factory = None  # factory
ordered = OrderedDict(a=1, b=2)
ordered.move_to_end("a")  # moved
data = bytearray(b"abcd")
view = memoryview(data)
data[0] = 65  # byte
view[1] = 66  # view
io.BytesIO(b"wxyz").readinto(data)  # read into
source = io.BytesIO(b"1234")
source.readinto(data)  # read into by a name
view.release()  # released
numbers = array.array("i", [1, 2])
numbers[0] = 5  # number
numbers.append(7)  # longer
Point = namedtuple("Point", "x y")
point = Point(1, [])
point.y.append(2)  # field
with open("/dev/null") as file:
    pass
file  # left
error = ValueError("x")
error.add_note("n")  # note
with open("lines", "wb", buffering=0) as raw:
    raw.write(b"abc")  # written
    raw.seek(1)  # sought


def count():
    yield 1


counting = count()
next(counting)  # begun
list(counting)  # ended


def keep(total):
    def add(n):
        nonlocal total
        total += n

    return [add]


adders = keep(1)
adders[0](5)  # closure
found = []
try:
    try:
        raise KeyError("k")
    except KeyError as error:
        found.append(error)
        error.add_note("late")  # last line
except ValueError:
    pass
print("end")
"""
CHANGES = {
    "counter": [("counts['b']", "1", "3")],
    "rotated": [("queue[0]", "1", "3"), ("queue[1]", "2", "1"), ("queue[2]", "3", "2")],
    "pushed out": [("queue[0]", "3", "1"), ("queue[1]", "1", "2"), ("queue[2]", "2", "9")],
    "default": [("groups['k']", "", "[1]")],
    "factory": [("groups", "defaultdict(list, {'k': [1]})", "defaultdict(None, {'k': [1]})")],
    "moved": [("ordered", "OrderedDict({'a': 1, 'b': 2})", "OrderedDict({'b': 2, 'a': 1})")],
    "byte": [("data", "bytearray(b'abcd')", "bytearray(b'Abcd')")],
    "view": [("data", "bytearray(b'Abcd')", "bytearray(b'ABcd')")],
    "read into": [("data", "bytearray(b'ABcd')", "bytearray(b'wxyz')")],
    "read into by a name": [("data", "bytearray(b'wxyz')", "bytearray(b'1234')"), ("source", "<BytesIO at 0>", "<BytesIO at 4>")],
    "released": [("view", "<memoryview of bytearray, format='B' shape=(4,)>", "<memoryview released>")],
    "number": [("numbers[0]", "1", "5")],
    "longer": [("numbers", "array('i', [5, 2])", "array('i', [5, 2, 7])")],
    "field": [("point.y", "[]", "[2]")],
    "note": [("error.__notes__", "", "['n']")],
    "written": [("raw", "<FileIO mode='wb' at 0 name='lines'>", "<FileIO mode='wb' at 3 name='lines'>")],
    "sought": [("raw", "<FileIO mode='wb' at 3 name='lines'>", "<FileIO mode='wb' at 1 name='lines'>")],
    "begun": [("counting", "<generator count not started>", "<generator count running>"), ("counting", "<generator count running>", "<generator count suspended at line 39>")],
    "ended": [("counting", "<generator count suspended at line 39>", "<generator count running>"), ("counting", "<generator count running>", "<generator count finished>")],
    "last line": [("error", "KeyError: 'k'", ""), ("found[0].__notes__", "", "['late']")],
}  # fmt: skip


@pytest.fixture(scope="module")
def in_place(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return record(IN_PLACE, tmp_path_factory.mktemp("in_place"))


@pytest.mark.parametrize("mark", CHANGES)
def test_changes_at_the_step_that_made_them(in_place: Recording, mark: str) -> None:
    assert sorted(after(in_place, line_of(IN_PLACE, mark))) == sorted(CHANGES[mark])


def test_a_file_is_closed_when_its_block_is_left(in_place: Recording) -> None:
    (k,) = in_place.steps_of_line(next(iter(in_place.files)), line_of(IN_PLACE, "left"))
    assert in_place.locals(k)["file"].text.startswith("<TextIOWrapper mode='r' closed ")
    assert "closed" not in in_place.locals(k - 2)["file"].text


def test_a_closure_changes_where_its_names_do(in_place: Recording) -> None:
    (k,) = in_place.steps_of_line(next(iter(in_place.files)), line_of(IN_PLACE, "closure"))
    texts = [in_place.locals(n, 0)["adders"].text.partition(" with ")[2] for n in range(k, k + 5)]
    assert texts == ["total=1]", "total=1]", "total=1]", "total=6]", "total=6]"]
