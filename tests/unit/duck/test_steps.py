"""Forecasts of single steps: the small functions they ask about, and what becomes of the answers."""

from __future__ import annotations

import re
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake import Recorder

from semduck.duck import steps
from semduck.duck.ahead import Ahead
from semduck.duck.engines.scripted import Scripted
from semduck.duck.worker import Worker
from semduck.judge import judge_all
from semduck.trace.recording import Recording
from semduck.trace.run import record
from semduck.trace.target import Limits, Target

EXAMPLES = sorted((Path(__file__).parents[3] / "data/examples").glob("*.py"))
PROGRAM = """\
def f(xs, limit):
    total, seen = 0, []
    for x in xs:
        if x > limit:
            total += x
            seen.append(x)
    while total > 10:
        total -= 4
    box = {"n": total}
    box["n"] = total + 1
    assert len(seen) < 5
    return [total, box["n"]]
f([3, 9, 1], 2)
"""


def questions(recording: Recording, frame: int) -> list[steps.StepQuestion]:
    found = [steps.question(recording, k, frame) for k in recording.call_steps(frame)]
    return [q for q in found if q is not None]


def executed(asked: steps.StepQuestion) -> str:
    """The right answer, by running the small function; objects are their fields."""
    space: dict[str, Any] = {}
    exec(asked.code, space)
    kinds = set(re.findall(r"\b\w+(?=\(\{)", asked.call)) - {"step"}
    given = eval(asked.call, {**space, **{k: partial(_with_fields, space.get(k)) for k in kinds}})
    return f"{type(given).__name__}({given.__dict__})" if type(given).__name__ in space else repr(given)


def _with_fields(cls: type | None, known: dict[str, object]) -> object:
    made: Any = object.__new__(cls) if cls else SimpleNamespace()
    made.__dict__.update(known)
    return made


def test_lines_become_small_functions(recorded: Recorder) -> None:
    recording = recorded(PROGRAM)
    asked = questions(recording, 1)
    texts = {q.gives: (q.code, q.call, q.kind) for q in asked}
    assert texts[("total", "seen")][0] == (
        "def step(): # [L5]\n    total, seen = (0, []) # [L6]\n    return total, seen # [L7]"
    )
    assert texts[("x > limit",)] == (
        "def step(x, limit): # [L5]\n    return bool(x > limit) # [L6]", "step(1, 2)", "test",
    )  # fmt: skip
    assert texts[("seen",)][:2] == (
        "def step(seen, x): # [L5]\n    seen.append(x) # [L6]\n    return seen # [L7]", "step([3], 9)",
    )  # fmt: skip
    assert texts[("box['n']",)][1] == 'step({"n": 8}, 8)'
    assert {q.kind for q in asked} == {"names", "test", "return", "round"}


def test_the_right_answer_hits_and_another_misses(recorded: Recorder) -> None:
    recording = recorded(PROGRAM)
    for asked in questions(recording, 1):
        said = steps.answered(asked, " " + executed(asked), recording)
        assert said is not None
        assert {v.mark for v in judge_all(said, recording)} == {"hit"}, said
        wrong = {"test": "True" if executed(asked) == "False" else "False"}.get(asked.kind, "987654")
        if len(asked.gives) > 1:
            wrong = "(" + "987654, " * len(asked.gives) + ")"
        said = steps.answered(asked, wrong, recording)
        assert said is not None
        assert "miss" in {v.mark for v in judge_all(said, recording)}, said


def test_right_answers_hit_in_the_examples(tmp_path: Path) -> None:
    hits = 0
    for path in EXAMPLES:
        recording = record(Target("script", str(path)), Limits(max_steps=5_000), tmp_path / path.stem)
        for k in range(min(len(recording), 300)):
            asked = steps.question(recording, k, recording.step(k).frame)
            if asked is None:
                continue
            try:
                said = steps.answered(asked, executed(asked), recording)
            except Exception:  # a line that fails, or needs its imports
                continue
            verdicts = judge_all(said, recording) if said is not None else []
            assert "miss" not in {v.mark for v in verdicts}, (path, said, verdicts)
            hits += sum(v.mark == "hit" for v in verdicts)
    assert hits > 400


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (" 8\n", "`total` becomes 8."),
        ("8", "`total` becomes 8."),
        ("assert step(3, 5) == 8", "`total` becomes 8."),
        ("```python\n8\n```", "`total` becomes 8."),
        ("`8`.", "`total` becomes 8."),
        ("", None),
        ("I think it is 8", None),
        ("8 or 9", None),
        ("[1, 2", None),
    ],
)
def test_answers_are_read_or_left(recorded: Recorder, answer: str, said: str | None) -> None:
    recording = recorded("def f(total, x):\n    total += x\n    return total\nf(3, 5)\n")
    asked = questions(recording, 1)[0]
    found = steps.answered(asked, answer, recording)
    assert (found.text if found else None) == said


