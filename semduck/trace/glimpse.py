"""The state at one step, put together from the index of writes as far as it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from semduck.trace.index import Index
from semduck.trace.noting import UNBOUND, WHOLE, Key, object_key
from semduck.trace.replay import Ref, State, Thing


class Names(Mapping[str, Ref]):
    """Names of one frame or module."""

    def __init__(self, glimpse: Glimpse, place: int, since: int) -> None:
        self._glimpse, self._place, self._since = glimpse, place, since
        self.held: dict[str, Ref] = {}

    def _value(self, name: str) -> Ref:
        if name not in self.held:
            glimpse = self._glimpse
            key = glimpse.written.key((self._place, name))
            found = UNBOUND if key is None else glimpse.written.value(key, glimpse.step, self._since)
            self.held[name] = found
            if key is not None:
                glimpse.note(key, (self.held, name))
        return self.held[name]

    def __getitem__(self, name: str) -> Ref:
        found = self._value(name)
        if found is UNBOUND:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return self._value(cast(str, name)) is not UNBOUND

    def get(self, name: str, default: Any = None) -> Any:
        """The ref, or `default` when it is not bound."""
        found = self._value(name)
        return default if found is UNBOUND else found

    def _all(self) -> dict[str, Ref]:
        glimpse = self._glimpse
        return glimpse.written.names(self._place, glimpse.step, self._since, glimpse.rank(self._place))

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def items(self) -> Any:
        """All of them, in the order in which they were bound last."""
        return self._all().items()


class Lazy(dict[int, Any]):
    """Frames, modules or objects by number, made when they are asked for. Iterating gives all there are."""

    def __init__(self, make: Callable[[int], Any], everything: Callable[[], dict[int, Any]]) -> None:
        super().__init__()
        self._make, self._everything = make, everything

    def get(self, number: int | None, default: Any = None) -> Any:
        """One, or `default`."""
        if number is None:
            return default
        found = super().get(number, self)
        if found is self:
            found = self._make(number)
            if found is None:
                return default
            self[number] = found
        return found

    def __contains__(self, number: object) -> bool:
        return self.get(cast(int, number)) is not None

    def __getitem__(self, number: int) -> Any:
        found = self.get(number)
        if found is None:
            raise KeyError(number)
        return found

    def items(self) -> Any:
        """All of the whole state."""
        return self._everything().items()


class Glimpse(State):
    """full: gives the same state as a whole."""

    def __init__(self, index: Index, step: int, full: Callable[[], State]) -> None:
        super().__init__()
        self.written, self.step, self._full = index.written, step, full
        self._codes, self._table = index.codes, index.frames
        self._loaded: dict[Key, Any] = {}  # what was read, and where it is kept
        self._fresh: list[Key] = []
        self.frames = Lazy(self._frame, lambda: full().frames)
        self.spaces = Lazy(self._space, lambda: full().spaces)
        self.things = Lazy(self._thing, lambda: full().things)

    def _frame(self, frame: int) -> Names | None:
        if not 0 <= frame < len(self._table) or not self._table.first[frame] <= self.step:
            return None
        if self._table.last[frame] < self.step:
            return None
        return Names(self, frame, self._table.first[frame])

    def rank(self, place: int) -> dict[str, int]:
        """The order of names a frame binds at once."""
        if place < 0:
            return {}
        return {name: i for i, name in enumerate(self._codes[self._table.code[place]].local)}

    def _space(self, space: int) -> Names:
        return Names(self, -1 - space, 0)

    def _thing(self, oid: int) -> Thing | None:
        key = object_key(oid)
        ops = self.written.ops(key, self.step)
        self.note(key, oid)
        thing: Thing | None = None
        if ops is None:
            held = self._full().things.get(oid)
            return None if held is None else copied(held)
        for op in ops:
            thing = done(thing, op)
        return thing

    def class_named(self, name: str) -> int | None:
        """The number of the recorded class with a name."""
        found = [oid for oid in self.written.classes.get(name, ()) if oid in self.things]
        return found[0] if len(found) < 2 and found else self._full().class_named(name) if found else None

    def fresh(self) -> list[Key]:
        """Keys that were read since the last call."""
        found, self._fresh = self._fresh, []
        return found

    def note(self, key: Key, at: Any) -> None:
        """Remember that something was read."""
        self._loaded[key] = at
        self._fresh.append(key)

    def advance(self, step: int, writes: dict[Key, list[Any]]) -> None:
        """Go on to a later step. writes: what was written since to anything that was loaded."""
        self.step = step
        for key, values in writes.items():
            at = self._loaded.get(key)
            if type(at) is tuple:
                at[0][at[1]] = values[-1]
            elif at is not None:
                thing = dict.get(self.things, at)
                for op in values:
                    thing = done(thing, op)
                if thing is not None:
                    self.things[at] = thing


def copied(thing: Thing) -> Thing:
    """The object as it is now."""
    found = Thing(thing.kind, thing.type, thing.text, thing.attrs)
    found.items, found.length, found.frame = list(thing.items), thing.length, thing.frame
    return found


def done(thing: Thing | None, op: Any) -> Thing | None:
    """An object after an operation on it; see State._ops."""
    if op[0] == "N":
        return Thing(op[2], op[3], op[4], op[5] if len(op) > 5 else None)
    if op[0] == WHOLE:
        thing = Thing(*op[1:5])
        thing.items, thing.length, thing.frame = list(op[5]), op[6], op[7]
    elif thing is not None and op[0] == "p":
        thing.items[op[2] : op[2] + op[3]] = op[4]
        thing.length = op[5]
    elif thing is not None and op[0] == "Y":
        thing.frame = op[2]
    elif thing is not None:
        thing.text = op[2]
    return thing
