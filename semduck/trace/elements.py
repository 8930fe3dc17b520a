"""Arrays and tables: what changed of their description and of their first elements becomes operations.

Runs inside the recorded process. Elements are made anew at each look, so here values decide, not addresses.
"""

from __future__ import annotations

from _weakref import ref as weak

from .adapters.memory import watchable
from .adapters.owners import below
from .adapters.parts import Seen, raised_below
from .kinds import ATOM_IDS, Shadow, Text, ref
from .tail import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence, Set
    from typing import Any

    from .snapshot import Heap

ARRAYS = frozenset({"array", "frame"})


class _Known:
    """What was seen of one array the last time. memory: see Adapter."""

    __slots__ = ("about", "mark", "memory")

    def __init__(self) -> None:
        self.about: dict[str, Any] | None = None
        self.mark: bytes | None = None
        self.memory = 0


class Elements:
    """Looks at the arrays of a heap. What one array shows of a memory that changed, the others show, too."""

    def __init__(self, heap: Heap) -> None:
        self.heap = heap
        self.known: dict[int, _Known] = {}
        self.sharing: dict[int, list[Shadow]] = {}

    def look(self, shadow: Shadow, value: Any, deep: bool) -> None:
        """Emit what is different from the last look."""
        known = self.known.get(shadow.oid)
        if known is None:
            known = self.known[shadow.oid] = _Known()
        first = self._register(shadow, value, known)
        seen, parts = _read(shadow, value, known)
        changed = self._describe(shadow, known, seen)
        if parts is not None:
            changed = self._replace(shadow, parts, seen.length, changed, deep) or changed
        known.mark = seen.mark
        if not first and (changed or not seen.whole):
            self.shared(known.memory, shadow)
            self._below(value)

    def _describe(self, shadow: Shadow, known: _Known, seen: Seen) -> bool:
        if known.about == seen.about:
            return False
        known.about = seen.about
        shadow.text = encode(seen.about).decode().rstrip()
        self.heap.ops.append(["T", shadow.oid, shadow.text])
        return True

    def _replace(self, shadow: Shadow, parts: Sequence[Any], length: int, resized: bool,
                 deep: bool) -> bool:
        heap, old, level = self.heap, shadow.kids, shadow.level
        new = [v if id(type(v)) in ATOM_IDS or type(v) is Text else heap.token(v, level) for v in parts]
        if deep:
            heap.work += [(t, v, True) for t, v in zip(new, parts, strict=True) if type(t) is Shadow]
        start = _common(old, new)
        tail = _common(old[start:][::-1], new[start:][::-1])
        if start == len(old) == len(new) and not resized:
            return False
        items = [ref(t) for t in new[start : len(new) - tail]]
        heap.ops.append(["p", shadow.oid, start, len(old) - tail - start, items, length])
        shadow.kids, shadow.length = new, length
        return True

    # -- shared memory -----------------------------------------------------------------------------------

    def _register(self, shadow: Shadow, value: Any, known: _Known) -> bool:
        """Note whose memory it shows. Returns True when that is news: then nothing changed, it was made."""
        memory = id(value)
        if shadow.adapter is not None and shadow.adapter.memory is not None:
            try:
                memory = shadow.adapter.memory(value)
            except Exception as error:
                raised_below(error)
        if memory == known.memory:
            return False
        known.memory = memory
        if shadow.watch is None and watchable(value):  # a view where an array was that owned its memory
            shadow.watch = weak(value)
        others = self.sharing.get(memory, ())
        alive = [s for s in others if s.watch is not None and s.watch() is not None]
        self.sharing[memory] = [*alive, shadow]
        return True

    def shared(self, memory: int, but: Shadow | None = None) -> None:
        """A memory was changed: look again at the arrays over it."""
        heap = self.heap
        for other in self.sharing.get(memory, ()):
            value = other.watch() if other.watch is not None else None
            if value is not None and other is not but and abs(other.epoch) != heap.epoch:
                heap.work.append((other, value, False))

    def _below(self, value: Any) -> None:
        """What a view shows changed, so what it was made from did: an array, a bytearray, ..."""
        held = below(value)
        if held is not value and id(held) in self.heap.shadows:
            self.heap.again(held)

    def forget(self, kept: Set[int]) -> None:
        """Only these objects are still known."""
        self.known = {oid: known for oid, known in self.known.items() if oid in kept}
        sharing = {k: [s for s in shadows if s.oid in kept] for k, shadows in self.sharing.items()}
        self.sharing = {k: shadows for k, shadows in sharing.items() if shadows}


def _read(shadow: Shadow, value: Any, known: _Known) -> tuple[Seen, Sequence[Any] | None]:
    """What an adapter sees; elements only when they may have changed. Whatever fails is a stated gap."""
    try:
        assert shadow.adapter is not None and shadow.adapter.look is not None
        seen = shadow.adapter.look(value)
        same = seen.mark is not None and seen.mark == known.mark and seen.about == known.about
        return seen, None if same else seen.elements()
    except Exception as error:
        raised_below(error)
        return Seen({"shape": [], "dtype": "?", "taken": [0], "why": "could not be read"}, list, 0), ()


def _common(old: Sequence[Any], new: Sequence[Any]) -> int:
    """Length of the common beginning."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one is not other and not _same(one, other):
            break
        count += 1
    return count


def _same(one: Any, other: Any) -> bool:
    """Are they the same plain value? Of floats, 0.0 and -0.0 are not, nan and nan are."""
    kind = type(one)
    if kind is not type(other) or kind is Shadow:
        return False
    if kind is Text:
        return bool(one.text == other.text)
    if kind is float or kind is complex:
        return repr(one) == repr(other)
    return bool(one == other)
