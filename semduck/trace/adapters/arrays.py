"""numpy arrays, array.array and memoryview: type, shape and first elements.

Runs inside the recorded process. An array of at most WHOLE elements is read whole, of a larger one a corner:
the work does not grow with the array. Nothing is copied but that, and no method of a subclass is called.
"""

from __future__ import annotations

import sys

from ..kinds import Text, in_c, module_dict, mro, type_dict, type_name
from .parts import Seen, field, is_a, kind_name, plain, short
from .scalars import dtype_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

WHOLE = 1000  # elements; numpy, too, writes larger arrays with dots
CORNER = {1: 100, 2: 10, 3: 4, 4: 3, 5: 2, 6: 2}  # elements along each axis, by number of axes
OWNERS = 20  # views of views that are followed


def library(module: str, name: str) -> Any:
    """A class of a module that the program has imported, else None."""
    modules = sys.modules
    found = modules.get(module) if type(modules) is dict else None
    if found is None or type(sys) not in mro(type(found)):
        return None
    return module_dict(found).get(name)


def closed(module: str, name: str) -> Any:
    """The same, only when the class is written in C: then its methods are not the program's."""
    found = library(module, name)
    return found if found is not None and is_a(found, type) and in_c(found) else None


def taken(shape: Sequence[int], size: int) -> list[int]:
    """How many elements are read along each axis."""
    if size <= WHOLE:
        return list(shape)
    most = CORNER.get(len(shape), 1)
    return [min(n, most) for n in shape]


# -- numpy -------------------------------------------------------------------------------------------------


def ndarray(value: Any) -> Seen:
    """An ndarray of any kind."""
    base = closed("numpy", "ndarray")
    dtype, shape, size = (type_dict(base)[n].__get__(value) for n in ("dtype", "shape", "size"))
    about = {"shape": list(shape), "dtype": dtype_name(dtype)}
    if on_disk(value):
        return Seen({**about, "taken": [0], "why": "on disk"}, list, size, whole=False)
    about["taken"] = part = taken(shape, size)
    view = corner(value, base, part)
    mask = _mask(value, base, part)
    if mask is not None:
        return Seen(about, lambda: _masked(elements(view, base), elements(mask, base)), size, None,
                    size <= WHOLE)
    mark = base.tobytes(view) if field(dtype, "kind") != "O" else None
    return Seen(about, lambda: elements(view, base), size, mark, size <= WHOLE)


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


def owner(value: Any) -> Any:
    """Whose memory an array shows: an ndarray, or what the outermost one was made from."""
    base = closed("numpy", "ndarray")
    get = type_dict(base)["base"].__get__
    for _ in range(OWNERS):
        below = get(value)
        if below is None:
            return value
        value = below
        if not is_a(value, base):
            return value
    return value


def on_disk(value: Any) -> bool:
    """Does it show a mapped file? That may be slow, and fatal when the file has become shorter."""
    return type_name(type(owner(value))) == "mmap"


# -- the standard library's --------------------------------------------------------------------------------


def typed(value: Any) -> Seen:
    """An array.array."""
    base = closed("array", "array")
    length = base.__len__(value)
    head = base.__getitem__(value, slice(taken([length], length)[0]))
    about = {"shape": [length], "code": field(value, "typecode"), "taken": [len(head)]}
    return Seen(about, head.tolist, length, head.tobytes(), length <= WHOLE)


def view(value: Any, base: Any) -> str:
    """<memoryview of bytearray, format='B' shape=(4,)>: the elements are those of the bytearray."""
    try:
        return f"<memoryview of {kind_name(value.obj)}, format={plain(value.format)} shape={value.shape}>"
    except ValueError:
        return "<memoryview released>"


