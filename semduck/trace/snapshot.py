"""Live objects -> operations on a heap of bounded pictures, without running any user code.

Runs inside the recorded process. Every container and instance gets a number; what changed since it was
last looked at is emitted as splices. Identity decides, never `==`; contents are read through the slots of
the builtin base type. No strong reference to a user object is kept, so lifetimes stay as they were.
"""

import sys
from _collections import OrderedDict, deque
from _weakref import ref as weak
from itertools import islice

WIDTH = 5000  # elements of one container that are followed
TEXT = 2000  # characters of one string that are kept
NEW_PER_EVENT = 20_000  # objects looked at in one event

Function = type(lambda: 0)
Method = type(type("_", (), {"m": lambda self: 0})().m)
Builtin = type(len)
Module = type(sys)
GetSet = type(type.__dict__["__dict__"])
Member = type(type("_", (), {"__slots__": ("a",)}).__dict__["a"])
Code = type((lambda: 0).__code__)
Generator = type((lambda: (yield))())
ATOMS = frozenset({int, float, bool, str, bytes, complex, type(None), type(Ellipsis), type(NotImplemented)})
LEAVES = frozenset({Function, Method, Builtin, Module, Generator, Code, type, range, slice, memoryview})
# A metaclass may define __eq__ and __hash__: classes are only ever compared by identity.
ATOM_IDS = frozenset(map(id, ATOMS))
LEAF_IDS = frozenset(map(id, LEAVES))
_mro = type.__dict__["__mro__"].__get__
_type_dict = type.__dict__["__dict__"].__get__
_type_name = type.__dict__["__name__"].__get__
_args = BaseException.__dict__["args"].__get__
_BASES = ((list, "list"), (dict, "dict"), (tuple, "tuple"), (set, "set"), (frozenset, "frozenset"),
          (deque, "deque"), (bytearray, "bytearray"), (BaseException, "exception"),
          (str, "str"), (int, "int"), (float, "float"), (bytes, "bytes"), (complex, "complex"))
_LEAF_KINDS = {id(Function): "function", id(Method): "function", id(Builtin): "function", id(Module): "module",
               id(Generator): "generator"}
SCALARS = frozenset({"str", "int", "float", "bytes", "complex", "bytearray"})
_SEQUENCES = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset, "deque": deque}


def atom(value):
    """JSON form of a plain value; see docs/recording-format.md."""
    kind = type(value)
    if kind is str:
        return value if len(value) <= TEXT else ["s", value[:TEXT], len(value)]
    if kind is int:
        return value if -(1 << 512) < value < (1 << 512) else ["i", hex(value)[:TEXT], value.bit_length()]
    if kind is bytes:
        return ["b", value[:TEXT].decode("latin-1"), len(value)]
    if kind is complex:
        return ["c", complex.__repr__(value)]
    if value is Ellipsis or value is NotImplemented:
        return ["k", "Ellipsis" if value is Ellipsis else "NotImplemented"]
    return value


class Layout:
    """How to read instances of one class: computed once, by looking only at class dictionaries."""

    __slots__ = ("base", "cls", "instance_dict", "kind", "name", "ordered", "slots", "user", "weak")

    def __init__(self, cls, is_user):
        mro = _mro(cls)
        bases = set(map(id, mro))
        self.cls = cls  # keeps the address from being used again
        self.ordered = id(OrderedDict) in bases
        self.kind, self.base = next(((k, b) for b, k in _BASES if id(b) in bases), ("object", object))
        self.name = _type_name(cls)
        self.user = is_user(cls)
        self.instance_dict, self.slots, self.weak = None, [], False
        for klass in mro:
            names = _type_dict(klass)
            found = names.get("__dict__")
            if type(found) is GetSet and klass is not type and self.instance_dict is None:
                self.instance_dict = found
            self.weak = self.weak or type(names.get("__weakref__")) is GetSet
            if klass is not object and (self.user or "__slots__" in names):
                self.slots += [(n, d) for n, d in list(names.items()) if type(d) is Member and n[:2] != "__"]


class Shadow:
    """What the recording knows of one object. `kids`: plain values themselves, Shadows for the rest."""

    __slots__ = ("attrs", "epoch", "ids", "key_kids", "kids", "kind", "level", "oid", "pyid", "text", "type",
                 "watch", "was_raised")

    def __init__(self, oid, pyid, cls, kind, level):
        self.oid, self.pyid, self.type, self.kind, self.level = oid, pyid, cls, kind, level
        self.ids = self.kids = self.key_kids = self.attrs = self.watch = None
        self.text, self.epoch, self.was_raised = "", 0, False


