"""Contents of containers and instances, read through the slots of their builtin base type.

Runs inside the recorded process. Every reader gives (keys or None, values, real length).
"""

from __future__ import annotations

from itertools import islice

from . import bounds
from .kinds import Function, Layout, is_descriptor, isinstance_dict, type_dict
from .labels import arguments, cause, closure, context, hides_context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import OrderedDict
    from collections.abc import Callable
    from typing import Any

    Content = tuple[list[Any] | None, list[Any] | tuple[Any, ...], int]
else:
    from _collections import OrderedDict


def sequence(value: Any, layout: Layout) -> Content:
    """list, tuple, set, frozenset, deque and classes derived from them."""
    cls = type(value)
    if cls is list or cls is tuple:
        return None, value[:bounds.items], len(value)
    base = layout.base
    return None, list(islice(base.__iter__(value), bounds.items)), base.__len__(value)


def count(value: Any, layout: Layout) -> int:
    """How many elements or attributes there are."""
    if layout.kind in ("object", "exception"):
        held = layout.instance_dict.__get__(value) if layout.instance_dict is not None else {}
        return dict.__len__(held) + len(layout.slots)
    length: int = layout.base.__len__(value) if layout.base is not object else 0
    return length


def mapping(value: Any, layout: Layout) -> Content:
    """dict and classes derived from it."""
    length = dict.__len__(value)
    few = length <= bounds.items
    pairs = list(dict.items(value)) if few else list(islice(dict.items(value), bounds.items))
    if layout.ordered:  # it keeps an order of its own
        held = {id(k): (k, v) for k, v in pairs}
        order = [id(k) for k in OrderedDict.__iter__(value)]
        pairs = [held[k] for k in order if k in held]
    return [k for k, _ in pairs], [v for _, v in pairs], length


def instance(value: Any, layout: Layout) -> Content:
    """Attributes in slots and in the instance dictionary."""
    keys: list[Any] = []
    values: list[Any] = []
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
    return keys[:bounds.items], values[:bounds.items], len(keys)


def exception(value: Any, layout: Layout) -> Content:
    """Arguments, attributes (notes among them), and the cause or context a traceback shows."""
    keys, values, length = instance(value, layout)
    keys, values = ["args", *(keys or ())], [arguments(value), *values]
    before, name = cause(value), "__cause__"
    if before is None and not hides_context(value):
        before, name = context(value), "__context__"
    if before is not None:
        keys.append(name)
        values.append(before)
    return keys, values, length + 1 + (before is not None)


def attributes(value: Any, layout: Layout) -> Content:
    """What is kept beside an object's own content: its attributes; of a function, its closure."""
    if type(value) is Function:
        keys, values = closure(value)
        return keys, values, len(keys)
    return instance(value, layout)


def class_data(value: Any, layout: Layout) -> Content:
    """Public data attributes of a class of the user's."""
    pairs = [(k, v) for k, v in list(type_dict(value).items())
             if type(k) is str and k[:1] != "_" and not is_descriptor(v)]
    return [k for k, _ in pairs], [v for _, v in pairs], len(pairs)


READERS: dict[str, Callable[[Any, Layout], Content]] = {
    "list": sequence, "tuple": sequence, "set": sequence, "frozenset": sequence, "deque": sequence,
    "dict": mapping, "object": instance, "exception": exception, "class": class_data,
}
