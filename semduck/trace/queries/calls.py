"""Calls of a function with what went in and came out, and the tree of calls with repeats marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semduck.trace.grids import complete
from semduck.trace.model import Call, Value
from semduck.trace.queries.places import Where, fits
from semduck.trace.render import Renderer
from semduck.trace.replay import Ref, State, paired

if TYPE_CHECKING:
    from semduck.trace.recording import Recording

EXCEPTION, UNWIND = 3, 6
BUILTIN = ("list", "tuple", "dict", "set", "frozenset", "deque")
NODES = 2000  # objects compared in the arguments of one call


@dataclass(frozen=True, slots=True)
class Called:
    """One call: arguments as they were when it began, and how it ended.

    result and raised are both None while it runs. steps: of the call and all it called; None while it runs.
    """

    call: Call
    arguments: dict[str, Value]
    result: Value | None
    raised: Value | None
    steps: int | None


@dataclass(frozen=True, slots=True)
class Branch:
    """A call in the tree, in order of depth first. count: calls of this function with equal arguments.

    repeats: frame of the first of them, None for that one itself and where equality is not known.
    """

    call: Call
    depth: int
    count: int = 1
    repeats: int | None = None


def calls_of(recording: Recording, function: str, file: Path | None) -> Iterator[Called]:
    """Calls of a function by name or qualified name, in order."""
    where = Where(function=function, file=file)
    wanted = {code for code in range(recording.code_count()) if fits(recording, code, where)}
    for frame in recording.frames_of(wanted):
        yield called(recording, frame)


def called(recording: Recording, frame: int) -> Called:
    """One call."""
    call = recording.call(frame)
    steps = None if call.last is None else call.last - call.first + 1
    return Called(call, recording.arguments(frame), recording.result(frame), raised(recording, call), steps)


def raised(recording: Recording, call: Call) -> Value | None:
    """The exception that left a call."""
    if call.last is None or recording.moment(call.last).event[0] != UNWIND:
        return None
    for k, moment in recording.moments(range(call.last - 1, call.first - 1, -1)):
        if moment.event[1] == call.frame and moment.event[0] == EXCEPTION:
            return Renderer(recording.state(k)).value(moment.event[4])
    return None


def tree(recording: Recording, root: int | None, limit: int) -> list[Branch]:
    """The first `limit` calls, of all or of those below `root`, each under its caller."""
    below: dict[int | None, list[Call]] = {}
    roots = [] if root is None else [recording.call(root)]
    kept = {None if root is None else root}
    for frame in recording.frames_below(root):
        call = recording.call(frame)
        if call.parent in kept:
            below.setdefault(call.parent, []).append(call)
            kept.add(frame)
            if len(kept) > limit:
                break
    roots = roots or below.get(None, [])
    work = [(call, 0) for call in reversed(roots)]
    found: list[Branch] = []
    while work and len(found) < limit:
        call, depth = work.pop()
        found.append(Branch(call, depth))
        work += [(c, depth + 1) for c in reversed(below.get(call.frame, []))]
    return _marked(recording, found)


def _marked(recording: Recording, branches: list[Branch]) -> list[Branch]:
    groups: dict[Any, list[int]] = {}
    for i in sorted(range(len(branches)), key=lambda i: branches[i].call.first):
        key = _key(recording, branches[i].call)
        if key is not None:
            groups.setdefault(key, []).append(i)
    marked = list(branches)
    for group in groups.values():
        first = branches[group[0]].call.frame
        for i in group:
            marked[i] = replace(branches[i], count=len(group), repeats=None if i == group[0] else first)
    return marked


def _key(recording: Recording, call: Call) -> Any:
    """Equal for calls of the same function with equal arguments; None where that is not known."""
    names = recording.argument_names(call.frame)
    if not names:
        return call.file, call.line, call.function
    state = recording.state(call.first)
    local = state.frames.get(call.frame, {})
    form = Form(state)
    parts = tuple((n, form.of(local[n])) for n in names if n in local)
    return None if form.left < 0 else (call.file, call.line, call.function, parts)


class Form:
    """Values as nested tuples that are equal when the values are: builtin containers by content, objects by
    identity and content."""

    def __init__(self, state: State) -> None:
        self.state, self.left = state, NODES
        self._numbers: dict[int, int] = {}

    def of(self, ref: Ref) -> Any:
        """The form of a ref; of an object met before, which one that was."""
        if type(ref) is not list:
            return type(ref).__name__, repr(ref)
        if len(ref) != 1:
            return tuple(ref)
        if ref[0] in self._numbers:
            return "again", self._numbers[ref[0]]
        self._numbers[ref[0]] = len(self._numbers)
        return self._object(ref[0])

    def _object(self, oid: int) -> Any:
        self.left -= 1
        thing = self.state.things.get(oid)
        if thing is None or self.left < 0 or not complete(thing):
            self.left = -1
            return None
        plain = thing.kind in BUILTIN and thing.type == thing.kind
        head = (thing.kind, thing.type, thing.text, None if plain else oid)
        if thing.kind in ("set", "frozenset"):
            return head, tuple(sorted((self.of(r) for r in thing.items), key=repr))
        if paired(thing):
            return head, tuple((self.of(key), self.of(r)) for key, r in thing.items)
        return head, tuple(self.of(r) for r in thing.items)
