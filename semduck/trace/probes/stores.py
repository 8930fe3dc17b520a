"""A list, a dict or an object was put into a list or dict: tell that element, without looking at the rest.

Runs inside the recorded process. A container that holds objects of the program cannot be held itself (see
pins.py), so its address alone does not prove that it is the one seen before. The place it was found in does:
what a name leads to was looked at when the name was bound, and an instance holds what it was seen to hold.
"""

from __future__ import annotations

from .. import bounds
from ..kinds import Shadow, ref
from ..pins import SEVERAL
from ..tail import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .told import Told


class Stores:
    """Answers False when it cannot say exactly what changed."""

    def __init__(self, runtime: Told) -> None:
        self.runtime, self.heap, self.shadows = runtime, runtime.heap, runtime.heap.shadows

    def holds(self, owner: Any, name: str, value: Any) -> bool:
        """Is `value` what an instance of the program's classes was last seen to hold under a name?"""
        shadow = self.shadows.get(id(owner))
        if shadow is None or not shadow.steady or shadow.watch is None or shadow.watch() is not owner:
            return False
        keys = shadow.key_kids
        if shadow.kind != "object" or keys is None or shadow.linked is not None or name not in keys:
            return False
        return shadow.kids[keys.index(name)] is self.shadows.get(id(value), self)

    def put(self, owner: Any, index: Any) -> bool:
        """owner[index] = ..., for an owner that is surely the one seen before."""
        shadow = self.shadows.get(id(owner))
        if shadow is None or shadow.type is not type(owner) or shadow.linked is not None:
            return False
        if len(shadow.kids) != min(shadow.length, bounds.items):
            return False
        if type(owner) is list:
            return type(index) is int and self._put_element(shadow, owner, index)
        return type(owner) is dict and self._put_key(shadow, owner, index)

    def _put_element(self, shadow: Shadow, owner: list[Any], index: int) -> bool:
        size = len(owner)
        at = index + size if index < 0 else index
        if size != shadow.length:
            return False
        if at < bounds.items:
            kid, ops = self._token(owner[at], shadow)
            self._tell(shadow, at, 1, kid, [*ops, ["p", shadow.oid, at, 1, [ref(kid)], size]])
        return True

    def _put_key(self, shadow: Shadow, owner: dict[Any, Any], key: Any) -> bool:
        keys, size = shadow.key_kids, len(owner)
        if (type(key) is not str and type(key) is not int) or keys is None or not self._placed(shadow):
            return False
        assert shadow.where is not None
        at = shadow.where.get(key)
        if size != shadow.length + (at is None) or (at is None and size > bounds.items):
            return False
        kid, ops = self._token(owner[key], shadow)
        if shadow.where is None:  # the value leads back to its owner, which was looked at with it
            if ops:
                self.runtime.buffer.append("!" + text_of(ops))
            return True
        removed = 0 if at is None else 1
        if at is None:
            at = shadow.where[key] = len(keys)
            keys.append(key)
        item = [ref(key), ref(kid)]
        self._tell(shadow, at, removed, kid, [*ops, ["p", shadow.oid, at, removed, [item], size]])
        return True

    @staticmethod
    def _placed(shadow: Shadow) -> bool:
        """Are the places of its keys known? Only of plain ones that mean the same when they look the same."""
        if shadow.where is None:
            keys = shadow.key_kids or ()
            if any(type(k) is not str and type(k) is not int for k in keys):
                return False
            shadow.where = {k: i for i, k in enumerate(keys)}
        return True

    def _token(self, value: Any, shadow: Shadow) -> tuple[Any, list[Any]]:
        """What stands for an element, and what has to be told of it first."""
        heap = self.heap
        with self.runtime.lock:
            heap.begin()
            kid = heap.token(value, shadow.level)
            return kid, heap.take()

    def _tell(self, shadow: Shadow, at: int, removed: int, kid: Any, ops: list[Any]) -> None:
        kids = shadow.kids
        if removed and kids[at] is kid:
            ops.pop()
        elif removed:
            kids[at] = kid
        else:
            kids.append(kid)
            shadow.length += 1
        shadow.ids, shadow.settled = None, False
        if ops:
            self.runtime.buffer.append("!" + text_of(ops))
        if shadow.pin is not None and type(kid) is Shadow:
            if kid.pin is None:
                self.heap.pins.unpin(shadow)
            elif kid.owner is not shadow:
                kid.owner = shadow if kid.owner is None else SEVERAL
