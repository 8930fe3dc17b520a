"""Live objects -> operations on a heap of bounded pictures, without running any user code.

Runs inside the recorded process. Every container and instance gets a number; what changed since it was
last looked at is emitted as splices. Identity decides, never `==`. No strong reference to a user object is
kept, so lifetimes stay as they were.
"""

from __future__ import annotations

from _weakref import ref as weak

from . import bounds
from .adapters import find
from .adapters.memory import watchable
from .elements import ARRAYS, Elements
from .holders import Holders
from .kinds import (
    ATOM_IDS,
    LEAF_IDS,
    LEAF_KINDS,
    SCALARS,
    WEAK,
    Builtin,
    Function,
    Layout,
    Method,
    Module,
    Shadow,
    isinstance_type,
    mro,
    type_dict,
)
from .labels import free_names, label
from .pins import CONTAINERS, Pins
from .readers import READERS, attributes, count
from .splices import Splices
from .suspended import Closures, Suspended

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

PLAIN_IDS = frozenset(map(id, (list, dict, set, frozenset, tuple, bytearray)))
LONG = frozenset({"str", "bytes", "bytearray"})
LOOKED_AT = frozenset({"bytearray", "generator", "exception"})  # whose text may change
CLASSES = frozenset({"class", "type"})


def _user_class(modules: set[str]) -> Callable[[type], bool]:
    """A test for "this class was written by the user", by the name of its module."""
    def test(cls: type) -> bool:
        name = type_dict(cls).get("__module__")
        return type(name) is str and name in modules
    return test


