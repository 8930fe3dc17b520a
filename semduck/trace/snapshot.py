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
    ref,
    type_dict,
)
from .labels import free_names, label
from .pins import CONTAINERS, Pins
from .readers import READERS, attributes, count
from .suspended import Closures, Suspended

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

PLAIN_IDS = frozenset(map(id, (list, dict, set, frozenset, tuple, bytearray)))
LONG = frozenset({"str", "bytes", "bytearray"})
LOOKED_AT = frozenset({"bytearray", "generator"})


def _user_class(modules: set[str]) -> Callable[[type], bool]:
    """A test for "this class was written by the user", by the name of its module."""
    def test(cls: type) -> bool:
        name = type_dict(cls).get("__module__")
        return type(name) is str and name in modules
    return test


class Heap:
    """All Shadows of a run. `ops` collects the operations of the event being recorded."""

    def __init__(self, user_modules: set[str]) -> None:
        self.pins = Pins()
        self.shadows = self.pins.shadows
        self.layouts: dict[int, Layout] = {}
        self.is_user = _user_class(user_modules)
        self.exotic: list[int] = []  # not empty once there is an object that changes when it is read
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
        if shadow is None or shadow.type is not type(value):
            shadow = self._adopt(value, level)
        elif shadow.pin is value:
            return shadow
        elif shadow.watch is not None:
            if shadow.watch() is not value:
                shadow = self._adopt(value, level)
            elif shadow.steady:
                return shadow
        if shadow.epoch != self.epoch:
            self.work.append((shadow, value, False))
        return shadow

    def again(self, value: Any) -> None:
        """The content of `value` may have been changed."""
        if id(type(value)) not in ATOM_IDS:
            shadow = self.token(value)
            if shadow.epoch != self.epoch:
                self.work.append((shadow, value, False))

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
        if closes or ((layout.weak or (kind in ARRAYS and watchable(value))) and kind != "class"):
            try:
                shadow.watch = weak(value, self.deaths.append)
            except TypeError:  # subclasses of int, tuple and bytes have no room for one
                layout.weak = False
        if (layout.user and layout.instance_dict and _needs_attrs(kind)) or (closes and free_names(value)):
            self._add_attrs(shadow, layout)
        if closes:
            self.closures.add(shadow, value)
        shadow.steady = layout.steady and layout.adapter is None
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
        if shadow.kind in ("class", "type"):
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

    def _told(self, shadow: Shadow, value: Any) -> tuple[str, list[Any]]:
        """The text of an object, and operations that belong to it."""
        if shadow.kind == "generator":
            return self.suspended.look(shadow, value)
        return label(value, shadow.kind, self.layout(shadow.type)), []

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
            sure = not deep and shadow.proved == self.died
            start, tail = _unchanged(shadow, ids, len(values)) if sure else (0, 0)
            self._emit_splice(shadow, keys, values, length, start, tail)
            shadow.ids, shadow.where, shadow.length = ids, None, length
        elif _more_than_plain(shadow) and self._replaced(shadow, keys, values, deep):
            self._emit_splice(shadow, keys, values, length, 0, 0)
        shadow.proved = self.died
        if deep and _more_than_plain(shadow):
            self._go_below(shadow, values)

    def _go_below(self, shadow: Shadow, values: Sequence[Any]) -> None:
        cls = shadow.type
        if shadow.kind == "object" and self.layout(cls).user:
            self.work.append((self.token(cls), cls, True))  # lists kept on the class are reached too
        for value in values:
            if id(type(value)) not in ATOM_IDS:
                child = self.token(value, shadow.level)
                self.work.append((child, value, True))

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
                elif not deep and old.kind in CONTAINERS and old.epoch != self.epoch:
                    self.work.append((old, value, False))
        return replaced

    def _emit_splice(self, shadow: Shadow, keys: Sequence[Any] | None, values: Sequence[Any], length: int,
                     start: int, tail: int) -> None:
        """Emit ["p", oid, start, removed, items, length]: the smallest replaced run.

        start, tail: elements at both ends that are known to be the same.
        """
        old, olds = shadow.kids, shadow.key_kids
        new = self._tokens(old, values, shadow.level, start, tail)
        news = None if keys is None else self._tokens(olds or [], keys, shadow.level, start, tail)
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

    def _tokens(self, old: list[Any], values: Sequence[Any], level: int, start: int, tail: int) -> list[Any]:
        """Tokens of all values; those at both ends are known."""
        end = len(values) - tail
        fresh = [v if id(type(v)) in ATOM_IDS else self.token(v, level) for v in values[start:end]]
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


def _more_than_plain(shadow: Shadow) -> bool:
    """Is there anything below? Plain values are kept as they are: the same address is the same value."""
    return shadow.kind == "object" or Shadow in set(map(type, shadow.kids))


def _ids_of(shadow: Shadow) -> list[int]:
    """Addresses of what a Shadow knows to be in its object: atoms are kept as they are."""
    tokens = [*shadow.kids, *(shadow.key_kids or ())]
    return [t.pyid if type(t) is Shadow else id(t) for t in tokens]


def _needs_attrs(kind: str) -> bool:
    """Kinds with followed content of their own, whose attributes are kept beside it."""
    followed = kind in READERS and kind not in ("object", "exception", "class")
    return followed or kind in SCALARS or kind == "array"


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
