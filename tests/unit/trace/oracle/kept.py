"""Is what a recording of a part of a run shows what the whole recording shows at the same steps?

Values are compared by structure: numbers of objects and frames are others where the log begins anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from semduck.trace.reader.entry import same
from semduck.trace.recording import Recording
from semduck.trace.replay import Ref, State, paired


def differences(whole: Recording, kept: Recording, steps: Mapping[int, int]) -> Iterator[str]:
    """What is different. steps: step of `kept` -> step of `whole`."""
    for k, o in steps.items():
        told = _step(whole, kept, o, k)
        if told:
            yield f"step {k} (of the whole: {o}): {told}"


def _step(whole: Recording, kept: Recording, o: int, k: int) -> str:
    one, other = whole.step(o), kept.step(k)
    rows = [(s.kind, s.line, s.function, s.depth, s.thread, s.file) for s in (one, other)]
    if rows[0] != rows[1]:
        return f"{rows[0]} expected, got {rows[1]}"
    if (one.value is None) != (other.value is None):
        return f"value {one.value} expected, got {other.value}"
    stacks = whole.stack(o), kept.stack(k)
    if [(f.function, f.line) for f in stacks[0]] != [(f.function, f.line) for f in stacks[1]]:
        return f"stack {stacks[0]} expected, got {stacks[1]}"
    pairs = _Pairs(whole.state(o), kept.state(k))
    for a, b in zip(*stacks, strict=True):
        told = pairs.names(whole.names(o, a.frame), kept.names(k, b.frame), a.function)
        if told:
            return told
    for space, names in pairs.whole.spaces.items():
        told = pairs.names(names, pairs.kept.spaces.get(space, {}), f"module {space}")
        if told:
            return told
    lives = [
        sorted((r.call(f).function, sorted(names)) for f, names in state.frames.items())
        for r, state in ((whole, pairs.whole), (kept, pairs.kept))
    ]
    only = [[row for row in lives[i] if row not in lives[1 - i]] for i in (0, 1)]
    return "" if lives[0] == lives[1] else f"frames {only[0] or lives[0]} expected, got {only[1] or lives[1]}"


class _Pairs:
    """Two states walked together."""

    def __init__(self, whole: State, kept: State) -> None:
        self.whole, self.kept = whole, kept
        self.seen: dict[int, int] = {}

    def names(self, old: Mapping[str, Ref], new: Mapping[str, Ref], where: str) -> str:
        """The first difference; "" when there is none."""
        if set(old) != set(new):
            return f"{where}: names {sorted(set(old) ^ set(new))} are only on one side"
        found = (self.value(old[name], new[name], f"{where}: {name}") for name in old)
        return next((told for told in found if told), "")

    def value(self, a: Ref, b: Ref, where: str) -> str:
        """The same for two refs."""
        work = [(a, b, where)]
        while work:
            a, b, where = work.pop()
            if not (_is_object(a) and _is_object(b)):
                if not same(a, b):
                    return f"{where}: {a!r:.100} expected, got {b!r:.100}"
            elif a[0] not in self.seen:
                self.seen[a[0]] = b[0]
                told = self._object(a[0], b[0], where, work)
                if told:
                    return told
            elif self.seen[a[0]] != b[0]:
                return f"{where}: the same object as elsewhere expected"
        return ""

    def _object(self, a: int, b: int, where: str, work: list[tuple[Ref, Ref, str]]) -> str:
        one, other = self.whole.things.get(a), self.kept.things.get(b)
        if one is None or other is None:
            return "" if one is other else f"{where}: an object is not known"
        heads = [(t.kind, t.type, t.text, t.length, len(t.items), t.attrs is None, t.frame is None)
                 for t in (one, other)]  # fmt: skip
        if heads[0] != heads[1]:
            return f"{where}: {heads[0]} expected, got {heads[1]}"
        for p, q in zip(one.items, other.items, strict=True):
            work += [(x, y, where + "[…]") for x, y in (zip(p, q, strict=True) if paired(one) else [(p, q)])]
        if one.attrs is not None and other.attrs is not None:
            work.append(([one.attrs], [other.attrs], where + ".…"))
        return ""


def _is_object(ref: Ref) -> bool:
    return type(ref) is list and len(ref) == 1
