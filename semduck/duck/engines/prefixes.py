"""What the model has read before: the keys and values of earlier questions, for the next that begins alike.

A prompt is read in pieces of CHUNK tokens, and only whole pieces are kept. The numbers a model computes
depend a little on how many tokens it reads at once; this way they are the same whether a piece was read now
or earlier, and so is the answer, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CHUNK = 64
_MOST = 4  # questions


@dataclass(slots=True)
class _Kept:
    tokens: list[int]
    cache: Any


class Prefixes:
    """The last questions. room: tokens that may be held, the question that is being answered among them."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: list[_Kept] = []

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def take(self, prompt: Sequence[int], budget: int) -> tuple[Any, int]:
        """A cache for this prompt and how many of its tokens are in it already; the last one never is."""
        best, length = None, 0
        for kept in self._kept:
            if (n := _common(kept.tokens, prompt)) > length:
                best, length = kept, n
        if best is None:
            self._make_room(len(prompt) + budget)
            return new_cache(), 0
        self._kept.remove(best)
        if 2 * length < len(best.tokens) and self._fits(len(best.tokens) + len(prompt) + budget):
            self._kept.append(best)  # another question, only its beginning is the same
            self._make_room(len(prompt) + budget)
            return _copy(best.cache, length), length
        self._make_room(len(prompt) + budget)
        cut(best.cache, length)
        return best.cache, length

    def keep(self, prompt: Sequence[int], cache: Any, whole: int) -> None:
        """Take a cache back; `whole`: how many tokens of the prompt were read in whole pieces."""
        if whole:
            cut(cache, whole)
            self._kept.append(_Kept(list(prompt[:whole]), cache))
            self._make_room(0)

    def _fits(self, more: int) -> bool:
        return sum(len(k.tokens) for k in self._kept) + more <= self._room

    def _make_room(self, more: int) -> None:
        while self._kept and (len(self._kept) > _MOST or not self._fits(more)):
            del self._kept[0]


def _common(kept: Sequence[int], prompt: Sequence[int]) -> int:
    """Tokens of whole pieces that both begin with, at least one of the prompt left to read."""
    most = min(len(kept), len(prompt) - 1)
    n = next((i for i in range(most) if kept[i] != prompt[i]), most)
    return n // CHUNK * CHUNK


def new_cache() -> Any:
    """Holds nothing yet."""
    from transformers import DynamicCache

    return DynamicCache()  # without the model's config: full length also where it looks at a window only


def cut(cache: Any, length: int) -> None:
    """Forget what comes after `length` tokens, also where a cancelled pass has reached some layers only."""
    for layer in cache.layers:
        if layer.get_seq_length() > length:
            layer.keys, layer.values = layer.keys[..., :length, :], layer.values[..., :length, :]


def _copy(cache: Any, length: int) -> Any:
    """The first `length` tokens of a cache, in memory of their own."""
    made = new_cache()
    for number, layer in enumerate(cache.layers):
        made.update(layer.keys[..., :length, :].clone(), layer.values[..., :length, :].clone(), number)
    return made
