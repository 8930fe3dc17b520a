"""Which objects are surely the ones seen before: containers of plain values are held for a while.

Runs inside the recorded process. Python uses an address again as soon as an object is gone, so the same
address does not prove the same object. Most objects can be watched through a weak reference; lists, dicts,
tuples and sets cannot. Those that hold nothing but plain values (and others of their kind) are held here,
which nobody can see: nothing happens when they go. Those that nobody else holds any more are let go soon.
"""

from __future__ import annotations

from sys import getrefcount

from .kinds import ATOM_IDS, Shadow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CONTAINERS = frozenset({"list", "dict", "tuple", "set", "frozenset", "deque", "bytearray"})
YOUNG = 1000  # containers held before we look which of them are still in use
LONG = 1_000_000  # elements that are looked through
WEIGHT = 300_000  # or elements in them
ALONE = 2  # references to an object that only we hold: the Shadow's, and the one of asking
SEVERAL: Any = object()  # in place of an owner


def _all_plain(value: Any) -> bool:
    """Are all elements of a long container plain?"""
    if len(value) > LONG:
        return False
    parts = (value, value.values()) if type(value) is dict else (value,)
    return all(ATOM_IDS.issuperset(map(id, map(type, part))) for part in parts)


class Pins:
    """Holds containers through `Shadow.pin`. shadows: all of them, by address."""

    def __init__(self) -> None:
        self.shadows: dict[int, Shadow] = {}
        self.unsettled: list[tuple[Shadow, Any]] = []  # their content has changed
        self.young: list[Shadow] = []
        self.old: list[Shadow] = []
        self.weight = 0
        self.old_at = YOUNG

    def settle(self) -> None:
        """Hold or let go of the containers whose content has changed; those inside others come last."""
        while self.unsettled:
            shadow, value = self.unsettled.pop()
            shadow.settled = True
            inside = self._inside(shadow, value)
            if inside is not None:
                self._pin(shadow, value, inside)
            elif shadow.pin is not None:
                self.unpin(shadow)
        self.look_now_and_then()

    @staticmethod
    def _inside(shadow: Shadow, value: Any) -> list[Shadow] | None:
        """What it contains beside plain values, when it is wholly known and all that is held; else None."""
        if shadow.attrs is not None or (len(value) != len(shadow.kids) and not _all_plain(value)):
            return None
        inside: list[Shadow] = []
        if Shadow in set(map(type, shadow.kids)):
            inside += [k for k in shadow.kids if type(k) is Shadow]
        inside += [k for k in shadow.key_kids or () if type(k) is Shadow]
        return None if any(k.pin is None for k in inside) else inside

    def _pin(self, shadow: Shadow, value: Any, inside: list[Shadow]) -> None:
        if shadow.pin is None:
            self.hold(shadow, value)
        for kid in inside:
            if kid.owner is not shadow:
                kid.owner = shadow if kid.owner is None else SEVERAL

    def hold(self, shadow: Shadow, value: Any) -> None:
        """Hold a container that has nothing but plain values, or what is held, in it."""
        shadow.pin = value
        self.young.append(shadow)
        self.weight += len(shadow.kids)

    def unpin(self, shadow: Shadow) -> None:
        """It holds something that is not plain now: neither it nor what holds it may be held."""
        while shadow is not None and shadow.pin is not None:
            shadow.pin, shadow.settled = None, False
            owner, shadow.owner = shadow.owner, None
            if owner is SEVERAL:
                self._unpin_all()
                return
            shadow = owner

    def _unpin_all(self) -> None:
        for shadow in (*self.young, *self.old):
            shadow.pin, shadow.owner, shadow.settled = None, None, False
        self.young, self.old, self.weight = [], [], 0

    def let_go(self) -> None:
        """Hold nothing any more."""
        self._unpin_all()
        self.unsettled.clear()

    def look_now_and_then(self) -> None:
        """Look, when much is held that was not looked at yet."""
        if len(self.young) >= YOUNG or self.weight >= WEIGHT:
            self._look()

    def _look(self) -> None:
        """Let go of what nobody else holds. In order of age: containers before what they contain."""
        self.old += self._used(self.young)
        self.young, self.weight = [], 0
        if len(self.old) > self.old_at:
            self.old = self._used(self.old)
            self.old_at = YOUNG + 2 * len(self.old)

    def _used(self, shadows: list[Shadow]) -> list[Shadow]:
        used = []
        for shadow in shadows:
            if shadow.pin is None:
                continue
            if getrefcount(shadow.pin) > ALONE:
                used.append(shadow)
                continue
            shadow.pin, shadow.settled = None, False
            if self.shadows.get(shadow.pyid) is shadow:
                del self.shadows[shadow.pyid]
        return used
