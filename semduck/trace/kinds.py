"""What kinds of objects there are, and how to read each, found without running any code of the program.

Runs inside the recorded process. A metaclass may define __eq__ and __hash__: classes are only ever compared
by identity, so sets of classes are sets of their addresses.
"""

from __future__ import annotations

import sys
from _weakref import ref as weak

from . import bounds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import OrderedDict, deque
    from collections.abc import Callable
    from typing import Any

    from .adapters.parts import Adapter
else:
    from _collections import OrderedDict, deque

Function = type(lambda: 0)
Method = type(type("_", (), {"m": lambda self: 0})().m)
Builtin = type(len)
Module = type(sys)
GetSet = type(type.__dict__["__dict__"])
Member = type(type("_", (), {"__slots__": ("a",)}).__dict__["a"])
Code = type((lambda: 0).__code__)
Generator = type((lambda: (yield))())


async def _coroutine() -> None: ...


async def _async_generator() -> Any:
    yield


_made = _coroutine()
Coroutine, AsyncGenerator = type(_made), type(_async_generator())
_made.close()
ATOMS = frozenset({int, float, bool, str, bytes, complex, type(None), type(Ellipsis), type(NotImplemented)})
GENERATORS = frozenset({Generator, Coroutine, AsyncGenerator})
LEAVES = GENERATORS | {Function, Method, Builtin, Module, Code, type, range, slice, memoryview}
ATOM_IDS = frozenset(map(id, ATOMS))
LEAF_IDS = frozenset(map(id, LEAVES))
MEMBER_IDS = frozenset(map(id, (Function, Method, Builtin, Module, Code)))  # in a class: not data
LEAF_KINDS = {id(Function): "function", id(Method): "function", id(Builtin): "function", id(Module): "module",
              id(Generator): "generator", id(Coroutine): "generator", id(AsyncGenerator): "generator"}
SCALARS = frozenset({"str", "int", "float", "bytes", "complex", "bytearray"})
NAMED = frozenset({"dict", "object", "exception", "class"})  # kinds whose elements have keys
# Entries vanish from these without any line that says so.
WEAK = frozenset({"WeakValueDictionary", "WeakKeyDictionary", "WeakSet"})
BASES: tuple[tuple[type, str], ...] = (
    (list, "list"), (dict, "dict"), (tuple, "tuple"), (set, "set"), (frozenset, "frozenset"),
    (deque, "deque"), (bytearray, "bytearray"), (BaseException, "exception"), (str, "str"), (int, "int"),
    (float, "float"), (bytes, "bytes"), (complex, "complex"))

_mro: Callable[[type], tuple[type, ...] | None] = type.__dict__["__mro__"].__get__
type_dict: Callable[[type], dict[str, Any]] = type.__dict__["__dict__"].__get__
type_name: Callable[[type], str] = type.__dict__["__name__"].__get__
module_dict: Callable[[Any], dict[str, Any]] = type_dict(Module)["__dict__"].__get__
function_dict: Callable[[Any], dict[str, Any]] = type_dict(Function)["__dict__"].__get__


# Ids of the containers that builtin code changes in place. deque: python may make it anew for the program.
CONTAINER_IDS = set(map(id, (list, dict, set, deque)))
_flags: Callable[[type], int] = type.__dict__["__flags__"].__get__
_weak_offset: Callable[[type], int] = type.__dict__["__weakrefoffset__"].__get__
IMMUTABLE = 1 << 8  # flag of classes that are written in C


def in_c(cls: type) -> bool:
    """Is it written in C and closed, so that no python code can have made or changed it?"""
    return bool(_flags(cls) & IMMUTABLE)


def _is_deque(cls: type) -> bool:
    return type_name(cls) == "deque" and in_c(cls)


