"""Prompt shapes, byte for byte."""

from __future__ import annotations

import pytest
from fake import Fake

from semduck.duck import prompts

FORWARD = """\
Simulate the Execution: You are given a Python function and an assertion containing a function input. \
Complete the assertion containing the execution output corresponding to the given input in \
[ANSWER] and [/ANSWER] tags.
[PYTHON]
def f(xs): # [L5]
    total = 0 # [L6]

    for x in xs: # [L8]
        if x > 2: # [L9]
            total += x # [L10]
    return total # [L11]
assert f([1, 3, 5]) == ??
[/PYTHON]
[MONOLOGUE]
"""
CODE = "def f(xs):\n    total = 0\n\n"
CODE += "    for x in xs:\n        if x > 2:\n            total += x\n    return total"


def test_forward() -> None:
    assert prompts.forward(CODE, "f([1, 3, 5])") == FORWARD


def test_for_a_recorded_call() -> None:
    prompt = prompts.for_call(Fake(f"x = 1\n{CODE}\nf([1, 3, 5])\n"), 1)
    assert prompt.text == FORWARD
    assert prompt.source.line(5) == 2
    assert prompt.source.line(11) == 8
    assert prompt.source.line(12) is None
    assert prompt.stop == ("[/ANSWER]",)


def test_arguments_are_written_with_double_quotes() -> None:
    source = "def g(a, *rest, k='x', **more):\n    return 'a' + \"b'c\"\n"
    source += "g('it', {'k': (1,)}, 2.5, k=\"don't\", z=None)\n"
    text = prompts.for_call(Fake(source), 1).text
    assert 'assert g("it", {"k": (1,)}, 2.5, k="don\'t", z=None) == ??' in text
    assert 'return "a" + "b\'c" # [L6]' in text


def test_methods_lose_their_indentation() -> None:
    source = "class A:\n    @staticmethod\n    def f(x):\n        return x\nA.f(1)\n"
    recording = Fake(source)
    prompt = prompts.for_call(recording, 2)
    assert "def f(x): # [L5]\n    return x # [L6]\nassert f(1) == ??" in prompt.text
    assert prompt.source.line(5) == 3


def test_a_module_is_not_asked_about() -> None:
    with pytest.raises(prompts.PromptError, match="functions"):
        prompts.for_call(Fake("x = 1\n"), 0)
