"""What is known of a whole run without replaying it: files, codes, calls, output, exceptions, keyframes.

Built once, in the order of the log, while the program runs. Memory grows with calls and output pieces
(some tens of bytes each), not with steps: what grows with those lies in unnamed files.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import tokenize
from array import array
from bisect import bisect_right
from pathlib import Path
from typing import Any

from semduck.trace.model import OutputPiece, SourceFile
from semduck.trace.replay import State
from semduck.trace.store import Event, Moment, moments
from semduck.trace.written import Written

CALL, EXCEPTION, UNWIND = 1, 3, 6
NO_PARENT = 0xFFFFFFFF
RUNNING = 0xFFFFFFFFFFFFFFFF
OUTPUT_KEPT = 4_000_000  # characters of output kept in memory; the rest is counted


class Code:
    """A recorded code object."""

    __slots__ = ("arguments", "file", "flags", "line", "local", "name", "names")

    def __init__(self, event: Event) -> None:
        _, _, self.file, self.name, self.line, self.arguments, self.names, self.flags, self.local = event


class Frames:
    """Columns over all frames, by frame number."""

    def __init__(self) -> None:
        self.code, self.parent, self.lane = array("I"), array("I"), array("H")
        self.space, self.depth = array("I"), array("I")
        self.first, self.last = array("Q"), array("Q")

    def __len__(self) -> int:
        return len(self.code)

    def add(self, event: Event) -> None:
        """["F", number, code, parent or -1, lane, space]"""
        _, _, code, parent, lane, space = event
        self.code.append(code)
        self.parent.append(parent if parent >= 0 else NO_PARENT)
        self.lane.append(min(lane, 65535))
        self.space.append(space)
        self.depth.append(self.depth[parent] + 1 if parent >= 0 else 0)
        self.first.append(RUNNING)
        self.last.append(RUNNING)


class RaisedRow:
    """An exception while its fate is being found out."""

    __slots__ = ("frame", "handled", "line", "message", "oid", "step", "type")

    def __init__(self, step: int, frame: int, line: int, oid: int, type_name: str, message: str) -> None:
        self.step, self.frame, self.line, self.oid = step, frame, line, oid
        self.type, self.message, self.handled = type_name, message, False


class Index:
    """Consumes events in order. `steps` counts those taken in."""

    def __init__(self) -> None:
        self.steps = 0
        self.lanes = 1
        self.meta: dict[str, Any] = {}
        self.files: list[SourceFile] = []
        self.codes: list[Code] = []
        self.spaces: list[str] = []
        self.frames = Frames()
        self.output: list[OutputPiece] = []
        self.output_dropped = 0
        self._output_size = 0
        self.raised: list[RaisedRow] = []
        self._current: dict[int, tuple[RaisedRow, int]] = {}  # lane -> (exception, frame it is in)
        self.limit: str | None = None
        self.uncaught: int | None = None  # object number
        self.end: tuple[int | None, str, float] | None = None  # exit code, asked, limit seconds
        self.waiting = False
        self.state = State()
        self.lines: set[tuple[int, int]] = set()  # (file, line) of LINE steps
        self.written = Written()
        self._before: list[Event] = []
        self._last: Event | None = None

    def take(self, event: Event) -> None:
        """One event."""
        kind = event[0]
        if type(kind) is int:
            self._step(event)
        elif kind in ("E", "W", "U"):
            self._before.append(event)
            if kind == "U":
                self._mark_uncaught(event)
        else:
            getattr(self, "_take_" + kind, self._ignore)(event)

    def _ignore(self, event: Event) -> None:
        pass

    def _take_M(self, event: Event) -> None:
        self.meta = event[1]

    def _take_S(self, event: Event) -> None:
        data = event[3].encode("latin-1")
        digest = hashlib.sha256(data).hexdigest()
        self.files.append(SourceFile(Path(event[2]).resolve(), digest, decode(data)))

    def _take_C(self, event: Event) -> None:
        self.codes.append(Code(event))

    def _take_G(self, event: Event) -> None:
        self.spaces.append(event[2])

    def _take_F(self, event: Event) -> None:
        self.lanes = max(self.lanes, event[4] + 1)
        self.frames.add(event)

    def _take_O(self, event: Event) -> None:
        text = event[2].encode("latin-1").decode("utf-8", "backslashreplace")
        if self._output_size + len(text) > OUTPUT_KEPT:
            self.output_dropped += len(text)
            return
        self._output_size += len(text)
        piece = OutputPiece(max(0, self.steps - 1), ("stdin", "stdout", "stderr")[event[1]], text)
        last = self.output[-1] if self.output else None
        if last is not None and (last.step, last.stream) == (piece.step, piece.stream):
            self.output[-1] = OutputPiece(last.step, last.stream, last.text + text)
        else:
            self.output.append(piece)

    def _take_I(self, event: Event) -> None:
        self.waiting = bool(event[1])

    def _take_L(self, event: Event) -> None:
        self.limit = event[1]

    def _take_Z(self, event: Event) -> None:
        self.end = (event[1], event[2], event[3])
        self.waiting = False

    # -- steps ---------------------------------------------------------------------------------------------

    def _step(self, event: Event) -> None:
        number, frame = self.steps, event[1]
        moment = Moment(event, self._before)
        self.written.note(number, moment, self.state)
        self.state.apply(moment)
        self._before = []
        kind = event[0]
        if kind == 0:
            code = self.frames.code[frame]
            if not self.written.ran(number, code, event[2]):
                self._first_run(code, event[2])
                self.written.ran(number, code, event[2])
            current = self._current.get(self.frames.lane[frame]) if self._current else None
            if current is not None and current[1] == frame:
                current[0].handled = True
        elif kind == CALL:
            self.frames.first[frame] = number
        elif kind == EXCEPTION:
            self._exception(event, number)
        elif kind in (2, UNWIND):
            self.frames.last[frame] = number
        self.steps = number + 1
        self._last = event

    def _first_run(self, code: int, line: int) -> None:
        """A line runs for the first time, or for the first time in a while."""
        file = self.codes[code].file
        self.lines.add((file, line))
        self.written.line_of(code, file, line)

    def _exception(self, event: Event, number: int) -> None:
        _, frame, line, _, ref, fresh = event
        lane = self.frames.lane[frame]
        row = None if fresh else next((r for r in reversed(self.raised[-50:]) if r.oid == ref[0]), None)
        if row is None:
            thing = self.state.things.get(ref[0])
            type_name, message = (thing.type, thing.text) if thing else ("?", "")
            row = RaisedRow(number, frame, line, ref[0], type_name, message)
            self.raised.append(row)
        row.handled = False
        self._current[lane] = (row, frame)

    def _mark_uncaught(self, event: Event) -> None:
        self.uncaught = event[1][0]
        for row in reversed(self.raised[-50:]):
            if row.oid == self.uncaught:
                row.handled = False
                return
        made = next((op for op in event[2] if op[0] == "N" and op[1] == self.uncaught), None)
        if made is not None and self._last is not None:  # its raise was not seen: the stack was full
            _, frame, line = self._last[:3]
            self.raised.append(RaisedRow(self.steps - 1, frame, line, self.uncaught, made[3], made[4]))


class Keyframes:
    """States at the beginning of some chunks, in an unnamed file."""

    def __init__(self) -> None:
        self._file: Any = None
        self._at: list[tuple[int, int, int]] = [(0, 0, 0)]  # (chunk, offset, size); size 0 = empty state
        self._last_size = 0
        self._since = 0

    def offer(self, chunk: int, state: State, raw: int) -> None:
        """Keep a keyframe when the log since the last one outweighs it."""
        self._since += raw
        if self._since < 4 * self._last_size:
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="semduck-keyframes-")
        data = state.dump()
        try:
            offset = self._file.seek(0, io.SEEK_END)
            self._file.write(data)
        except OSError:
            return  # no room: seeking replays from an earlier keyframe
        self._at.append((chunk, offset, len(data)))
        self._last_size, self._since = len(data), 0

    def before(self, chunk: int) -> tuple[int, State]:
        """The latest keyframe at or before the beginning of `chunk`: (its chunk, its state)."""
        found, offset, size = self._at[bisect_right(self._at, (chunk, 1 << 62, 0)) - 1]
        if not size:
            return found, State()
        self._file.seek(offset)
        return found, State.load(self._file.read(size))

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def decode(data: bytes) -> str:
    """Source text as python reads it; undecodable bytes become escapes."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError:
        encoding = "utf-8"
    text = data.decode(encoding, "backslashreplace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


__all__ = ["NO_PARENT", "RUNNING", "Code", "Frames", "Index", "Keyframes", "RaisedRow", "decode", "moments"]
