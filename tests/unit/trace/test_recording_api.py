# ruff: noqa: E501 - program texts and tables read better on long lines
"""The questions a Recording answers, each against a program whose answers are known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from oracle.harness import Recorded, recorded

from semduck.trace.evaluate import EvaluateError
from semduck.trace.model import Kind
from semduck.trace.recording import Recording
from semduck.trace.target import Target

TEXT = '''\
import json
from helper import twice

LIMIT = 3
names = ["ann", "bob"]


class Point:
    kind = "p"

    def __init__(self, x, y):
        self.x = x
        self.y = y


def total(xs, start=0):
    """Add up."""
    result = start
    for x in xs:
        result += twice(x)
        if result > LIMIT:
            names.append(result)
    return result


def fail(box):
    try:
        return box["missing"]
    except KeyError as error:
        raise ValueError("no box") from error


p = Point(1, [2])
p.y.append(p)
answer = total([1, 2])
print("answer", answer)
try:
    fail({"k": (1, 2)})
except ValueError:
    print("caught", end="")
line = input()
p.x = line
total([], start=answer)
'''
HELPER = "def twice(n):\n    return n * 2\n"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    home = tmp_path_factory.mktemp("api")
    (home / "main.py").write_text(TEXT)
    (home / "helper.py").write_text(HELPER)
    target = Target("script", "main.py", ("--flag", "a b"), cwd=home)
    yield recorded(target, home / "out" / "run.duck", b"typed\n")


@pytest.fixture(scope="module")
def recording(done: Recorded) -> Recording:
    return done.recording


def at(recording: Recording, name: str, line: int, nth: int = 0) -> int:
    """The nth LINE step of a line of a file."""
    (file,) = [f for f in recording.files if f.name == name]
    return recording.steps_of_line(file, line)[nth]


def test_what_was_run(recording: Recording) -> None:
    assert recording.argv[1:] == ["--flag", "a b"]
    assert recording.argv[0].endswith("main.py")
    assert recording.python.startswith("3.")
    assert recording.main_file is not None and recording.main_file.name == "main.py"
    assert {f.name: s.text for f, s in recording.files.items()} == {"main.py": TEXT, "helper.py": HELPER}
    assert recording.files[recording.main_file].lines[3] == "LIMIT = 3"
    assert recording.cwd == recording.main_file.parent
    assert not recording.waiting


def test_locals_and_globals(recording: Recording) -> None:
    k = at(recording, "main.py", 22)
    assert {n: v.text for n, v in recording.locals(k).items()} == {
        "xs": "[1, 2]", "start": "0", "result": "6", "x": "2",
    }  # fmt: skip
    assert {n: v.text for n, v in recording.globals(k).items()} == {"LIMIT": "3", "names": "['ann', 'bob']"}
    outer = recording.stack(k)[1]
    assert (outer.function, outer.line) == ("<module>", 35)
    module = recording.locals(k, outer.frame)
    assert module["p"].kind == "object" and module["p"].type_name == "Point"
    assert "json" not in module and "total" not in module


def test_objects_and_circles(recording: Recording) -> None:
    k = at(recording, "main.py", 36)
    p = recording.locals(k)["p"]
    assert p.identity is not None
    opened = recording.expand(k, p.identity, depth=4)
    fields = dict(opened.children)
    assert fields["x"].literal == 1
    inside = dict(fields["y"].children)
    assert inside["1"].identity == p.identity
    assert recording.evaluate(k, "p.y[1].x").literal == 1


@pytest.mark.parametrize(
    ("expression", "text"),
    [("answer", "6"), ("names[0]", "'ann'"), ("names[-1]", "6"), ("len(names)", "3"), ("p.y[0]", "2"), ("LIMIT", "3"),
     ("names", "['ann', 'bob', 6]"), ("names[0][1]", "'n'"), ("Point.kind", "'p'")],
)  # fmt: skip
def test_evaluate(recording: Recording, expression: str, text: str) -> None:
    assert recording.evaluate(at(recording, "main.py", 36), expression).text == text


@pytest.mark.parametrize(
    "expression",
    ["nothing", "names[9]", "p.nothing", "answer(", "total()", "1 +", "names['a']", "", "__import__('os')"],
)
def test_evaluate_says_why_not(recording: Recording, expression: str) -> None:
    with pytest.raises(EvaluateError) as raised:
        recording.evaluate(at(recording, "main.py", 36), expression)
    assert str(raised.value) and "\n" not in str(raised.value)


def test_calls_arguments_results(recording: Recording) -> None:
    names = [c.function for c in recording.calls() if not c.function.startswith("<module")]
    assert names == ["Point", "Point.__init__", "total", "twice", "twice", "fail", "total"]
    first, second = (c for c in recording.calls() if c.function == "total")
    assert {n: v.text for n, v in recording.arguments(first.frame).items()} == {"xs": "[1, 2]", "start": "0"}
    result = recording.result(first.frame)
    assert result is not None and result.literal == 6
    assert [c.function for c in recording.children(first.frame)] == ["twice", "twice"]
    assert first.line == 16 and second.parent == first.parent
    (fail,) = [c for c in recording.calls() if c.function == "fail"]
    assert recording.result(fail.frame) is None
    assert recording.step(fail.last or 0).kind is Kind.UNWIND


def test_changes(recording: Recording) -> None:
    k = at(recording, "main.py", 20)
    after = next(s for s in recording.call_steps(recording.step(k).frame) if s > k)
    told = {c.path: (c.before and c.before.text, c.after and c.after.text) for c in recording.changes(after)}
    assert told["result"] == ("0", "2")
    appended = at(recording, "main.py", 19, 2)
    told = {
        c.path: (c.before and c.before.text, c.after and c.after.text) for c in recording.changes(appended)
    }
    assert any(path.startswith("names") for path in told), told


def test_history(recording: Recording) -> None:
    first = next(c for c in recording.calls() if c.function == "total")
    values = [v.literal for _, v in recording.history("result", first.frame)]
    assert values == [0, 2, 6]
    steps = [k for k, _ in recording.history("result", first.frame)]
    last = recording.call_steps(first.frame)[-1]
    assert recording.last_change(last, "result", first.frame) == steps[-1]
    assert recording.next_change(steps[0], "result", first.frame) == steps[1]


def test_output_belongs_to_its_step(recording: Recording, done: Recorded) -> None:
    assert done.outcome.stdout == b"answer 6\ncaught"
    pieces = recording.output()
    assert "".join(p.text for p in pieces if p.stream == "stdout") == "answer 6\ncaught"
    assert "".join(p.text for p in pieces if p.stream == "stdin") == "typed\n"
    k = at(recording, "main.py", 37)
    assert "".join(p.text for p in recording.output(k) if p.stream == "stdout") == "answer 6\n"
    assert "".join(p.text for p in recording.output(k - 2)) == ""  # k - 1 is the print itself


def test_raised(recording: Recording) -> None:
    assert [(r.type_name, r.line, r.handled) for r in recording.raised()] == [
        ("KeyError", 28, True),
        ("ValueError", 30, True),
    ]
    value = recording.raised()[1]
    assert (value.message, recording.step(value.step).kind) == ("no box", Kind.EXCEPTION)
    shown = recording.step(value.step).value
    assert shown is not None and (shown.kind, shown.type_name) == ("exception", "ValueError")


def test_refresh_grows(tmp_path: Path, recording: Recording) -> None:
    again = Recording.open(recording.path)
    assert len(again) == len(recording)
    assert not again.refresh()
    with pytest.raises(IndexError):
        again.step(len(again))
    with pytest.raises(IndexError):
        again.step(-1)


PATTERNS = """\
def bits():
    value = {1: [2]}
    text = "x" * 3000
    many = list(range(20_000))
    deep = []
    for _ in range(200):
        deep = [deep]
    wide = {str(i): i for i in range(3000)}
    big = 10 ** 5000
    return value, text, many, deep, wide, big


