"""Which arrays share their memory: what one of them changes, the others show.

Runs inside the recorded process.
"""

from __future__ import annotations

from . import tensors
from .owners import below
from .parts import field, is_a
from .registry import closed, library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def of_array(value: Any) -> int:
    """A number that ndarrays (and tensors) over the same memory have in common."""
    held = below(value)
    if is_a(held, closed("numpy", "ndarray")):
        address: int = field(held, "__array_interface__")["data"][0]
        return address
    tensor = library("torch", "Tensor")
    return of_tensor(held) if tensor is not None and type(held) is tensor else id(held)


def of_object(value: Any) -> int:
    """The same for what keeps its elements itself."""
    return id(value)


def of_tensor(value: Any) -> int:
    """The same for a Tensor."""
    return tensors.address(value)


def watchable(value: Any) -> bool:
    """May there be a weak reference to an array? One that owns its memory could no longer be resized."""
    numpy = closed("numpy", "ndarray")
    return numpy is None or not is_a(value, numpy) or field(value, "base") is not None
