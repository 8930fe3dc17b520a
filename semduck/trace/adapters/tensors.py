"""torch tensors: type, shape, device and first elements.

Runs inside the recorded process. Nothing waits for a device, nothing is added to a graph or a trace: elements
are read from the processor's memory only, through `data`, and not while the program listens to torch.
"""

from __future__ import annotations

from ..kinds import Builtin, type_dict
from .arrays import taken
from .parts import Seen, field, is_a, kind_name
from .registry import closed, library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LISTENERS = (("torch._C", "_len_torch_function_stack"), ("torch._C", "_len_torch_dispatch_stack"),
              ("torch._C", "_get_tracing_state"), ("torch._C._autograd", "_profiler_enabled"),
              ("torch._C._functorch", "peek_interpreter_stack"))
_SPECIAL = (("torch._C", "_is_cow_tensor"), ("torch._C._functorch", "is_functorch_wrapped_tensor"))


def tensor(value: Any) -> Seen:
    """A Tensor or a Parameter, never a class derived from them."""
    if not is_a(value, closed("torch._C", "TensorBase")):
        raise TypeError
    if _listening():
        return _unread({"shape": [], "dtype": "?"}, 0, "torch is being listened to")
    base = type_dict(closed("torch._C", "TensorBase"))
    shape, device = list(field(value, "shape")), str(field(value, "device"))
    about: dict[str, Any] = {"shape": shape, "dtype": str(field(value, "dtype")).removeprefix("torch.")}
    if device != "cpu":
        about["device"] = device
    if field(value, "requires_grad"):
        about["grad"] = True
    size = base["numel"](value)
    why = _why_not(value, base, device)
    if why:
        return _unread(about, size, why)
    about["taken"] = part = taken(shape, size, field(value, "itemsize"))
    data = base["data"].__get__(value)
    if part != shape:
        data = base["__getitem__"](data, tuple(slice(n) for n in part))
    return Seen(about, lambda: _flat(base["tolist"](data), len(part)), size, None, part == shape)


def derived(value: Any, base: Any) -> str:
    """A class derived from Tensor: whatever we asked, its __torch_function__ would run."""
    return f"<{kind_name(value)} not read: derived from Tensor>"


def address(value: Any) -> int:
    """A number that tensors (and numpy arrays) over the same memory have in common."""
    base = type_dict(closed("torch._C", "TensorBase"))
    if _listening() or _why_not(value, base, str(field(value, "device"))):
        return id(value)
    start: int = base["data_ptr"](value)
    offset: int = base["storage_offset"](value) * field(value, "itemsize")
    return start - offset if start else id(value)


def _unread(about: dict[str, Any], size: int, why: str) -> Seen:
    return Seen({**about, "taken": [0], "why": why}, list, size, whole=False)


def _listening() -> bool:
    """Would a mode, a trace, a profiler or a transform of the program notice what we do?"""
    for module, name in _LISTENERS:
        ask: Any = library(module, name)
        if id(type(ask)) != id(Builtin) or ask():
            return True
    return False


def _why_not(value: Any, base: Any, device: str) -> str:
    """Why elements cannot be read without side effects; "" when they can."""
    if device != "cpu":
        return f"on {device}"
    layout = str(field(value, "layout")).removeprefix("torch.")
    if layout != "strided":
        return layout
    special = field(value, "is_quantized") or field(value, "is_nested")
    if special or any(_says(module, name, value) for module, name in _SPECIAL):
        return "in a special layout"
    return "" if _within(value, base) else "beyond its storage"


def _says(module: str, name: str, value: Any) -> bool:
    ask: Any = library(module, name)
    return id(type(ask)) == id(Builtin) and bool(ask(value))


def _within(value: Any, base: Any) -> bool:
    """Is its storage as long as its shape needs? It can be shortened under a tensor."""
    storage: Any = _stored(base, value)
    last = base["storage_offset"](value)
    for n, step in zip(field(value, "shape"), base["stride"](value), strict=True):
        if n == 0:
            return True
        last += (n - 1) * step
    return bool((last + 1) * field(value, "itemsize") <= storage)


def _stored(base: Any, value: Any) -> int:
    """Bytes of a tensor's storage."""
    size: int = type_dict(library("torch._C", "StorageBase"))["nbytes"](base["untyped_storage"](value))
    return size


def _flat(nested: Any, axes: int) -> list[Any]:
    """The elements of lists in lists."""
    if axes == 0:
        return [nested]
    return nested if axes == 1 else [v for row in nested for v in _flat(row, axes - 1)]
