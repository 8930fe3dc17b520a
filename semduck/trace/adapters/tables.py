"""pandas: Series, Index and DataFrame, read from their blocks; no code written in Python runs.

Runs inside the recorded process. Reading through the public methods would fill caches and note views.
"""

from __future__ import annotations

from .. import bounds
from ..kinds import ATOM_IDS, Text, type_name
from . import arrays
from .moments import MISSING
from .parts import Seen, clean, exactly, field, is_a, kind_name, plain, raised_below, short
from .registry import closed, library
from .scalars import dtype_name
from .values import zone_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ROWS, COLUMNS = 20, 50  # of a table of more cells than are read; columns of any
SERIES = arrays.CORNER[1]
UNREAD = "?"


def series(value: Any) -> Seen:
    """Values by label."""
    manager = field(value, "_mgr")
    labels = exactly(field(manager, "axes"), list)[0]
    values = field(exactly(field(manager, "blocks"), tuple)[0], "values")
    size = _length(labels)
    count = size if size <= bounds.elements else SERIES
    about = {"shape": [size], "taken": [count], "dtype": _dtype(values), "index": _labels(labels, count)}
    if field(value, "_name") is not None:
        about["name"] = short(field(value, "_name"))
    return Seen(about, lambda: column(values, 0, count), size, None, count == size)


def index(value: Any) -> Seen:
    """Labels of an axis."""
    size = _length(value)
    count = size if size <= bounds.elements else SERIES
    about: dict[str, Any] = {"shape": [size], "taken": [count], "dtype": _index_dtype(value)}
    name = _index_name(value)
    if name is not None:
        about["name"] = short(name)
    return Seen(about, lambda: items(value, count), size, None, count == size)


def frame(value: Any) -> Seen:
    """Columns by label; elements column by column."""
    manager = field(value, "_mgr")
    across, down = exactly(field(manager, "axes"), list)
    shape = [_length(down), _length(across)]
    columns = min(shape[1], COLUMNS)
    rows = shape[0] if shape[0] * columns <= bounds.elements else min(shape[0], ROWS)
    found = _columns(exactly(field(manager, "blocks"), tuple), columns)
    about = {"shape": shape, "taken": [rows, columns], "columns": [_label(v) for v in items(across, columns)],
             "index": _labels(down, rows), "dtypes": [_dtype(found[n][0]) for n in range(columns)]}
    return Seen(about, lambda: [v for n in range(columns) for v in column(*found[n], rows)], shape[0], None,
                [rows, columns] == shape)


def _columns(blocks: Any, count: int) -> dict[int, tuple[Any, int]]:
    """{number of the column: (values of its block, row in them)}"""
    found: dict[int, tuple[Any, int]] = {}
    base = closed("numpy", "ndarray")
    for block in blocks:
        if len(found) == count:
            break
        values, places = field(block, "values"), exactly(field(field(block, "_mgr_locs"), "as_array"), base)
        wide = base.__len__(places) > count * 100  # thousands of columns: the first blocks are enough
        for row, place in enumerate((places[: count * 100] if wide else places).tolist()):
            if place < count:
                found[place] = values, row
    return found


# -- one column --------------------------------------------------------------------------------------------


def column(values: Any, row: int, count: int) -> list[Any]:
    """The first elements of one row of a block, whatever keeps them; a text for each that cannot be read."""
    base = closed("numpy", "ndarray")
    try:
        if is_a(values, base):
            return _numbers(values, base, row, count)
        return _extension(values, base, row, count)
    except Exception as error:
        raised_below(error)
        return [Text(UNREAD)] * count


def _numbers(values: Any, base: Any, row: int, count: int) -> list[Any]:
    flat = base.view(values, base)
    part = (flat[row] if flat.ndim > 1 else flat)[:count]
    if arrays.unread(values, part, part.dtype) or part.nbytes > bounds.memory:
        raise ValueError
    return arrays.elements(part, base)


def _extension(values: Any, base: Any, row: int, count: int) -> list[Any]:
    """pandas' own kinds of columns, by what they keep."""
    if _is(values, "Categorical"):
        return _picked(field(values, "_ndarray"), field(field(values, "_dtype"), "_categories"), base, count)
    if _is(values, "DatetimeArray") or _is(values, "TimedeltaArray"):
        zone = "Z" if "tz" in _dtype(values) else ""
        return [Text(_time(v.text) + zone) for v in _numbers(field(values, "_ndarray"), base, row, count)]
    if _is(values, "StringArray") or _is(values, "NumpyExtensionArray"):
        return _numbers(field(values, "_ndarray"), base, row, count)
    if _is(values, "ArrowStringArray"):
        return _arrow(field(values, "_pa_array"), count)
    kept, hidden = field(values, "_data"), field(values, "_mask")
    pairs = zip(_numbers(kept, base, 0, count), _numbers(hidden, base, 0, count), strict=True)
    return [Text(MISSING) if missing is True else v for v, missing in pairs]


