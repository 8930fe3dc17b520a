"""numpy arrays, array.array and memoryview: type, shape and first elements.

Runs inside the recorded process. An array of at most bounds.elements is read whole, of a larger one a corner:
the work grows neither with the array nor with the size of one element. Nothing is copied but that, and no
method of a subclass is called.
"""

from __future__ import annotations

from .. import bounds
from ..kinds import Text, type_dict
from .owners import why_not
from .parts import Seen, field, is_a, kind_name, plain, short
from .registry import closed, library
from .scalars import dtype_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

CORNER = {1: 100, 2: 10, 3: 4, 4: 3, 5: 2, 6: 2}  # elements along each axis, by number of axes


def taken(shape: Sequence[int], size: int, itemsize: int = 8) -> list[int]:
    """How many elements are read along each axis; itemsize: bytes of one."""
    most = CORNER.get(len(shape), 1)
    part = list(shape) if 0 < size <= bounds.elements else [min(n, most) for n in shape]
    count = min(size, bounds.elements)
    while count * itemsize > bounds.memory and count > 1:  # long texts, records: fewer of them
        longest = part.index(max(part))
        part[longest] = part[longest] // 2
        count = 1
        for n in part:
            count *= n
    return part


# -- numpy -------------------------------------------------------------------------------------------------


def ndarray(value: Any) -> Seen:
    """An ndarray of any kind."""
    base = closed("numpy", "ndarray")
    dtype, shape, size = (type_dict(base)[n].__get__(value) for n in ("dtype", "shape", "size"))
    about = {"shape": list(shape), "dtype": dtype_name(dtype)}
    about["taken"] = part = taken(shape, size, field(dtype, "itemsize"))
    view = corner(value, base, part)
    why = unread(value, view, dtype)
    if why:
        return Seen({**about, "taken": [0], "why": why}, list, size, whole=False)
    whole = part == list(shape)
    mask = _mask(value, base, part)
    if mask is not None:
        return Seen(about, lambda: _masked(elements(view, base), elements(mask, base)), size, None,
                    whole)
    mark = None if field(dtype, "hasobject") else base.tobytes(view)  # of objects it has the addresses only
    return Seen(about, lambda: elements(view, base), size, mark, whole)


def unread(value: Any, view: Any, dtype: Any) -> str:
    """Why elements are not read; "" when they are."""
    itemsize = field(dtype, "itemsize")
    return f"elements of {itemsize:,} bytes" if itemsize > bounds.memory else why_not(value, view)


def _mask(value: Any, base: Any, part: Sequence[int]) -> Any:
    """Which elements of a MaskedArray do not count; None for all others."""
    masked = library("numpy.ma", "MaskedArray")
    if masked is None or not is_a(value, masked):
        return None
    mask = field(value, "_mask")
    return corner(mask, base, part) if type(mask) is base and field(mask, "ndim") == len(part) else None


def _masked(values: list[Any], mask: list[Any]) -> list[Any]:
    return [Text("--") if hidden is True else v for v, hidden in zip(values, mask, strict=True)]


def corner(value: Any, base: Any, part: Sequence[int]) -> Any:
    """The first elements along each axis, as a plain ndarray over the same memory."""
    view = base.view(value, base)
    return view if tuple(part) == view.shape else view[tuple(slice(n) for n in part)]


def elements(view: Any, base: Any) -> list[Any]:
    """Elements of a plain ndarray in C order: plain values, objects, or texts."""
    dtype = view.dtype
    if dtype.kind in "Mm" or dtype.char in "gG":  # no plain value holds these in full
        return [Text(t) for t in base.ravel(base.astype(view, "U")).tolist()]
    flat = base.ravel(view)
    if dtype.kind == "O":
        return list(flat.tolist())
    return [v if dtype.kind != "V" else Text(short(v)) for v in flat.tolist()]


def flat(value: Any, base: Any) -> str:
    """<flatiter of ndarray>"""
    return f"<flatiter of {kind_name(flattened(value))}>"


def flattened(value: Any) -> Any:
    """The array that `array.flat` belongs to."""
    return field(value, "base")


# -- the standard library's --------------------------------------------------------------------------------


def typed(value: Any) -> Seen:
    """An array.array."""
    base = closed("array", "array")
    length = base.__len__(value)
    head = base.__getitem__(value, slice(taken([length], length)[0]))
    about = {"shape": [length], "code": field(value, "typecode"), "taken": [len(head)]}
    return Seen(about, head.tolist, length, head.tobytes(), length <= bounds.elements)


def view(value: Any, base: Any) -> str:
    """<memoryview of bytearray, format='B' shape=(4,)>: the elements are those of the bytearray."""
    try:
        return f"<memoryview of {kind_name(value.obj)}, format={plain(value.format)} shape={value.shape}>"
    except ValueError:
        return "<memoryview released>"


def viewed(value: Any) -> Any:
    """What a memoryview shows."""
    return value.obj
