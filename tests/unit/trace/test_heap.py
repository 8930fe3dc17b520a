"""The heap of pictures, by itself: a new object at the address of a dead one is not taken for that."""

from __future__ import annotations

from semduck.trace.kinds import Shadow
from semduck.trace.snapshot import Heap


def test_what_is_neither_watched_nor_held_is_looked_at_again() -> None:
    """Python uses the addresses of the tuple, of the list and of the range again and again."""
    heap, seen = Heap(set()), set()
    for n in range(20):
        value = (n, [range(n)], "end")
        heap.begin()
        token = heap.token(value)
        heap.take()
        seen.add((id(value), id(value[1]), id(value[1][0])))
        assert isinstance(token, Shadow) and token.kids[0] == n
        assert token.kids[1].kids[0].text == f"range(0, {n})"
        del value
    assert len(seen) < 20  # else it was not tried
