"""How values of well-known library classes are shown, without running any code of the program.

Runs inside the recorded process and imports no library: a class is looked up in sys.modules, and its adapter
is taken only where the class found there is the very one among the object's bases. Everything is read through
the descriptors of that class, so what a subclass overrides never runs.
"""

from __future__ import annotations

from ..kinds import ATOM_IDS, Layout, Module, in_c, mro, type_name
from . import arrays, files, memory, moments, patterns, scalars, tables, tensors, values
from .parts import Adapter
from .registry import library

_DATES, _FILES, _PANDAS = ("datetime", "_datetime"), ("_io",), ("pandas",)
_TENSOR = Adapter(kind="array", look=tensors.tensor, changes=True, memory=memory.of_tensor, fields=True)
_ARRAY = Adapter(kind="array", look=arrays.ndarray, changes=True, memory=memory.of_array)
_FILE = Adapter(files.buffered, changes=True)

# name of a class: (modules that may hold it, adapter)
_KNOWN: dict[str, tuple[tuple[str, ...], Adapter]] = {
    "date": (_DATES, Adapter(values.date, fields=True)),
    "datetime": (_DATES, Adapter(values.moment, fields=True)),
    "time": (_DATES, Adapter(values.moment, fields=True)),
    "timedelta": (_DATES, Adapter(values.own_repr)),
    "timezone": (_DATES, Adapter(values.zone)),
    "ZoneInfo": (("zoneinfo", "_zoneinfo"), Adapter(values.zone)),
    "Decimal": (("decimal", "_decimal"), Adapter(values.decimal)),
    "Fraction": (("fractions",), Adapter(values.fraction, fields=True)),
    "UUID": (("uuid",), Adapter(values.uuid, fields=True)),
    "PurePath": (("pathlib", "pathlib._local"), Adapter(patterns.path, fields=True)),
    "Enum": (("enum",), Adapter(values.member, fields=True)),
    "Match": (("re",), Adapter(patterns.match)),
    "Pattern": (("re",), Adapter(patterns.pattern)),
    "partial": (("functools", "_functools"), Adapter(values.partial)),
    "defaultdict": (("collections", "_collections"), Adapter(values.factory, changes=True)),
    "TextIOWrapper": (_FILES, Adapter(files.text, changes=True)),
    "BufferedReader": (_FILES, _FILE),
    "BufferedWriter": (_FILES, _FILE),
    "BufferedRandom": (_FILES, _FILE),
    "FileIO": (_FILES, Adapter(files.raw, changes=True)),
    "StringIO": (_FILES, Adapter(files.memory, changes=True)),
    "BytesIO": (_FILES, Adapter(files.memory, changes=True)),
    "array": (("array",), Adapter(kind="array", look=arrays.typed, changes=True,
                                   memory=memory.of_object)),
    "ndarray": (("numpy",), _ARRAY),
    "flatiter": (("numpy",), Adapter(arrays.flat, behind=arrays.flattened)),
    "Series": (_PANDAS, Adapter(kind="array", look=tables.series, changes=True, fields=True)),
    "Index": (_PANDAS, Adapter(kind="array", look=tables.index, changes=True, fields=True)),
    "DataFrame": (_PANDAS, Adapter(kind="frame", look=tables.frame, changes=True, fields=True)),
    "Tensor": (("torch",), Adapter(tensors.derived, fields=True)),
    "NaTType": (("pandas._libs.tslibs.nattype",), Adapter(moments.not_a_time, fields=True)),
    "NAType": (("pandas._libs.missing",), Adapter(moments.not_available, fields=True)),
    "Timestamp": (_PANDAS, Adapter(moments.timestamp, fields=True)),
}
_KNOWN |= {name: (("pandas.core.indexing",), Adapter(behind=tables.indexed, fields=True))
           for name in ("_LocIndexer", "_iLocIndexer", "_AtIndexer", "_iAtIndexer")}
# Only these classes themselves: the methods of their base ask a subclass what to do.
_EXACT: dict[str, tuple[tuple[str, ...], Adapter]] = {
    "Tensor": (("torch",), _TENSOR),
    "Parameter": (("torch.nn.parameter",), _TENSOR),
    "dtype": (("torch",), Adapter(values.own_repr)),
    "device": (("torch",), Adapter(values.own_repr)),
}
_NUMPY = {"bool": Adapter(scalars.item, "bool"), "bool_": Adapter(scalars.item, "bool"),
          "integer": Adapter(scalars.item, "int"), "floating": Adapter(scalars.item, "float"),
          "complexfloating": Adapter(scalars.item, "complex"), "datetime64": Adapter(scalars.text),
          "timedelta64": Adapter(scalars.text), "void": Adapter(scalars.text),
          "dtype": Adapter(scalars.dtype)}
_LEAVES = {id(range): Adapter(values.own_repr, base=range), id(slice): Adapter(values.piece, base=slice),
           id(memoryview): Adapter(arrays.view, changes=True, behind=arrays.viewed, base=memoryview)}


def find(layout: Layout) -> Adapter | None:
    """The adapter for a class, None for most. Its `base` is the library's class."""
    cls = layout.cls
    if id(cls) in _LEAVES or id(cls) in ATOM_IDS:
        return _LEAVES.get(id(cls))
    if in_c(cls) and library("numpy", "generic") is not None:
        number = _numpy(cls)
        if number is not None:
            return number
    exact = _among(cls, _EXACT)
    for klass in mro(cls):
        found = exact or _among(klass, _KNOWN)
        if found is not None:
            return found.of(klass)
        if klass is Module and cls is not Module:
            return Adapter(values.module, base=Module)
    return _named(layout)


def _among(cls: type, table: dict[str, tuple[tuple[str, ...], Adapter]]) -> Adapter | None:
    name = str.__str__(type_name(cls))
    modules, adapter = table.get(name, ((), None))
    if adapter is None or not (adapter.fields or in_c(cls)):  # a stand-in of the program's own
        return None
    return adapter if any(library(module, name) is cls for module in modules) else None


def _numpy(cls: type) -> Adapter | None:
    """numpy's own scalars and dtypes, which are written in C: what the user derives from them is not."""
    for klass in mro(cls):
        adapter = _NUMPY.get(type_name(klass))
        if adapter is not None and library("numpy", type_name(klass)) is klass:
            return adapter.of(klass)
    return None


def _named(layout: Layout) -> Adapter | None:
    """A namedtuple tells its fields, a deque its greatest length."""
    if layout.kind == "deque":
        return Adapter(values.maxlen, base=layout.base)
    names = values.field_names(layout.cls) if layout.kind == "tuple" and layout.cls is not tuple else ""
    return Adapter(lambda value, base: names) if names else None
