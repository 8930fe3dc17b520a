"""What is known of a whole run without its steps: files, codes, output, exceptions, how it ended.

Built once, in the order of the log, while the program runs. Memory grows with output pieces and exceptions
(some tens of bytes each), not with steps.
"""

from __future__ import annotations

import hashlib
import io
import tokenize
from pathlib import Path
from typing import Any

from semduck.trace.model import OutputPiece, SourceFile
from semduck.trace.reader.framepages import NO_PARENT, RUNNING
from semduck.trace.reader.frametable import FrameTable
from semduck.trace.replay import Thing
from semduck.trace.store import Event
from semduck.trace.tested import Tested

OUTPUT_KEPT = 4_000_000  # characters of output kept in memory; the rest is counted
TOLD = ("M", "S", "C", "G", "P", "Y", "L", "I", "Q", "Z")  # events that are kept as they are
STREAMS = ("stdin", "stdout", "stderr")


class Code:
    """A recorded code object."""

    __slots__ = ("arguments", "file", "flags", "line", "local", "name", "names")

    def __init__(self, event: Event) -> None:
        _, _, self.file, self.name, self.line, self.arguments, self.names, self.flags, self.local = event


class RaisedRow:
    """An exception; `handled` while its fate is being found out."""

    __slots__ = ("frame", "handled", "line", "message", "oid", "step", "type")

    def __init__(
        self, step: int, frame: int, line: int, oid: int, type_name: str, message: str, handled: bool = False
    ) -> None:
        self.step, self.frame, self.line, self.oid = step, frame, line, oid
        self.type, self.message, self.handled = type_name, message, handled


