# ruff: noqa: E501 - program texts and tables read better on long lines
"""Calls, the call tree, output, exceptions with their handlers."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from oracle.harness import PROGRAMS, Lab, recorded

from semduck.trace.model import Kind
from semduck.trace.queries.handlers import Handler
from semduck.trace.recording import Recording
from semduck.trace.target import Target


def run(tmp_path: Path, text: str) -> Recording:
    (tmp_path / "main.py").write_text(text)
    return recorded(Target("script", "main.py", cwd=tmp_path), tmp_path / "o" / "run.duck").recording


FIB = """\
class Box:
    def fib(self, n):
        if n > 9:
            raise ValueError(n)
        return n if n < 2 else self.fib(n - 1) + self.fib(n - 2)


def fib(xs, *, deep=0):
    if len(xs) < 2:
        return len(xs)
    return fib(xs[1:]) + fib(xs[2:])


box = Box()
box.fib(4)
fib([1, True, 3])
fib([1, 1, 3])
fib([1.0, 1, 3])
try:
    box.fib(10)
except ValueError:
    pass
"""


def test_calls_of_a_function(tmp_path: Path) -> None:
    recording = run(tmp_path, FIB)
    methods = list(recording.calls_of("Box.fib"))
    assert len(methods) == 10 and len(list(recording.calls_of("fib"))) == 10 + 15
    assert [c.call.frame for c in recording.calls_of("fib", Path("elsewhere.py"))] == []
    top = methods[0]
    assert top.result is not None and top.result.literal == 3 and top.raised is None
    assert top.arguments["n"].literal == 4 and top.steps == (top.call.last or 0) - top.call.first + 1
    assert top.steps == 9 * 4
    failed = methods[-1]
    assert failed.result is None and failed.raised is not None and failed.raised.text == "ValueError: 10"


def test_repeats_in_the_call_tree(tmp_path: Path) -> None:
    recording = run(tmp_path, FIB)
    branches = recording.call_tree()
    assert [b.call.frame for b in branches] == [c.frame for c in recording.calls()]
    fibs = [b for b in branches if b.call.function == "Box.fib"]
    counts = {recording.arguments(b.call.frame)["n"].literal: b.count for b in fibs}
    assert counts == {4: 1, 3: 1, 2: 2, 1: 3, 0: 2, 10: 1}
    firsts = {b.call.frame: b for b in fibs if b.repeats is None}
    assert all(b.repeats in firsts for b in fibs if b.repeats is not None)
    for branch in fibs:
        if branch.repeats is not None:
            assert recording.arguments(branch.repeats)["n"] == recording.arguments(branch.call.frame)["n"]
    threes = [b for b in branches if b.call.function == "fib" and b.depth == 1]
    assert [b.count for b in threes] == [1, 1, 1]  # 1, True and 1.0 are not the same argument
    below = recording.call_tree(threes[0].call.frame)
    assert below[0].call == threes[0].call and {b.call.function for b in below} == {"fib"}
    assert len(recording.call_tree(limit=3)) == 3


def test_the_tree_is_the_tree(lab: Lab) -> None:
    for name in ("recursion", "generators", "threads_lock", "async_basic"):
        recording = lab.recorded(PROGRAMS / f"{name}.py").recording
        path: list[int] = []
        for branch in recording.call_tree():
            del path[branch.depth :]
            assert branch.call.parent == (path[-1] if path else None)
            path.append(branch.call.frame)
        assert len(recording.call_tree()) == len(recording.calls())


def test_changed_arguments_are_no_repeat(tmp_path: Path) -> None:
    recording = run(
        tmp_path,
        "def f(xs): xs.append(1)\nxs = []\nf(xs)\nf(xs)\nf([])\nring = []\nring.append(ring)\nf(ring[:1])\nf(ring[:1])\n",
    )
    assert [b.count for b in recording.call_tree()][1:] == [2, 1, 2, 2, 2]


OUTPUT = """\
import sys
def say(x):
    print(x, end="")
    print("!", file=sys.stderr)
for i in range(3):
    say("ab" * i)
