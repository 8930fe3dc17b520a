"""The recorded program's standard streams: the same objects plain python makes, with an ear at the bytes.

Runs inside the recorded process. Bytes still go to the real descriptors in the same order and with the same
buffering; the recorder hears of them when the program writes or reads them.
"""

from __future__ import annotations

import io
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .follow import Recorder


def _repr(self: Any) -> str:
    """As the class it stands for shows itself."""
    base: Any = next(b for b in type(self).__mro__ if b in (io.TextIOWrapper, io.BufferedWriter, io.FileIO))
    text: str = base.__repr__(self)
    return text if text.startswith("<_io.") else "<_io." + text[1:]


class _Ear:
    """What was heard as text arrives once more as bytes, maybe later and joined: `owed` is skipped then."""

    __repr__ = _repr
    heard: Callable[[int, bytes], None] | None = None
    stream = 1
    owed = b""
    last = False  # the interpreter is ending: there may be nobody to flush later

    def write(self, data: Any) -> int:
        count: int = super().write(data)  # type: ignore[misc]
        if self.heard is not None and count:
            taken = bytes(memoryview(data)[:count])
            if self.owed and self.owed.startswith(taken):
                self.owed = self.owed[len(taken):]
            else:
                self.heard(self.stream, taken)
        return count


class _Writer(_Ear, io.BufferedWriter):
    pass


class _RawWriter(_Ear, io.FileIO):
    pass


class _Text(io.TextIOWrapper):
    __repr__ = _repr

    def write(self, text: str) -> int:
        ear: Any = self.buffer
        if ear.heard is None or type(text) is not str:
            return super().write(text)
        data = text.encode(self.encoding, self.errors or "strict")
        ear.owed += data  # before the write: it may go straight through
        try:
            count = super().write(text)
        except BaseException:
            ear.owed = b""
            raise
        ear.heard(ear.stream, data)
        if ear.last:
            self.flush()
        return count


class _Reader(io.FileIO):
    __repr__ = _repr
    recorder: Recorder | None = None

    def readinto(self, buffer: Any) -> int | None:
        recorder = self.recorder
        if recorder is None:
            return super().readinto(buffer)
        recorder.waiting(True)
        try:
            count = super().readinto(buffer)
        finally:
            recorder.waiting(False)
        if count:
            recorder.output(0, memoryview(buffer)[:count])
        return count


_NAMES: tuple[tuple[type, str], ...] = (
    (_Text, "TextIOWrapper"), (_Writer, "BufferedWriter"), (_RawWriter, "FileIO"), (_Reader, "FileIO"))
for _class, _name in _NAMES:
    _class.__name__ = _class.__qualname__ = _name  # what a curious program sees
    _class.__module__ = "_io"


def _output(old: Any, descriptor: int, recorder: Recorder) -> Any:
    raw: Any
    buffer: Any
    if isinstance(old.buffer, io.BufferedWriter):
        raw = io.FileIO(descriptor, "wb", closefd=False)
        buffer = _Writer(raw, raw._blksize)
    else:  # python -u
        raw = buffer = _RawWriter(descriptor, "wb", closefd=False)
    raw.name = old.name
    buffer.heard, buffer.stream = recorder.output, descriptor
    text: Any = _Text(buffer, encoding=old.encoding, errors=old.errors, newline="\n",
                      line_buffering=old.line_buffering, write_through=old.write_through)
    text.mode = "w"
    return text


def _input(old: Any, recorder: Recorder) -> Any:
    raw: Any = _Reader(0, "rb", closefd=False)
    raw.name = old.name
    raw.recorder = recorder
    buffer = io.BufferedReader(raw, raw._blksize)
    text: Any = io.TextIOWrapper(buffer, encoding=old.encoding, errors=old.errors, newline="\n")
    text.mode = "r"
    return text


def _replace(name: str, new: Any) -> None:
    setattr(sys, name, new)
    setattr(sys, f"__{name}__", new)


def listen(recorder: Recorder) -> tuple[Any, Any]:
    """Replace sys.stdin, stdout and stderr. Streams that are closed or a terminal's input stay."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        old = getattr(sys, name)
        if old is not None:
            old.flush()
            _replace(name, _output(old, descriptor, recorder))
    if sys.stdin is not None and not sys.stdin.isatty():
        _replace("stdin", _input(sys.stdin, recorder))
    return sys.stdout, sys.stderr


def hurry() -> None:
    """The program has ended, but for what its objects print when they die: write that at once.

    C code flushes the streams of plain python when all modules are gone; the methods here are gone then, too.
    """
    for text in (sys.__stdout__, sys.__stderr__):
        buffer = getattr(text, "buffer", None)
        if type(buffer) is _Writer or type(buffer) is _RawWriter:
            buffer.last = True


def silence() -> None:
    """A forked child is not recorded: its streams stay, nobody listens."""
    for text in (sys.stdout, sys.stderr):
        buffer = getattr(text, "buffer", None)
        if type(buffer) is _Writer or type(buffer) is _RawWriter:
            buffer.heard = None
    raw = getattr(getattr(sys.stdin, "buffer", None), "raw", None)
    if type(raw) is _Reader:
        raw.recorder = None
