"""Find what changed since a frame's last event: its names, and the objects its last line may have touched.

Runs inside the recorded process. State at an event is what the program sees at that moment; a line event
comes before its line runs, so the effects of a line are found at the next event.
"""

from __future__ import annotations

from .kinds import Function, Module, Shadow, ref
from .resolve import MISSING, Resolver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import FrameType
    from typing import Any

    from .effects import LineInfo
    from .frames import Followed
    from .register import Register
    from .snapshot import Heap


class Absorber:
    """Compares frames with what is known of them. `live`: the frames that are followed, by address."""

    def __init__(self, heap: Heap, register: Register, live: dict[int, Followed]) -> None:
        self.heap, self.live = heap, live
        self.spaces = register.spaces
        self.resolver = Resolver(heap, register.is_user_code)

    def absorb(self, followed: Followed, frame: FrameType) -> list[Any]:
        """Operations that bring the recording from the frame's last event to now."""
        heap, info = self.heap, followed.info
        heap.begin()
        names = frame.f_globals if info.module else frame.f_locals
        pending, deep = followed.pending, followed.deep
        again = deep or (pending is not None and pending.complex)
        if deep or (pending is not None and pending.effects):
            self._effects(followed, frame, names, pending)
        followed.deep = False
        ops: list[Any] = []
        tag = ["g", followed.space.number] if info.module else ["l"]
        changed = self._bind(followed.bindings, names, tag, ops, again)
        if changed and not info.free.isdisjoint(changed):
            self._share(frame, info.free.intersection(changed), ops)
        if pending is not None and pending.globals and not info.module:
            self._bind_globals(followed, frame.f_globals, ops, again)
        heap.drain()
        if heap.ops:
            ops = heap.ops + ops
            heap.ops = []
        return ops

    # -- names -------------------------------------------------------------------------------------------

    def _bind(self, bindings: dict[str, Any], names: Mapping[str, Any], tag: list[Any], ops: list[Any],
              again: bool) -> list[str]:
        """Compare a namespace with what is known of it. Returns the changed names."""
        heap, changed = self.heap, []
        get = bindings.get
        for name, value in (names.items() if type(names) is not dict else list(names.items())):
            old = get(name, MISSING)
            if old is value:
                continue
            if type(old) is Shadow and old.pyid == id(value) and old.type is type(value) and not again:
                continue
            if name[:1] == "." or (name[:2] == "__" and name[-2:] == "__"):
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
                      again: bool) -> None:
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

    def _rebind(self, outer: Followed, held: Mapping[str, Any], names: Iterable[str], ops: list[Any]) -> None:
        for name in names:
            if name in held:
                token = self.heap.token(held[name])
                if outer.bindings.get(name, MISSING) is not token:
                    outer.bindings[name] = token
                    ops.append(["o", outer.fid, name, ref(token)])

    # -- objects -----------------------------------------------------------------------------------------

    def _effects(self, followed: Followed, frame: FrameType, names: Mapping[str, Any],
                 info: LineInfo | None) -> None:
        """Look again at what the last line may have changed."""
        globals_ = frame.f_globals
        if info is None or followed.deep or self._found(info, names, globals_) > 1:
            self._deep(followed, frame, names, info)
            return
        for effect in info.effects:
            what, owner = self.resolver.effect(effect, names, globals_, info.roots)
            if what == "everything":
                self._everything(frame)
                return
            if what == "deep":
                self._deep(followed, frame, names, info)
                return
            if what == "append" and self.heap.appended(owner):
                continue
            if what in ("shallow", "append"):
                self._shallow(owner)

    def _found(self, info: LineInfo, names: Mapping[str, Any], globals_: dict[str, Any]) -> int:
        """How many effects of the line really change something; several can hide each other."""
        if len(info.effects) < 2 and not info.complex:
            return 1
        count = 0
        for effect in info.effects:
            what = self.resolver.effect(effect, names, globals_, info.roots)[0]
            if what == "everything":
                return 0  # the loop over effects finds it and looks everywhere
            if what != "nothing":
                count += 2 if info.complex else 1
        return count

    def _shallow(self, value: Any) -> None:
        if type(value) is Module:
            space = self.spaces.get(id(value.__dict__))
            if space is not None:
                self._bind(space.bindings, value.__dict__, ["g", space.number], self.heap.ops, True)
            return
        self.heap.token(value)

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
            self._bind_globals(followed, globals_, self.heap.ops, True)

    def _everything(self, frame: FrameType | None) -> None:
        """Anything may have changed: look at all names of the stack, their modules and closures."""
        seen: set[int] = set()
        while frame is not None:
            if id(frame) in self.live:
                self._reach_all(frame.f_locals)
                if id(frame.f_globals) not in seen:
                    seen.add(id(frame.f_globals))
                    self._reach_all(frame.f_globals)
                    space = self.spaces.get(id(frame.f_globals))
                    if space is not None:
                        tag = ["g", space.number]
                        self._bind(space.bindings, frame.f_globals, tag, self.heap.ops, True)
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
