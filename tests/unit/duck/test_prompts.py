"""Prompt shapes, byte for byte, and what of a recording goes into them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake import Fake, Recorder

from semduck.duck import prompts, questions
from semduck.duck.questions import PromptError, about

GOLDEN = Path(__file__).parent / "golden"
PLAIN = """\
def f(xs):
    total = 0
    for x in xs:
        if x > 2:
            total += x
    return total"""
FAILED = "retv = f([1, 3, 5])\nassert retv == 9"
TRACE = 'def f(xs): # [INPUT] {"xs": [1, 3, 5]} [/INPUT]\n    return 8 # [OUTPUT] 8 [/OUTPUT]'
PROBLEM = "Sum the numbers above two."
SHAPES = {
    "forward": lambda: prompts.forward(prompts.label(PLAIN), "f([1, 3, 5])"),
    "forward_old": lambda: prompts.forward(prompts.label(PLAIN), "f([1, 3, 5])", "semcoder-old"),
    "backward": lambda: prompts.backward(PLAIN, "f(??)", "8"),
    "backward_old": lambda: prompts.backward(PLAIN, "f(??)", "8", "semcoder-old"),
    "nl2code": lambda: prompts.nl2code(PROBLEM),
    "refine": lambda: prompts.refine(PROBLEM, PLAIN, FAILED),
    "refine_trace": lambda: prompts.refine(PROBLEM, PLAIN, FAILED, TRACE),
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_released_shapes_byte_for_byte(name: str) -> None:
    assert SHAPES[name]().encode() == (GOLDEN / f"{name}.txt").read_bytes()


def test_blank_lines_have_no_label_but_count() -> None:
    assert prompts.label("a\n\nb") == "a # [L5]\n\nb # [L7]"


def test_a_base_model_is_asked_as_semcoder_is_and_a_chat_model_in_words() -> None:
    assert prompts.forward("x", "f()", "plain") == prompts.forward("x", "f()")
    chat = prompts.forward("x", "f()", "chat")
    assert "[MONOLOGUE]" not in chat and "[/ANSWER]" in chat and "f() == ??" in chat


def test_for_a_recorded_call() -> None:
    prompt = questions.forward(about(Fake(f"x = 1\n{PLAIN}\nf([1, 3, 5])\n"), 1))
    assert prompt.text == (GOLDEN / "forward.txt").read_text()
    assert (prompt.source.line(5), prompt.source.line(10), prompt.source.line(11)) == (2, 7, None)
    assert prompt.source.label_of(7) == 10
    assert prompt.stop == ("[/ANSWER]",)
    assert prompt.note == ""


def test_arguments_are_written_with_double_quotes() -> None:
    source = "def g(a, *rest, k='x', **more):\n    return 'a' + \"b'c\"\n"
    source += "g('it', {'k': (1,)}, 2.5, k=\"don't\", z=None)\n"
    text = questions.forward(about(Fake(source), 1)).text
    assert 'assert g("it", {"k": (1,)}, 2.5, k="don\'t", z=None) == ??' in text
    assert 'return "a" + "b\'c" # [L6]' in text


def test_a_method_shows_the_fields_of_its_object(recorded: Recorder) -> None:
    source = """\
class Account:
    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance

    def withdraw(self, amount):
        self.balance -= amount
        return self.balance


Account("ann", 10).withdraw(3)
"""
    recording = recorded(source)
    frame = next(c.frame for c in recording.calls() if c.function == "Account.withdraw")
    text = questions.forward(about(recording, frame)).text
    assert "def withdraw(self, amount): # [L5]\n    self.balance -= amount # [L6]" in text
    assert 'assert withdraw(Account({"owner": "ann", "balance": 10}), 3) == ??' in text


def test_what_the_model_cannot_see_is_given_as_facts(recorded: Recorder) -> None:
    source = """\
LIMIT = 3
def half(n):
    return n / 2
def f(n):
    def inner(x):
        return x + n
    return half(n) + inner(1) + LIMIT
f(8)
"""
    recording = recorded(source)
    frame = next(c.frame for c in recording.calls() if c.function == "f")
    text = questions.forward(about(recording, frame)).text
    assert "# LIMIT = 3\n# half(8) returns 4.0\nassert f(8) == ??" in text
    inner = next(c.frame for c in recording.calls() if c.function.endswith("inner"))
    assert "# n = 8\nassert inner(1) == ??" in questions.forward(about(recording, inner)).text


def test_recursion_is_one_call_at_a_time(recorded: Recorder) -> None:
    recording = recorded("def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)\nfact(4)\n")
    text = questions.forward(about(recording, 1)).text
    assert "# fact(3) returns 6\nassert fact(4) == ??" in text


@pytest.mark.parametrize(
    ("source", "name", "call"),
    [
        ("def g(n):\n    yield n\nlist(g(2))\n", "g", "list(g(2)) == ??"),
        ("from asyncio import run\nasync def g(n):\n    return n\nrun(g(2))\n", "g", "asyncio.run(g(2)) =="),
        ("x = 1\nprint(x)\n", "<module>", "assert printed == ??"),
        ("class A:\n    y = 2\n", "A", "assert printed == ??"),
    ],
)
def test_other_kinds_of_code(recorded: Recorder, source: str, name: str, call: str) -> None:
    recording = recorded(source)
    frame = next(c.frame for c in recording.calls() if c.function == name)
    assert call in questions.forward(about(recording, frame)).text


def test_a_lambda_is_not_asked_about(recorded: Recorder) -> None:
    recording = recorded("f = lambda x: x + 1\nf(1)\n")
    with pytest.raises(PromptError, match="lambdas"):
        about(recording, 1)


def test_a_long_function_is_shown_around_the_step(recorded: Recorder) -> None:
    body = "\n".join(f"    x{n} = {n}" for n in range(3000))
    recording = recorded(f"def long(a):\n{body}\n    return a\nlong(1)\n")
    prompt = questions.forward(about(recording, 1, line=1500))
    assert len(prompt.text) < questions.ROOM_UNKNOWN + 1000
    assert prompt.note.startswith("the model sees ") and prompt.note.endswith(" of the 3002 lines of long")
    assert "def long(a): # [L5]\n    ...\n" in prompt.text
    assert "x1498 = 1498 # [L1504]" in prompt.text
    assert prompt.source.line(1504) == 1500
    small = questions.forward(about(recording, 1, line=1500), context=2048)
    assert len(small.text) < len(prompt.text)


def test_backward_asks_for_the_input() -> None:
    prompt = questions.backward(about(Fake(f"{PLAIN}\nf([1, 3, 5])\n"), 1), "8")
    assert prompt.text == (GOLDEN / "backward.txt").read_text()
    with pytest.raises(PromptError, match="function"):
        questions.backward(about(Fake("x = 1\n"), 0), "8")


def test_a_question_comes_with_the_state(recorded: Recorder) -> None:
    recording = recorded(f"{PLAIN}\nf([1, 3, 5])\n")
    step = next(k for k in range(len(recording)) if recording.step(k).line == 5)
    asked = about(recording, 1, line=5)
    for form in ("semcoder", "chat"):
        text = questions.question(asked, step, "why  so\nlow?", form).text
        assert "xs = [1, 3, 5]\n" in text and "total = 0\n" in text and "x = 3" in text
        assert "why so low?" in text and "[L9]" in text
    assert questions.question(asked, step, "why?", "chat").chat
