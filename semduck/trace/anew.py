"""Everything a reader has to know to go on from here with nothing before it: frames, modules, objects.

Runs inside the recorded process. It is told from what the recording knows already, so that the log goes on
as if nothing had happened; only the names of frames with probes are asked for. What no name reaches is
forgotten. The event is described in docs/recording-format.md, "Beginning anew".
"""

from __future__ import annotations

from sys import _current_frames

from .frames import OPTIMIZED, own_names
from .kinds import Shadow, ref
from .living import Live, is_body, waiting_frames
from .probes.build import MARK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import CodeType, FrameType
    from typing import Any

    from .follow import Recorder
    from .frames import Followed


class Anew:
    """One telling. `changes`: operations that belong to the log before it."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder, self.heap, self.register = recorder, recorder.heap, recorder.register
        self.runtime: Any = recorder.probes.runtime if recorder.probes is not None else None
        self.lives: list[Live] = []
        self.places: dict[int, int] = {}  # number of a frame -> its place among them
        self.changes: list[Any] = []
        self.roots: list[Shadow] = []
        self.heap.begin()

    def look_at_all(self) -> None:
        """Look again at whatever live names reach: the bounds are wider now."""
        for known in self.heap.elements.known.values():
            known.about = known.mark = None
        frames = waiting_frames(self.register.is_user_code)
        for frame in _current_frames().values():
            at: FrameType | None = frame
            while at is not None:
                frames[id(at)] = at
                at = at.f_back
        for address, frame in frames.items():
            if address in self.recorder.live or self._is_probed(frame.f_code):
                self.recorder.absorber.reach(own_names(frame.f_locals))
                self.recorder.absorber.reach(own_names(frame.f_globals))
        self.changes += self.heap.take()
        self.heap.begin()

    def _is_probed(self, code: CodeType) -> bool:
        return self.runtime is not None and self.runtime.number(code) >= 0

    def told(self, innermost: FrameType | None) -> dict[str, Any] | None:
        """What goes into the event; None when it cannot be told here. innermost: frame of the main thread,
        where probes tell what happens."""
        heap = self.heap
        if self.runtime is not None and not self._standing(innermost):
            return None
        self._traced()
        self._waiting()
        spaces = [[space, self._refs(names)] for space, names in self._spaces()]
        frames = [[*live.row(), self._refs(live.names)] for live in self.lives]
        self.changes += heap.take()
        kept = heap.sweep([*self.roots, *heap.raised()])
        generators = {known.shadow.oid: known.fid for known in heap.suspended.frames.values()}
        objects = [self._object(kept[oid], generators.get(oid, -1)) for oid in sorted(kept)]
        return {"next": self.recorder.frames, "frames": frames, "spaces": spaces, "objects": objects}

    # -- frames ------------------------------------------------------------------------------------------

    def _add(self, live: Live) -> None:
        if live.number >= 0:
            self.places[live.number] = len(self.lives)
        self.lives.append(live)

    def _standing(self, frame: FrameType | None) -> bool:
        """Frames on the stack of the main thread, outermost first. False when it is not as probes know it."""
        runtime = self.runtime
        found: list[tuple[FrameType, Followed | None, int]] = []
        left = len(runtime.stack)
        while frame is not None:
            code, number = frame.f_code, runtime.number(frame.f_code)
            followed = self.recorder.live.get(id(frame))
            if number >= 0 and code.co_name == "<lambda>":
                found.append((frame, None, number))
            elif number >= 0 and left and runtime.stack[left - 1] == (MARK, number):
                left -= 1
                found.append((frame, None, number))
            elif number < 0 and followed is not None and followed.info.code is code:
                found.append((frame, followed, -1))
            frame = frame.f_back
        classes = sum(f is None and is_body(at.f_code) for at, f, _ in found)
        if left or classes != len(runtime.bodies):
            return False
        bodies = iter(runtime.bodies)
        for at, followed, number in reversed(found):
            live = self._probed(at, number, bodies) if followed is None else self._followed(followed)
            live.stands, live.caller = True, len(self.lives) - 1
            self._add(live)
        return True

    def _probed(self, frame: FrameType, number: int, bodies: Iterator[Any]) -> Live:
        code = frame.f_code
        live = Live(number, self.register.space(frame.f_globals).number, self._line(code, frame.f_lineno))
        live.number = self.runtime.keys.get(id(frame), -1)
        if code.co_flags & OPTIMIZED:
            live.names = self._tokens(self.runtime.names_of(frame))
        elif is_body(code):
            live.names = self._tokens(next(bodies))
        return live

    def _followed(self, followed: Followed) -> Live:
        live = Live(followed.info.number, followed.space.number, followed.at)
        live.number, live.lane, live.traced = followed.fid, followed.lane.number, True
        live.names = {} if followed.info.module else followed.bindings
        return live

    def _traced(self) -> None:
        """Frames that sys.settrace follows and that are not among them."""
        for followed in sorted(self.recorder.live.values(), key=lambda f: f.fid):
            if followed.fid not in self.places and not followed.suspended:
                live = self._followed(followed)
                live.caller = self.places.get(followed.caller, -1)
                self._add(live)

    def _waiting(self) -> None:
        """Generators and coroutines that wait. What is known of others, which are gone, is forgotten."""
        live, runtime = self.recorder.live, self.runtime
        waits = {at: f for at, f in live.items() if f.suspended}
        told = runtime.suspended if runtime is not None else {}
        if not waits and not told:
            return
        frames = waiting_frames(self.register.is_user_code)
        for address, followed in waits.items():
            if address in frames:
                found = self._followed(followed)
                found.depth = followed.depth
                self._add(found)
            else:
                del live[address]
        for address, (number, code, line, _) in list(told.items()):
            frame = frames.get(address)
            if frame is None or runtime.number(frame.f_code) != code:
                del told[address]
                runtime.keys.pop(address, None)
                runtime.depths.pop(address, None)
                continue
            found = self._probed(frame, code, iter(()))
            found.number, found.line, found.depth = number, line, runtime.depths.get(address, -1)
            self._add(found)

    def _line(self, code: CodeType, line: int) -> int:
        """Where the statement begins."""
        file = self.recorder.files.get(code.co_filename)
        first = 1 if code.co_name == "<module>" else code.co_firstlineno
        starts = file.starts.get((code.co_name, first)) if file is not None else None
        return starts.first.get(line, line) if starts is not None else line

    # -- names and objects ---------------------------------------------------------------------------------

    def _spaces(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        read = {id(names): names for names in self.runtime.globals.values()} if self.runtime else {}
        for address, space in list(self.register.spaces.items()):
            names = read.get(address)
            yield space.number, space.bindings if names is None else self._tokens(own_names(names))

    def _tokens(self, names: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.heap.token(value) for name, value in own_names(names).items()}

    def _refs(self, names: Mapping[str, Any]) -> dict[str, Any]:
        self.roots += [t for t in names.values() if type(t) is Shadow]
        return {name: ref(token) for name, token in names.items()}

    def _object(self, shadow: Shadow, frame: int) -> list[Any]:
        layout = self.heap.layout(shadow.type)
        items = [ref(t) for t in shadow.kids]
        if shadow.key_kids is not None:
            items = [[ref(k), r] for k, r in zip(shadow.key_kids, items, strict=True)]
        kind = "type" if shadow.kind == "class" else layout.name
        attributes = shadow.attrs.oid if shadow.attrs is not None else None
        return [
            shadow.oid,
            shadow.kind,
            kind,
            shadow.text,
            attributes,
            shadow.length,
            items,
            frame if frame >= 0 else None,
        ]
