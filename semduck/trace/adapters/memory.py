"""Which arrays share their memory: what one of them changes, the others show.

Runs inside the recorded process.
"""

from __future__ import annotations

from . import tensors
from .arrays import library, owner
from .parts import field, is_a

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def of_array(value: Any) -> int:
    """A number that ndarrays (and tensors) over the same memory have in common."""
    held = owner(value)
    if is_a(held, library("numpy", "ndarray")):
        address: int = field(held, "__array_interface__")["data"][0]
        return address
    tensor = library("torch", "Tensor")
    return of_tensor(held) if tensor is not None and type(held) is tensor else id(held)


def of_tensor(value: Any) -> int:
    """The same for a Tensor."""
    return tensors.address(value)