class Heap(Splices):
    """All Shadows of a run. `ops` collects the operations of the event being recorded."""

    def __init__(self, user_modules: set[str]) -> None:
        self.pins = Pins()
        self.shadows = self.pins.shadows
        self.layouts: dict[int, Layout] = {}
        self.is_user = _user_class(user_modules)
        self.exotic: list[int] = []  # not empty once there is an object that changes when it is read
        self.quiet: list[int] = []  # by statement: 1 when no code of the program runs while it is half done
        self.ops: list[Any] = []
        self.work: list[tuple[Shadow, Any, bool]] = []
        self.next_oid = self.epoch = self.seen = 0
        self.class_changes = 0  # how often something may have changed a class
        self.deaths: list[Any] = []  # references to watched objects that died since the last event
        self.died = 0  # events before which some died
        self.elements, self.suspended, self.closures = Elements(self), Suspended(), Closures()
        self.holders = Holders(self)

    # -- one event ---------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start a new event: every object may be looked at once more."""
        self.epoch += 1
        self.seen = 0
        if self.deaths:
            self.died += 1
            self.deaths.clear()

    def token(self, value: Any, level: int = 0) -> Any:
        """What stands for `value` in a binding: itself when plain, else its Shadow (made when new)."""
        if id(type(value)) in ATOM_IDS:
            return value
        shadow = self.shadows.get(id(value))
        if shadow is None or not self.known(shadow, value):
            shadow = self._adopt(value, level)
        elif shadow.pin is value or (shadow.steady and shadow.watch is not None):
            return shadow
        if shadow.epoch != self.epoch:
            self.work.append((shadow, value, False))
        return shadow

    def known(self, shadow: Shadow, value: Any) -> bool:
        """Is a Shadow that was found at the address of `value` its own?"""
        if shadow.type is not type(value):
            return False
        if shadow.watch is not None:
            return shadow.watch() is value
        return shadow.pin is value or not self.replaced(shadow, value)

    def again(self, value: Any) -> None:
        """The content of `value` may have been changed."""
        if id(type(value)) not in ATOM_IDS:
            shadow = self.token(value)
            if shadow.epoch != self.epoch:
                self.work.append((shadow, value, False))

    def filled(self, space: Any) -> None:
        """The namespace of a class body that has ended: a metaclass may have shown it when it was empty, and
        is about to be given it. What python itself puts there comes last."""
        shadow = self.shadows.get(id(space))
        if shadow is not None:
            self.pins.unpin(shadow)

    def drain(self) -> None:
        """Look at everything queued, and at what that brings up."""
        work = self.work
        while work:
            shadow, value, deep = work.pop()
            if self.seen < bounds.objects:
                self._visit(shadow, value, deep)
            elif not shadow.epoch and shadow.kind in READERS:
                self._tell_length(shadow, count(value, self.layout(shadow.type)))
        if self.pins.unsettled:
            self.pins.settle()

    def take(self) -> list[Any]:
        """Look at everything queued; the operations of this event, which is over."""
        self.drain()
        ops, self.ops = self.ops, []
        return ops

    def deep(self, value: Any) -> None:
        """Anything reachable from `value` may have been changed."""
        kind = type(value)
        if id(kind) in ATOM_IDS:
            return
        if kind is Builtin or kind is Method:
            self.deep(value.__self__)
            return
        if kind is Function or kind is Module:
            return
        adapter = self.layout(kind).adapter
        if adapter is not None and adapter.behind is not None:
            self.token(value)
            value = adapter.changed(value)
            if id(type(value)) in ATOM_IDS:
                return
        shadow = self.token(value)
        self.work.append((shadow, value, True))

    # -- objects -----------------------------------------------------------------------------------------

    def layout(self, cls: type) -> Layout:
        """How to read instances of a class."""
        found = self.layouts.get(id(cls))
        if found is None:
            found = self.layouts[id(cls)] = Layout(cls, self.is_user)
            found.adapter = find(found)
            if found.adapter is not None and found.kind == "object":
                found.without_base(found.adapter.base)
            if not self.exotic and self._is_exotic(cls, found):
                self.exotic.append(1)
                self.quiet[:] = [0] * len(self.quiet)
        return found

    def _is_exotic(self, cls: type, layout: Layout) -> bool:
        """May reading an object of this class change something: by library code, or later, by a lazy map?"""
        if layout.user:
            ours = (id(k) in PLAIN_IDS or k is object or self.is_user(k) for k in mro(cls))
            return layout.lazy or not all(ours)
        known = id(cls) in PLAIN_IDS or id(cls) in ATOM_IDS
        return not (known or (id(cls) in LEAF_IDS and cls is not Builtin))

    def _adopt(self, value: Any, level: int) -> Shadow:
        """Give a new object its number."""
        cls = type(value)
        layout = self.layout(cls)
        kind = self._kind(value, cls, layout, level)
        self.next_oid += 1
        shadow = Shadow(self.next_oid, id(value), cls, kind, level)
        if kind == "object" and not layout.user:
            shadow.level = level + 1
        adapter = layout.adapter
        if adapter is not None and adapter.changes:
            shadow.adapter = adapter
        closes = cls is Function and value.__closure__ and self.suspended.is_user_code(value.__code__)
        if layout.weak and (kind not in ARRAYS or watchable(value)):
            shadow.watch = weak(value, self.deaths.append)
        if (layout.user and layout.instance_dict and _needs_attrs(kind)) or (closes and free_names(value)):
            self._add_attrs(shadow, layout)
        if closes:
            self.closures.add(shadow, value)
        shadow.steady = layout.steady and layout.adapter is None
        shadow.empty = not self._has_content(shadow)
        shadow.text, more = self._told(shadow, value)
        event = ["N", shadow.oid, kind, layout.name if kind != "class" else "type", shadow.text]
        if shadow.attrs:
            event.append(shadow.attrs.oid)
        self.ops += [event, *more]
        self.shadows[id(value)] = shadow
        if self.holders.on and cls is dict:
            self.holders.link(shadow, value)
        if kind in LONG:
            self._tell_length(shadow, layout.base.__len__(value))
        return shadow

    @staticmethod
    def _has_content(shadow: Shadow) -> bool:
        """May there be anything to look at?"""
        kind = shadow.kind
        if kind in READERS or kind in ARRAYS or kind in LOOKED_AT or kind in CLASSES:
            return True
        return shadow.attrs is not None or shadow.adapter is not None

    def _add_attrs(self, shadow: Shadow, layout: Layout) -> None:
        """The instance dictionary of an object that is also a list, a str, ...: a thing of its own."""
        self.next_oid += 1
        shadow.attrs = Shadow(self.next_oid, shadow.pyid, shadow.type, "object", shadow.level)
        self.ops.append(["N", shadow.attrs.oid, "object", layout.name, ""])

    def _kind(self, value: Any, cls: type, layout: Layout, level: int) -> str:
        if id(cls) in LEAF_IDS and cls is not type:
            return LEAF_KINDS.get(id(cls), "opaque")
        if isinstance_type(value):
            return "class" if self.is_user(value) else "type"
        kind = layout.adapter.kind if layout.adapter is not None and layout.adapter.kind else layout.kind
        if kind != "object":
            return kind
        told = layout.adapter is not None or layout.name in WEAK
        if not layout.user and (level >= 1 or told or not layout.instance_dict):
            return "opaque"
        return "object" if layout.instance_dict or layout.slots else "opaque"

    # -- contents ----------------------------------------------------------------------------------------

    def _visit(self, shadow: Shadow, value: Any, deep: bool) -> None:
        if shadow.epoch == self.epoch and not deep:
            return
        if shadow.epoch == -self.epoch:  # already looked at deeply
            return
        shadow.epoch = -self.epoch if deep else self.epoch
        if shadow.kind in CLASSES:
            self.class_changes += 1
        if shadow.adapter is not None or shadow.kind in LOOKED_AT:
            self._look(shadow, value, deep)
        reader = READERS.get(shadow.kind)
        if reader is not None:
            self.seen += 1
            try:
                keys, values, length = reader(value, self.layout(shadow.type))
            except (RuntimeError, KeyError):  # another thread changes it, or an OrderedDict was misused
                return
            self._splice(shadow, keys, values, length, deep)
            if not shadow.settled or length != len(shadow.kids):  # unless its whole content is as it was
                if shadow.kind in CONTAINERS and id(shadow.type) in PLAIN_IDS:
                    self.pins.unsettled.append((shadow, value))
        if shadow.attrs:
            keys, values, length = attributes(value, self.layout(shadow.type))
            self._splice(shadow.attrs, keys, values, length, deep)
        if self.holders.on:
            self._visit_other(shadow, value)

    def _visit_other(self, shadow: Shadow, value: Any) -> None:
        """What has the same attributes under another name."""
        self.holders.note(shadow, value)
        if shadow.linked is not None:
            other = self.holders.other(shadow, value)
            if other is not None:
                self.work.append((*other, False))
            else:
                shadow.linked = None

    def _look(self, shadow: Shadow, value: Any, deep: bool) -> None:
        """What is not followed element by element: arrays, tables, texts that may change."""
        if shadow.kind in ARRAYS:
            self.seen += 1
            self.elements.look(shadow, value, deep)
            return
        if shadow.kind == "bytearray":
            self._tell_length(shadow, bytearray.__len__(value))
            self.elements.shared(id(value))
        text, more = self._told(shadow, value)
        self.ops += more
        if text != shadow.text:
            shadow.text = text
            self.ops.append(["T", shadow.oid, text])

    def replaced(self, shadow: Shadow, value: Any) -> bool:
        """Is what cannot be watched a new object where a dead one was? Its text says so; where the content is
        followed that does not matter, as it is looked at again."""
        kind = shadow.kind
        if kind in READERS or kind in LOOKED_AT or kind in ARRAYS or shadow.adapter is not None:
            return False
        return label(value, kind, self.layout(shadow.type)) != shadow.text

    def _told(self, shadow: Shadow, value: Any) -> tuple[str, list[Any]]:
        """The text of an object, and operations that belong to it."""
        if shadow.kind == "generator":
            return self.suspended.look(shadow, value)
        return label(value, shadow.kind, self.layout(shadow.type)), []

    # -- forgetting --------------------------------------------------------------------------------------

    def let_go(self) -> None:
        """The program has ended: hold nothing of it, not even its classes, so that it can be taken down."""
        self.pins.let_go()
        for known in (self.shadows, self.layouts, self.holders.by_dict, self.work):
            known.clear()

    def sweep(self, roots: Iterable[Any]) -> dict[int, Shadow]:
        """Forget every Shadow that no binding reaches; those that stay, by number. The reader does the same
        here."""
        kept: dict[int, Shadow] = {}
        work = [t for t in roots if type(t) is Shadow]
        while work:
            shadow = work.pop()
            if shadow.oid in kept:
                continue
            kept[shadow.oid] = shadow
            for kids in (shadow.kids, shadow.key_kids, [shadow.attrs]):
                work += [k for k in kids or () if type(k) is Shadow]
        for address in [i for i, s in self.shadows.items() if s.oid not in kept]:
            del self.shadows[address]
        self.elements.forget(kept.keys())
        return kept

    def raised(self) -> list[Shadow]:
        """Exceptions that may be on their way."""
        return [s for s in self.shadows.values() if s.was_raised]


def _needs_attrs(kind: str) -> bool:
    """Kinds with followed content of their own, whose attributes are kept beside it."""
    followed = kind in READERS and kind not in ("object", "exception", "class")
    return followed or kind in SCALARS or kind == "array"
