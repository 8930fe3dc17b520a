# ruff: noqa: E501 - tables of values read better on long lines
"""numpy arrays: what is shown, when it changes, and what is not read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from oracle.told import after, at_end, line_of, record, same_as_plain

from semduck.trace.adapters.arrays import ndarray
from semduck.trace.evaluate import EvaluateError
from semduck.trace.model import Value
from semduck.trace.recording import Recording

ARRAYS = """\
import numpy as np

one, two, none = np.arange(3), np.arange(6).reshape(2, 3), np.zeros((0, 3))
big = np.zeros(10**6)
small, half, zero = np.array([0.1, 0.2], dtype=np.float32), np.array([0.1], dtype=np.float16), np.array(5)
days = np.array(["2024-01-31", "NaT"], dtype="M8[D]")
records = np.array([(1, 2.5)], dtype=[("x", int), ("y", float)])
things = np.array([1, [2], "x"], dtype=object)
masked = np.ma.array([1, 2, 3], mask=[0, 1, 0])
whole, real, yes, day = np.int64(3), np.float32(0.1), np.bool_(True), np.datetime64("2024-01-31")
kind = one.dtype
np.save("m.npy", np.arange(4))
mapped = np.load("m.npy", mmap_mode="r")


class Own(np.ndarray):
    def __array_finalize__(self, other):
        self.note = "n"

    def __getitem__(self, index):
        raise SystemExit("the program's code ran")


own = np.arange(2).view(Own)


class Box:
    pass


box = Box()
box.cells = np.zeros(3)
back = box.cells[::-1]
one[0] = 7  # element
two[1, 2] = -1  # cell
two += 1  # added
one.sort()  # sorted
big[3] = 7  # big
things[1].append(5)  # inside
box.cells[0] = 1  # attribute
back[0] = 5  # through a view
np.random.default_rng(0).shuffle(one)  # shuffled
np.add(box.cells, 1, out=box.cells)  # out
one.shape = (3, 1)  # shape
same = np.array([np.nan, 0.0])
same[0] = np.nan  # the same
same[1] = -0.0  # minus
rows = list(two)
rows[0][0] = 50  # row of a list
data = bytearray(3)
seen = np.frombuffer(data, dtype=np.uint8)
data[1] = 9  # below
records["x"][0] = 4  # field
print("end")
"""
DRAWN = {
    "none": "array([], shape=(0, 3), dtype=float64)",
    "big": "array([0.0, 0.0, 0.0, 7.0, 0.0, 0.0, …], shape=(1000000,), dtype=float64)",
    "small": "array([0.1, 0.2], dtype=float32)", "half": "array([0.1], dtype=float16)", "zero": "array(5, dtype=int64)",
    "days": "array([2024-01-31, NaT], dtype=datetime64[D])", "things": "array([1, [2, 5], 'x'], dtype=object)",
    "masked": "MaskedArray([1, --, 3], dtype=int64)", "own": "Own([0, 1], dtype=int64)",
    "two": "array([[50, 2, 3], [4, 5, 0]], dtype=int64)",
    "whole": "3", "real": "0.1", "yes": "True", "day": "datetime64('2024-01-31')", "kind": "dtype('int64')",
    "mapped": "memmap(… not read: mapped memory, shape=(4,), dtype=int64)",
}  # fmt: skip
MADE = {
    "element": [("one[0]", "0", "7")], "cell": [("two[1, 2]", "5", "-1")], "big": [("big[3]", "0.0", "7.0")],
    "sorted": [("one[0]", "7", "1"), ("one[1]", "1", "2"), ("one[2]", "2", "7")],
    "inside": [("things[1]", "[2]", "[2, 5]")], "attribute": [("back[2]", "0.0", "1.0"), ("box.cells[0]", "0.0", "1.0")],
    "through a view": [("back[0]", "0.0", "5.0"), ("box.cells[2]", "0.0", "5.0")],
    "shape": [("one", "array([1, 7, 2], dtype=int64)", "array([[1], [7], [2]], dtype=int64)")],
    "the same": [], "minus": [("same[1]", "0.0", "-0.0")], "field": [("records[0]", "(1, 2.5)", "(4, 2.5)")],
    "row of a list": [("rows[0][0]", "1", "50"), ("two[0, 0]", "1", "50")], "below": [("data", "bytearray(b'\\x00\\x00\\x00')", "bytearray(b'\\x00\\t\\x00')"), ("seen[1]", "0", "9")],
}  # fmt: skip


@pytest.fixture(scope="module")
def arrays(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    pytest.importorskip("numpy")
    return record(ARRAYS, tmp_path_factory.mktemp("arrays"))


@pytest.mark.parametrize("name", DRAWN)
def test_arrays_are_drawn(arrays: Recording, name: str) -> None:
    assert at_end(arrays)[name].text == DRAWN[name]


@pytest.mark.parametrize("mark", MADE)
def test_arrays_change_when_they_do(arrays: Recording, mark: str) -> None:
    found = after(arrays, line_of(ARRAYS, mark))
    if mark == "shape":  # the generator's order may be another in another numpy
        assert [path for path, _, _ in found] == ["one"]
    else:
        assert sorted(found) == sorted(MADE[mark])


@pytest.mark.parametrize("mark", ["added", "shuffled", "out"])
def test_all_elements_may_change(arrays: Recording, mark: str) -> None:
    assert after(arrays, line_of(ARRAYS, mark))


def test_arrays_can_be_asked(arrays: Recording) -> None:
    end, value = len(arrays) - 1, at_end(arrays)
    assert arrays.evaluate(end, "two[1, 2]").text == "0"
    assert arrays.evaluate(end, "big[3]").literal == 7.0
    assert arrays.evaluate(end, "days[-1]").text == "NaT"
    assert arrays.evaluate(end, "len(big)").literal == 10**6
    assert arrays.evaluate(end, "two.shape").literal == (2, 3)
    with pytest.raises(EvaluateError, match="was not recorded"):
        arrays.evaluate(end, "big[5000]")
    assert value["whole"].literal == 3 and value["yes"].literal is True and not value["real"].is_literal
    assert (value["big"].length, value["big"].more + len(value["big"].children)) == (10**6, 10**6)
    assert dict(value["own"].children)["note"].literal == "n"


def test_a_large_array_costs_little(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    text = "import numpy as np\na = np.ones((3000, 3000))\nfor i in range(200):\n    a[0, i % 9] = i\nb = [a] * 3\nprint('end')\n"
    recording = record(text, tmp_path)
    size = sum(p.stat().st_size for p in (tmp_path / "out").iterdir())
    assert size < 60_000 and len(recording) > 400


UNSAFE = """\
import ctypes, mmap
import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

