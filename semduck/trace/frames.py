"""What the recorder knows of files, codes, modules, threads and frames.

Runs inside the recorded process. Nothing here refers to a frame itself.
"""

from __future__ import annotations

import sys
from _weakref import ref as weak

from .tail import Full

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType
    from typing import Any

    from .effects import LineInfo
    from .follow import Recorder
    from .statements import Starts

OPTIMIZED = 1  # co_flags of functions; class bodies and modules keep their names in a real dict
SUSPENDS = 0x20 | 0x80 | 0x200  # co_flags of generators, coroutines, asynchronous generators
# Names that python itself puts into modules and class bodies, and the recording leaves out.
OWN = frozenset(
    """
__name__ __doc__ __package__ __loader__ __spec__ __file__ __cached__ __builtins__ __annotations__ __module__
__qualname__ __class__ __classcell__ __classdict__ __classdictcell__ __firstlineno__ __static_attributes__
__conditional_annotations__ __annotate__ __type_params__ __path__ __orig_bases__ __warningregistry__
""".split()
)


def own_names(names: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a namespace that the recording has."""
    return {n: v for n, v in list(names.items()) if n[:1] != "." and n not in OWN}


class FileInfo:
    """A recorded file: number, effects by line (None: not known), codes by address."""

    __slots__ = ("codes", "lines", "number", "starts")

    def __init__(self, number: int, lines: dict[int, LineInfo] | None,
                 starts: dict[tuple[str, int], Starts]) -> None:
        self.number, self.lines, self.starts = number, lines, starts
        self.codes: dict[int, CodeInfo] = {}


class CodeInfo:
    """A recorded code object. The reference keeps its address from being used again."""

    __slots__ = ("code", "free", "lines", "module", "number", "opcodes", "starts")

    def __init__(self, number: int, code: CodeType, file: FileInfo) -> None:
        self.number, self.code, self.lines = number, code, file.lines
        first = 1 if code.co_name == "<module>" else code.co_firstlineno
        self.starts = file.starts.get((code.co_name, first))  # None: every line is a step
        self.free = frozenset(code.co_freevars)
        self.module = code.co_name == "<module>"
        self.opcodes = code.co_code if code.co_flags & SUSPENDS else None


class Namespace:
    """Global names of one module."""

    __slots__ = ("bindings", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.bindings: dict[str, Any] = {}


class Lane:
    """A thread as the recording counts them."""

    __slots__ = ("number", "watch")

    def __init__(self, number: int, thread: Any) -> None:
        self.number = number
        self.watch = weak(thread) if thread is not None else None


class Resume:
    """Kept by a frame beyond the program's stack limit: tracing goes on when the frame is gone."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def __del__(self) -> None:
        recorder = self.recorder
        if recorder.on:
            for followed in list(recorder.live.values()):
                followed.deep = followed.lost = True  # what happened meanwhile was not seen line by line
            if recorder.probes is None or recorder.tracing or recorder.traced:
                sys.settrace(recorder.dispatch)


class Followed:
    """One frame: what the recording knows of its names."""

    __slots__ = ("alone", "at", "bindings", "caller", "closed", "deep", "depth", "drawn", "fid", "held",
                 "info", "instruction", "lane", "lost", "names", "nested", "pending", "raised", "recorder",
                 "space", "stack", "suspended", "threw")

    def __init__(self, recorder: Recorder, fid: int, info: CodeInfo, lane: Lane, space: Namespace,
                 stack: int) -> None:
        self.recorder, self.fid, self.info, self.lane, self.space = recorder, fid, info, lane, space
        self.caller = -1  # number of the frame it was called from
        self.depth = self.nested = 0  # recorded frames below it; those of them that are followed like it
        self.stack = stack  # frames on the program's stack, this one counted
        self.at = info.code.co_firstlineno  # the statement that runs
        self.instruction = -1  # where it began
        self.bindings = space.bindings if info.module else {}
        self.names: dict[str, Any] | None = None  # the namespace of a class body, taken once
        self.pending: LineInfo | None = None  # effects of the line that runs
        self.held: dict[str, Any] | None = None  # objects of names that the line rebinds, see Absorber.hold
        self.deep = self.lost = self.suspended = self.closed = False
        self.drawn: frozenset[str] = frozenset()  # names that generator expressions of callers bind meanwhile
        self.alone = False  # traced by itself, see Recorder.trace_one
        self.raised = self.threw = False  # an exception at this line; at any

    def begins(self, frame: FrameType) -> bool:
        """A line is reached: does a statement begin? Then `at` is its line."""
        line, starts = frame.f_lineno, self.info.starts
        if starts is not None:
            first = starts.first.get(line)
            if first is None:
                return False
            further = 0 <= self.instruction < frame.f_lasti
            if further and first == self.at and first not in starts.short:
                return False  # the same statement goes on: a comprehension, or another of its lines
            line = first
        self.at, self.instruction = line, frame.f_lasti
        return True

    def visible(self, frame: FrameType) -> Mapping[str, Any]:
        """The frame's names. 3.12 warns of f_locals touched in a class body's comprehension: taken once."""
        if self.info.module:
            return frame.f_globals
        if self.names is not None:
            return self.names
        names = frame.f_locals
        if not self.info.code.co_flags & OPTIMIZED and type(names) is dict:
            self.names = names
        return names

    def local(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The local trace function of the frame."""
        recorder = self.recorder
        if not recorder.on or self.closed:
            _refresh(frame)
            return None
        try:
            with recorder.lock:
                if event == "line":
                    recorder.line(self, frame)
                elif event == "return":
                    recorder.leave(self, frame, arg)
                elif event == "exception":
                    recorder.exception(self, frame, arg)
        except Full as full:
            _refresh(frame)
            recorder.give_up(str(full))
        except RecursionError:
            _refresh(frame)  # the program is at its limit: this event is missed, its own error follows
        except Exception as error:
            _refresh(frame)
            recorder.failed(error)
        return self.local


def _refresh(frame: FrameType) -> None:
    """Before 3.13 python writes the last copy of the locals back after a callback: have it a fresh one."""
    try:
        if frame.f_code.co_flags & OPTIMIZED:
            frame.f_locals  # noqa: B018
    except RecursionError:
        pass
