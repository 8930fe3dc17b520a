"""Which objects can one line change? Run-time part: find them and say what a call may do.

Runs inside the recorded process. Only class dictionaries, instance dictionaries and exact builtin
containers are read; no attribute lookup of the program's objects ever happens.
"""

from __future__ import annotations

import builtins

from . import library
from .kinds import (
    CONTAINER_IDS,
    Builtin,
    Function,
    Method,
    Module,
    function_dict,
    is_descriptor,
    isinstance_type,
    module_dict,
    mro,
    type_dict,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import CodeType
    from typing import Any

    from .effects import Effect, Path
    from .snapshot import Heap
else:
    from _collections import deque

MISSING: Any = object()
_PURE_NAMES = """
abs all any ascii bin bool bytes bytearray callable chr complex dict dir divmod enumerate filter
float format frozenset getattr hasattr hash hex id input int isinstance issubclass iter len list map
max memoryview min next object oct open ord pow print property range repr reversed round set slice
sorted staticmethod classmethod str sum super tuple type zip Exception
""".split()
PURE = {id(getattr(builtins, name)) for name in _PURE_NAMES}
PURE_MODULES = frozenset({"math", "cmath", "time", "os", "posixpath", "ntpath", "sys", "json", "re", "string",
                          "datetime", "statistics", "itertools", "textwrap", "logging"})
_LOOK = "index count copy __len__ __contains__ get keys values items isdisjoint issubset issuperset union " \
        "intersection difference symmetric_difference"
_PURE_METHODS = frozenset(_LOOK.split())
_CONTAINERS = (list, dict, set, deque)
_MUTATORS = frozenset(n for t in (*_CONTAINERS, bytearray) for n in dir(t) if n not in _PURE_METHODS)
MUTATORS = frozenset(n for n in _MUTATORS if n not in dir(str))  # str has the names, not the effect
_PLAIN_TYPES = (str, bytes, int, float, bool, complex, type(None), tuple, frozenset, range)
# classes are compared by identity only: a metaclass may define __eq__ and __hash__
PLAIN = frozenset(map(id, _PLAIN_TYPES))
SMALL = 1 << 62
ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "Add": int.__add__, "Sub": int.__sub__, "Mult": int.__mul__, "Mod": int.__mod__,
    "FloorDiv": int.__floordiv__}
# C functions, by module: what they change is their first argument itself (all else they call is the user's).
CHANGES_FIRST = {"_heapq": ("heappush", "heappop", "heapify", "heapreplace", "heappushpop"),
                 "_bisect": ("insort", "insort_left", "insort_right")}
PURE_BUILTINS = {"_functools": ("reduce", "cmp_to_key"),
                 "_bisect": ("bisect", "bisect_left", "bisect_right"),
                 "_pickle": ("dumps", "loads"),
                 "_struct": ("pack", "unpack", "calcsize"),
                 "zlib": ("crc32", "adler32", "compress", "decompress"),
                 "_operator": tuple("""
lt le eq ne ge gt not_ truth is_ is_not abs add and_ floordiv index inv invert lshift mod mul matmul neg or_
pos pow rshift sub truediv xor concat contains countOf getitem indexOf length_hint""".split())}
LAZY = frozenset(map(id, (map, filter, zip, enumerate, reversed)))


