"""Whose memory an ndarray shows, and whether reading it is safe.

Runs inside the recorded process. An array can be made over memory that is mapped from a file, freed, or not
its own at all (`as_strided`): printing it would be the program's own risk, looking at it must not be.
"""

from __future__ import annotations

from ..kinds import in_c, type_name
from .parts import field, is_a, kind_name
from .registry import closed, library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OWNERS = 20  # views of views that are followed
# Classes in C whose objects keep their memory for as long as they live.
KEEPERS = (("array", "array"), ("torch", "Tensor"), ("pyarrow.lib", "Buffer"))


def owner(value: Any) -> tuple[Any, bool]:
    """(An ndarray, or what the outermost one was made from; was a view made with strides of its own?)"""
    base = closed("numpy", "ndarray")
    strided = False
    for _ in range(OWNERS):
        below = field(value, "base")
        if below is None:
            return value, strided
        if type_name(type(below)) == "DummyArray":  # of as_strided: holds the array it was made from
            below, strided = field(below, "base"), True
        value = below
        if not is_a(value, base):
            break
    return value, strided


def below(value: Any) -> Any:
    """Whose memory an array shows: an ndarray's, a bytearray's, a tensor's, ..."""
    if not is_a(value, closed("numpy", "ndarray")):
        return value
    held, _ = owner(value)
    return held.obj if type(held) is memoryview else held


def why_not(value: Any, view: Any) -> str:
    """Why elements of an ndarray cannot be read safely; "" when they can. view: the part that is wanted."""
    held, strided = owner(value)
    if is_a(held, closed("numpy", "ndarray")):
        return "strides beyond its memory" if strided and not _within(view, held) else ""
    held = held.obj if type(held) is memoryview else held
    if _keeps(held):
        return "strides of its own" if strided else ""
    mapped = type_name(type(held)) == "mmap"
    return "mapped memory" if mapped else f"memory of {kind_name(held)}"


def _keeps(held: Any) -> bool:
    """Does an object keep its memory as long as it lives?"""
    cls = type(held)
    if cls is bytes or cls is bytearray or (type_name(cls) == "PyCapsule" and in_c(cls)):
        return True
    return any(cls is library(module, name) for module, name in KEEPERS) or _own_ctypes(held)


def _own_ctypes(held: Any) -> bool:
    """A ctypes array that owns its memory, so not one made from a pointer."""
    array = library("_ctypes", "Array")
    if array is None or not is_a(held, array):
        return False
    below = field(held, "_b_base_")
    return bool(field(held, "_b_needsfree_") == 1) if below is None else _own_ctypes(below)


def _within(view: Any, whole: Any) -> bool:
    """Do all bytes of a view lie in those of another array?"""
    (low, high), (first, last) = _extent(view), _extent(whole)
    return first <= low and high <= last


def _extent(array: Any) -> tuple[int, int]:
    """Address of the first byte of an array, and of the one after its last."""
    low: int = field(array, "__array_interface__")["data"][0]
    high = low + field(array, "itemsize")
    for n, stride in zip(field(array, "shape"), field(array, "strides"), strict=True):
        if n == 0:
            return low, low
        low, high = low + min(0, (n - 1) * stride), high + max(0, (n - 1) * stride)
    return low, high
