"""Does a wide recording of the same steps show what the first one shows, as far as that goes?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from semduck.trace.reader.entry import same
from semduck.trace.replay import Ref, State, Thing, paired

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

CLOSED = (
    "module",
    "function",
    "type",
    "class",
    "generator",
    "array",
    "frame",
)  # compared by kind and type only
UNORDERED = ("set", "frozenset")


def shows(narrow: Recording, wide: Recording, k: int) -> bool:
    """At step k, are the values of all names on the stack and in its modules the same?"""
    stacks = narrow.stack(k), wide.stack(k)
    if [(f.function, f.line) for f in stacks[0]] != [(f.function, f.line) for f in stacks[1]]:
        return False
    pairs = _Pairs(narrow.state(k), wide.state(k))
    frames = zip(*stacks, strict=True)
    if not all(pairs.names(narrow.names(k, a.frame), wide.names(k, b.frame)) for a, b in frames):
        return False
    spaces = {narrow.space(f.frame) for f in stacks[0]}
    return all(pairs.names(pairs.narrow.spaces.get(s, {}), pairs.wide.spaces.get(s, {})) for s in spaces)


class _Pairs:
    """Two states walked together; an object is compared with one other."""

    def __init__(self, narrow: State, wide: State) -> None:
        self.narrow, self.wide = narrow, wide
        self._seen: dict[int, int] = {}

    def names(self, old: Mapping[str, Ref], new: Mapping[str, Ref]) -> bool:
        """The same names with the same values?"""
        return old.keys() == new.keys() and all(self._value(old[name], new[name]) for name in old)

    def _value(self, a: Ref, b: Ref) -> bool:
        work = [(a, b)]
        while work:
            a, b = work.pop()
            if not (_is_object(a) and _is_object(b)):
                if not _begins(a, b):
                    return False
            elif a[0] not in self._seen:
                self._seen[a[0]] = b[0]
                if not self._object(a[0], b[0], work):
                    return False
            elif self._seen[a[0]] != b[0]:
                return False
        return True

    def _object(self, a: int, b: int, work: list[tuple[Ref, Ref]]) -> bool:
        one, other = self.narrow.things.get(a), self.wide.things.get(b)
        if one is None or other is None:
            return one is other
        if (one.kind, one.type) != (other.kind, other.type):
            return False
        if one.kind in CLOSED:
            return True
        if one.length != other.length or len(one.items) > len(other.items) or not _text(one, other):
            return False
        if one.kind not in UNORDERED:
            for p, q in zip(one.items, other.items, strict=False):
                work += zip(p, q, strict=True) if paired(one) else [(p, q)]
        if one.attrs is not None and other.attrs is not None:
            work.append(([one.attrs], [other.attrs]))
        return True


def _text(one: Thing, other: Thing) -> bool:
    cut = min(len(one.text), 1000)
    return one.text[:cut] == other.text[:cut] or one.kind == "opaque"


def _begins(a: Ref, b: Ref) -> bool:
    """Is a plain value the beginning of a wide one?"""
    if type(a) is list and a[:1] in (["s"], ["b"]):
        if type(b) is str:
            return a[0] == "s" and len(b) == a[2] and b.startswith(a[1])
        return type(b) is list and a[0] == b[0] and a[2:] == b[2:] and str(b[1]).startswith(a[1])
    if type(a) is list and a[:1] == ["i"]:
        return type(b) is list and b[:1] == ["i"] and str(b[1]).startswith(a[1]) and a[2:] == b[2:]
    return same(a, b)


def _is_object(ref: Ref) -> bool:
    return type(ref) is list and len(ref) == 1