x = np.arange(6.0)
beyond = as_strided(x, (1000,), (8 * 10**6,))
before = as_strided(x, (3,), (-8 * 10**9,))
inside = as_strided(x, (3, 2), (8, 8))
windows = sliding_window_view(x, 3)
owned = np.ctypeslib.as_array((ctypes.c_int * 2)(1, 2))
number = ctypes.c_int(5)
foreign = np.ctypeslib.as_array(ctypes.pointer(number), (1,))
shared = np.frombuffer(mmap.mmap(-1, 64), dtype=np.uint8)
wide = np.array(["x" * 10**6, "y"])
longish = np.array(["x" * 1000] * 50)
rows, columns = np.zeros((10**9, 0)), np.zeros((0, 10**9))
many = np.zeros((1,) * 20)
records = np.zeros(2, dtype=[("m", "f8", (1000, 1000))])
one = np.broadcast_to(np.int8(1), (10**12,))
hidden = np.ma.masked_array(np.zeros(3), mask=[1, 0, 0])
for n in range(3):
    x[0] = n
    beyond, wide, one = beyond, wide, one
print("end")
"""
UNREAD = {
    "beyond": "array(… not read: strides beyond its memory, shape=(1000,), dtype=float64)",
    "before": "array(… not read: strides beyond its memory, shape=(3,), dtype=float64)",
    "inside": "array([[2.0, 1.0], [1.0, 2.0], [2.0, 3.0]], dtype=float64)",
    "windows": "array([[2.0, 1.0, 2.0], [1.0, 2.0, 3.0], [2.0, 3.0, 4.0], …], dtype=float64)",
    "owned": "array([1, 2], dtype=int32)", "shared": "array(… not read: mapped memory, shape=(64,), dtype=uint8)",
    "foreign": "array(… not read: memory of c_int_Array_1, shape=(1,), dtype=int32)",
    "wide": "array(… not read: elements of 4,000,000 bytes, shape=(2,), dtype=<U1000000)",
    "rows": "array([[], [], [], [], [], [], [], [], …], shape=(1000000000, 0), dtype=float64)",
    "columns": "array([], shape=(0, 1000000000), dtype=float64)",
    "records": "array(… not read: elements of 8,000,000 bytes, shape=(2,), dtype=void)",
    "one": "array([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, …], shape=(1000000000000,), dtype=int8)",
    "hidden": "MaskedArray([--, 0.0, 0.0], dtype=float64)",
}  # fmt: skip


@pytest.fixture(scope="module")
def unsafe(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    pytest.importorskip("numpy")
    return record(UNSAFE, tmp_path_factory.mktemp("unsafe"))


@pytest.mark.parametrize("name", UNREAD)
def test_only_safe_memory_is_read(unsafe: Recording, name: str) -> None:
    assert at_end(unsafe)[name].text == UNREAD[name]


def test_long_elements_are_fewer(unsafe: Recording) -> None:
    longish = at_end(unsafe)["longish"]
    assert 0 < len(longish.children) < 50 and len(longish.children) + longish.more == 50


def test_the_work_is_the_same_for_a_gigabyte() -> None:
    numpy = pytest.importorskip("numpy")
    for shape in ((2**27,), (2**14, 2**13), (2, 2**26), (2**9, 2**9, 2**9)):
        seen = ndarray(numpy.zeros(shape))
        assert not seen.whole and len(seen.elements()) <= 100 and len(seen.mark or b"") <= 800


RESIZED = """\
import sys, weakref
import numpy as np

a = np.arange(3).copy()
print(sys.getrefcount(a), weakref.getweakrefcount(a), a.flags.owndata, a.flags.writeable, a.base is None)
a.resize(5)
print(a)
b = a[1:]
b[0] = 9
print(a, sys.getrefcount(a))


def inside():
    c = np.arange(2).copy()
    c.resize(4)
    return c


print(inside() if sys.version_info >= (3, 13) else 0)
"""


@pytest.mark.skipif(
    sys.version_info < (3, 12), reason="python 3.11 itself counts one more while it is traced"
)
def test_an_array_can_still_be_resized(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    assert "[0 1 2 0 0]" in same_as_plain(RESIZED, tmp_path)


def test_values_with_nan_can_be_compared() -> None:
    one, other = (Value("float", "float", "nan", literal=float("nan"), is_literal=True) for _ in range(2))
    row = [
        Value("list", "list", "[nan]", 1, 1, (("0", v),), literal=[v.literal], is_literal=True)
        for v in (one, other)
    ]
    assert one == other and row[0] == row[1] and len({one, one}) == 1
    assert one != Value("float", "float", "1.0", literal=1.0, is_literal=True) and one != float("nan")