def _user_class(modules):
    """A test for "this class was written by the user", by the name of its module."""
    def test(cls):
        name = _type_dict(cls).get("__module__")
        return type(name) is str and name in modules
    return test


class Heap:
    """All Shadows of a run. `ops` collects the operations of the event being recorded."""

    def __init__(self, user_modules):
        self.shadows = {}
        self.layouts = {}
        self.is_user = _user_class(user_modules)
        self.ops = []
        self.work = []
        self.next_oid = self.epoch = self.seen = 0
        self.readers = {"list": self._sequence, "tuple": self._sequence, "set": self._sequence,
                        "frozenset": self._sequence, "deque": self._sequence, "dict": self._mapping,
                        "object": self._instance, "exception": self._exception, "class": self._class}

    # -- one event ---------------------------------------------------------------------------------------

    def begin(self):
        """Start a new event: every object may be looked at once more."""
        self.epoch += 1
        self.seen = 0

    def token(self, value, level=0):
        """What stands for `value` in a binding: itself when plain, else its Shadow (made when new)."""
        if id(type(value)) in ATOM_IDS:
            return value
        shadow = self.shadows.get(id(value))
        if shadow is None or shadow.type is not type(value) or self._died(shadow):
            shadow = self._adopt(value, level)
        if shadow.epoch != self.epoch:
            self.work.append((shadow, value, False))
        return shadow

    def drain(self):
        """Look at everything queued, and at what that brings up."""
        work = self.work
        while work:
            shadow, value, deep = work.pop()
            if self.seen < NEW_PER_EVENT:
                self._visit(shadow, value, deep)

    def shallow(self, value):
        """`value` itself may have been changed, nothing below it."""
        self.token(value)

    def deep(self, value):
        """Anything reachable from `value` may have been changed."""
        kind = type(value)
        if id(kind) in ATOM_IDS:
            return
        if kind is Builtin or kind is Method:
            self.deep(value.__self__)
            return
        if kind is Function or kind is Module:
            return
        if kind is memoryview:
            value = value.obj
        shadow = self.token(value)
        self.work.append((shadow, value, True))

    # -- objects -----------------------------------------------------------------------------------------

    @staticmethod
    def _died(shadow):
        watch = shadow.watch
        return watch is not None and watch() is None

    def _layout(self, cls):
        found = self.layouts.get(id(cls))
        if found is None:
            found = self.layouts[id(cls)] = Layout(cls, self.is_user)
        return found

    def _adopt(self, value, level):
        cls = type(value)
        layout = self._layout(cls)
        kind = self._kind(value, cls, layout, level)
        self.next_oid += 1
        shadow = Shadow(self.next_oid, id(value), cls, kind, level)
        if kind == "object" and not layout.user:
            shadow.level = level + 1
        if layout.weak and kind != "class":
            try:
                shadow.watch = weak(value)
            except TypeError:  # subclasses of int, tuple and bytes have no room for one
                layout.weak = False
        shadow.ids, shadow.kids = [], []
        if kind in self.readers or kind in SCALARS:
            if kind not in ("object", "exception", "class") and layout.user and layout.instance_dict:
                self.next_oid += 1
                shadow.attrs = Shadow(self.next_oid, id(value), cls, "object", level)
                shadow.attrs.ids, shadow.attrs.kids, shadow.attrs.key_kids = [], [], []
                self.ops.append(["N", shadow.attrs.oid, "object", layout.name, ""])
        shadow.text = self._text(value, kind, layout)
        if kind in ("dict", "object", "exception", "class"):
            shadow.key_kids = []
        event = ["N", shadow.oid, kind, layout.name if kind != "class" else "type", shadow.text]
        if shadow.attrs:
            event.append(shadow.attrs.oid)
        self.ops.append(event)
        self.shadows[id(value)] = shadow
        return shadow

    def _kind(self, value, cls, layout, level):
        if id(cls) in LEAF_IDS and cls is not type:
            return _LEAF_KINDS.get(id(cls), "opaque")
        if isinstance_type(value):
            return "class" if self.is_user(value) else "type"
        kind = layout.kind
        if kind != "object":
            return kind
        if not layout.user and (level >= 1 or not layout.instance_dict):
            return "opaque"
        return "object" if layout.instance_dict or layout.slots else "opaque"

    def _text(self, value, kind, layout):
        """Short label of things that have no followed content, and of exceptions (their message)."""
        if kind == "function":
            return _function_name(value)
        if kind == "module":
            name = Module.__dict__["__dict__"].__get__(value).get("__name__")
            return name if type(name) is str else "module"
        if kind in ("class", "type"):
            return _type_name(value)
        if kind in SCALARS:
            return layout.base.__repr__(value)[:TEXT]
        if kind == "exception":
            return _message(value)
        return _plain_repr(value, layout)

    # -- contents ----------------------------------------------------------------------------------------

    def _visit(self, shadow, value, deep):
        if shadow.epoch == self.epoch and not deep:
            return
        if shadow.epoch == -self.epoch:  # already looked at deeply
            return
        shadow.epoch = -self.epoch if deep else self.epoch
        reader = self.readers.get(shadow.kind)
        if shadow.kind in ("bytearray", "opaque"):
            self._retext(shadow, value)
        if reader is not None:
            self.seen += 1
            try:
                keys, values, length = reader(value)
            except RuntimeError:  # another thread changes it this very moment: look again at the next step
                return
            self._splice(shadow, keys, values, length, deep)
        if shadow.attrs:
            keys, values, length = self._instance(value)
            self._splice(shadow.attrs, keys, values, length, deep)

    def _retext(self, shadow, value):
        text = self._text(value, shadow.kind, self._layout(shadow.type))
        if text != shadow.text:
            shadow.text = text
            self.ops.append(["T", shadow.oid, text])

    def _splice(self, shadow, keys, values, length, deep):
        ids = list(map(id, values))
        if keys is not None:
            ids += map(id, keys)
        if ids != shadow.ids:
            self._emit_splice(shadow, keys, values, length)
            shadow.ids = ids
        elif deep:
            self._same_ids(shadow, keys, values, length)
        if deep:
            cls = shadow.type
            if shadow.kind == "object" and self._layout(cls).user:
                self.work.append((self.token(cls), cls, True))  # lists kept on the class are reached too
            for value in values:
                if type(value) not in ATOMS:
                    child = self.token(value, shadow.level)
                    self.work.append((child, value, True))

    def _same_ids(self, shadow, keys, values, length):
        """Same addresses: an element may still be a new object where a dead one was."""
        for old, value in zip(shadow.kids, values):
            if type(value) not in ATOMS:
                found = self.shadows.get(id(value))
                if found is not old:
                    self._emit_splice(shadow, keys, values, length)
                    return

    def _emit_splice(self, shadow, keys, values, length):
        """Emit ["p", oid, start, removed, items, length]: the smallest replaced run."""
        old, olds, new = shadow.kids, shadow.key_kids, self._tokens(values, shadow.level)
        news = None if keys is None else self._tokens(keys, shadow.level)
        start, stop = 0, min(len(old), len(new))
        while start < stop and old[start] is new[start] and (news is None or olds[start] is news[start]):
            start += 1
        tail = 0
        while tail < stop - start and old[-1 - tail] is new[-1 - tail] and (
            news is None or olds[-1 - tail] is news[-1 - tail]
        ):
            tail += 1
        end = len(new) - tail
        items = [_ref(t) for t in new[start:end]]
        if news is not None:
            items = [[_ref(k), r] for k, r in zip(news[start:end], items)]
        self.ops.append(["p", shadow.oid, start, len(old) - tail - start, items, length])
        shadow.kids, shadow.key_kids = new, news

    def _tokens(self, values, level):
        return [v if id(type(v)) in ATOM_IDS else self.token(v, level) for v in values]

    def appended(self, value):
        """`value` is exactly a list and got one element at its end. Returns False when it did not."""
        shadow = self.shadows.get(id(value))
        if shadow is None or shadow.type is not list or shadow.epoch == self.epoch:
            return False
        size = len(value)
        if size != len(shadow.ids) + 1 or size > WIDTH:
            return False
        last = value[-1]
        if size > 1 and id(value[-2]) != shadow.ids[-1]:
            return False
        kid = self.token(last, shadow.level)
        self.ops.append(["p", shadow.oid, size - 1, 0, [_ref(kid)], size])
        shadow.ids.append(id(last))
        shadow.kids.append(kid)
        return True

    # -- readers: (keys or None, values, real length) ------------------------------------------------------

    def _sequence(self, value):
        cls = type(value)
        if cls is list or cls is tuple:
            return None, value[:WIDTH], len(value)
        base = _SEQUENCES[self._layout(cls).kind]
        return None, list(islice(base.__iter__(value), WIDTH)), base.__len__(value)

    def _mapping(self, value):
        pairs = list(islice(dict.items(value), WIDTH)) if dict.__len__(value) > WIDTH else list(dict.items(value))
        if self._layout(type(value)).ordered:  # it keeps an order of its own
            held = {id(k): (k, v) for k, v in pairs}
            order = [id(k) for k in OrderedDict.__iter__(value)]
            pairs = [held[k] for k in order if k in held]
        return [k for k, _ in pairs], [v for _, v in pairs], dict.__len__(value)

    def _instance(self, value):
        layout = self._layout(type(value))
        keys, values = [], []
        for name, member in layout.slots:
            try:
                values.append(member.__get__(value))
                keys.append(name)
            except AttributeError:
                pass
        if layout.instance_dict is not None:
            names = layout.instance_dict.__get__(value)
            if type(names) is dict or isinstance_dict(names):
                for key, item in list(dict.items(names)):
                    if type(key) is str:
                        keys.append(key)
                        values.append(item)
        return keys[:WIDTH], values[:WIDTH], len(keys)

    def _exception(self, value):
        keys, values, _ = self._instance(value)
        return ["args", *keys], [_args(value), *values], len(keys) + 1

    def _class(self, value):
        pairs = [(k, v) for k, v in list(_type_dict(value).items())
                 if type(k) is str and k[:1] != "_" and not _descriptor(v)]
        return [k for k, _ in pairs], [v for _, v in pairs], len(pairs)

    # -- forgetting --------------------------------------------------------------------------------------

    def sweep(self, roots):
        """Forget every Shadow that no binding reaches. The reader does the same at the same event."""
        kept, work = set(), [t for t in roots if type(t) is Shadow]
        while work:
            shadow = work.pop()
            if shadow.oid in kept:
                continue
            kept.add(shadow.oid)
            for kids in (shadow.kids, shadow.key_kids, [shadow.attrs]):
                work += [k for k in kids or () if type(k) is Shadow]
        self.shadows = {i: s for i, s in self.shadows.items() if s.oid in kept}
        return len(kept)


