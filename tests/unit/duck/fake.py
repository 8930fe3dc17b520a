"""A recording made in this process with sys.settrace and deep pictures: small, slow, plainly right."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from semduck.trace.model import Call, Kind, OutputPiece, SourceFile, Step, Value
from semduck.trace.recording import Recording

FILE = Path("/fake/program.py")
Recorder = Callable[[str], Recording]  # the fixture `recorded`
_BRACKETS = {list: "[]", tuple: "()", set: "{}", dict: "{}"}


def picture(obj: object, ids: dict[int, int], keep: list[object], depth: int = 4) -> Value:
    """A Value of any object, in the same words as the recorder's."""
    kind = type(obj)
    if obj is None or kind in (bool, int, float, str):
        text = repr(obj) if len(repr(obj)) <= 80 else repr(obj)[:79] + "…"
        name = "none" if obj is None else kind.__name__
        length = len(obj) if isinstance(obj, str) else None
        return Value(name, kind.__name__, text, None, length, literal=obj, is_literal=True)
    if id(obj) not in ids:
        ids[id(obj)] = len(ids)
        keep.append(obj)
    oid = ids[id(obj)]
    if kind in _BRACKETS:
        return _container(obj, kind, oid, ids, keep, depth)
    if isinstance(obj, BaseException):
        message = str(obj)
        return Value(
            "exception", kind.__name__, f"{kind.__name__}: {message}" if message else kind.__name__, oid
        )
    if isinstance(obj, ModuleType):
        return Value("module", "module", f"module {obj.__name__}", oid)
    if depth <= 0:
        return Value("elided", kind.__name__, "…")
    if isinstance(obj, type) or callable(obj):
        name = "class" if isinstance(obj, type) else "function"
        return Value(name, kind.__name__, f"{name} {getattr(obj, '__name__', '?')}", oid)
    attrs = [(k, picture(v, ids, keep, depth - 1)) for k, v in getattr(obj, "__dict__", {}).items()]
    if not attrs:
        return Value("opaque", kind.__name__, f"<{kind.__name__}>", oid)
    text = f"{kind.__name__}({', '.join(f'{k}={v.text}' for k, v in attrs)})"
    return Value("object", kind.__name__, text, oid, len(attrs), tuple(attrs))


def _container(obj: Any, kind: type, oid: int, ids: dict[int, int], keep: list[object], depth: int) -> Value:
    shown = list(obj.items() if kind is dict else obj)[:50]
    more = len(obj) - len(shown)
    if kind is dict:
        kids = [(repr(k), picture(v, ids, keep, depth - 1)) for k, v in shown]
        parts = [f"{k}: {v.text}" for k, v in kids]
    else:
        kids = [(str(i), picture(v, ids, keep, depth - 1)) for i, v in enumerate(shown)]
        parts = [v.text for _, v in kids]
    exact = not more and all(v.is_literal for _, v in kids)
    text = _BRACKETS[kind][0] + ", ".join(parts) + (", …" if more else "") + _BRACKETS[kind][1]
    text = "set()" if text == "{}" and kind is set else text
    text = text[:-1] + ",)" if kind is tuple and len(parts) == 1 else text
    text = text if len(text) <= 80 else text[:76] + "…" + text[-1]
    literal = None
    if exact:
        values = [v.literal for _, v in kids]
        literal = kind(zip([k for k, _ in shown], values, strict=True)) if kind is dict else kind(values)
    return Value(kind.__name__, kind.__name__, text, oid, len(obj), tuple(kids), more, literal, exact)