class Resolver:
    """Looks at one frame: its locals, globals, and which code is the user's."""

    def __init__(self, heap: Heap, is_user_code: Callable[[CodeType], bool]) -> None:
        self.heap = heap
        self.is_user_code = is_user_code

    def name(self, name: str, names: Mapping[str, Any], globals_: Mapping[str, Any]) -> Any:
        """The object a name means, or MISSING."""
        found = names.get(name, MISSING)
        if found is MISSING:
            found = globals_.get(name, MISSING)
        if found is MISSING:
            found = builtins.__dict__.get(name, MISSING)
        return found

    def path(self, path: Path | None, names: Mapping[str, Any], globals_: Mapping[str, Any]) -> Any:
        """The object a path (see effects.path) leads to, or MISSING."""
        if path is None:
            return MISSING
        if path[0] == "n":
            return self.name(path[1], names, globals_)
        base = self.path(path[1], names, globals_)
        if base is MISSING:
            return MISSING
        if path[0] == "a":
            return self.attribute(base, path[2])
        index = path[2] if path[0] == "i" else self._index(path[2], names, globals_)
        return MISSING if index is MISSING else self._item(base, index)

    def _index(self, index: Path, names: Mapping[str, Any], globals_: Mapping[str, Any]) -> Any:
        """The value of an index expression, or MISSING: arithmetic only on exact, small integers."""
        if index[0] == "k":
            return index[1]
        if index[0] != "b":
            return self.path(index, names, globals_)
        left, right = self._index(index[2], names, globals_), self._index(index[3], names, globals_)
        if not (type(left) is int and type(right) is int and abs(left) < SMALL and abs(right) < SMALL):
            return MISSING
        operator = ARITHMETIC.get(index[1])
        if operator is None or (right == 0 and index[1] in ("Mod", "FloorDiv")):
            return MISSING
        return operator(left, right)

    def attribute(self, base: Any, name: str) -> Any:
        """Instance dictionary, slots, module or class dictionary; data found there and nothing else."""
        if type(base) is Module:
            return module_dict(base).get(name, MISSING)
        if type(base) is Function:
            return function_dict(base).get(name, MISSING)
        if isinstance_type(base):
            return self._class_data(base, name)
        layout = self.heap.layout(type(base))
        for slot, member in layout.slots:
            if slot == name:
                try:
                    return member.__get__(base)
                except AttributeError:
                    return MISSING
        if layout.instance_dict is not None:
            held = layout.instance_dict.__get__(base)
            if type(held) is dict and name in held:
                return held[name]
        return self._class_data(type(base), name)

    @staticmethod
    def _class_data(cls: type, name: str) -> Any:
        for klass in mro(cls):
            found = type_dict(klass).get(name, MISSING)
            if found is not MISSING:
                return MISSING if is_descriptor(found) else found
        return MISSING

    @staticmethod
    def _item(base: Any, index: Any) -> Any:
        kind = type(base)
        if kind is list or kind is tuple:
            if type(index) is int and -len(base) <= index < len(base):
                return base[index]
        elif any(k is dict for k in mro(kind)) and id(type(index)) in PLAIN and type(index) is not tuple:
            return dict.get(base, index, MISSING)
        return MISSING

    def effect(self, effect: Effect, names: Mapping[str, Any], globals_: Mapping[str, Any],
               roots: Sequence[str]) -> tuple[str, Any]:
        """(nothing | append | shallow | deep | everything, object) for one effect of a line."""
        kind = effect[0]
        if kind == "super":
            return "deep", None
        target = self.path(effect[1], names, globals_)
        if kind == "missing":
            plain = target is MISSING or type(target) in (list, tuple, dict, str)
            return ("nothing" if plain else "shallow"), target
        if kind == "read":
            lazy = target is not MISSING and self.heap.layout(type(target)).lazy
            return ("shallow" if lazy else "nothing"), target
        if kind == "call":
            return self._called(self.call(target), effect[2], names, globals_, roots)
        if kind == "operand":
            return ("nothing" if target is MISSING else self.operand(target)), None
        if target is MISSING:
            unknown = kind == "method" and effect[1] is None and effect[2] in MUTATORS
            return ("everything" if unknown else "deep"), None
        if kind == "method":
            what = self.method(target, effect[2])
            if type(target) is not Module and what != "first":
                return what, target
            return self._called(what, effect[3], names, globals_, roots)
        return self._on_target(effect, target)

    def _called(self, what: str, argument: Path | None, names: Mapping[str, Any],
                globals_: Mapping[str, Any], roots: Sequence[str]) -> tuple[str, Any]:
        """The effect of a function of which `call` said `what`."""
        if what == "first":
            first = self.path(argument, names, globals_)
            return ("deep", None) if first is MISSING else ("shallow", first)
        if what == "nothing" and self.hidden([self.name(r, names, globals_) for r in roots]):
            what = "everything"
        return what, None

    def _on_target(self, effect: Effect, target: Any) -> tuple[str, Any]:
        kind = effect[0]
        if kind == "bound":
            changes = self.method(target, effect[2]) in ("append", "shallow")
            return ("deep" if changes else "nothing"), None
        if id(type(target)) in PLAIN:
            return "nothing", target
        return ("deep" if self.from_library(target) else "shallow"), target

    def hidden(self, values: Iterable[Any]) -> bool:
        """Can a builtin change what it is not given, through one of these: a bound method, a lazy map?"""
        for value in values:
            kind = type(value)
            if id(kind) in LAZY or (kind is Builtin and type(value.__self__) is not Module):
                return True
        return False

    def from_library(self, value: Any) -> bool:
        """Is it an instance of a class the user did not write, and not a plain container?"""
        kind = type(value)
        plain = id(kind) in CONTAINER_IDS or id(kind) in PLAIN or self.heap.is_user(kind)
        return not plain and not isinstance_type(value)

    def operand(self, value: Any) -> str:
        """What an operator may do to it: classes derived from library code (enum, say) keep notes."""
        kind = type(value)
        if id(kind) in PLAIN or id(kind) in CONTAINER_IDS or isinstance_type(value):
            return "nothing"
        return "nothing" if all(map(self._ours, mro(kind))) else "deep"

    def _ours(self, cls: type) -> bool:
        return cls is object or id(cls) in PLAIN or id(cls) in CONTAINER_IDS or self.heap.is_user(cls)

    def call(self, function: Any) -> str:
        """What calling `function` may do to its arguments: nothing, first (the first), deep, everything."""
        if function is MISSING:
            return "deep"
        kind = type(function)
        if id(function) in PURE:
            return "nothing"
        if function is exec or function is eval:
            return "everything"
        if kind is Builtin:
            return _builtin(function)
        if kind is Function:
            return self._function(function)
        if kind is Method:
            return self.call(function.__func__)
        if isinstance_type(function):
            harmless = any(k is BaseException or id(k) in CONTAINER_IDS for k in mro(function))
            return "nothing" if harmless or self.heap.is_user(function) else library.of_class(function)
        other = library.of_other(function)
        if type(other) is not str:  # it hides what it is given first
            other = "nothing" if self.call(other) == "nothing" else "everything"
        return str(other)

    def _function(self, function: Any) -> str:
        return "nothing" if self.is_user_code(function.__code__) else library.of_function(function)

    def method(self, owner: Any, name: str) -> str:
        """What `owner.name(...)` may do: nothing | append | shallow (to owner) | first (argument) | deep."""
        kind = type(owner)
        if id(kind) in PLAIN:
            return "nothing"
        if id(kind) in CONTAINER_IDS:
            if name == "append" and kind is list:
                return "append"
            return "nothing" if name in _PURE_METHODS else "shallow"
        if kind is Module:
            held = module_dict(owner)
            if held.get("__name__") in PURE_MODULES:
                return "nothing"
            return self.call(held.get(name, MISSING))
        cls = owner if isinstance_type(owner) else kind
        for klass in mro(cls):
            found = type_dict(klass).get(name, MISSING)
            if found is not MISSING:
                what = self._member(found)
                return "deep" if what == "shallow" and cls is owner else what  # list.append(xs, 1)
        return "deep"

    def _member(self, found: Any) -> str:
        kind = type(found)
        if kind is Function:
            if self.is_user_code(found.__code__):
                return "nothing"
            what = library.of_function(found)
            return "shallow" if what == "nothing" else what  # it may change what it is a method of
        if kind is staticmethod or kind is classmethod:
            inner = found.__func__
            return self._member(inner) if type(inner) is Function else "deep"
        return "shallow" if kind is type(str.join) or kind is Builtin else "deep"


def _builtin(function: Any) -> str:
    """What a C function may do to its arguments."""
    if type(function.__self__) is not Module:
        return "deep"
    module, name = module_dict(function.__self__).get("__name__"), function.__name__
    if type(module) is not str:
        return "deep"
    if module in PURE_MODULES or name in PURE_BUILTINS.get(module, ()):
        return "nothing"
    return "first" if name in CHANGES_FIRST.get(module, ()) else "deep"
