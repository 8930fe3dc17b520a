# ruff: noqa: E501 - tables of values read better on long lines
"""Values of well-known classes: what is shown of them, when they change, and that nothing of the program runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle.harness import ENV, difference, plain, recorded

from semduck.trace.evaluate import EvaluateError
from semduck.trace.model import Change, Value
from semduck.trace.recording import Recording
from semduck.trace.target import Target


def record(text: str, folder: Path) -> Recording:
    """A recording of a program that must end by itself, and be recorded to its end."""
    (folder / "p.py").write_text(text)
    done = recorded(Target("script", "p.py", cwd=folder), folder / "out" / "run.duck")
    assert done.ending.kind == "exit" and done.ending.code == 0, (done.ending, done.outcome.stderr.decode())
    return done.recording


def at_end(recording: Recording) -> dict[str, Value]:
    return recording.locals(len(recording) - 1)


def after(recording: Recording, line: int) -> list[tuple[str, str, str]]:
    """(path, before, after) of what a line of the module changed, looked at one step later."""
    (k,) = recording.steps_of_line(next(iter(recording.files)), line)
    frame = recording.step(k).frame
    later = next(n for n in range(k + 1, len(recording)) if recording.step(n).frame == frame)
    return [row for n in range(k + 1, later + 1) for row in map(_row, recording.changes(n))]


def _row(change: Change) -> tuple[str, str, str]:
    return change.path, change.before.text if change.before else "", change.after.text if change.after else ""


def line_of(text: str, mark: str) -> int:
    """Number of the line that ends with a mark."""
    (found,) = (n for n, line in enumerate(text.split("\n"), 1) if line.endswith(f"# {mark}"))
    return found


# -- the standard library ------------------------------------------------------------------------------------

TEXT = '''\
import array, functools, io, os, re, uuid
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from fractions import Fraction
from http import HTTPStatus
from pathlib import Path, PurePosixPath


class Zone(tzinfo):
    def utcoffset(self, when):
        return None

    def __repr__(self):
        raise SystemExit("the program's code ran")


class Color(Enum):
    RED = 1


class Number(IntEnum):
    ONE = 1


class Word(StrEnum):
    HI = "hi"


class Right(Flag):
    R = 1
    W = 2


class Day(date):
    year = property(lambda self: 1 / 0)

    def __init__(self, *args):
        self.note = "n"


Point = namedtuple("Point", "x y")


@dataclass(slots=True)
class Pair:
    a: int
    b: list


def work(a, b=1, *rest, c, d="x", **more):
    yield a


async def wait():
    return 1


day, at, clock = date(2024, 1, 31), datetime(2024, 1, 31, 12, 0, 0, 5), time(12, 30, fold=1)
utc, cet = datetime(2024, 1, 1, tzinfo=timezone.utc), timezone(timedelta(hours=1), "CET")
odd, span, own_day = datetime(2024, 1, 1, tzinfo=Zone()), timedelta(days=1, seconds=5), Day(2024, 5, 6)
price, huge, third = Decimal("1.10"), Decimal("1" * 9000), Fraction(1, 3)
ident = uuid.UUID(int=5)
path, joined, here = Path("/tmp") / "a", Path("a//b/./c", "d"), Path()
pure = PurePosixPath("x", "/y", "z")
red, one, word, rights, no_rights = Color.RED, Number.ONE, Word.HI, Right.R | Right.W, Right(0)
status, ignore = HTTPStatus.OK, re.I | re.M
found, pattern = re.match(r"(a)(b)?", "ac"), re.compile(rb"x+", re.DOTALL)
point, pair, when = Point(1, [2]), Pair(1, [2]), os.times()
queue, groups = deque([1, 2], maxlen=3), defaultdict(list, a=[1])
counts, ordered = Counter("aab"), OrderedDict(b=1)
steps, part, view = range(0, 10, 2), slice(1, None), memoryview(b"abc")
data, numbers, root = bytearray(b"abc"), array.array("i", [1, 2]), 1 + 2j
generator, coroutine, bound = work(1, c=2), wait(), functools.partial(work, 1, c=2)
started = work(1, c=2)
next(started)
coroutine.close()
file, text = open(os.devnull), io.StringIO()
text.write("hello")
try:
    try:
        {}["k"]
    except KeyError as inner:
        inner.add_note("hint")
        raise ValueError("bad", 3) from inner
except ValueError as error:
    kept = error
print("end")
'''
SHOWN = {
    "day": "datetime.date(2024, 1, 31)", "at": "datetime.datetime(2024, 1, 31, 12, 0, 0, 5)",
    "clock": "datetime.time(12, 30, fold=1)", "span": "datetime.timedelta(days=1, seconds=5)",
    "utc": "datetime.datetime(2024, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)",
    "cet": "datetime.timezone(datetime.timedelta(seconds=3600), 'CET')",
    "odd": "datetime.datetime(2024, 1, 1, 0, 0, tzinfo=<Zone>)", "own_day": "Day(2024, 5, 6)",
    "price": "Decimal('1.10')", "huge": "Decimal(<about 9000 digits>)", "third": "Fraction(1, 3)",
    "ident": "UUID('00000000-0000-0000-0000-000000000005')",
    "path": "PosixPath('/tmp/a')", "joined": "PosixPath('a/b/c/d')", "here": "PosixPath('.')", "pure": "PurePosixPath('/y/z')",
    "red": "Color.RED", "one": "<Number.ONE: 1>", "word": "<Word.HI: 'hi'>", "rights": "Right.R|W", "no_rights": "Right(0)",
    "status": "<HTTPStatus.OK: 200>", "ignore": "<RegexFlag.IGNORECASE|MULTILINE: 10>",
    "found": "<re.Match span=(0, 1), match='a', groups=('a', None)>", "pattern": "re.compile(b'x+', re.DOTALL)",
    "point": "Point(x=1, y=[2])", "pair": "Pair(a=1, b=[2])", "queue": "deque([1, 2], maxlen=3)",
    "groups": "defaultdict(list, {'a': [1]})", "counts": "Counter({'a': 2, 'b': 1})", "ordered": "OrderedDict({'b': 1})",
    "steps": "range(0, 10, 2)", "part": "slice(1, None, None)", "view": "<memoryview of bytes, format='B' shape=(3,)>",
    "data": "bytearray(b'abc')", "numbers": "array('i', [1, 2])", "root": "(1+2j)",
    "generator": "<generator work not started>", "started": "<generator work suspended>", "coroutine": "<coroutine wait finished>",
    "bound": "partial(work, 1, c=2)", "text": "<StringIO at 5>", "kept": "ValueError: ('bad', 3)",
}  # fmt: skip


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return record(TEXT, tmp_path_factory.mktemp("standard"))


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown(standard: Recording, name: str) -> None:
    assert at_end(standard)[name].text == SHOWN[name]


def test_files_tell_name_mode_and_closed(standard: Recording) -> None:
    assert at_end(standard)["file"].text.startswith("<TextIOWrapper name='/dev/null' mode='r' encoding='")


def test_functions_tell_their_signature(standard: Recording) -> None:
    state = standard.state(len(standard) - 1)
    texts = [t.text for t in state.things.values() if t.kind == "function"]
    assert "work(a, b=1, *rest, c, d='x', **more)" in texts
    assert "Zone.utcoffset(self, when)" in texts or "wait()" in texts


def test_fields_are_named(standard: Recording) -> None:
    end = len(standard) - 1
    assert [label for label, _ in at_end(standard)["point"].children] == ["x", "y"]
    assert standard.evaluate(end, "point.y[0]").literal == 2
    assert standard.evaluate(end, "point[1]").text == "[2]"
    assert at_end(standard)["when"].text.startswith("times_result(user=")
    assert dict(at_end(standard)["own_day"].children)["note"].literal == "n"


def test_exceptions_tell_notes_and_cause(standard: Recording) -> None:
    cause = dict(at_end(standard)["kept"].children)["__cause__"]
    assert cause.text == "KeyError: 'k'"
    assert dict(cause.children)["__notes__"].text == "['hint']"


@pytest.mark.parametrize(("name", "literal"), [("one", 1), ("word", "hi"), ("status", 200), ("root", 1 + 2j)])
def test_numbers_and_texts_of_enums_are_exact(standard: Recording, name: str, literal: object) -> None:
    value = at_end(standard)[name]
    assert value.is_literal and value.literal == literal and type(value.literal) is type(literal)


@pytest.mark.parametrize("name", ["day", "price", "red", "path", "numbers", "huge"])
def test_what_is_not_plain_data_is_no_literal(standard: Recording, name: str) -> None:
    assert not at_end(standard)[name].is_literal


# -- changes in place ----------------------------------------------------------------------------------------

IN_PLACE = '''\
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


def count():
    yield 1


counting = count()
next(counting)  # begun
list(counting)  # ended
print("end")
'''
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
    "begun": [("counting", "<generator count not started>", "<generator count running>"), ("counting", "<generator count running>", "<generator count suspended>")],
    "ended": [("counting", "<generator count suspended>", "<generator count running>"), ("counting", "<generator count running>", "<generator count finished>")],
}  # fmt: skip


@pytest.fixture(scope="module")
def in_place(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return record(IN_PLACE, tmp_path_factory.mktemp("in_place"))


@pytest.mark.parametrize("mark", CHANGES)
def test_changes_at_the_step_that_made_them(in_place: Recording, mark: str) -> None:
    assert sorted(after(in_place, line_of(IN_PLACE, mark))) == sorted(CHANGES[mark])


def test_a_file_is_closed_when_its_block_is_left(in_place: Recording) -> None:
    (k,) = in_place.steps_of_line(next(iter(in_place.files)), line_of(IN_PLACE, "left"))
    assert in_place.locals(k)["file"].text.endswith(" closed>")
    assert "closed" not in in_place.locals(k - 2)["file"].text


# -- nothing of the program runs -----------------------------------------------------------------------------

COUNTING = '''\
import array, collections, datetime, decimal, enum, fractions, functools, io, pathlib, uuid
counts = {}
ASKED = """__repr__ __str__ __eq__ __ne__ __hash__ __len__ __bool__ __iter__ __getitem__ __contains__ __call__
__getattribute__ __dir__ __sizeof__ __format__ __lt__ __le__ __gt__ __ge__ __int__ __index__ __float__ __reduce__
__reduce_ex__ __copy__ __deepcopy__ __getstate__ __reversed__ __length_hint__ __bytes__ __next__ __fspath__ __add__
__array__ __array_finalize__ __array_wrap__ __array_ufunc__ __array_function__ __array_interface__ __torch_function__
__buffer__ utcoffset tzname isoformat tolist view keys items values get shape dtype year name value _mgr index columns
span group closed mode tell read numerator parts _str _value_ _name_ _fields maxlen default_factory args""".split()
""" ^ what a curious reader might ask for """


def counter(name, base):
    below = getattr(base, name, None)

    def method(self, *args, **more):
        counts[base.__name__, name] = counts.get((base.__name__, name), 0) + 1
        if name == "__getattribute__":
            return base.__getattribute__(self, *args)
        if name == "__hash__":
            return 1
        if isinstance(below, property):
            return below.fget(self)
        return below(self, *args, **more) if callable(below) else None

    plain_field = name[0] != "_" and not callable(below)
    return property(method, getattr(below, "fset", None)) if plain_field else method


class Meta(type):
    def __getattribute__(cls, name):
        counts["meta", name] = counts.get(("meta", name), 0) + 1
        return type.__getattribute__(cls, name)

    def __eq__(cls, other):
        counts["meta", "eq"] = counts.get(("meta", "eq"), 0) + 1
        return cls is other

    def __hash__(cls):
        counts["meta", "hash"] = counts.get(("meta", "hash"), 0) + 1
        return 1


def derived(base, meta=Meta):
    safe = [n for n in ASKED if not (n.startswith("_") and not n.startswith("__"))]
    return meta(base.__name__ + "2", (base,), {n: counter(n, base) for n in safe})


def members(name, base, plain):
    names = "__repr__ __str__ __getattribute__ __bool__ __dir__ __format__ __index__ __int__ __add__".split()
    body = "".join(f"    {n} = counter({n!r}, {plain})\\n" for n in names)
    space = dict(globals())
    exec(f"class {name}(enum.{base}):\\n    ONE = 1\\n{body}", space)
    return space[name].__members__["ONE"]


made = {
    "datetime": derived(datetime.datetime)(2024, 1, 2), "date": derived(datetime.date)(2024, 1, 2),
    "time": derived(datetime.time)(1), "timedelta": derived(datetime.timedelta)(1), "tz": derived(datetime.timezone.__base__)(),
    "decimal": derived(decimal.Decimal)("1.5"), "fraction": derived(fractions.Fraction, type(fractions.Fraction))(1, 3),
    "path": derived(pathlib.PurePosixPath)("a"), "dict": derived(dict)(a=1), "counter": derived(collections.Counter)(),
    "defaultdict": derived(collections.defaultdict)(list), "ordered": derived(collections.OrderedDict)(a=1),
    "deque": derived(collections.deque)([1]), "array": derived(array.array)("i", [1]), "str": derived(str)("x"),
    "int": derived(int)(3), "float": derived(float)(1.5), "bytes": derived(bytes)(b"x"), "tuple": derived(tuple)((1, 2)),
    "named": derived(collections.namedtuple("N", "a b"))(1, 2), "error": derived(ValueError)("x"),
    "partial": derived(functools.partial)(print), "text": derived(io.StringIO)("x"), "bytearray": derived(bytearray)(b"x"),
    "uuid": derived(uuid.UUID)(int=1), "shade": members("Shade", "Enum", "object"),
    "level": members("Level", "IntEnum", "int"),
}
aware = datetime.datetime(2024, 1, 1, tzinfo=made["tz"])
parts = slice(made["int"], made["str"])
later = functools.partial(print, made["str"], key=made["dict"])
failed = ValueError(made["str"], made["path"])
try:
    raise RuntimeError(made["int"]) from made["error"]
except RuntimeError as error:
    kept = error
#MORE
before = dict(counts)


def look(thing, also=made):
    local = thing
    also[thing is None] = local
    return local


for key in list(made):
    value = dict.__getitem__(made, key)
    look(value)
    box = [value, (value,)]
    box.append(box)
del value, box
gone = dict(counts)
print(before == gone, sorted(counts.items(), key=str))
'''
NUMPY = """
import numpy
Sub = derived(numpy.ndarray, type)
made["ndarray"] = numpy.ndarray.view(numpy.arange(3), Sub)
made["cells"] = numpy.array([made["str"], made["int"]], dtype=object)
made["number"] = derived(numpy.float64, type)(1.5)
made["whole"] = derived(numpy.int64, type)(1)
"""
PANDAS = """
import pandas
made["frame"] = derived(pandas.DataFrame, type)({"a": [1]})
made["series"] = derived(pandas.Series, type)([1])
made["column"] = pandas.Series([made["str"], made["path"]], dtype=object, name=("n", 1))
"""
TORCH = """
import torch
made["tensor"] = torch.ones(2).as_subclass(derived(torch.Tensor, type(torch.Tensor)))
made["plain"] = torch.ones(2)
"""


def same_as_plain(text: str, folder: Path) -> str:
    """Output of a program that must be the same with and without recording."""
    (folder / "p.py").write_text(text)
    target = Target("script", "p.py", cwd=folder)
    done = recorded(target, folder / "out" / "run.duck", env=ENV)
    assert done.ending.kind == "exit", (done.ending, done.outcome.stderr.decode())
    assert difference(plain(target), done.outcome) == ""
    return done.outcome.stdout.decode()


@pytest.mark.parametrize("library", ["", "numpy", "pandas", "torch"])
def test_no_method_of_the_program_is_called(library: str, tmp_path: Path) -> None:
    more = {"": "", "numpy": NUMPY, "pandas": PANDAS, "torch": TORCH}[library]
    if library:
        pytest.importorskip(library)
    assert same_as_plain(COUNTING.replace("#MORE", more), tmp_path).startswith("True")


def test_the_program_imports_no_more_than_without_us(tmp_path: Path) -> None:
    text = "import sys, datetime, pathlib, re, enum\nxs = [datetime.date(1, 1, 1), pathlib.Path('a'), re.compile('a')]\nxs.append(xs)\nprint(sorted(sys.modules))\n"
    assert "semduck" not in same_as_plain(text, tmp_path)


IMPOSTORS = '''\
import datetime, enum, io, pathlib, sys, types, uuid

numpy = types.ModuleType("numpy")


class ndarray(list):
    shape = property(lambda self: 1 / 0)


ndarray.__module__ = "numpy"
numpy.ndarray = ndarray
numpy.generic = 5
sys.modules["numpy"] = numpy
sys.modules["pandas"] = 7


class DataFrame:
    __module__ = "pandas"


class Enum:
    _name_ = "no"


fake, frame, other = ndarray([1]), DataFrame(), Enum()
empty_path = object.__new__(pathlib.PosixPath)
empty_uuid = object.__new__(uuid.UUID)
half = object.__new__(enum.EnumType("E", (enum.Enum,), enum.EnumType.__prepare__("E", (enum.Enum,))))
gone = io.TextIOWrapper(io.BytesIO(b"x"))
gone.detach()
dead = io.StringIO()
dead.close()
never = io.BufferedReader.__new__(io.BufferedReader)
raw = io.FileIO.__new__(io.FileIO)
real = datetime.date
datetime.date = type("date", (real,), {"__module__": "datetime"})
mine, theirs = datetime.date(2024, 1, 1), real(2024, 1, 1)
datetime.date = real
print("end")
'''


def test_what_only_looks_like_a_library_is_left_alone(tmp_path: Path) -> None:
    end = at_end(record(IMPOSTORS, tmp_path))
    assert end["fake"].kind == "list" and end["fake"].type_name == "ndarray"
    assert end["frame"].kind == "object" and end["other"].text == "Enum()"
    assert end["empty_path"].text == "<PosixPath>"
    assert end["empty_uuid"].text == "<UUID>"
    assert end["gone"].text == "<TextIOWrapper>" and end["dead"].text == "<StringIO closed>"
    assert end["never"].text in ("<BufferedReader>",)


# -- bounds --------------------------------------------------------------------------------------------------

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
    cells = [bounds.expand(end, row.identity, 2, 100) for _, row in opened.children[:: 500] if row.identity]
    assert all(len(row.children) + row.more == 10 for row in cells)
    assert all(cell.length == 2 for row in cells for _, cell in row.children)


def test_a_change_far_behind_is_found(bounds: Recording) -> None:
    assert after(bounds, BOUNDS.split("\n").index('wide[700] = "here"') + 1) == [("wide[700]", "700", "'here'")]


# -- numpy ---------------------------------------------------------------------------------------------------

ARRAYS = '''\
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
'''
DRAWN = {
    "none": "array([], shape=(0, 3), dtype=float64)",
    "big": "array([0.0, 0.0, 0.0, 7.0, 0.0, 0.0, …], shape=(1000000,), dtype=float64)",
    "small": "array([0.1, 0.2], dtype=float32)", "half": "array([0.1], dtype=float16)", "zero": "array(5, dtype=int64)",
    "days": "array([2024-01-31, NaT], dtype=datetime64[D])", "things": "array([1, [2, 5], 'x'], dtype=object)",
    "masked": "MaskedArray([1, --, 3], dtype=int64)", "own": "Own([0, 1], dtype=int64)",
    "two": "array([[50, 2, 3], [4, 5, 0]], dtype=int64)",
    "whole": "3", "real": "0.1", "yes": "True", "day": "datetime64('2024-01-31')", "kind": "dtype('int64')",
    "mapped": "memmap(… not read: on disk, shape=(4,), dtype=int64)",
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


# -- pandas --------------------------------------------------------------------------------------------------

TABLES = '''\
import pandas as pd

df = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None], "c": [1.5, 2.5, 3]})
more = pd.DataFrame({"d": pd.date_range("2024", periods=2), "e": pd.Categorical(["u", "v"]), "i": pd.array([1, None])})
s = pd.Series([1, 2], index=["p", "q"], name="n")
plain = pd.Series([True, False])
labels, counted = df.columns, df.index
many = pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["k", None])
moment, never, missing = pd.Timestamp("2024-01-31 12:00"), pd.NaT, pd.NA
local = pd.Series(pd.date_range("2024", periods=1, tz="Europe/Berlin"))
wide = pd.DataFrame({f"c{n}": range(1000) for n in range(60)})
lists = pd.DataFrame({"l": [[1], [2]]})
empty = pd.DataFrame()
periods = pd.period_range("2024", periods=2)
df.loc[0, "a"] = 10  # cell
df["z"] = df["a"] * 2  # column
df.iloc[1, 2] = 99.5  # by place
s["q"] = 20  # label
s.iloc[0] = 5  # first
df.pop("b")  # popped
df.loc[3] = [0, 0.0, 0]  # row
lists.at[1, "l"].append(6)  # inside
df.sort_values("a", inplace=True)  # sorted
print("end")
'''
TOLD = {
    "more": "DataFrame({'d': [2024-01-01, 2024-01-02], 'e': ['u', 'v'], …}, shape=(2, 3))",
    "s": "Series({'p': 5, 'q': 20}, dtype=int64, name='n')", "plain": "Series([True, False], dtype=bool)",
    "counted": "RangeIndex([0, 1, 2], dtype=int64)", "many": "MultiIndex([(1, 'a'), (2, 'b')], dtype=object, name=('k', None))",
    "moment": "Timestamp('2024-01-31 12:00:00')", "never": "NaT", "missing": "<NA>",
    "lists": "DataFrame({'l': [[1], [2, 6]]}, shape=(2, 1))", "empty": "DataFrame({}, shape=(0, 0))",
    "periods": "PeriodIndex([?, ?], dtype=PeriodArray)",
}  # fmt: skip
DONE = {
    "cell": [("df.loc[0, 'a']", "1", "10")], "column": [("df['z']", "", "[20, 4, 6]")],
    "by place": [("df.loc[1, 'c']", "2.5", "99.5")], "label": [("s['q']", "2", "20")], "first": [("s['p']", "1", "5")],
    "inside": [("lists.loc[1, 'l']", "[2]", "[2, 6]")],
}  # fmt: skip


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    pytest.importorskip("pandas")
    return record(TABLES, tmp_path_factory.mktemp("tables"))


@pytest.mark.parametrize("name", TOLD)
def test_tables_are_drawn(tables: Recording, name: str) -> None:
    assert at_end(tables)[name].text == TOLD[name]


@pytest.mark.parametrize("mark", DONE)
def test_tables_change_when_they_do(tables: Recording, mark: str) -> None:
    assert after(tables, line_of(TABLES, mark)) == DONE[mark]


def test_whole_tables_change(tables: Recording) -> None:
    assert [(p, b) for p, _, b in after(tables, line_of(TABLES, "popped"))] == [("df['b']", "")]
    assert {p for p, _, _ in after(tables, line_of(TABLES, "row"))} == {"df['a']", "df['c']", "df['z']"}
    assert after(tables, line_of(TABLES, "sorted"))


def test_tables_can_be_asked(tables: Recording) -> None:
    end, value = len(tables) - 1, at_end(tables)
    assert tables.evaluate(end, "df['c'][1]").literal == 99.5
    assert tables.evaluate(end, "len(df)").literal == 4 and tables.evaluate(end, "df.shape").literal == (4, 3)
    assert tables.evaluate(end, "s['q']").literal == 20
    assert (value["wide"].length, value["wide"].more + len(value["wide"].children)) == (1000, 60)
    columns = dict(value["more"].children)
    assert [columns[n].text for n in ("'d'", "'e'", "'i'")] == ["[2024-01-01, 2024-01-02]", "['u', 'v']", "[1, <NA>]"]
    assert columns["'e'"].type_name == "category"
    assert value["local"].children[0][1].text == "2023-12-31 23:00:00Z"


# -- torch ---------------------------------------------------------------------------------------------------

TENSORS = '''\
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

x = torch.arange(6.0).reshape(2, 3)
row, weight = x[0], torch.nn.Parameter(torch.ones(2))
big, thin, whole = torch.zeros(10**6), torch.empty(3, device="meta"), torch.tensor([1, 2])
sparse, kind = torch.eye(2).to_sparse(), x.dtype
row += 1  # through a view
x[1, 2] = 70  # cell
(weight * 2).sum().backward()
torch.optim.SGD([weight], lr=0.1).step()  # trained
with torch.no_grad():
    weight.zero_()  # zeroed
shared = x.numpy()
shared[0, 0] = -5  # by numpy


class Loud(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        print("asked", function)
        return super().__torch_function__(function, types, args, kwargs or {})


class Listen(TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        print("heard", function)
        return function(*args, **(kwargs or {}))


class Watch(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        print("seen", function)
        return function(*args, **(kwargs or {}))


loud = torch.ones(2).as_subclass(Loud)
for mode in (Listen(), Watch()):
    with mode:
        y = big
        y = x


def net(given):
    doubled = given * 2
    return doubled + x


traced = torch.jit.trace(net, (torch.ones(2, 3),))
print(traced.graph)
with torch.profiler.profile() as profile:
    z = big + big
    z = None
print(sorted(e.key for e in profile.key_averages()), x._version, weight._version, weight.grad)
'''


@pytest.fixture(scope="module")
def tensors(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    pytest.importorskip("torch")
    return record(TENSORS, tmp_path_factory.mktemp("tensors"))


def test_tensors_are_drawn(tensors: Recording) -> None:
    end = at_end(tensors)
    assert end["x"].text == "tensor([[-5.0, 2.0, 3.0], [3.0, 4.0, 70.0]], dtype=float32)"
    assert end["weight"].text == "Parameter([0.0, 0.0], dtype=float32, requires_grad=True)"
    assert end["thin"].text == "tensor(… not read: on meta, shape=(3,), dtype=float32, device='meta')"
    assert end["sparse"].text == "tensor(… not read: sparse_coo, shape=(2, 2), dtype=float32)"
    assert end["loud"].text == "<Loud not read: derived from Tensor>"
    assert end["kind"].text == "torch.float32" and end["whole"].text == "tensor([1, 2], dtype=int64)"


def test_tensors_change_when_they_do(tensors: Recording) -> None:
    view = [(f"{name}[{n}]", f"{n}.0", f"{n + 1}.0") for n in range(3) for name in ("row", "x[0, ")]
    view = [(path.replace("[0, [", "[0, ").replace("x[0, ]", "x[0, "), a, b) for path, a, b in view]
    assert sorted(after(tensors, line_of(TENSORS, "through a view"))) == sorted(view)
    assert after(tensors, line_of(TENSORS, "cell")) == [("x[1, 2]", "5.0", "70.0")]
    assert ("weight[0]", "1.0", "0.8") in after(tensors, line_of(TENSORS, "trained"))
    assert ("weight[0]", "0.8", "0.0") in after(tensors, line_of(TENSORS, "zeroed"))
    assert ("x[0, 0]", "1.0", "-5.0") in after(tensors, line_of(TENSORS, "by numpy"))


def test_torch_notices_nothing(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (tmp_path / "p.py").write_text(TENSORS)
    target = Target("script", "p.py", cwd=tmp_path)
    done = recorded(target, tmp_path / "out" / "run.duck")
    assert done.outcome.stdout == plain(target).stdout


@pytest.mark.skipif("not __import__('importlib.util').util.find_spec('torch')")
def test_a_tensor_on_a_gpu_is_not_waited_for(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("there is no GPU")
    end = at_end(record("import torch\nx = torch.ones(3, device='cuda')\nx += 1\nprint('end')\n", tmp_path))
    assert end["x"].text == "tensor(… not read: on cuda:0, shape=(3,), dtype=float32, device='cuda:0')"