bits()
"""


def test_large_values_are_bounded_and_say_so(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(PATTERNS)
    recording = recorded(Target("script", "main.py", cwd=tmp_path), tmp_path / "out" / "run.duck").recording
    (call,) = [c for c in recording.calls() if c.function == "bits"]
    values = recording.locals(recording.call_steps(call.frame)[-1], call.frame)
    assert values["text"].length == 3000 and len(values["text"].text) < 200
    assert values["many"].length == 20_000 and len(values["many"].text) < 200
    assert len(values["many"].children) + values["many"].more == 20_000
    assert not values["many"].is_literal
    assert values["wide"].length == 3000
    assert len(values["big"].text) < 200
    assert len(values["deep"].text) < 200
    k = recording.call_steps(call.frame)[-1]
    assert values["wide"].identity is not None
    assert len(recording.expand(k, values["wide"].identity, 1, 5000).children) == 3000


def test_steps_of_a_call_from_its_end(tmp_path: Path) -> None:
    """More than one chunk of them, with calls in between."""
    text = "def g(n):\n    return n + 1\ndef f():\n    x = 0\n    while x < 900:\n        x = g(x)\n    return x\nf()\n"
    (tmp_path / "main.py").write_text(text)
    recording = recorded(Target("script", "main.py", cwd=tmp_path), tmp_path / "out" / "run.duck").recording
    for call in recording.calls()[:4]:
        steps = recording.call_steps(call.frame)
        assert list(recording.call_steps_back(call.frame)) == steps[::-1] and steps
