# ruff: noqa: E501 - tables of values read better on long lines
"""Values of the standard library's classes: what is shown of them."""

from __future__ import annotations

import pytest
from oracle.told import at_end, record

from semduck.trace.recording import Recording

TEXT = """\
import array, functools, io, json, os, re, types, uuid
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


def make(n):
    def inner(k):
        return n + k
    return inner


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
with open("lines.txt", "w") as out:
    out.write("one\\ntwo\\n")
bare, whole, over = open("lines.txt", "rb", buffering=0), open("lines.txt", "rb"), open("lines.txt")
bare.read(3)
whole.read(1)
over.close()
held = [work, make(2), json.dumps, print, json, types.ModuleType("made")]
try:
    try:
        {}["k"]
    except KeyError as inner:
        inner.add_note("hint")
        raise ValueError("bad", 3) from inner
except ValueError as error:
    kept = error
try:
    try:
        {}["k"]
    except KeyError:
        int("x")
except ValueError as error:
    during = error
try:
    try:
        {}["k"]
    except KeyError:
        raise ValueError("hidden") from None
except ValueError as error:
    alone = error
print("end")
"""
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
    "generator": "<generator work not started>", "started": "<generator work suspended at line 54 with a=1, b=1, c=2, d='x', rest=(), mo…>", "coroutine": "<coroutine wait finished>",
    "bound": "partial(work, 1, c=2)", "text": "<StringIO at 5>", "kept": "ValueError: ('bad', 3)",
}  # fmt: skip


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return record(TEXT, tmp_path_factory.mktemp("standard"))


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown(standard: Recording, name: str) -> None:
    assert at_end(standard)[name].text == SHOWN[name]


FILES = {
    "file": "<TextIOWrapper mode='r' descriptor at 0 name='/dev/null' encoding='",
    "out": "<TextIOWrapper mode='w' closed name='lines.txt' encoding='",
    "over": "<TextIOWrapper mode='r' closed name='lines.txt' encoding='",
    "bare": "<FileIO mode='rb' at 3 name='lines.txt'>",
    "whole": "<BufferedReader mode='rb' descriptor at 8 name='lines.txt'>",
}


@pytest.mark.parametrize("name", FILES)
def test_files_tell_mode_position_and_name(standard: Recording, name: str) -> None:
    assert at_end(standard)[name].text.startswith(FILES[name])


def test_functions_and_modules_tell_where_they_are_from(standard: Recording) -> None:
    held = [v.text for _, v in at_end(standard)["held"].children]
    place = TEXT.split("\n").index('def work(a, b=1, *rest, c, d="x", **more):') + 1
    assert held[0] == f"function work(a, b=1, *rest, c, d='x', **more) at p.py:{place}"
    assert held[1] == f"function make.<locals>.inner(k) at p.py:{place + 9} with n=2"
    assert held[2].startswith("function dumps(obj, *, ") and held[3] == "function print"
    assert held[4].startswith("module json from '/") and held[5] == "module made"


def test_closures_and_generators_can_be_opened(standard: Recording) -> None:
    inner = dict(at_end(standard)["held"].children)["1"]
    assert [(n, v.literal) for n, v in inner.children] == [("n", 2)]
    assert dict(at_end(standard)["started"].children)["d"].literal == "x"
    assert not at_end(standard)["generator"].children


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


def test_exceptions_tell_what_they_were_raised_after(standard: Recording) -> None:
    end = at_end(standard)
    assert dict(end["during"].children)["__context__"].text == "KeyError: 'k'"
    assert [name for name, _ in end["alone"].children] == ["args"]


@pytest.mark.parametrize(("name", "literal"), [("one", 1), ("word", "hi"), ("status", 200), ("root", 1 + 2j)])
def test_numbers_and_texts_of_enums_are_exact(standard: Recording, name: str, literal: object) -> None:
    value = at_end(standard)[name]
    assert value.is_literal and value.literal == literal and type(value.literal) is type(literal)


@pytest.mark.parametrize("name", ["day", "price", "red", "path", "numbers", "huge"])
def test_what_is_not_plain_data_is_no_literal(standard: Recording, name: str) -> None:
    assert not at_end(standard)[name].is_literal