def test_lines_that_do_not_tell_are_not_asked_about(recorded: Recorder) -> None:
    inside = "    y = g(n)\n    pass\n    import math\n    z = open('/dev/null')\n    yield y\n"
    made = "class A:\n  def __new__(c, x):\n    return x\ng = A\n"
    recording = recorded(f"{made}def f(n):\n{inside}list(f(2))\n")
    frame = next(c.frame for c in recording.calls() if c.function == "f")
    assert questions(recording, frame) == []


def test_ahead_asks_once_in_one_batch(recorded: Recorder) -> None:
    recording = recorded(PROGRAM)
    script = Scripted({"step": " True"})
    ahead = Ahead(Worker(script.spec))
    wanted = [(k, 1) for k in recording.call_steps(1)]
    try:
        deadline = 2000
        while not ahead.worker.ready and deadline:
            ahead.look(recording, wanted)
            ahead.worker.poll()
            deadline -= 1
            time.sleep(0.01)
        ahead.look(recording, wanted)
        assert ahead.busy
        while ahead.busy and deadline:
            for event in ahead.worker.poll():
                assert event.request is None or ahead.take(event) is not None
            deadline -= 1
            time.sleep(0.01)
        said = [s for k, _ in wanted if (s := ahead.find(recording, k))]
        assert "`x > limit` is true." in {s.text for s in said}
        ahead.look(recording, wanted)
        assert not ahead.busy  # nothing is asked twice
    finally:
        ahead.worker.close()


CALLS = """\
from math import floor
import random
SCALE = 3
def double(x):
    return x * 2
def scaled(x):
    return double(floor(x)) * SCALE
def keep(x, seen=[]):
    seen.append(x)
    return len(seen)
class Box:
    def __init__(self, n):
        self.n, self.names = n, ["a"] * 5000
    def much(self):
        return self.n * 7
def f(xs, box):
    a = scaled(xs[0])
    b = keep(a)
    c = box.much()
    box.n += a
    d = random.random()
    e = sorted(xs, key=lambda x: -x)
    g = [double(x) for x in xs]
    print("a", a, e)
    print(f"{a} and", end="")
    return a
f([1.5, 2], Box(4))
"""


def asked_of(recording: Recording, text: str) -> list[steps.StepQuestion]:
    """The questions about the lines that hold a text."""
    lines = next(iter(recording.files.values())).text.split("\n")
    here = [k for k in range(len(recording)) if text in lines[recording.step(k).line - 1]]
    found = [steps.question(recording, k, recording.step(k).frame) for k in here]
    return [q for q in found if q is not None]


def test_a_line_that_calls_functions_shows_them(recorded: Recorder) -> None:
    recording = recorded(CALLS)
    (asked,) = asked_of(recording, "a = scaled")
    plain = re.sub(r" # \[L\d+\]", "", asked.code)
    assert plain == (
        "from math import floor\nSCALE = 3\ndef scaled(x):\n    return double(floor(x)) * SCALE\n"
        "def double(x):\n    return x * 2\ndef step(xs):\n    a = scaled(xs[0])\n    return a"
    )
    assert executed(asked) == "6"


@pytest.mark.parametrize("text", ["b = keep", "d = random", 'end=""'])
def test_what_a_line_alone_does_not_tell_is_not_asked(recorded: Recorder, text: str) -> None:
    assert asked_of(recorded(CALLS), text) == []  # hidden state, methods, chance, keywords of print


def test_lambdas_comprehensions_and_used_fields_are_shown(recorded: Recorder) -> None:
    recording = recorded(CALLS)
    (box,) = asked_of(recording, "box.n += a")
    assert box.call == 'step(Box({"n": 4}), 6)'
    assert [executed(q) for q in asked_of(recording, "e = sorted")] == ["[2, 1.5]"]
    assert [executed(q) for q in asked_of(recording, "g = [")] == ["[3.0, 4]"]