class Text:
    """An element of which only a text is known."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def atom(value: Any) -> Any:
    """JSON form of a plain value; see docs/recording-format.md."""
    kind = type(value)
    if kind is str:
        return value if len(value) <= bounds.text else ["s", value[: bounds.text], len(value)]
    if kind is int:
        small = -(1 << 512) < value < (1 << 512)
        return value if small else ["i", hex(value)[: bounds.text], value.bit_length()]
    if kind is bytes:
        return ["b", value[: bounds.text].decode("latin-1"), len(value)]
    if kind is complex:
        return ["c", complex.__repr__(value)]
    if value is Ellipsis or value is NotImplemented:
        return ["k", "Ellipsis" if value is Ellipsis else "NotImplemented"]
    return value


def mro(cls: type) -> tuple[type, ...]:
    """A class and its bases; of a class that is just being made, itself."""
    return _mro(cls) or (cls,)


class Layout:
    """How to read instances of one class: computed once, by looking only at class dictionaries."""

    __slots__ = ("adapter", "base", "cls", "instance_dict", "kind", "lazy", "name", "ordered", "slots",
                 "steady", "user", "weak")

    def __init__(self, cls: type, is_user: Callable[[type], bool]) -> None:
        bases = set(map(id, mro(cls)))
        self.cls = cls  # keeps the address from being used again
        self.adapter: Adapter | None = None  # see adapters.find
        self.ordered = id(OrderedDict) in bases
        found = next(((k, b) for b, k in BASES if id(b) in bases), ("object", object))
        self.kind: str = found[0]
        self.base: Any = found[1]
        other = next((k for k in mro(cls) if _is_deque(k)), None) if self.kind == "object" else None
        if other is not None:
            self.kind, self.base = "deque", other
            CONTAINER_IDS.add(id(other))
        self.name = str.__str__(type_name(cls))  # exactly a str
        self.user = is_user(cls)
        self.instance_dict: Any = None
        self.slots: list[tuple[str, Any]] = []
        self.steady = all(k is object or is_user(k) for k in mro(cls))  # only the program's code changes it
        self.weak = _weak_offset(cls) != 0
        self.lazy = False  # reading an attribute may store it (functools.cached_property)
        for klass in mro(cls):
            self._look_at(klass)
        if _flags(cls) & IMMUTABLE and self.kind == "object":
            self.instance_dict = None  # asking would make one, and C code may look whether there is one

    def without_base(self, base: type) -> None:
        """Only slots of the classes derived from `base`: what is in its own is told by its adapter."""
        own = list(map(id, mro(self.cls)))
        own = own[: own.index(id(base))] if id(base) in own else []
        self.slots = [(n, d) for n, d in self.slots if id(d.__objclass__) in own]

    def _look_at(self, klass: type) -> None:
        names = type_dict(klass)
        found = names.get("__dict__")
        if type(found) is GetSet and klass is not type and self.instance_dict is None:
            self.instance_dict = found
        if self.user and klass is not object and id(klass) not in CONTAINER_IDS:
            self.lazy = self.lazy or any(_is_lazy(v) for v in list(names.values()))
        if klass is not object and (self.user or "__slots__" in names):
            self.slots += [(n, d) for n, d in list(names.items()) if type(d) is Member and n[:2] != "__"]


def _is_lazy(value: object) -> bool:
    """A descriptor that is neither python's own kind nor C code's."""
    kind = type(value)
    return id(kind) not in MEMBER_IDS and not _flags(kind) & IMMUTABLE and is_descriptor(value)


class Shadow:
    """What the recording knows of one object. `kids`: plain values themselves, Shadows for the rest.

    epoch: the event at which it was last looked at, negative when everything below it was, too.
    ids: addresses of kids and then of key_kids; None when they have to be found from those.
    shown: itself among the values of probes. length: real number of elements, of which kids are the first.
    steady: only statements of the program change it. pin, owner: see pins.py. where: places of the keys of a
    dict, None when not known. linked: of an instance its `__dict__`, of that the instance, if both are known.
    proved: see Heap.died; its elements were surely the ones seen before. settled: whether it can be held was
    decided, and its content has not changed since. empty: there is nothing to look at.
    """

    __slots__ = ("adapter", "attrs", "empty", "epoch", "ids", "key_kids", "kids", "kind", "length", "level",
                 "linked", "oid", "owner", "pin", "proved", "pyid", "settled", "shown", "steady", "text",
                 "type", "was_raised", "watch", "where")

    def __init__(self, oid: int, pyid: int, cls: type, kind: str, level: int) -> None:
        self.oid, self.pyid, self.type, self.kind, self.level = oid, pyid, cls, kind, level
        self.shown = f"@[{oid}]"
        self.ids: list[int] | None = []
        self.length = 0
        self.kids: list[Any] = []
        self.key_kids: list[Any] | None = [] if kind in NAMED else None
        self.attrs: Shadow | None = None
        self.adapter: Adapter | None = None  # of values that may change and are not followed like containers
        self.watch: weak[Any] | None = None
        self.pin: Any = None
        self.owner: Any = None
        self.where: dict[Any, int] | None = None
        self.linked: Shadow | None = None
        self.proved = -1
        self.text, self.epoch, self.was_raised, self.steady = "", 0, False, False
        self.settled = self.empty = False


def ref(token: Any) -> Any:
    """JSON form of what `Heap.token` gave."""
    if type(token) is Shadow:
        return [token.oid]
    return ["t", token.text] if type(token) is Text else atom(token)


def isinstance_type(value: object) -> bool:
    """isinstance(value, type) that looks at the real class, never at `__class__`."""
    return any(k is type for k in mro(type(value)))


def isinstance_dict(value: object) -> bool:
    """The same for dict."""
    return any(k is dict for k in mro(type(value)))


def is_descriptor(value: object) -> bool:
    """Is it a method, property, class ... when found in a class: not data of the program?"""
    cls = type(value)
    if id(cls) in MEMBER_IDS or isinstance_type(value):
        return True
    return any("__get__" in type_dict(k) for k in mro(cls))
