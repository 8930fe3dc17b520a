"""Who holds an object: every path that leads to it from a live name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from semduck.trace.grids import places
from semduck.trace.render import Renderer
from semduck.trace.replay import Ref, State, Thing, paired

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

DEEP = 40  # links of one path
WORK = 20_000  # paths looked at


@dataclass(frozen=True, slots=True)
class Alias:
    """A path to an object. frame: whose name it begins with, None for a module's.

    owner: name of the function or module.
    """

    path: str
    frame: int | None
    owner: str


@dataclass(frozen=True, slots=True)
class Aliases:
    """Shortest paths first. complete: False when there may be more."""

    found: tuple[Alias, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class _Way:
    """A path on its way to the object: text, where it ends, and the objects it went through."""

    text: str
    frame: int | None
    owner: str
    at: int
    through: frozenset[int]


def aliases(recording: Recording, k: int, identity: int, limit: int) -> Aliases:
    """Every path without circles from a live name to object `identity`."""
    state = recording.state(k)
    near = leading_to(state, identity)
    layer = [w for w in _roots(recording, state) if w.at in near]
    found: list[Alias] = []
    work = 0
    for _ in range(DEEP):
        found += [Alias(w.text, w.frame, w.owner) for w in layer if w.at == identity]
        layer = [w for w in layer if w.at != identity]
        work += len(layer)
        if not layer or len(found) > limit or work > WORK:
            break
        layer = [d for w in layer for d in _deeper(state, w, near)]
    return Aliases(tuple(found[:limit]), not layer and len(found) <= limit)


def _roots(recording: Recording, state: State) -> Iterator[_Way]:
    for frame, names in sorted(state.frames.items(), reverse=True):
        for name, ref in names.items():
            if _is_object(ref):
                yield _Way(name, frame, recording.call(frame).function, ref[0], frozenset())
    for space, names in sorted(state.spaces.items()):
        for name, ref in names.items():
            if _is_object(ref):
                yield _Way(name, None, recording.module_name(space), ref[0], frozenset())


def _deeper(state: State, way: _Way, near: set[int]) -> Iterator[_Way]:
    through = way.through | {way.at}
    for text, ref in links(state, way.text, way.at):
        if _is_object(ref) and ref[0] in near and ref[0] not in through:
            yield _Way(text, way.frame, way.owner, ref[0], through)


def links(state: State, path: str, oid: int) -> Iterator[tuple[str, Ref]]:
    """(path, ref) of everything an object holds, as the user would write it."""
    thing = state.things.get(oid)
    if thing is None:
        return
    if thing.attrs is not None and thing.attrs in state.things:
        yield from _attributes(path, thing, state.things[thing.attrs])
    if not paired(thing):
        base = f"list({path})" if thing.kind in ("set", "frozenset") else path
        yield from ((base + place, ref) for place, ref in zip(places(thing), thing.items, strict=False))
    elif thing.kind == "dict":
        yield from _entries(state, path, thing)
    else:
        yield from ((f"{path}.{name}", ref) for name, ref in thing.items)


def _attributes(path: str, thing: Thing, attrs: Thing) -> Iterator[tuple[str, Ref]]:
    """What is kept beside an object's elements; beside a function, what its closure holds."""
    closes = thing.kind == "function"
    for name, ref in attrs.items:
        yield f"inspect.getclosurevars({path}).nonlocals[{name!r}]" if closes else f"{path}.{name}", ref


def _entries(state: State, path: str, thing: Thing) -> Iterator[tuple[str, Ref]]:
    for i, (key, ref) in enumerate(thing.items):
        shown = Renderer(state, line=200).value(key, 2)
        yield (f"{path}[{shown.text}]" if shown.is_literal else f"list({path}.values())[{i}]"), ref
        if _is_object(key):
            yield f"list({path})[{i}]", key


def leading_to(state: State, identity: int) -> set[int]:
    """Objects from which the object can be reached, itself included."""
    holders: dict[int, list[int]] = {}
    for oid in state.reachable():
        thing = state.things.get(oid)
        for kid in state.kids(thing) if thing is not None else ():
            if _is_object(kid):
                holders.setdefault(kid[0], []).append(oid)
    found, work = {identity}, [identity]
    while work:
        for holder in holders.get(work.pop(), ()):
            if holder not in found:
                found.add(holder)
                work.append(holder)
    return found


def _is_object(ref: Ref) -> bool:
    return type(ref) is list and len(ref) == 1