def _ref(token):
    return [token.oid] if type(token) is Shadow else atom(token)


def isinstance_type(value):
    """isinstance(value, type) that looks at the real class, never at `__class__`."""
    return any(k is type for k in _mro(type(value)))


def isinstance_dict(value):
    """The same for dict."""
    return any(k is dict for k in _mro(type(value)))


def _descriptor(value):
    cls = type(value)
    if id(cls) in LEAF_IDS or isinstance_type(value):
        return True
    return any("__get__" in _type_dict(k) for k in _mro(cls))


def _function_name(value):
    cls = type(value)
    if cls is Method:
        return _function_name(value.__func__)
    name = value.__qualname__ if cls is Function or cls is Builtin else "function"
    return name if type(name) is str else "function"


def _message(error):
    """The message as str() gives it, when finding out runs no user code."""
    args = _args(error)
    if not all(id(type(a)) in ATOM_IDS for a in args):
        return ""
    for klass in _mro(type(error)):
        found = _type_dict(klass).get("__str__")
        if found is not None:
            if type(found) is Function:
                return ""
            break
    try:
        return BaseException.__str__(error)[:TEXT] if found is None else found(error)[:TEXT]
    except Exception:
        return ""


_SAFE_REPR = frozenset({"range", "slice", "date", "datetime", "time", "timedelta", "timezone", "Decimal",
                        "UUID", "Fraction"})


def _plain_repr(value, layout):
    """repr() of C types known to show only their own plain content."""
    cls = type(value)
    if layout.name in _SAFE_REPR and not layout.user and (
        cls is range or cls is slice or _type_dict(cls).get("__module__") in ("datetime", "decimal", "_decimal")
        or layout.name in ("date", "datetime", "time", "timedelta", "Decimal")
    ):
        try:
            return cls.__repr__(value)[:TEXT] if cls is not slice else "slice(...)"
        except Exception:
            return ""
    return ""
