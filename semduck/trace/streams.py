"""The recorded program's standard streams: the same objects plain python makes, with an ear at the bytes.

Runs inside the recorded process. Bytes still go to the real descriptors in the same order and with the same
buffering; the recorder hears of them when the program writes or reads them.
"""

import io
import sys


class _Ear:
    """What was heard as text arrives once more as bytes, maybe later and joined: `owed` is skipped then."""

    heard = None
    stream = 1
    owed = b""

    def write(self, data):
        count = super().write(data)
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
    def write(self, text):
        ear = self.buffer
        if ear.heard is None or type(text) is not str:
            return super().write(text)
        data = text.encode(self.encoding, self.errors)
        ear.owed += data  # before the write: it may go straight through
        try:
            count = super().write(text)
        except BaseException:
            ear.owed = b""
            raise
        ear.heard(ear.stream, data)
        return count


class _Reader(io.FileIO):
    recorder = None

    def readinto(self, buffer):
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


for _class, _name in ((_Text, "TextIOWrapper"), (_Writer, "BufferedWriter"), (_RawWriter, "FileIO"), (_Reader, "FileIO")):
    _class.__name__ = _class.__qualname__ = _name  # what a curious program sees
    _class.__module__ = "_io"


def _output(old, descriptor, recorder):
    if isinstance(old.buffer, io.BufferedWriter):
        raw = io.FileIO(descriptor, "wb", closefd=False)
        buffer = _Writer(raw, raw._blksize)
    else:  # python -u
        raw = buffer = _RawWriter(descriptor, "wb", closefd=False)
    raw.name = old.name
    buffer.heard, buffer.stream = recorder.output, descriptor
    text = _Text(buffer, encoding=old.encoding, errors=old.errors, newline="\n",
                 line_buffering=old.line_buffering, write_through=old.write_through)
    text.mode = "w"
    return text


def listen(recorder):
    """Replace sys.stdin, stdout and stderr. Streams that are closed or a terminal's input stay."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        old = getattr(sys, name)
        if old is not None:
            old.flush()
            new = _output(old, descriptor, recorder)
            setattr(sys, name, new)
            setattr(sys, f"__{name}__", new)
    old = sys.stdin
    if old is not None and not old.isatty():
        raw = _Reader(0, "rb", closefd=False)
        raw.name = old.name
        raw.recorder = recorder
        text = io.TextIOWrapper(io.BufferedReader(raw, raw._blksize), encoding=old.encoding, errors=old.errors,
                                newline="\n")
        text.mode = "r"
        sys.stdin = sys.__stdin__ = text
    return sys.stdout, sys.stderr


def silence():
    """A forked child is not recorded: its streams stay, nobody listens."""
    for text in (sys.stdout, sys.stderr):
        buffer = getattr(text, "buffer", None)
        if type(buffer) in (_Writer, _RawWriter):
            buffer.heard = None
    raw = getattr(getattr(sys.stdin, "buffer", None), "raw", None)
    if type(raw) is _Reader:
        raw.recorder = None
