"""One element of one object was written: tell that, without looking at the rest.

Runs inside the recorded process. Every method answers False when it cannot say exactly what changed.
"""

from __future__ import annotations

from .. import bounds
from ..kinds import ATOM_IDS, Shadow, ref
from ..resolve import MISSING
from ..tail import quoted, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .told import Told

LARGE = 1 << 500
SHORT = 50  # elements of what is told without the usual look at its content


class Writes:
    """Writes to lists, dicts and sets that are held (see pins.py), and to instances of its classes."""

    def __init__(self, runtime: Told) -> None:
        self.runtime, self.heap = runtime, runtime.heap
        self.shadows, self.layouts = runtime.heap.shadows, runtime.heap.layouts

    def token(self, value: Any) -> Any:
        """What stands for a value of which nothing new has to be told, else MISSING."""
        if id(type(value)) in ATOM_IDS:
            return value
        shadow = self.shadows.get(id(value))
        if shadow is None or shadow.type is not type(value):
            return MISSING
        if shadow.pin is value or (shadow.steady and shadow.watch is not None and shadow.watch() is value):
            return shadow
        return MISSING

    def fresh(self, value: Any, kind: Any) -> str | None:
        """A short tuple or list of plain values, not seen before: how it goes to the log; else None."""
        size = len(value)
        if size > SHORT:
            return None
        for item in value:
            if id(type(item)) not in ATOM_IDS:
                return None
        heap = self.heap
        heap.next_oid += 1
        shadow = Shadow(heap.next_oid, id(value), kind, kind.__name__, 0)
        shadow.kids, shadow.ids, shadow.length = list(value), None, size
        heap.pins.hold(shadow, value)
        heap.pins.look_now_and_then()
        self.shadows[id(value)] = shadow
        begin = f'![["N",{shadow.oid},"{shadow.kind}","{shadow.kind}",""]'
        items = f',["p",{shadow.oid},0,0,[{",".join(map(_text, value))}],{size}]]' if size else "]"
        self.runtime.buffer.append(begin + items)
        return shadow.shown

    def append(self, owner: Any) -> bool:
        """owner.append(...)"""
        shadow = self.shadows.get(id(owner))
        if type(owner) is not list or shadow is None or shadow.pin is not owner:
            return False
        size, value = len(owner), owner[-1] if owner else MISSING
        if size != shadow.length + 1 or id(type(value)) not in ATOM_IDS:
            return False
        shadow.length = size
        if size > bounds.items:
            self.runtime.buffer.append(f'![["p",{shadow.oid},{bounds.items},0,[],{size}]]')
            return True
        shadow.kids.append(value)
        shadow.ids = None
        self.runtime.buffer.append(f'![["p",{shadow.oid},{size - 1},0,[{_text(value)}],{size}]]')
        return True

    def pop(self, owner: Any) -> bool:
        """owner.pop()"""
        shadow = self.shadows.get(id(owner))
        if type(owner) is not list or shadow is None or shadow.pin is not owner:
            return False
        size, kids = len(owner), shadow.kids
        if size != len(kids) - 1 or shadow.length != len(kids):
            return False
        shadow.length = size
        del kids[-1]
        shadow.ids = None
        self.runtime.buffer.append(f'![["p",{shadow.oid},{size},1,[],{size}]]')
        return True

    def add(self, owner: Any, value: Any) -> bool:
        """owner.add(value): elements of a set are told in the order they came."""
        shadow = self.shadows.get(id(owner))
        if type(owner) is not set or shadow is None or shadow.pin is not owner:
            return False
        size, kids = len(owner), shadow.kids
        if size == shadow.length:
            return True
        if size != shadow.length + 1 or size > bounds.items or id(type(value)) not in ATOM_IDS:
            return False
        shadow.length = size
        kids.append(value)
        shadow.ids = None
        self.runtime.buffer.append(f'![["p",{shadow.oid},{size - 1},0,[{_text(value)}],{size}]]')
        return True

    def set_item(self, owner: Any, index: Any) -> bool:
        """owner[index] = ..."""
        shadow = self.shadows.get(id(owner))
        if shadow is None or shadow.pin is not owner or shadow.linked is not None:
            return False
        if type(owner) is list:
            return self._set_element(shadow, owner, index)
        return type(owner) is dict and self._set_key(shadow, owner, index)

    def _set_element(self, shadow: Shadow, owner: list[Any], index: Any) -> bool:
        size, kids = len(owner), shadow.kids
        if type(index) is not int or size != shadow.length:
            return False
        at = index + size if index < 0 else index
        value = owner[at]
        if id(type(value)) not in ATOM_IDS:
            return False
        if at >= bounds.items or kids[at] is value:
            return True
        kids[at] = value
        shadow.ids = None
        self.runtime.buffer.append(f'![["p",{shadow.oid},{at},1,[{_text(value)}],{size}]]')
        return True

    def _set_key(self, shadow: Shadow, owner: dict[Any, Any], key: Any) -> bool:
        kids, keys, size = shadow.kids, shadow.key_kids, len(owner)
        if (type(key) is not str and type(key) is not int) or keys is None:
            return False
        value = owner[key]
        if id(type(value)) not in ATOM_IDS:
            return False
        if shadow.where is None:
            if any(type(k) is not str and type(k) is not int for k in keys):
                return False
            shadow.where = {k: i for i, k in enumerate(keys)}
        at = shadow.where.get(key)
        if at is None:
            at, removed = len(kids), 0
            if size != shadow.length + 1 or size > bounds.items:
                return False
            shadow.length = size
            kids.append(value)
            keys.append(key)
            shadow.where[key] = at
        else:
            removed = 1
            if size != shadow.length:
                return False
            if kids[at] is value:
                return True
            kids[at] = value
        shadow.ids = None
        self.runtime.buffer.append(f'![["p",{shadow.oid},{at},{removed},[[{_text(key)},{_text(value)}]],{size}]]')
        return True

    def attribute(self, owner: Any, name: str) -> Any:
        """What an instance of the program's classes holds under a name, else MISSING."""
        layout = self.layouts.get(id(type(owner)))
        if layout is None or not layout.user or layout.slots or layout.instance_dict is None:
            return MISSING if owner is MISSING else self.runtime.resolver.attribute(owner, name)
        held = layout.instance_dict.__get__(owner)
        return held.get(name, MISSING) if type(held) is dict else MISSING

    def set_attribute(self, owner: Any, name: str, key: str, plain: bool) -> bool:
        """owner.name = ... key: the name as JSON. plain: only plain values can be told."""
        shadow = self.shadows.get(id(owner))
        if shadow is None or not shadow.steady or shadow.watch is None or shadow.watch() is not owner:
            return False
        layout, keys, kids = self.layouts.get(id(shadow.type)), shadow.key_kids, shadow.kids
        if shadow.kind != "object" or layout is None or layout.slots or keys is None or shadow.linked:
            return False
        held = layout.instance_dict.__get__(owner)
        if type(held) is not dict or name not in held:
            return False
        value = held[name]
        if id(type(value)) not in ATOM_IDS:
            value = self.token(value)
            if value is MISSING or plain:
                return False
        size = len(held)
        if name in keys:
            at, removed = keys.index(name), 1
            if size != len(kids):
                return False
            if kids[at] is value:
                return True
            kids[at] = value
        else:
            at, removed = len(kids), 0
            if size != at + 1 or size > bounds.items:
                return False
            shadow.length = size
            keys.append(name)
            kids.append(value)
        shadow.ids = None
        self.runtime.buffer.append(f'![["p",{shadow.oid},{at},{removed},[[{key},{_text(value)}]],{size}]]')
        return True


def _text(token: Any) -> str:
    """JSON of a ref."""
    kind = type(token)
    if kind is int and -LARGE < token < LARGE:
        return str(token)
    if kind is Shadow:
        return f"[{token.oid}]"
    if kind is str and len(token) <= bounds.text:
        return quoted(token)
    return text_of(ref(token))
