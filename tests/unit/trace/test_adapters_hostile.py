# ruff: noqa: E501 - tables of values read better on long lines
"""Looking at a value runs nothing of the program, imports nothing, and is not fooled by names."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle.told import at_end, record, same_as_plain

from semduck.trace.adapters.parts import Adapter
from semduck.trace.adapters.values import own_repr

COUNTING = '''\
import array, collections, dataclasses, datetime, decimal, enum, fractions, functools, io, pathlib, re, types, uuid
counts = {}
ASKED = """__repr__ __str__ __eq__ __ne__ __hash__ __len__ __bool__ __iter__ __getitem__ __contains__ __call__
__getattribute__ __dir__ __sizeof__ __format__ __lt__ __le__ __gt__ __ge__ __int__ __index__ __float__ __reduce__
__reduce_ex__ __copy__ __deepcopy__ __getstate__ __reversed__ __length_hint__ __bytes__ __next__ __fspath__ __add__
__array__ __array_finalize__ __array_wrap__ __array_ufunc__ __array_function__ __array_interface__ __torch_function__
__buffer__ utcoffset tzname isoformat tolist view keys items values get shape dtype year name value _mgr index columns
span group closed mode tell read numerator parts buffer raw fileno seekable readable writable flush encoding detach seek
__context__ __cause__ __suppress_context__ __notes__ __traceback__ __name__ __file__ __wrapped__ __code__ __closure__ _str _value_ _name_ _fields maxlen default_factory args""".split()
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
    store = getattr(below, "fset", None) or (lambda self, value: None)
    return property(method, store) if plain_field else method


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
    safe = [n for n in safe if hasattr(base, n) or not n.startswith("__array")]
    space = {n: counter(n, base) for n in safe}
    space["__class__"] = property(counter("__class__", object))
    return meta(base.__name__ + "2", (base,), space)


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
    "level": members("Level", "IntEnum", "int"), "flag": members("Right", "Flag", "object"),
    "raw": derived(io.FileIO)("p.py"), "reader": derived(io.BufferedReader)(io.FileIO("p.py")),
    "over": derived(io.TextIOWrapper)(io.BytesIO(b"x")), "below": io.TextIOWrapper(derived(io.BytesIO)(b"x")),
    "module": derived(types.ModuleType)("made"), "group": derived(ExceptionGroup)("g", [ValueError(1)]),
    "slots": derived(dataclasses.make_dataclass("D", ["a", "b"], slots=True))(1, [2]),
}
made["data"] = derived(dataclasses.make_dataclass("E", ["a"]))(1)
found = re.match("(x)", made["str"])


def around(n, kept):
    def inner():
        return n, kept
    def each():
        yield n
        yield kept
    later = each()
    next(later)
    return [inner, later]


closures = around(made["int"], made["dict"])
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


@pytest.mark.parametrize("library", ["", "numpy", "pandas", "torch"])
def test_no_method_of_the_program_is_called(library: str, tmp_path: Path) -> None:
    more = {"": "", "numpy": NUMPY, "pandas": PANDAS, "torch": TORCH}[library]
    if library:
        pytest.importorskip(library)
    assert same_as_plain(COUNTING.replace("#MORE", more), tmp_path).startswith("True")


def test_the_program_imports_no_more_than_without_us(tmp_path: Path) -> None:
    text = "import sys, datetime, pathlib, re, enum\nxs = [datetime.date(1, 1, 1), pathlib.Path('a'), re.compile('a')]\nxs.append(xs)\nprint(sorted(sys.modules))\n"
    assert "semduck" not in same_as_plain(text, tmp_path)


IMPOSTORS = """\
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
"""


def test_what_only_looks_like_a_library_is_left_alone(tmp_path: Path) -> None:
    end = at_end(record(IMPOSTORS, tmp_path))
    assert end["fake"].kind == "list" and end["fake"].type_name == "ndarray"
    assert end["frame"].kind == "object" and end["other"].text == "Enum()"
    assert end["empty_path"].text == "<PosixPath>"
    assert end["empty_uuid"].text == "<UUID>"
    assert end["gone"].text == "<TextIOWrapper>" and end["dead"].text == "<StringIO closed>"
    assert end["never"].text in ("<BufferedReader>",)


UNDISTURBED = """\
import importlib.util, inspect, io, os, pathlib, sys, types, weakref

with open("lines.txt", "w+") as file:
    file.write("one\\ntwo\\nthree\\n")
    print(os.fstat(file.fileno()).st_size)
with open("lines.txt") as file:
    print(next(file), os.lseek(file.fileno(), 0, 1))
    rest = list(file)
with open("lines.txt", "rb") as file:
    file.read(1)
    print(file.tell(), os.lseek(file.fileno(), 0, 1))
    os.lseek(file.fileno(), 2, 0)
    file.seek(5)
    print(file.read(3), file.tell())
    os.lseek(file.fileno(), 0, 0)
    print(file.tell(), file.read(2), file.peek(1)[:1])
fast = open("lines.txt", "rb")
os.lseek(fast.fileno(), 4, 0)
fast.seek(0)
print(fast.read())
ahead, behind = os.pipe()
pipe = os.fdopen(behind, "w")
pipe.write("x")
pipe.close()
print(os.fdopen(ahead).read())
os.close(fast.fileno())
fast = [fast, 1]
try:
    fast[0].close()
except OSError as error:
    print(error.errno)
path = pathlib.PurePosixPath("a", "b") / "c"
path = [path]
for name in ("_str", "_hash", "_parts_normcase_cached", "_str_normcase_cached"):
    slot = pathlib.PurePath.__dict__.get(name)
    try:
        print(name, slot and slot.__get__(path[0]))
    except AttributeError:
        print(name, "not filled")


def count():
    got = yield 1
    yield got


def never():
    yield


def bare():
    pass


counting, unused = count(), never()
next(counting)
print(inspect.getgeneratorstate(counting), inspect.getgeneratorstate(unused), counting.send(5), next(counting, "end"))
kept = [bare]
lazy = importlib.util.LazyLoader.factory(importlib.util.find_spec("colorsys").loader.__class__)
spec = importlib.util.find_spec("colorsys")
spec.loader = importlib.util.LazyLoader(spec.loader)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
held = [module, module]
print(object.__getattribute__(module, "__class__").__name__, "semduck" in str(sorted(sys.modules)))
print(module.rgb_to_hsv(0, 0, 0), type(module).__name__)


class Loud(types.ModuleType):
    def __getattribute__(self, name):
        print("asked", name)
        return super().__getattribute__(name)


loud = Loud("loud")
loud = [loud, vars]
sys.modules["loud"] = loud[0]
import loud as again
print(len(loud))
"""


def test_nothing_is_disturbed(tmp_path: Path) -> None:
    assert "OSError" not in same_as_plain(UNDISTURBED, tmp_path)


def test_an_error_of_a_signal_handler_is_not_swallowed() -> None:
    def interrupted(value: object, base: object) -> str:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        Adapter(interrupted).label(1)
    assert Adapter(own_repr, base=int).label("no int") == ""
