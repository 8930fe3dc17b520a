"""The recorded program's standard streams: the same objects plain python makes, with an ear at the bytes.

Runs inside the recorded process. Bytes still go to the real descriptors in the same order and with the same
buffering; the recorder hears of them when the program writes or reads them.
"""

import io
import sys


class _Writer(io.BufferedWriter):
    heard = None
    stream = 1

    def write(self, data):
        if self.heard is not None:
            self.heard(self.stream, data)
        return super().write(data)


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


def _output(old, descriptor, recorder):
    raw = io.FileIO(descriptor, "wb", closefd=False)
    raw.name = old.name
    buffer = _Writer(raw)
    buffer.heard, buffer.stream = recorder.output, descriptor
    text = io.TextIOWrapper(buffer, encoding=old.encoding, errors=old.errors, newline="\n",
                            line_buffering=old.line_buffering, write_through=True)
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
        text = io.TextIOWrapper(io.BufferedReader(raw), encoding=old.encoding, errors=old.errors)
        text.mode = "r"
        sys.stdin = sys.__stdin__ = text
    return sys.stdout, sys.stderr


def silence():
    """A forked child is not recorded: its streams stay, nobody listens."""
    for text in (sys.stdout, sys.stderr):
        buffer = getattr(text, "buffer", None)
        if type(buffer) is _Writer:
            buffer.heard = None
    raw = getattr(getattr(sys.stdin, "buffer", None), "raw", None)
    if type(raw) is _Reader:
        raw.recorder = None