def test_what_is_printed_is_asked_and_judged(recorded: Recorder) -> None:
    recording = recorded(CALLS)
    (asked,) = asked_of(recording, 'print("a"')
    said = steps.answered(asked, executed(asked), recording)
    assert said is not None and said.text == "Prints 'a 6 [2, 1.5]'."
    assert [v.mark for v in judge_all(said, recording)] == ["hit"]
    wrong = steps.answered(asked, '"a 7 [2, 1.5]"', recording)
    assert wrong is not None and [v.mark for v in judge_all(wrong, recording)] == ["miss"]


LOOPS = """\
def f(pairs, n):
    for i, (a, b) in enumerate(pairs):
        n += a * b
    for k in range(n - 10, n):
        n -= 1
    for s in {n}:
        pass
    while True:
        for z in pairs:
            n += 1
            if n > 20:
                return
f([(1, 2), (3, 4)], 0)
"""


def test_a_header_gives_the_next_element_or_ends(recorded: Recorder) -> None:
    recording = recorded(LOOPS)
    asked = asked_of(recording, "for i, (a, b)")
    assert [executed(q) for q in asked] == ["[(0, (1, 2))]", "[(1, (3, 4))]", "[]"]
    said = [steps.answered(q, executed(q), recording) for q in asked]
    assert [s.text if s else None for s in said] == [
        "`i` becomes 0 and `(a, b)` becomes (1, 2).", "`i` becomes 1 and `(a, b)` becomes (3, 4).",
        "The loop ends.",
    ]  # fmt: skip
    for one in said:
        assert one is not None
        assert {v.mark for v in judge_all(one, recording)} <= {"hit", "unknown"}
    ends = steps.answered(asked[0], "[]", recording)
    assert ends is not None and [v.mark for v in judge_all(ends, recording)] == ["miss"]


def test_a_header_whose_names_have_changed_is_not_asked_about(recorded: Recorder) -> None:
    recording = recorded(LOOPS)
    assert [executed(q) for q in asked_of(recording, "for k in")] == ["[4]"]
    assert asked_of(recording, "for s in") == asked_of(recording, "for z in") == []


def test_one_object_under_two_names_is_not_written_as_two(recorded: Recorder) -> None:
    recording = recorded("a = [1]\nb = a\nc = [2]\nc.append(len(a))\nb.append(a)\n")
    assert asked_of(recording, "b.append(a)") == []
    assert [q.call for q in asked_of(recording, "c.append(len(a))")] != []


def test_a_line_of_several_statements_is_not_asked_about(recorded: Recorder) -> None:
    recording = recorded("a = 1; b = 2\nif a: b = 3\nwhile b: b -= 1\nc = (a +\n  b)\n")
    assert [asked_of(recording, text) for text in ("a = 1", "if a", "while b")] == [[], [], []]
    assert [q.gives for q in asked_of(recording, "c = (a +")] == [("c",)]


CLASSES = """\
class Base:
    RATE = 2
    def __init__(self, owner):
        self.owner = owner
    def title(self):
        return self.owner.upper()
class Account(Base):
    def __init__(self, owner, balance):
        super().__init__(owner)
        self.balance = balance
    def deposit(self, amount):
        self.balance += amount * self.RATE
        return self.balance
    @property
    def poor(self):
        return self.balance < 10
    def __eq__(self, other):
        return self.balance == other.balance
class Counted:
    n = 0
    def up(self):
        Counted.n += 1
        return Counted.n
a = Account("ann", 5)
x = a.deposit(3)
y = a.title() + "!"
if a.poor:
    pass
b = Account("bob", 11)
z = a == b
c = Counted()
u = c.up()
"""


def test_methods_are_shown_in_their_classes(recorded: Recorder) -> None:
    recording = recorded(CLASSES)
    (asked,) = asked_of(recording, "x = a.deposit")
    assert re.sub(r" # \[L\d+\]", "", asked.code) == (
        "class Base:\n    RATE = 2\nclass Account(Base):\n    def deposit(self, amount):\n"
        "        self.balance += amount * self.RATE\n        return self.balance\n"
        "def step(a):\n    x = a.deposit(3)\n    return x"
    )
    assert asked.call == 'step(Account({"owner": "ann", "balance": 5}))'
    texts = ("a = Account", "self.balance +=", "y = a.title", "if a.poor", "b = Account", "z = a ==")
    for text in texts:
        for question in asked_of(recording, text):
            said = steps.answered(question, executed(question), recording)
            assert said is not None
            assert {v.mark for v in judge_all(said, recording)} == {"hit"}, (text, said)
    assert asked_of(recording, "u = c.up()") == []  # what a class holds is not written out