def _is(values: Any, name: str) -> bool:
    known = library("pandas.arrays", name) or library("pandas", name)
    return type(values) is known


def _arrow(values: Any, count: int) -> list[Any]:
    """Strings kept by pyarrow."""
    base = closed("pyarrow", "ChunkedArray")
    if type(values) is not base:
        raise ValueError
    return list(base.to_pylist(base.slice(values, 0, count)))


def _picked(codes: Any, labels: Any, base: Any, count: int) -> list[Any]:
    """Elements that are numbers of labels."""
    numbers = base.view(codes, base)[:count].tolist()
    known = items(labels, min(max([0, *(n + 1 for n in numbers)]), bounds.elements))
    return [known[n] if 0 <= n < len(known) else Text(MISSING) for n in numbers]


def _time(text: str) -> str:
    """2024-01-31T00:00:00.000000 as pandas writes it."""
    day, _, rest = text.partition("T")
    clock, _, fraction = rest.partition(".")
    fraction = fraction.rstrip("0")
    rest = f"{clock}.{fraction}" if fraction else clock
    return day if rest in ("", "00:00:00") else f"{day} {rest}"


# -- labels ------------------------------------------------------------------------------------------------


def items(value: Any, count: int) -> list[Any]:
    """The first labels of an Index."""
    if _is(value, "RangeIndex"):
        return list(exactly(field(value, "_range"), range)[:count])
    if _is(value, "MultiIndex"):
        return _levels(value, count)
    return column(field(value, "_data"), 0, count)


def _levels(value: Any, count: int) -> list[Any]:
    base = closed("numpy", "ndarray")
    pairs = zip(list.__iter__(field(value, "_codes")), list.__iter__(field(value, "_levels")), strict=True)
    parts = [[_label(v) for v in _picked(codes, labels, base, count)] for codes, labels in pairs]
    return [Text(f"({', '.join(texts)})") for texts in zip(*parts, strict=True)]


def _length(value: Any) -> int:
    """Number of labels."""
    if _is(value, "RangeIndex"):
        return len(exactly(field(value, "_range"), range))
    if _is(value, "MultiIndex"):
        return _kept_length(list.__getitem__(field(value, "_codes"), 0))
    return _kept_length(field(value, "_data"))


def _kept_length(kept: Any) -> int:
    """Length of what holds the elements of a column, found in the array at the bottom of it."""
    base = closed("numpy", "ndarray")
    if is_a(kept, base):
        return int(base.__len__(kept))
    if type(kept) is closed("pyarrow", "ChunkedArray"):
        return int(type(kept).__len__(kept))
    for name in ("_ndarray", "_data", "_pa_array", "_left"):
        try:
            return _kept_length(field(kept, name))
        except LookupError:
            pass
    raise LookupError


def _labels(value: Any, count: int) -> Any:
    """Texts of labels; start and step of those that only count."""
    if _is(value, "RangeIndex"):
        kept = exactly(field(value, "_range"), range)
        return {"start": kept.start, "step": kept.step}
    return [_label(v) for v in items(value, count)]


def _label(value: Any) -> str:
    if type(value) is Text:
        return str(value.text)
    return plain(value, 40) if id(type(value)) in ATOM_IDS else short(value, 40)


def _index_name(value: Any) -> Any:
    if _is(value, "MultiIndex"):
        names = field(value, "_names")
        return tuple(names) if type(names) is list and any(n is not None for n in names) else None
    return field(value, "_name")


# -- types -------------------------------------------------------------------------------------------------


def _dtype(values: Any) -> str:
    """int64, category, str, datetime64[us, UTC], ..."""
    base = closed("numpy", "ndarray")
    if is_a(values, base):
        return dtype_name(field(values, "dtype"))
    if _is(values, "Categorical"):
        return "category"
    try:
        dtype = field(values, "_dtype")
    except LookupError:
        return kind_name(values)
    if _is(values, "DatetimeArray") and type_name(type(dtype)) == "DatetimeTZDtype":
        return f"datetime64[{field(dtype, '_unit')}, tz {zone_text(field(dtype, '_tz'))}]"
    if is_a(dtype, closed("numpy", "dtype")):
        return dtype_name(dtype)
    return "str" if type_name(type(dtype)) == "StringDtype" else clean(kind_name(values))


def _index_dtype(value: Any) -> str:
    if _is(value, "RangeIndex"):
        return "int64"
    return "object" if _is(value, "MultiIndex") else _dtype(field(value, "_data"))


def indexed(value: Any) -> Any:
    """The table that `table.loc` and the like belong to."""
    return field(value, "obj")
