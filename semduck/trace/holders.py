"""Instances whose `__dict__` the program holds as a dict: a change of one is a change of the other.

Runs inside the recorded process. Only programs that speak of `__dict__` or `vars` pay for it.
"""

from __future__ import annotations

from .kinds import Shadow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .snapshot import Heap

WORDS = b"__dict__", b"vars("


class Holders:
    """Which instance an attribute dictionary belongs to. `by_dict`: Shadows by address of the dictionary."""

    def __init__(self, heap: Heap) -> None:
        self.heap, self.on = heap, False
        self.by_dict: dict[int, Shadow] = {}

    def begin(self, source: bytes) -> None:
        """A file of the program is loaded."""
        if not self.on and any(word in source for word in WORDS):
            self.on = True
            for shadow in list(self.heap.shadows.values()):
                value = shadow.watch() if shadow.watch is not None else None
                if value is not None and type(value) is shadow.type:
                    self.note(shadow, value)

    def held(self, shadow: Shadow, value: Any) -> Any:
        """The dictionary of an instance of the program's or a library's class, None when it has none."""
        if shadow.kind not in ("object", "exception"):
            return None
        found = self.heap.layout(shadow.type).instance_dict
        names = None if found is None else found.__get__(value)
        return names if type(names) is dict else None

    def note(self, shadow: Shadow, value: Any) -> None:
        """An instance is looked at."""
        names = self.held(shadow, value)
        if names is not None and shadow.watch is not None:
            self.by_dict[id(names)] = shadow

    def link(self, shadow: Shadow, value: Any) -> None:
        """A dict is seen for the first time: is it an instance's?"""
        owner = self.by_dict.get(id(value))
        instance = owner.watch() if owner is not None and owner.watch is not None else None
        if owner is not None and instance is not None and self.held(owner, instance) is value:
            shadow.linked, owner.linked = owner, shadow

    def other(self, shadow: Shadow, value: Any) -> tuple[Shadow, Any] | None:
        """The dict of an instance or the instance of a dict, when they are still together."""
        linked = shadow.linked
        assert linked is not None
        if shadow.kind == "dict":
            instance = linked.watch() if linked.watch is not None else None
            together = instance is not None and self.held(linked, instance) is value
            return (linked, instance) if together else None
        names = self.held(shadow, value)
        return (linked, names) if id(names) == linked.pyid else None
