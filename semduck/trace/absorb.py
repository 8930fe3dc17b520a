"""Find what changed since a frame's last event: its names, and the objects its last line may have touched.

Runs inside the recorded process. State at an event is what the program sees at that moment; a line event
comes before its line runs, so the effects of a line are found at the next event.
"""

from __future__ import annotations

from _weakref import ref as weak

from .frames import OPTIMIZED, OWN
from .kinds import Function, Module, Shadow, ref
from .readers import READERS
from .resolve import MISSING, Resolver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence
    from types import CodeType, FrameType
    from typing import Any

    from .effects import Effect, LineInfo, Path
    from .frames import Followed
    from .register import Register
    from .snapshot import Heap


class _Every:
    """All names."""

    def __contains__(self, name: object) -> bool:
        return True


EVERY = _Every()
NONE: frozenset[str] = frozenset()


class Absorber:
    """Compares frames with what is known of them. `live`: the frames that are followed, by address."""

    def __init__(self, heap: Heap, register: Register, live: dict[int, Followed]) -> None:
        self.heap, self.live, self.closed_over = heap, live, heap.closures.by_name
        self.spaces = register.spaces
        self.resolver = Resolver(heap, register.is_user_code)
        self.probed: Callable[[CodeType], int] | None = None  # number of code with probes, else -1

    def absorb(self, followed: Followed, frame: FrameType, on_stack: bool = True) -> list[Any]:
        """Operations that bring the recording from the frame's last event to now.

        on_stack: a reader knows the frame as the innermost one that runs.
        """
        heap, info = self.heap, followed.info
        heap.begin()
        names = followed.visible(frame)
        pending, deep = followed.pending, followed.deep
        again: Container[str] = pending.bound if pending is not None and pending.complex else NONE
        if deep or (pending is not None and pending.effects):
            if followed.lost:
                again, followed.lost = EVERY, False
            if followed.held:
                self._effects(followed, frame, {**names, **_alive(followed.held)}, pending)
            self._effects(followed, frame, names, pending)
            followed.deep = False
        ops: list[Any] = []
        tag = ["g", followed.space.number] if info.module else ["l"]
        changed = self._bind(followed.bindings, names, tag, ops, again)
        if changed and not info.free.isdisjoint(changed):
            shared = info.free.intersection(changed)
            self._share(frame, shared, ops)
            if on_stack and self.probed is not None and followed.lane.number == 0:
                self._share_with_probes(frame, shared, ops)
        if followed.drawn:
            self._drawn(frame, followed.drawn, ops)
        if changed and self.closed_over:
            for function in heap.closures.over(changed):
                heap.again(function)
        if pending is not None and pending.globals and not info.module:
            self._bind_globals(followed, frame.f_globals, ops, again)
        heap.drain()
        if heap.ops:
            ops = heap.ops + ops
            heap.ops = []
        return ops

    # -- names -------------------------------------------------------------------------------------------

    def _bind(self, bindings: dict[str, Any], names: Mapping[str, Any], tag: list[Any], ops: list[Any],
              again: Container[str]) -> list[str]:
        """Compare a namespace with what is known of it. Returns the changed names.

        again: names for which the same address does not prove the same object.
        """
        heap, changed = self.heap, []
        get = bindings.get
        for name, value in (names.items() if type(names) is not dict else list(names.items())):
            old = get(name, MISSING)
            if old is value:
                continue
            if type(old) is Shadow and old.pyid == id(value) and old.type is type(value):
                if name not in again:
                    continue
            if name[:1] == "." or name in OWN:
                continue
            token = heap.token(value)
            if token is not old:
                bindings[name] = token
                ops.append([*tag, name, ref(token)])
                changed.append(name)
        if len(bindings) > len(names) or any(n not in names for n in bindings):
            self._unbind(bindings, names, tag, ops, changed)
        return changed

    @staticmethod
    def _unbind(bindings: dict[str, Any], names: Mapping[str, Any], tag: list[Any], ops: list[Any],
                changed: list[str]) -> None:
        for name in [n for n in bindings if n not in names]:
            del bindings[name]
            ops.append(["x", *tag[1:], name])
            changed.append(name)

    def _bind_globals(self, followed: Followed, globals_: dict[str, Any], ops: list[Any],
                      again: Container[str]) -> None:
        space = followed.space
        self._bind(space.bindings, globals_, ["g", space.number], ops, again)

    def _share(self, frame: FrameType, names: frozenset[str], ops: list[Any]) -> None:
        """A closure changed names that outer frames on the stack show too."""
        back = frame.f_back
        while back is not None:
            outer = self.live.get(id(back))
            if outer is not None and not outer.info.module:
                code = outer.info.code
                shared = names.intersection(code.co_cellvars + code.co_freevars)
                if shared:
                    self._rebind(outer, back.f_locals, shared, ops)
            back = back.f_back

    def _drawn(self, frame: FrameType, names: frozenset[str], ops: list[Any]) -> None:
        """Generator expressions of outer frames may have gone on, and bound names there."""
        self._share(frame, names, ops)
        back = frame.f_back
        while back is not None:
            outer, code = self.live.get(id(back)), back.f_code
            if outer is not None and outer.pending is not None and outer.pending.drawn:
                bindings, tag = outer.space.bindings, ["g", outer.space.number]
                for name in names.difference(code.co_cellvars, code.co_freevars).intersection(back.f_globals):
                    token = self.heap.token(back.f_globals[name])
                    if token is not bindings.get(name, MISSING):
                        bindings[name] = token
                        ops.append([*tag, name, ref(token)])
            back = back.f_back

    def _share_with_probes(self, frame: FrameType, names: frozenset[str], ops: list[Any]) -> None:
        """The same for outer frames whose code has probes: the reader finds them by their place."""
        place, back = 0, frame.f_back
        while back is not None:
            code = back.f_code
            if self.probed is not None and self.probed(code) >= 0:
                place += 1
                if not names.isdisjoint(code.co_cellvars + code.co_freevars):
                    held = back.f_locals
                    found = [(n, held[n]) for n in names if n in held]
                    if type(held) is dict and code.co_flags & OPTIMIZED:
                        held.clear()  # python keeps it before 3.13
                    ops += [["c", place, n, ref(self.heap.token(v))] for n, v in found]
            elif id(back) in self.live:
                place += 1
            back = back.f_back

    def _rebind(self, outer: Followed, held: Mapping[str, Any], names: Iterable[str], ops: list[Any]) -> None:
        for name in names:
            if name in held:
                token = self.heap.token(held[name])
                if outer.bindings.get(name, MISSING) is not token:
                    outer.bindings[name] = token
                    ops.append(["o", outer.fid, name, ref(token)])

    def hold(self, followed: Followed, frame: FrameType, rebound: frozenset[str]) -> dict[str, Any] | None:
        """Objects that the line about to run may change and take its names from.

        Watched through weak references where there can be one; lists and the like live until the next event.
        """
        held: dict[str, Any] = {}
        for name in rebound:
            shadow = followed.bindings.get(name, MISSING)
            shadow = followed.space.bindings.get(name) if shadow is MISSING else shadow
            if type(shadow) is not Shadow or (shadow.kind not in READERS and shadow.kind != "bytearray"):
                continue
            value = shadow.watch
            if value is None:
                names = followed.visible(frame)
                value = names.get(name, MISSING) if name in names else frame.f_globals.get(name, MISSING)
            if value is not MISSING:
                held[name] = value
        return held or None

    # -- objects -----------------------------------------------------------------------------------------

    def _effects(self, followed: Followed, frame: FrameType, names: Mapping[str, Any],
                 info: LineInfo | None) -> None:
        """Look again at what the last line may have changed."""
        globals_ = frame.f_globals
        how = "deep" if info is None or followed.deep else self._tangled(info, names, globals_)
        if how or info is None:
            self._deep(followed, frame, names, info)
            if how == "everything":
                self._everything(frame)
            return
        how = self._one_by_one(info, names, globals_)
        if how == "everything":
            self._everything(frame)
        elif how == "deep":
            self._deep(followed, frame, names, info)

    def look(self, info: LineInfo, names: Mapping[str, Any], globals_: dict[str, Any]) -> str:
        """Look again at what a statement may have changed; "everything" when that could be anything."""
        how = self._tangled(info, names, globals_)
        if how:
            self._deep_names(info, names, globals_)
            return how
        how = self._one_by_one(info, names, globals_)
        if how == "deep":
            self._deep_names(info, names, globals_)
        return how

    def _one_by_one(self, info: LineInfo, names: Mapping[str, Any], globals_: dict[str, Any]) -> str:
        """Look at what each effect may have changed, up to one that needs more: "deep", "everything"."""
        for effect in info.effects:
            what, owner = self.resolver.effect(effect, names, globals_, info.roots)
            if what in ("everything", "deep"):
                return what
            if what == "append" and self.heap.appended(owner):
                continue
            if what in ("shallow", "append"):
                self._shallow(owner)
                if effect[0] == "method" and self.resolver.from_library(owner):
                    self._filled(effect, names, globals_, info.roots)
        return ""

    def _deep_names(self, info: LineInfo, names: Mapping[str, Any], globals_: dict[str, Any]) -> None:
        for root in info.roots:
            value = self.resolver.name(root, names, globals_)
            if value is not MISSING:
                self.heap.deep(value)
        if names is not globals_ and any(effect[0] == "super" for effect in info.effects):
            for value in list(names.values()):  # super() acts on the first argument without naming it
                self.heap.deep(value)

    def bind(self, bindings: dict[str, Any], names: Mapping[str, Any], tag: list[Any],
             ops: list[Any]) -> None:
        """Compare a module's names with what is known of them."""
        self._bind(bindings, names, tag, ops, NONE)

    def reach(self, names: Mapping[str, Any]) -> None:
        """Anything these names lead to may have changed."""
        self._reach_all(names)

    def _tangled(self, info: LineInfo, names: Mapping[str, Any], globals_: dict[str, Any]) -> str:
        """Can one effect of the line hide where another one went? How far to look: "", deep, everything."""
        if len(info.effects) < 2 and not info.complex:
            return ""
        stores: set[int] = set()
        paths: list[Path | None] = []
        others = 0
        for effect in info.effects:
            if effect[0] == "shallow" and len(effect) == 2:
                paths.append(effect[1])
            what, owner = self.resolver.effect(effect, names, globals_, info.roots)
            if what == "everything":
                return what
            if what == "nothing":
                continue
            if what == "shallow" and effect[0] == "shallow":
                stores.add(id(owner))
            else:
                others += 1
        if info.complex and (others or stores):
            return "deep"
        if others:
            return "deep" if others + len(stores) > 1 else ""
        hidden = len(paths) > 1 and any(self._leads_through(path, stores, names, globals_) for path in paths)
        return "everything" if hidden else ""

    def _leads_through(self, path: Path | None, stores: set[int], names: Mapping[str, Any],
                       globals_: dict[str, Any]) -> bool:
        """Does the path to one changed object lead through another one?"""
        while path is not None and path[0] != "n":
            path = path[1]
            if id(self.resolver.path(path, names, globals_)) in stores:
                return True
        return False

    def _shallow(self, value: Any) -> None:
        if type(value) is Module:
            space = self.spaces.get(id(value.__dict__))
            if space is not None:
                self._bind(space.bindings, value.__dict__, ["g", space.number], self.heap.ops, EVERY)
            return
        self.heap.again(value)

    def _filled(self, effect: Effect, names: Mapping[str, Any], globals_: dict[str, Any],
                roots: Sequence[str]) -> None:
        """A method in C may have written into a buffer it was given: file.readinto(buffer)."""
        given = [self.resolver.name(root, names, globals_) for root in roots]
        for value in (*given, self.resolver.path(effect[3], names, globals_)):
            adapter = self.heap.layout(type(value)).adapter
            if type(value) is bytearray or (adapter is not None and adapter.changes):
                self.heap.deep(value)

    def _deep(self, followed: Followed, frame: FrameType, names: Mapping[str, Any],
              info: LineInfo | None) -> None:
        """Anything the line mentions may have changed, and whatever is reachable from it."""
        globals_ = frame.f_globals
        for root in info.roots if info is not None else ():
            value = self.resolver.name(root, names, globals_)
            if value is not MISSING:
                self.heap.deep(value)
        if followed.deep or info is None or any(effect[0] == "super" for effect in info.effects):
            first = followed.info.code.co_varnames[:1]
            if first and first[0] in names:  # super() acts on the first argument without naming it
                self.heap.deep(names[first[0]])
        if not followed.info.module:
            self._bind_globals(followed, globals_, self.heap.ops, NONE)

    def _everything(self, frame: FrameType | None) -> None:
        """Anything may have changed: look at all names of the stack, their modules and closures."""
        seen: set[int] = set()
        while frame is not None:
            if id(frame) in self.live:
                if not self.live[id(frame)].info.module:  # their f_locals are f_globals
                    self._reach_all(frame.f_locals)
                if id(frame.f_globals) not in seen:
                    seen.add(id(frame.f_globals))
                    self._reach_all(frame.f_globals)
                    space = self.spaces.get(id(frame.f_globals))
                    if space is not None:
                        tag = ["g", space.number]
                        self._bind(space.bindings, frame.f_globals, tag, self.heap.ops, EVERY)
            frame = frame.f_back

    def _reach_all(self, names: Mapping[str, Any]) -> None:
        for value in list(names.values()):
            if type(value) is Function:
                self._reach_function(value)
            else:
                self.heap.deep(value)

    def _reach_function(self, function: Any) -> None:
        for cell in function.__closure__ or ():
            try:
                self.heap.deep(cell.cell_contents)
            except ValueError:  # not bound yet
                pass
        for default in function.__defaults__ or ():
            self.heap.deep(default)


def _alive(held: dict[str, Any]) -> dict[str, Any]:
    found = {name: value() if type(value) is weak else value for name, value in held.items()}
    return {name: value for name, value in found.items() if value is not None}
