"""How a run ended, in one sentence."""

from __future__ import annotations

import signal

from semduck.trace.index import Index
from semduck.trace.model import Ending


def describe(index: Index, over: bool) -> Ending:
    """The Ending of an index; "running" while there is neither an end nor `over`."""
    last = index.steps - 1 if index.steps else None
    if index.end is None:
        if not over:
            return Ending("running", None, "the program is running", last)
        if index.quit is not None:
            return _of_a_child(index, last)
        return Ending("broken", None, "the recording breaks off here: it was cut short", last)
    code, asked, seconds = index.end
    if not index.meta and code is not None and code < 0 and not asked:
        return Ending("signal", code, f"killed by {_signal(-code)} before recording began", None)
    if not index.meta:
        return Ending("broken", code, "the program ran, but recording it did not begin", None)
    if index.limit == "limit":
        return Ending("limit", code, f"stopped after {index.steps:,} steps (--max-steps allows more)", last)
    if asked == "seconds":
        return Ending("limit", code, f"stopped after {seconds:g} seconds (--max-seconds allows more)", last)
    if asked or index.limit == "stopped":
        return Ending("stopped", code, "stopped by you", last)
    if index.uncaught is not None:
        return _exception(index, code, last)
    if code is None and not asked:
        return _of_a_child(index, last)
    if index.limit == "kept" and (code is None or code >= 0):
        return Ending("exit", code, f"ended with exit code {code}; only its first steps were kept", last)
    if index.limit is not None and index.limit != "kept":
        return Ending("limit", code, f"{index.limit}; the program went on and ended with code {code}", last)
    if code is not None and code < 0:
        return Ending("signal", code, f"killed by {_signal(-code)}", last)
    return Ending("exit", code, f"ended with exit code {code}", last)


def _of_a_child(index: Index, last: int | None) -> Ending:
    """Nobody told how the process of a child ended but itself."""
    if index.limit is not None:
        return Ending("limit", None, f"{index.limit}; the process went on", last)
    became = [c.get("what") for _, c in index.children if c.get("how") == "exec" and not c.get("failed")]
    if became:
        return Ending("exit", None, f"became another program: {became[-1]}", last)
    if index.quit is None:
        return Ending("broken", None, "the process ended without a word: it was killed, or crashed", last)
    if index.quit[0] is None:
        return Ending("exit", None, "ended; its exit code is not known", last)
    return Ending("exit", index.quit[0], f"ended with exit code {index.quit[0]}", last)


def _exception(index: Index, code: int | None, last: int | None) -> Ending:
    row = next((r for r in reversed(index.raised) if r.oid == index.uncaught), None)
    if row is None:
        return Ending("exception", code, index.uncaught_text, last)
    return Ending("exception", code, f"{row.type}: {row.message}".rstrip(": "), row.step)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