sys.stdout.write("x\\ny")
print("é", end="")
"""


def test_output_and_steps_both_ways(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(OUTPUT)
    done = recorded(Target("script", "main.py", cwd=tmp_path), tmp_path / "o" / "run.duck")
    recording = done.recording
    for stream, text in (("stdout", done.outcome.stdout.decode()), ("stderr", done.outcome.stderr.decode())):
        spans = [s for k in range(len(recording)) if (s := recording.output_span(k, stream))]
        assert spans[0][0] == 0 and spans[-1][1] == len(text)
        assert all(one[1] == other[0] for one, other in pairwise(spans))
        for position in range(len(text)):
            k = recording.output_step(position, stream)
            assert k is not None
            start, stop = recording.output_span(k, stream) or (0, 0)
            assert start <= position < stop
        assert recording.output_step(len(text), stream) is None and recording.output_step(-1, stream) is None
    y = recording.output_step(done.outcome.stdout.decode().index("y"))
    assert y is not None and recording.step(y).line == 7
    fourth = recording.output_step(1)
    assert fourth is not None and recording.step(fourth).line == 3
    assert recording.output_span(0) is None
    with pytest.raises(ValueError, match="no stream"):
        recording.output_step(0, "log")


ERRORS = """\
import contextlib


def boom():
    raise ValueError("boom")


def simple():
    try:
        boom()
    except KeyError:
        pass
    except (TypeError,
            ValueError):
        return 1


def nested():
    try:
        try:
            boom()
        finally:
            x = 1
            x += 1
    except ValueError as error:
        return str(error)


def swallow():
    for _ in range(1):
        try:
            boom()
        finally:
            break


def context():
    with contextlib.suppress(ValueError):
        boom()
    return 4


class Odd:
    def __getattr__(self, name):
        raise AttributeError(name)


def again():
    try:
        try:
            boom()
        except ValueError:
            raise
    except Exception:
        y = 2


def helper():
    try:
        {}["k"]
    except IndexError:
        pass


def other():
    try:
        helper()
    except LookupError:
        try:
            boom()
        except ValueError:
            pass


def generator():
    try:
        yield 1
    except ValueError:
        yield 2


simple()
nested()
swallow()
context()
getattr(Odd(), "x", None)
again()
other()
g = generator()
next(g)
g.throw(ValueError("thrown"))
boom()
"""


def test_exceptions_and_what_caught_them(tmp_path: Path) -> None:
    recording = run(tmp_path, ERRORS)
    told = []
    for fate in recording.exceptions():
        handler = fate.handler
        where = handler and (
            recording.call(handler.frame).function,
            ERRORS.splitlines()[handler.line - 1].strip(),
            handler.how,
        )
        told.append((fate.raised.type_name, where))
    assert told == [
        ("ValueError", ("simple", "except (TypeError,", "except")),
        ("ValueError", ("nested", "except ValueError as error:", "except")),
        ("ValueError", ("swallow", "break", "finally")),
        ("ValueError", ("context", "with contextlib.suppress(ValueError):", "with")),
        ("AttributeError", ("<module>", 'getattr(Odd(), "x", None)', "library")),
        ("ValueError", ("again", "except ValueError:", "except")),
        ("KeyError", ("other", "except LookupError:", "except")),
        ("ValueError", ("other", "except ValueError:", "except")),
        ("ValueError", ("generator", "except ValueError:", "except")),
        ("ValueError", None),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "exceptions",
        "exceptions_reraise",
        "exception_groups",
        "contextmanagers",
        "generator_close",
        "threads_lock",
        "async_basic",
    ],
)
def test_handled_is_what_has_a_handler(lab: Lab, name: str) -> None:
    recording = lab.recorded(PROGRAMS / f"{name}.py").recording
    for fate in recording.exceptions():
        if fate.raised.handled:
            assert isinstance(fate.handler, Handler), fate
        if fate.handler is not None:
            assert fate.handler.step > fate.raised.step
            if fate.handler.how == "except":
                step = recording.step(fate.handler.step)
                assert step.kind is Kind.LINE and step.frame == fate.handler.frame
                text = recording.files[step.file].lines[fate.handler.line - 1]
                assert "except" in text, (fate, text)