class Index:
    """Consumes events that are no steps, and exceptions, in order. `steps` counts the steps taken in."""

    def __init__(self, frames: FrameTable) -> None:
        self.frames = frames
        self.steps = 0
        self.meta: dict[str, Any] = {}
        self.files: list[SourceFile] = []
        self.codes: list[Code] = []
        self.spaces: list[str] = []
        self.output: list[OutputPiece] = []
        self.output_dropped = 0
        self._output_size = 0
        self.raised: list[RaisedRow] = []
        self.current: dict[int, tuple[RaisedRow, int]] = {}  # lane -> (exception on its way, frame it is in)
        self.limit: str | None = None
        self.uncaught: int | None = None  # object number
        self.uncaught_text = ""
        self.end: tuple[int | None, str, float] | None = None  # exit code, asked, limit seconds
        self.waiting = False
        self.children: list[list[Any]] = []  # [step, what the log says] of every process that was started
        self.forked: int | None = None  # the first step of this process, when it is the child of a fork
        self.quit: list[Any] | None = None  # of a child: the code it ended with, None when that is not known
        self.lines: dict[tuple[int, int], int] = {}  # (file, line) -> how often it ran
        self.told: list[Event] = []  # see TOLD
        self.tested = Tested()
        self.stood: dict[int, int] = {}  # frame told where the log begins anew -> its line

    def take(self, event: Event, steps: int) -> None:
        """One event that is no step; `steps` were before it."""
        kind = event[0]
        if kind in TOLD:
            self.told.append(event)
        if kind in ("O", "K", "M"):
            getattr(self, "_take_" + kind)(event, steps)
        elif kind == "V":
            self.tested.take(event, steps)
        else:
            getattr(self, "_take_" + kind, self._ignore)(event)

    def _ignore(self, event: Event) -> None:
        pass

    def _take_M(self, event: Event, steps: int) -> None:
        if self.meta:
            self.forked, self.children = steps, []
        self.meta = dict(event[1])

    def _take_K(self, event: Event, steps: int) -> None:
        told = dict(event[1])
        for row in reversed(self.children):
            if row[1].get("n") == told.get("n"):
                row[1].update(told)
                return
        self.children.append([max(0, steps - 1), told])

    def _take_Q(self, event: Event) -> None:
        self.quit = [event[1]]
    def began_anew(self, lines: dict[int, int], said: int) -> None:
        """The log begins anew. lines: of frames that live; said: bytes of output left out before."""
        self.stood.update(lines)
        for row, _ in self.current.values():
            row.handled = True  # the program went on
        self.current.clear()
        self.output_dropped += said
        self._output_size = 0  # as much again

    def _take_D(self, event: Event) -> None:
        self.output_dropped += int(event[1])

    def _take_S(self, event: Event) -> None:
        if event[1] < len(self.files):
            return  # told again
        data = event[3].encode("latin-1")
        digest = hashlib.sha256(data).hexdigest()
        self.files.append(SourceFile(Path(event[2]).resolve(), digest, decode(data)))

    def _take_C(self, event: Event) -> None:
        code = Code(event)
        if not 0 <= event[1] < len(self.codes) + 100_000:
            raise ValueError("code objects are numbered in order")
        while len(self.codes) <= event[1]:  # numbers of code that python left out stand for nothing
            self.codes.append(code)
        self.codes[event[1]] = code

    def _take_G(self, event: Event) -> None:
        if event[1] == len(self.spaces):
            self.spaces.append(event[2])

    def _take_O(self, event: Event, steps: int) -> None:
        text = event[2].encode("latin-1").decode("utf-8", "backslashreplace")
        if self._output_size + len(text) > OUTPUT_KEPT:
            self.output_dropped += len(text)
            return
        self._output_size += len(text)
        piece = OutputPiece(max(0, steps - 1), STREAMS[event[1]], text)
        last = self.output[-1] if self.output else None
        if last is not None and (last.step, last.stream) == (piece.step, piece.stream):
            self.output[-1] = OutputPiece(last.step, last.stream, last.text + text)
        else:
            self.output.append(piece)

    def _take_I(self, event: Event) -> None:
        self.waiting = bool(event[1])

    def _take_L(self, event: Event) -> None:
        self.limit = str(event[1])

    def _take_Z(self, event: Event) -> None:
        self.end = (event[1], str(event[2]), float(event[3]))
        self.waiting = False

    # -- exceptions ----------------------------------------------------------------------------------------

    def exception(self, step: int, frame: int, line: int, oid: int, fresh: bool, thing: Thing | None) -> None:
        """An exception is raised in a frame, or goes through it."""
        row = None if fresh else next((r for r in reversed(self.raised[-50:]) if r.oid == oid), None)
        if row is None:
            type_name, message = (thing.type, thing.text) if thing else ("?", "")
            row = RaisedRow(step, frame, line, oid, type_name, message)
            self.raised.append(row)
        row.handled = False
        self.current[self.frames.lane[frame]] = (row, frame)

    def went_on(self, frame: int) -> None:
        """A line runs in a frame: if an exception was there, it was caught."""
        lane = self.frames.lane[frame]
        current = self.current.get(lane)
        if current is not None and current[1] == frame:
            current[0].handled = True
            del self.current[lane]

    def left(self, frame: int) -> None:
        """A frame has ended: no line will run in it."""
        lane = self.frames.lane[frame]
        if self.current.get(lane, (None, -1))[1] == frame:
            del self.current[lane]

    def uncaught_is(self, oid: int, thing: Thing | None, at: tuple[int, int, int] | None) -> None:
        """The program ends with an exception. at: last step, its frame and line."""
        self.uncaught = oid
        self.uncaught_text = f"{thing.type}: {thing.text}".rstrip(": ") if thing else "an exception"
        for row in reversed(self.raised[-50:]):
            if row.oid == oid:
                row.handled = False
                return
        if thing is not None and at is not None:  # its raise was not seen: the stack was full
            self.raised.append(RaisedRow(*at, oid, thing.type, thing.text))


def decode(data: bytes) -> str:
    """Source text as python reads it; undecodable bytes become escapes."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError:
        encoding = "utf-8"
    text = data.decode(encoding, "backslashreplace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


__all__ = ["NO_PARENT", "RUNNING", "Code", "Index", "RaisedRow", "decode"]
