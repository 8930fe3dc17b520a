"""One run, on disk, as something to ask questions of. Grows while the program runs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

from semduck.trace.changes import differences, touched, touches
from semduck.trace.cursor import Cursor
from semduck.trace.evaluate import EvaluateError, find
from semduck.trace.index import NO_PARENT, RUNNING, Index, Keyframes
from semduck.trace.model import (
    Call,
    Change,
    Ending,
    FrameInfo,
    Kind,
    OutputPiece,
    Raised,
    SourceFile,
    Step,
    Value,
)
from semduck.trace.render import Renderer
from semduck.trace.replay import State
from semduck.trace.store import Event, Moment, RecordingError, Store, moments, parse

KINDS = (Kind.LINE, Kind.CALL, Kind.RETURN, Kind.EXCEPTION, Kind.YIELD, Kind.RESUME, Kind.UNWIND)
CALL, RESUME = 1, 5
OPTIMIZED = 1  # code flag of functions: their local names are known beforehand
SUSPENDS = 0x20 | 0x80 | 0x200  # code flags of generators and coroutines
QUIET = ("StopIteration", "StopAsyncIteration", "GeneratorExit")  # the machinery of loops, when caught


class Recording:
    """See the methods. Steps are numbered from 0; the state at a LINE step is the one *before* it runs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._store = Store(path)
        self._index = Index()
        self._keyframes = Keyframes()
        self._cursor = Cursor(self._keyframes, self._moment, self._start_of, self._chunk_of)
        self._chunk, self._offset = 0, 0  # next chunk to take in, and raw bytes of it already taken
        self._live: list[Event] = []
        self._live_moments: list[Moment] = []
        self._pending: list[Event] = []
        self._waiting_since_end = False
        self._over = False

    # -- growing -------------------------------------------------------------------------------------------

    @classmethod
    def open(cls, path: Path) -> Recording:
        """A recording made earlier. Raises RecordingError."""
        if not path.is_file():
            raise RecordingError(f"{path}: no such recording")
        recording = cls(path)
        recording._over = True
        recording.catch_up()
        if not recording._index.meta:
            raise RecordingError(f"{path} is not a semduck recording, or nothing was recorded yet")
        return recording

    def refresh(self, budget: int = 50_000) -> bool:
        """Take in at most about `budget` events written meanwhile. True when there was something new."""
        before = (self._index.steps, self._index.end, self._index.waiting, len(self._index.output))
        while budget > 0 and (taken := self._take_more()):
            budget -= taken
        return before != (self._index.steps, self._index.end, self._index.waiting, len(self._index.output))

    def catch_up(self) -> None:
        """Take in everything there is."""
        while self._take_more():
            pass

    def ended(self) -> None:
        """The program is gone: what is on disk is all."""
        self._over = True

    def _take_more(self) -> int:
        self._store.scan()
        if self._chunk < len(self._store.chunks):
            raw = self._store.raw(self._chunk)
            taken = self._take(raw[self._offset :])
            self._finish_chunk(len(raw))
            return max(1, taken)
        generation, raw = self._store.tail()
        if generation != self._chunk or len(raw) <= self._offset:
            return 0
        taken = self._take(raw[self._offset :])
        self._offset = len(raw)
        return taken

    def _take(self, raw: bytes) -> int:
        events = parse(raw)
        for event in events:
            try:
                self._index.take(event)
            except (IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
                raise RecordingError(f"{self.path}: damaged event after step {self._index.steps}") from error
        self._pending += events
        fresh = moments(self._pending)
        self._live_moments += fresh
        self._pending = _after_last_step(self._pending)
        return len(events)

    def _finish_chunk(self, raw: int) -> None:
        self._chunk += 1
        self._offset = 0
        self._live_moments, self._pending = [], []
        self._index.chunk_done()
        self._keyframes.offer(self._chunk, self._index.state, raw)

    # -- steps ---------------------------------------------------------------------------------------------

    def _start_of(self, chunk: int) -> int:
        if chunk < len(self._store.chunks):
            return self._store.chunks[chunk].first
        last = self._store.chunks[-1] if self._store.chunks else None
        return last.first + last.steps if last else 0

    def _chunk_of(self, k: int) -> int:
        found = bisect_right(self._store.chunks, k, key=lambda c: c.first) - 1
        while found >= 0 and not self._store.chunks[found].steps:
            found -= 1
        if found < 0 or k >= self._store.chunks[found].first + self._store.chunks[found].steps:
            return self._chunk
        return found

    def _moment(self, k: int) -> Moment:
        chunk = self._chunk_of(k)
        if chunk >= self._chunk:
            return self._live_moments[k - self._start_of(self._chunk)]
        return self._store.moments(chunk)[k - self._store.chunks[chunk].first]

    def __len__(self) -> int:
        return self._index.steps

    def step(self, k: int) -> Step:
        """Step k. Raises IndexError."""
        if not 0 <= k < len(self):
            raise IndexError(f"there are {len(self)} steps, not a step {k}")
        event = self._moment(k).event
        value = None
        if len(event) > 4 and event[0] != RESUME:
            value = Renderer(self._cursor.seek(k)).value(event[4])
        return self._as_step(k, event, value)

    def _as_step(self, k: int, event: Event, value: Value | None) -> Step:
        frames, frame = self._index.frames, event[1]
        code = self._index.codes[frames.code[frame]]
        return Step(k, KINDS[event[0]], self._index.files[code.file].path, event[2], frame, frames.depth[frame],
                    frames.lane[frame], code.name, value)

    def steps(self, start: int, stop: int) -> Iterator[Step]:
        """Steps start <= k < stop, without their values (ask `step(k)` for those)."""
        for k in range(max(0, start), min(stop, len(self))):
            yield self._as_step(k, self._moment(k).event, None)

    def brief(self, k: int) -> tuple[int, int, int]:
        """(kind as an index into KINDS, frame, line) of a step: the cheapest question there is."""
        event = self._moment(k).event
        return event[0], event[1], event[2]

    def event(self, k: int) -> Event:
        """The raw event of a step: equal events of two runs changed the same things in the same way."""
        return self._moment(k).event

    def depth(self, frame: int) -> int:
        """Recorded frames below this one."""
        return self._index.frames.depth[frame]

    def thread(self, frame: int) -> int:
        """Lane of a frame."""
        return self._index.frames.lane[frame]

    # -- the program ---------------------------------------------------------------------------------------

    @property
    def argv(self) -> list[str]:
        """The program and its arguments, as typed."""
        return list(self._index.meta.get("argv", []))

    @property
    def python(self) -> str:
        """Version of the Python that ran it."""
        return str(self._index.meta.get("python", ""))

    @property
    def cwd(self) -> Path:
        """Where it ran."""
        return Path(self._index.meta.get("cwd", "."))

    @property
    def files(self) -> dict[Path, SourceFile]:
        """Recorded program files as they were."""
        return {file.path: file for file in self._index.files}

    @property
    def main_file(self) -> Path | None:
        """The file the program began with."""
        main = self._index.meta.get("main") or []
        if main:
            return Path(main[0])
        return self._index.files[0].path if self._index.files else None

    @property
    def waiting(self) -> bool:
        """Does the program wait for input?"""
        return self._index.waiting and not self._over

    @property
    def ending(self) -> Ending:
        """How it ended; kind "running" while it runs."""
        from semduck.trace.ending import describe

        return describe(self._index, self._over)

    # -- state ---------------------------------------------------------------------------------------------

    def state(self, k: int) -> State:
        """The replayed state at step k; only valid until another step is asked for."""
        return self._cursor.seek(k)

    def frame_at(self, k: int) -> int:
        """Number of the frame step k belongs to."""
        return int(self._moment(k).event[1])

    def stack(self, k: int) -> list[FrameInfo]:
        """Frames of the step's thread, innermost first, with the line each stands on."""
        event = self._moment(k).event
        frames, found = self._index.frames, []
        frame, line = event[1], event[2]
        while True:
            code = self._index.codes[frames.code[frame]]
            found.append(FrameInfo(frame, code.name, self._index.files[code.file].path, line))
            entered, parent = self._entered(k, frame) if code.flags & SUSPENDS else (
                frames.first[frame], frames.parent[frame])
            if parent == NO_PARENT:
                return found
            line = self._line_before(entered, parent)
            frame, k = parent, entered

    def _entered(self, k: int, frame: int) -> tuple[int, int]:
        """(step, caller) of the last time a generator or coroutine was entered, at or before step k."""
        frames = self._index.frames
        for step in range(k, frames.first[frame], -1):
            event = self._moment(step).event
            if event[0] == RESUME and event[1] == frame:
                return step, NO_PARENT if event[5] < 0 else event[5]
        return frames.first[frame], frames.parent[frame]

    def _line_before(self, k: int, frame: int) -> int:
        """Line the frame stood on when step k began; looks back a bounded way."""
        for step in range(k - 1, max(-1, k - 5000), -1):
            event = self._moment(step).event
            if event[1] == frame:
                return int(event[2])
        return self._index.codes[self._index.frames.code[frame]].line

    def locals(self, k: int, frame: int | None = None) -> dict[str, Value]:
        """Local names at step k, of its frame or another live one. Module level: without modules and functions."""
        frame = self.frame_at(k) if frame is None else frame
        return self._drawn(k, self._names(k, frame), self.is_module(frame))

    def _names(self, k: int, frame: int) -> dict[str, object]:
        state = self._cursor.seek(k)
        if self.is_module(frame):
            return state.spaces.get(self._index.frames.space[frame], {})
        return state.frames.get(frame, {})

    def _drawn(self, k: int, names: dict[str, object], quiet: bool) -> dict[str, Value]:
        state = self._cursor.seek(k)
        found = {name: Renderer(state).value(ref) for name, ref in names.items()}
        if quiet:
            found = {n: v for n, v in found.items() if not _furniture(v)}
        return found

    def globals(self, k: int, frame: int | None = None) -> dict[str, Value]:
        """Module names the frame's code mentions, without modules, functions and classes."""
        frame = self.frame_at(k) if frame is None else frame
        if self.is_module(frame):
            return {}
        mentioned = self._index.codes[self._index.frames.code[frame]].names
        names = self._cursor.seek(k).spaces.get(self._index.frames.space[frame], {})
        local = self._names(k, frame)
        return self._drawn(k, {n: names[n] for n in mentioned if n in names and n not in local}, True)

    def is_module(self, frame: int) -> bool:
        """Is the frame module-level code?"""
        return self._index.codes[self._index.frames.code[frame]].name == "<module>"

    def expand(self, k: int, identity: int, depth: int = 1, width: int = 1000) -> Value:
        """An object drawn deeper and wider than `locals` does."""
        return Renderer(self._cursor.seek(k), width, 50_000).value([identity], depth)

    def evaluate(self, k: int, expression: str, frame: int | None = None) -> Value:
        """Value of names, attributes, subscripts, len() and literals at step k. Raises EvaluateError."""
        frame = self.frame_at(k) if frame is None else frame
        state = self._cursor.seek(k)
        space = state.spaces.get(self._index.frames.space[frame], {})
        names = space if self.is_module(frame) else {**space, **state.frames.get(frame, {})}
        return find(state, names, expression)

    def changes(self, k: int) -> list[Change]:
        """What is different from the state at step k - 1, as the step's frame sees it."""
        moment = self._moment(k)
        if not touched(moment):
            return []
        frame = int(moment.event[1])
        space = self._index.frames.space[frame]
        return differences(self._cursor, k, moment, frame, space, self.is_module(frame))

    # -- the past ------------------------------------------------------------------------------------------

    def _span(self, frame: int) -> tuple[int, int]:
        first, last = self._index.frames.first[frame], self._index.frames.last[frame]
        return first, (len(self) - 1 if last == RUNNING else last)

    def history(self, name: str, frame: int) -> list[tuple[int, Value]]:
        """(step, value) whenever a name of this call was bound or its object changed, oldest first."""
        first, last = self._span(frame)
        module, space = self.is_module(frame), self._index.frames.space[frame]
        found: list[tuple[int, Value]] = []
        reach: set[int] | None = None
        for k in range(first, last + 1):
            moment = self._moment(k)
            if reach is not None and not touches(moment, name, frame, space if module else None, reach):
                continue
            names = self._names(k, frame)
            if name not in names:
                reach = set()
                continue
            ref, state = names[name], self._cursor.seek(k)
            reach = _reach(state, ref)
            value = Renderer(state).value(ref)
            if not found or found[-1][1] != value:
                found.append((k, value))
        return found

    def last_change(self, k: int, name: str, frame: int | None = None) -> int | None:
        """Largest step <= k at which the name was bound or its object changed."""
        return self._seek_change(k, name, frame, -1)

    def next_change(self, k: int, name: str, frame: int | None = None) -> int | None:
        """Smallest step > k at which it is bound or changed again."""
        return self._seek_change(k, name, frame, 1)

    def _seek_change(self, k: int, name: str, frame: int | None, direction: int) -> int | None:
        frame = self.frame_at(k) if frame is None else frame
        module, space = self.is_module(frame), self._index.frames.space[frame]
        names = self._names(k, frame)
        code = self._index.codes[self._index.frames.code[frame]]
        if not module and code.flags & OPTIMIZED and name not in code.local:
            module, names = True, self._cursor.seek(k).spaces.get(space, {})
        reach = _reach(self._cursor.seek(k), names[name]) if name in names else set()
        first, last = (0, len(self) - 1) if module else self._span(frame)
        steps = range(k, first - 1, -1) if direction < 0 else range(k + 1, last + 1)
        for step in steps:
            if touches(self._moment(step), name, frame, space if module else None, reach):
                return step
        return None

    # -- calls, lines, output, exceptions --------------------------------------------------------------------

    def call(self, frame: int) -> Call:
        """One call, by its frame number. Raises IndexError."""
        frames = self._index.frames
        code = self._index.codes[frames.code[frame]]
        parent, last = frames.parent[frame], frames.last[frame]
        return Call(frame, code.name, self._index.files[code.file].path, code.line,
                    None if parent == NO_PARENT else parent, frames.first[frame],
                    None if last == RUNNING else last, frames.lane[frame])

    def calls(self) -> Sequence[Call]:
        """All calls in order of their start; made as they are asked for."""
        return _Calls(self)

    def call_count(self) -> int:
        """How many calls were recorded."""
        frames = self._index.frames
        count = len(frames)
        while count and frames.first[count - 1] == RUNNING:  # announced, its CALL step not written
            count -= 1
        return count

    def children(self, frame: int) -> list[Call]:
        """Calls made directly by this one."""
        parents = self._index.frames.parent
        return [self.call(f) for f in range(frame + 1, self.call_count()) if parents[f] == frame]

    def call_steps(self, frame: int) -> list[int]:
        """Steps of exactly this frame."""
        first, last = self._span(frame)
        return [k for k in range(first, last + 1) if self._moment(k).event[1] == frame]

    def arguments(self, frame: int) -> dict[str, Value]:
        """Arguments of a call, as they were when it began."""
        wanted = self._index.codes[self._index.frames.code[frame]].arguments
        names = self.locals(self._index.frames.first[frame], frame) if wanted else {}
        return {name: names[name] for name in wanted if name in names}

    def result(self, frame: int) -> Value | None:
        """What the call returned; None when it did not return."""
        last = self._index.frames.last[frame]
        if last == RUNNING:
            return None
        step = self.step(last)
        return step.value if step.kind is Kind.RETURN else None

    def steps_of_line(self, file: Path, line: int) -> list[int]:
        """LINE steps of a line of a file."""
        number = next((i for i, f in enumerate(self._index.files) if f.path == file), None)
        codes, frames, found = self._index.codes, self._index.frames, []
        for chunk, lines in enumerate(self._index.lines):
            if (number, line) not in lines:
                continue
            start = self._start_of(chunk)
            for k, moment in enumerate(self._chunk_moments(chunk), start):
                event = moment.event
                if event[0] == 0 and event[2] == line and codes[frames.code[event[1]]].file == number:
                    found.append(k)
        return found

    def _chunk_moments(self, chunk: int) -> list[Moment]:
        return self._live_moments if chunk >= self._chunk else self._store.moments(chunk)

    def executed_lines(self, file: Path) -> set[int]:
        """Lines of a file that ran at least once."""
        number = next((i for i, f in enumerate(self._index.files) if f.path == file), None)
        return {line for lines in self._index.lines for n, line in lines if n == number}

    def output(self, upto: int | None = None) -> list[OutputPiece]:
        """What was written and read, up to and including step `upto`."""
        pieces = self._index.output
        return pieces[:] if upto is None else pieces[: bisect_right(pieces, upto, key=lambda p: p.step)]

    def raised(self) -> list[Raised]:
        """Exceptions in the order they were raised. Loop machinery that was caught is left out."""
        frames, codes, files = self._index.frames, self._index.codes, self._index.files
        return [Raised(r.step, r.frame, r.type, r.message, r.handled, files[codes[frames.code[r.frame]].file].path,
                       r.line) for r in self._index.raised
                if not (r.type in QUIET and (r.handled or r.oid != self._index.uncaught))]

    def close(self) -> None:
        """Let go of files."""
        self._store.close()
        self._keyframes.close()


class _Calls(Sequence[Call]):
    """Calls as a lazy sequence."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def __len__(self) -> int:
        return self._recording.call_count()

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        if isinstance(index, slice):
            return [self._recording.call(i) for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._recording.call(index % len(self))


def _furniture(value: Value) -> bool:
    """Names at module level that are not data."""
    return value.kind in ("module", "function") or value.kind == "class" and not value.children


def _after_last_step(events: list[Event]) -> list[Event]:
    """Events that wait for the step they belong to."""
    last = max((i for i, e in enumerate(events) if type(e[0]) is int), default=-1)
    return [e for e in events[last + 1 :] if e[0] in ("E", "U", "W")]


def _reach(state: State, ref: object) -> set[int]:
    """Numbers of the objects a ref reaches."""
    probe = State()
    probe.things, probe.frames = state.things, {0: {"_": ref}}
    return probe.reachable()


__all__ = ["KINDS", "EvaluateError", "Recording", "RecordingError"]
