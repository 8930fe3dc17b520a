"""What changed in the content of an object since it was last looked at, as the smallest replaced run.

Runs inside the recorded process. Identity decides, never `==`.
"""

from __future__ import annotations

from . import bounds
from .kinds import ATOM_IDS, Shadow, ref
from .pins import CONTAINERS, Pins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from .kinds import Layout


UNWATCHED = CONTAINERS | {"object"}  # content is looked at where an object may be another: slots, exceptions


class Splices:
    """The part of the Heap that compares contents; `ops` collects the operations of the event."""

    ops: list[Any]
    work: list[tuple[Shadow, Any, bool]]
    shadows: dict[int, Shadow]
    pins: Pins
    epoch: int
    died: int

    def token(self, value: Any, level: int = 0) -> Any:
        """See Heap."""
        raise NotImplementedError

    def layout(self, cls: type) -> Layout:
        """See Heap."""
        raise NotImplementedError

    def replaced(self, shadow: Shadow, value: Any) -> bool:
        """See Heap."""
        raise NotImplementedError

    def known(self, shadow: Shadow, value: Any) -> bool:
        """See Heap."""
        raise NotImplementedError

    def _tell_length(self, shadow: Shadow, length: int) -> None:
        """The length of what is not followed, or not yet."""
        if shadow.ids != [length]:
            shadow.ids, shadow.length = [length], length
            self.ops.append(["p", shadow.oid, 0, 0, [], length])

    def _splice(self, shadow: Shadow, keys: Sequence[Any] | None, values: Sequence[Any], length: int,
                deep: bool) -> None:
        ids = list(map(id, values))
        if keys is not None:
            ids += map(id, keys)
        if shadow.ids is None:
            shadow.ids = _ids_of(shadow)
        if ids != shadow.ids or length != shadow.length:
            sure = not deep and shadow.proved == self.died and (shadow.pin is not None or not _unsure(shadow))
            start, tail = _unchanged(shadow, ids, len(values)) if sure else (0, 0)
            self._emit_splice(shadow, keys, values, length, start, tail, deep)
            shadow.ids, shadow.where, shadow.length = ids, None, length
            more = deep and _more_than_plain(shadow)
        else:
            more = _more_than_plain(shadow)
            if more and self._replaced(shadow, keys, values, deep):
                self._emit_splice(shadow, keys, values, length, 0, 0, deep)
        shadow.proved = self.died
        if deep and more:
            self._go_below(shadow, values)

    def _go_below(self, shadow: Shadow, values: Sequence[Any]) -> None:
        cls = shadow.type
        if shadow.kind == "object" and self.layout(cls).user:
            self.work.append((self.token(cls), cls, True))  # lists kept on the class are reached too
        work, find, level, done = self.work, self.shadows.get, shadow.level, -self.epoch
        for value in values:
            if id(type(value)) not in ATOM_IDS:
                child = find(id(value)) or self.token(value, level)
                if child.epoch != done and not child.empty:
                    work.append((child, value, True))

    def _replaced(self, shadow: Shadow, keys: Sequence[Any] | None, values: Sequence[Any],
                  deep: bool) -> bool:
        """Same addresses: is an element all the same a new object where a dead one was?

        The container itself may be a new one, and so may containers in it: they are looked at, too.
        """
        ask, replaced = deep or shadow.proved != self.died, False
        known = [*shadow.kids, *(shadow.key_kids or ())]
        for old, value in zip(known, values if keys is None else [*values, *keys], strict=False):
            if type(old) is not Shadow:
                continue
            if old.watch is not None:
                replaced = replaced or (ask and old.watch() is not value)
            elif old.pin is not value:
                if self.shadows.get(id(value)) is not old or old.type is not type(value):
                    replaced = True
                elif self.replaced(old, value):
                    replaced = True
                elif not deep and old.epoch != self.epoch and old.kind in UNWATCHED:
                    self.work.append((old, value, False))
        return replaced

    def _emit_splice(self, shadow: Shadow, keys: Sequence[Any] | None, values: Sequence[Any], length: int,
                     start: int, tail: int, deep: bool) -> None:
        """Emit ["p", oid, start, removed, items, length]: the smallest replaced run.

        start, tail: elements at both ends that are known to be the same.
        """
        shadow.settled = False
        old, olds = shadow.kids, shadow.key_kids
        token = self._below if deep else self.token
        new = self._tokens(old, values, shadow.level, start, tail, token)
        news = None if keys is None else self._tokens(olds or [], keys, shadow.level, start, tail, self.token)
        was, now = (old, new) if olds is None or news is None else (olds, news)
        stop = min(len(old), len(new))
        while start < stop and old[start] is new[start] and was[start] is now[start]:
            start += 1
        while tail < stop - start and old[-1 - tail] is new[-1 - tail] and was[-1 - tail] is now[-1 - tail]:
            tail += 1
        end = len(new) - tail
        items = [ref(t) for t in new[start:end]]
        if news is not None:
            items = [[ref(k), r] for k, r in zip(news[start:end], items, strict=True)]
        self.ops.append(["p", shadow.oid, start, len(old) - tail - start, items, length])
        shadow.kids[:] = new
        if news is not None and shadow.key_kids is not None:
            shadow.key_kids[:] = news

    def _below(self, value: Any, level: int) -> Any:
        """The token of a value at which a deep look comes anyway."""
        found = self.shadows.get(id(value))
        return found if found is not None and self.known(found, value) else self.token(value, level)

    @staticmethod
    def _tokens(old: list[Any], values: Sequence[Any], level: int, start: int, tail: int,
                token: Callable[[Any, int], Any]) -> list[Any]:
        """Tokens of all values; those at both ends are known."""
        end = len(values) - tail
        fresh = [v if id(type(v)) in ATOM_IDS else token(v, level) for v in values[start:end]]
        return [*old[:start], *fresh, *old[len(old) - tail :]] if start or tail else fresh

    def appended(self, value: Any) -> bool:
        """`value` is exactly a list and got one element at its end. Returns False when it did not."""
        shadow = self.shadows.get(id(value))
        if shadow is None or shadow.type is not list or shadow.epoch == self.epoch:
            return False
        if shadow.ids is None:
            shadow.ids = _ids_of(shadow)
        size, known = len(value), len(shadow.ids)
        if known == bounds.items < size and id(value[bounds.items - 1]) == shadow.ids[-1]:
            self.ops.append(["p", shadow.oid, bounds.items, 0, [], size])
            shadow.length = size
            self.pins.unsettled.append((shadow, value))
            return True
        if size != known + 1 or size > bounds.items:
            return False
        last = value[-1]
        if size > 1 and id(value[-2]) != shadow.ids[-1]:
            return False
        kid = self.token(last, shadow.level)
        self.ops.append(["p", shadow.oid, size - 1, 0, [ref(kid)], size])
        shadow.ids.append(id(last))
        shadow.kids.append(kid)
        shadow.length = size
        if shadow.pin is not None and type(kid) is Shadow:
            self.pins.unsettled.append((shadow, value))
        return True


