"""Two states of a call -> what changed, in the words of the source (`self.items`, `grid[0]`)."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from semduck.trace.model import Value

_ORDERED = ("list", "deque", "tuple")
_LOUD = ("function", "class", "module")
_IN_PLACE = ("gain", "lose", "change")
_DEEP = 3


@dataclass(frozen=True, slots=True)
class Delta:
    """how: new | set | gain | lose | change | gone. item: what was gained or lost."""

    name: str
    before: Value | None
    after: Value | None
    how: str
    item: Value | None = None
    also: tuple[str, ...] = ()  # other names of the same object
    holder: tuple[int, str] | None = None  # the object it is a part of, and which part
    same_as: str = ""  # a name that already held the object


def alike(a: Value, b: Value) -> bool:
    """Same content, whichever object holds it."""
    if (a.kind, a.type_name, a.text, a.length) != (b.kind, b.type_name, b.text, b.length):
        return False
    if a.is_literal and b.is_literal:
        return repr(a.literal) == repr(b.literal)
    same = len(a.children) == len(b.children) and a.more == b.more
    return same and all(
        x[0] == y[0] and alike(x[1], y[1]) for x, y in zip(a.children, b.children, strict=True)
    )


def deltas(
    before: Mapping[str, Value], after: Mapping[str, Value], first: Collection[str] = ()
) -> list[Delta]:
    """Differences between two states; names of one changed object are told together, `first` ones first."""
    found: list[Delta] = []
    for name in sorted(after, key=lambda n: n not in first):
        value, old = after[name], before.get(name)
        if old is None:
            found.append(Delta(name, None, value, "new", same_as=_twin(name, value, before, after)))
        elif old is not value:
            found += _between(name, old, value, after=after, before=before)
    found += [Delta(name, value, None, "gone") for name, value in before.items() if name not in after]
    return _grouped(found)


def _twin(name: str, value: Value, before: Mapping[str, Value], after: Mapping[str, Value]) -> str:
    """Another name that held this very (changeable) object before and still does."""
    if value.identity is None or value.kind not in ("list", "dict", "set", "deque", "object"):
        return ""
    same = (n for n, v in before.items() if n != name and v.identity == value.identity)
    return next((n for n in same if n in after and after[n].identity == value.identity), "")


def _between(
    name: str,
    old: Value,
    new: Value,
    depth: int = 0,
    before: Mapping[str, Value] | None = None,
    after: Mapping[str, Value] | None = None,
) -> list[Delta]:
    if old.identity is None or old.identity != new.identity:
        kept = alike(old, new)
        twin = _twin(name, new, before or {}, after or {})
        return (
            [] if kept and (depth or old.identity is None) else [Delta(name, old, new, "set", same_as=twin)]
        )
    if alike(old, new):
        return []
    inner = _inside(name, old, new, depth) if depth < _DEEP else []
    return inner or [Delta(name, old, new, "change")]


def _inside(name: str, old: Value, new: Value, depth: int) -> list[Delta]:
    """Changes within one object that kept its identity; [] when they are better told as a whole."""
    if old.kind in _ORDERED and old.length != new.length:
        return _resized(name, old, new)
    if old.kind in ("set", "frozenset"):
        return _members(name, old, new)
    olds, news = dict(old.children), dict(new.children)
    if old.more or new.more or len(olds) != len(old.children):
        return []
    found: list[Delta] = []
    for label in dict.fromkeys([*news, *olds]):
        path, a, b = _join(name, label, new), olds.get(label), news.get(label)
        if not path and (a is None or b is None or not alike(a, b)):
            return []
        inner = _between(path, a, b, depth + 1) if a and b else [Delta(path, a, b, "new" if b else "gone")]
        found += [
            d if d.holder or d.how in _IN_PLACE else replace(d, holder=(new.identity or 0, label))
            for d in inner
        ]
    return found if len(found) <= 2 or new.kind == "object" else []


def _join(name: str, label: str, parent: Value) -> str:
    """`self.items`, `xs[0]`, `d['a']`; "" for a part that has no such name (an object as key)."""
    if label.isidentifier() and label not in ("True", "False", "None"):
        return f"{name}.{label}"
    return f"{name}[{label}]" if label.isdigit() or _literal(label) else ""


def _literal(label: str) -> bool:
    try:
        ast.literal_eval(label)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return len(label) < 60


def _resized(name: str, old: Value, new: Value) -> list[Delta]:
    if old.more or new.more or old.length is None or new.length is None:
        return []
    olds, news = [v for _, v in old.children], [v for _, v in new.children]
    longer, shorter = (news, olds) if len(news) > len(olds) else (olds, news)
    if len(longer) != len(shorter) + 1:
        return []
    at = next((i for i, v in enumerate(shorter) if not alike(v, longer[i])), len(shorter))
    if not all(alike(a, b) for a, b in zip(shorter[at:], longer[at + 1 :], strict=True)):
        return []
    return [Delta(name, old, new, "gain" if longer is news else "lose", longer[at])]


def _members(name: str, old: Value, new: Value) -> list[Delta]:
    if old.more or new.more or old.length is None or new.length is None or abs(old.length - new.length) != 1:
        return []
    olds, news = {v.text: v for _, v in old.children}, {v.text: v for _, v in new.children}
    if gained := [v for k, v in news.items() if k not in olds]:
        return [Delta(name, old, new, "gain", gained[0])] if len(gained) == 1 else []
    lost = [v for k, v in olds.items() if k not in news]
    return [Delta(name, old, new, "lose", lost[0])] if len(lost) == 1 else []


def _grouped(found: list[Delta]) -> list[Delta]:
    """One entry for the several names of one object that changed in place."""
    kept: dict[object, Delta] = {}
    for at, delta in enumerate(found):
        key: object = at
        if delta.how in _IN_PLACE and delta.after is not None:
            key = ("object", delta.after.identity)
        elif delta.holder:
            key = ("part", *delta.holder)
        first = kept.get(key)
        kept[key] = replace(first, also=(*first.also, delta.name)) if first else delta
    return list(kept.values())


def quiet(delta: Delta) -> bool:
    """Not worth a word: dunder names and names bound to functions, classes and modules."""
    value = delta.after or delta.before
    name = delta.name.partition(".")[0]
    return name.startswith("__") or bool(value and value.kind in _LOUD and delta.how in ("new", "gone"))


def inner(delta: Delta) -> str | None:
    """The first private attribute on the way to what changed: `_lock` of `worker._lock`."""
    return next((p.partition("[")[0] for p in delta.name.split(".")[1:] if p.startswith("_")), None)
