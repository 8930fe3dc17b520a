"""Which arrays share their memory: what one of them changes, the others show.

Runs inside the recorded process.
"""

from __future__ import annotations

from . import tensors
from .arrays import closed, library, owner
from .parts import field, is_a

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


def below(value: Any) -> Any:
    """Whose memory an array shows: an ndarray's, a bytearray's, a tensor's, ..."""
    if not is_a(value, closed("numpy", "ndarray")):
        return value
    held = owner(value)
    return held.obj if type(held) is memoryview else held


def of_tensor(value: Any) -> int:
    """The same for a Tensor."""
    return tensors.address(value)