def _more_than_plain(shadow: Shadow) -> bool:
    """Is there anything below? Plain values are kept as they are: the same address is the same value."""
    return shadow.kind == "object" or Shadow in set(map(type, shadow.kids))


def _unsure(shadow: Shadow) -> bool:
    """Is there anything in it that is neither watched nor held, so that its address does not prove it?"""
    known = [*shadow.kids, *(shadow.key_kids or ())]
    return any(type(k) is Shadow and k.watch is None and k.pin is None for k in known)


def _ids_of(shadow: Shadow) -> list[int]:
    """Addresses of what a Shadow knows to be in its object: atoms are kept as they are."""
    tokens = [*shadow.kids, *(shadow.key_kids or ())]
    return [t.pyid if type(t) is Shadow else id(t) for t in tokens]


def _unchanged(shadow: Shadow, ids: list[int], count: int) -> tuple[int, int]:
    """How many elements at the beginning and at the end are where they were. ids: of values, then of keys."""
    old, kids = shadow.ids or [], len(shadow.kids)
    start = _common(old[:kids], ids[:count])
    tail = _common(old[start:kids][::-1], ids[start:count][::-1])
    if len(ids) > count:
        start = min(start, _common(old[kids:], ids[count:]))
        tail = min(tail, _common(old[kids + start :][::-1], ids[count + start :][::-1]))
    return start, tail


def _common(one: list[int], other: list[int]) -> int:
    """Length of the common beginning, by halves: slices compare quickly."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
