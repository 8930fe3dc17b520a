"""What one step changed, in the words of the source: "total", "self.items", "grid[0][1]"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semduck.trace.grids import places
from semduck.trace.model import Change, Value
from semduck.trace.render import Renderer
from semduck.trace.replay import Ref, State, paired
from semduck.trace.store import Event, Moment

if TYPE_CHECKING:
    from semduck.trace.cursor import Cursor

DEEP, WIDE, MANY = 12, 200, 12  # how far paths are looked for; how many single elements are named
ALL = 5000  # elements of an object that are recorded at most


def _all_ops(moment: Moment) -> list[tuple[int, Event]]:
    """(frame, op) of a step and of what was noted before it."""
    found: list[tuple[int, Event]] = []
    for before in moment.before:
        if before[0] == "E":
            found += [(before[1], op) for op in before[2]]
    event = moment.event
    if len(event) > 3 and event[3]:
        found += [(event[1], op) for op in event[3]]
    return found


def touched(moment: Moment) -> bool:
    """Does the step change any state at all?"""
    return bool(moment.before) or (len(moment.event) > 3 and bool(moment.event[3]))


def touches(moment: Moment, name: str, frame: int, space: int | None, reach: set[int]) -> bool:
    """Does the step bind this name (of the frame, or of module `space`) or change an object in `reach`?"""
    for owner, op in _all_ops(moment):
        what = op[0]
        if what == "p" or what == "T":
            if op[1] in reach:
                return True
        elif what == "l" or (what == "x" and len(op) == 2):
            if space is None and owner == frame and op[1] == name:
                return True
        elif what == "o":
            if space is None and op[1] == frame and op[2] == name:
                return True
        elif what in ("g", "x") and space is not None and op[1] == space and op[2] == name:
            return True
    return False


def differences(cursor: Cursor, k: int, moment: Moment, frame: int, space: int, module: bool) -> list[Change]:
    """Changes of step k that its frame can see."""
    bound, objects = _subjects(moment, frame, space)
    after = cursor.seek(k)
    paths = _paths(after, frame, space, module, objects)
    names = [(name, None if is_global else frame) for name, is_global in bound]
    new = {name: _draw_name(after, name, owner, space) for name, owner in names}
    held = {path: _draw(after, ref) for path, ref, _ in paths}
    if k == 0:
        return [Change(n, None, v, o) for (n, o), v in zip(names, new.values(), strict=True) if v]
    before = cursor.seek(k - 1)
    changes = [Change(n, _draw_name(before, n, o, space), new[n], o) for n, o in names]
    fresh = {n for n, _ in names}  # bound just now: what its object was before does not matter
    for path, ref, oid in paths:
        if oid in before.things and path not in fresh:
            changes += _inside(path, ref, oid, cursor, k, held[path], frame)
    return [c for c in changes if c.before != c.after]


def _subjects(moment: Moment, frame: int, space: int) -> tuple[list[tuple[str, bool]], set[int]]:
    bound: dict[tuple[str, bool], None] = {}
    objects: set[int] = set()
    for owner, op in _all_ops(moment):
        what = op[0]
        if what in ("p", "T"):
            objects.add(op[1])
        elif owner == frame and (what == "l" or (what == "x" and len(op) == 2)):
            bound[(op[1], False)] = None
        elif what == "o" and op[1] == frame:
            bound[(op[2], False)] = None
        elif (what == "g" or (what == "x" and len(op) == 3)) and op[1] == space:
            bound[(op[2], True)] = None
    return list(bound), objects


def _names(state: State, frame: int, space: int, module: bool) -> dict[str, Ref]:
    own = state.frames.get(frame, {})
    return state.spaces.get(space, {}) if module else {**state.spaces.get(space, {}), **own}


def _paths(state: State, frame: int, space: int, module: bool,
           objects: set[int]) -> list[tuple[str, Ref, int]]:
    """(path, ref, number) of each changed object: from every name that reaches it, the shortest path."""
    if not objects:
        return []
    own = state.frames.get(frame, {})
    found: list[tuple[str, Ref, int]] = []
    names = _names(state, frame, space, module)
    for name, ref in sorted(names.items(), key=lambda pair: pair[0] not in own):
        local = module or name in own
        if local or not objects <= {oid for _, _, oid in found}:  # module names only for what is not seen yet
            found += _from(state, name, ref, objects)
    return found


def _from(state: State, name: str, ref: Ref, objects: set[int]) -> list[tuple[str, Ref, int]]:
    wanted, found, seen = set(objects), [], set()
    layer = [(name, ref)]
    for _ in range(DEEP):
        deeper: list[tuple[str, Ref]] = []
        for path, at in layer:
            if type(at) is not list or len(at) != 1 or at[0] in seen:
                continue
            seen.add(at[0])
            if at[0] in wanted:
                wanted.discard(at[0])
                found.append((path, at, at[0]))
            if wanted and len(seen) < WIDE * DEEP:
                deeper += _below(state, path, at[0])
        layer = deeper
        if not wanted:
            break
    return found


def _below(state: State, path: str, oid: int) -> list[tuple[str, Ref]]:
    thing = state.things.get(oid)
    if thing is None:
        return []
    if not paired(thing):
        return [(path + place, r) for place, r in zip(places(thing)[:WIDE], thing.items, strict=False)]
    if thing.kind == "dict":
        return [(f"{path}[{Renderer(state).value(k, 1).text}]", r) for k, r in thing.items[:WIDE]]
    return [(f"{path}.{k}", r) for k, r in thing.items[:WIDE]]


def _draw(state: State, ref: Ref, width: int = WIDE) -> Value:
    return Renderer(state, width, 10 * width).value(ref)


def _draw_name(state: State, name: str, owner: int | None, space: int) -> Value | None:
    names = state.spaces.get(space, {}) if owner is None else state.frames.get(owner, {})
    return _draw(state, names[name]) if name in names else None


def _inside(path: str, ref: Ref, oid: int, cursor: Cursor, k: int, after: Value, frame: int) -> list[Change]:
    """Changes of single elements when few, of the whole object when many or moved."""
    before = _draw(cursor.seek(k - 1), ref)
    if before == after:  # what changed is further behind
        before, after = (_draw(cursor.seek(n), ref, ALL) for n in (k - 1, k))
    old, new = dict(before.children), dict(after.children)
    names = [n for n in {**old, **new} if old.get(n) != new.get(n)]
    sequence = after.kind in ("list", "tuple", "set", "frozenset", "deque", "array")
    if not names:
        return [Change(path, before, after, frame)]  # the same elements in another order
    if after.kind == "array" and [n for n, _ in before.children] != [n for n, _ in after.children]:
        return [Change(path, before, after, frame)]  # another shape, other labels
    if (sequence and (before.length != after.length or len(names) > MANY)) or len(names) > MANY:
        return [Change(path, before, after, frame)]
    if after.kind in ("set", "frozenset"):
        return [Change(path, before, after, frame)]
    if after.kind == "frame" and len(names) == 1 and names[0] in old and names[0] in new:
        cells = _cells(path, names[0], old[names[0]], new[names[0]], frame)
        if 0 < len(cells) <= MANY:
            return cells
    indexed = after.kind in ("list", "dict", "deque", "frame", "array")
    joined = [(n, f"{path}[{n}]" if indexed and not _field(after, n) else f"{path}.{n}") for n in names]
    return [Change(p, old.get(n), new.get(n), frame) for n, p in joined]


def _field(value: Value, name: str) -> bool:
    """Is it an attribute of an array, not one of its elements?"""
    return value.kind == "array" and name.isidentifier()


def _cells(path: str, column: str, before: Value, after: Value, frame: int) -> list[Change]:
    """The cells of a table's column that are different."""
    old, new = dict(before.children), dict(after.children)
    same_shape = before.length == after.length and before.type_name == after.type_name
    if not same_shape or len(old) < len(before.children):  # a label that is there twice
        return []
    return [Change(f"{path}.loc[{n}, {column}]", old.get(n), new.get(n), frame)
            for n in new if old.get(n) != new.get(n)]