class Fake:
    """The part of a Recording that the duck asks."""

    def __init__(self, source: str, limit: int = 400_000) -> None:
        self.files = {FILE: SourceFile(FILE, "", source)}
        self._steps: list[Step] = []
        self._locals: dict[int, dict[str, Value]] = {}
        self._globals: dict[int, dict[str, Value]] = {}
        self._calls: list[Call] = []
        self._own: dict[int, list[int]] = {}
        self._pieces: list[OutputPiece] = []
        self._frames: dict[FrameType, int] = {}
        self._suspended: set[FrameType] = set()
        self._raised: set[FrameType] = set()
        self._ids: dict[int, int] = {}
        self._keep: list[object] = []
        self._limit = limit
        self.error: BaseException | None = None
        self._run(source)

    def _run(self, source: str) -> None:
        code = compile(source, str(FILE), "exec")
        recording = self

        class Out(io.StringIO):
            def write(self, text: str) -> int:
                recording._pieces.append(OutputPiece(len(recording._steps) - 1, "stdout", text))
                return len(text)

        sys.settrace(self._trace)
        try:
            with redirect_stdout(Out()):
                exec(code, {"__name__": "__main__"})
        except BaseException as error:
            self.error = error
        finally:
            sys.settrace(None)

    def _trace(self, frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code.co_filename != str(FILE):
            return None
        if len(self._steps) >= self._limit:
            raise KeyboardInterrupt
        if event == "call":
            self._entered(frame)
        elif event == "line":
            self._raised.discard(frame)
            self._add(frame, Kind.LINE)
        elif event == "exception":
            self._raised.add(frame)
            self._add(frame, Kind.EXCEPTION, arg[1])
        elif event == "return":
            self._left(frame, arg)
        return self._trace

    def _entered(self, frame: FrameType) -> None:
        if frame in self._suspended:
            self._suspended.discard(frame)
            self._add(frame, Kind.RESUME)
            return
        number = len(self._calls)
        self._frames[frame] = number
        back = frame.f_back
        while back is not None and back not in self._frames:
            back = back.f_back
        parent = self._frames[back] if back else None
        code = frame.f_code
        self._own[number] = []
        self._calls.append(
            Call(number, code.co_qualname, FILE, code.co_firstlineno, parent, len(self._steps), None)
        )
        self._add(frame, Kind.CALL)

    def _left(self, frame: FrameType, arg: Any) -> None:
        import opcode

        at, codes = frame.f_lasti, frame.f_code.co_code
        at -= 2 if opcode.opname[codes[at]] == "RESUME" else 0  # 3.13 stands behind the yield already
        last = opcode.opname[codes[at]]
        if frame.f_code.co_flags & 0x2A0 and last == "YIELD_VALUE" and frame not in self._raised:
            self._suspended.add(frame)
            self._add(frame, Kind.YIELD, arg)
            return
        unwinds = arg is None and not last.startswith("RETURN")
        self._add(frame, Kind.UNWIND if unwinds else Kind.RETURN, arg)
        number = self._frames[frame]
        call = self._calls[number]
        self._calls[number] = Call(
            call.frame, call.function, FILE, call.line, call.parent, call.first, len(self._steps) - 1
        )

    def _add(self, frame: FrameType, kind: Kind, value: Any = None) -> None:
        number, own = len(self._steps), self._frames[frame]
        has_value = kind in (Kind.RETURN, Kind.YIELD, Kind.EXCEPTION)
        shown = picture(value, self._ids, self._keep) if has_value else None
        step = Step(number, kind, FILE, frame.f_lineno, own, 0, 0, frame.f_code.co_qualname, shown)
        names = {k: v for k, v in frame.f_locals.items() if k[:2] != "__" and k[:1] != "."}
        self._locals[number] = {k: picture(v, self._ids, self._keep) for k, v in names.items()}
        mentioned = {n: frame.f_globals[n] for n in frame.f_code.co_names if n in frame.f_globals}
        self._globals[number] = {
            k: picture(v, self._ids, self._keep) for k, v in mentioned.items() if not callable(v)
        }
        self._own[own].append(number)
        self._steps.append(step)

    # -- questions ---------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._steps)

    def step(self, k: int) -> Step:
        return self._steps[k]

    def steps(self, start: int, stop: int) -> Iterator[Step]:
        return iter(self._steps[start:stop])

    def locals(self, k: int, frame: int | None = None) -> dict[str, Value]:
        return self._locals[self._at(k, frame)]

    def globals(self, k: int, frame: int | None = None) -> dict[str, Value]:
        return self._globals[self._at(k, frame)]

    def _at(self, k: int, frame: int | None) -> int:
        return k if frame is None else max(n for n in self._own[frame] if n <= k)

    def call(self, frame: int) -> Call:
        return self._calls[frame]

    def calls(self) -> list[Call]:
        return self._calls

    def call_steps(self, frame: int) -> list[int]:
        return self._own[frame]

    def call_steps_back(self, frame: int) -> Iterator[int]:
        return reversed(self._own[frame])

    def arguments(self, frame: int) -> dict[str, Value]:
        return self._locals[self._calls[frame].first]

    def result(self, frame: int) -> Value | None:
        last = self._calls[frame].last
        return self._steps[last].value if last is not None and self._steps[last].kind is Kind.RETURN else None

    def children(self, frame: int) -> list[Call]:
        return [c for c in self._calls if c.parent == frame]

    def output(self, upto: int | None = None) -> list[OutputPiece]:
        return [p for p in self._pieces if upto is None or p.step <= upto]
