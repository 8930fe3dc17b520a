"""The program's state at a step: names of frames and modules, and the objects they lead to.

Nothing is replayed in advance: what is asked for is put together from the last record before the step's chunk
and the writes of the chunk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

Ref = Any  # a plain JSON value, a tagged list, or [object number]


class Thing:
    """An object as recorded. items: refs, or [key, ref] pairs for dict, object, exception and class.

    attrs: number of the thing that holds its attributes. frame: of a generator that has begun.
    """

    __slots__ = ("attrs", "frame", "items", "kind", "length", "text", "type")

    def __init__(self, kind: str, type_name: str, text: str, attrs: int | None = None) -> None:
        self.kind, self.type, self.text, self.attrs = kind, type_name, text, attrs
        self.items: list[Any] = []
        self.length = 0
        self.frame: int | None = None

    def copy(self) -> Thing:
        """The same once more."""
        new = Thing(self.kind, self.type, self.text, self.attrs)
        new.items, new.length, new.frame = self.items.copy(), self.length, self.frame
        return new


def applied(thing: Thing | None, op: list[Any]) -> Thing | None:
    """An object after an operation on it. Changes the object."""
    what = op[0]
    if what == "N":
        return Thing(op[2], op[3], op[4], op[5] if len(op) > 5 else None)
    if thing is None:
        return None
    if what == "p":
        _, _, start, removed, items, thing.length = op
        thing.items[start : start + removed] = items
    elif what == "T":
        thing.text = op[2]
    elif what == "Y":
        thing.frame = op[2]
    return thing


class Source(Protocol):
    """Where a State has its answers from. Owners: frames, and -1 - number of modules."""

    def names(self, owner: int) -> dict[str, Ref] | None: ...
    def thing(self, oid: int) -> Thing | None: ...
    def live_frames(self) -> list[int]: ...
    def modules(self) -> range: ...
    def objects(self) -> Iterator[int]: ...
    def class_named(self, name: str) -> int | None: ...


class _Nothing:
    """Before the first step."""

    def names(self, owner: int) -> dict[str, Ref] | None:
        return None

    def thing(self, oid: int) -> Thing | None:
        return None

    def live_frames(self) -> list[int]:
        return []

    def modules(self) -> range:
        return range(0)

    def objects(self) -> Iterator[int]:
        return iter(())

    def class_named(self, name: str) -> int | None:
        return None


class State:
    """Names of every live frame and module, and every object. Only valid until another step is asked for."""

    def __init__(self, source: Source | None = None) -> None:
        self._source: Source = source or _Nothing()
        self.frames: Mapping[int, dict[str, Ref]] = Frames(self._source)
        self.spaces: Mapping[int, dict[str, Ref]] = Spaces(self._source)
        self.things: Mapping[int, Thing] = Things(self._source)

    @staticmethod
    def kids(thing: Thing) -> list[Ref]:
        """What an object holds: elements, keys, attributes."""
        kids = [r for item in thing.items for r in item] if paired(thing) else list(thing.items)
        return kids if thing.attrs is None else [*kids, [thing.attrs]]

    def reached(self, refs: list[Ref], most: int | None = None) -> set[int]:
        """Numbers of the objects that some of these refs reach, the nearest first; at most `most`."""
        work, found = deque(refs), set[int]()
        while work and (most is None or len(found) < most):
            ref = work.popleft()
            if type(ref) is list and len(ref) == 1 and ref[0] not in found:
                found.add(ref[0])
                thing = self.things.get(ref[0])
                if thing is not None:
                    work += self.kids(thing)
        return found

    def reachable(self) -> set[int]:
        """Numbers of the objects some live name reaches."""
        places = (*self.frames.values(), *self.spaces.values())
        return self.reached([ref for names in places for ref in names.values()])

    def class_named(self, name: str) -> int | None:
        """Number of the first class of the program with a name; it may not exist yet."""
        return self._source.class_named(name)


class Lazy(Mapping[int, Any]):
    """What it has is made when it is asked for. Iterating makes it all."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def __iter__(self) -> Iterator[int]:
        raise NotImplementedError

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, int) and self.get(key) is not None


class Frames(Lazy):
    """Names of live frames, by frame."""

    def __getitem__(self, frame: int) -> dict[str, Ref]:
        found = self._source.names(frame) if frame >= 0 else None
        if found is None:
            raise KeyError(frame)
        return found

    def __iter__(self) -> Iterator[int]:
        return iter(self._source.live_frames())


class Spaces(Lazy):
    """Names of modules, by number."""

    def __getitem__(self, space: int) -> dict[str, Ref]:
        found = self._source.names(-1 - space) if space >= 0 else None
        if found is None:
            raise KeyError(space)
        return found

    def __iter__(self) -> Iterator[int]:
        return (space for space in self._source.modules() if self._source.names(-1 - space) is not None)


class Things(Lazy):
    """Objects, by number."""

    def __getitem__(self, oid: int) -> Thing:
        found = self._source.thing(oid)
        if found is None:
            raise KeyError(oid)
        return found

    def __iter__(self) -> Iterator[int]:
        return (oid for oid in self._source.objects() if self._source.thing(oid) is not None)


def paired(thing: Thing) -> bool:
    """Do this object's items carry keys?"""
    return thing.kind in ("dict", "object", "exception", "class")
